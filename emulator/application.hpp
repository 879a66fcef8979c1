// The emulator as one plain function from request to answer: everything between the server and the rooms below.
#pragma once

#include "emulator/access_policy.hpp"
#include "emulator/admin.hpp"
#include "emulator/emulation.hpp"
#include "emulator/gateway.hpp"
#include "emulator/http.hpp"
#include "emulator/metrics.hpp"
#include "emulator/request_log.hpp"

#include <string_view>

namespace amity::emulator {

class Application {
 public:
  Application(Emulation& emulation, RequestLog& log, AccessRules rules = {});
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // Never throws.
  HttpResponse answer(const HttpRequest& request) { return guarded_(request); }
  // What the server refuses by itself, as an error of the EC2 API. `reason` of a status of 500 is for the log only.
  HttpResponse refuse(unsigned status, std::string_view reason);

 private:
  HttpResponse answer_admitted(const HttpRequest& request);
  HttpResponse administer(const HttpRequest& request);
  HttpResponse call(const HttpRequest& request);

  Emulation& emulation_;
  RequestLog& log_;
  Metrics metrics_;
  Gateway gateway_;
  Admin admin_;
  HttpHandler guarded_;        // with the access policy before it
  handlers::Ids refusal_ids_;  // apart, so that refusals do not change which ids a seed gives
};

}  // namespace amity::emulator
