// From an HTTP request to an operation and back: decides who wants what where, decodes, performs, encodes.
#pragma once

#include "emulator/destination.hpp"
#include "emulator/faults.hpp"
#include "emulator/http.hpp"
#include "handlers/call.hpp"
#include "model/timestamp.hpp"

#include <functional>
#include <string>

namespace amity::emulator {

// What became of one API call, for the log and the metrics. Empty where it was not known.
struct CallRecord {
  std::string service;
  std::string operation;
  std::string account;
  std::string region;
  std::string request_id;
  std::string error_code;
  std::string failure;  // of an InternalError: what really happened, for the log only
  unsigned status = 200;
};

class Gateway {
 public:
  // `faults` may be nullptr: then nothing fails on purpose.
  Gateway(handlers::Environment environment, std::function<model::Timestamp()> now, Defaults defaults,
          Faults* faults = nullptr)
      : environment_(environment), now_(std::move(now)), defaults_(std::move(defaults)), faults_(faults) {}

  // Never throws: what goes wrong is an answer in the service's own protocol.
  HttpResponse answer(const HttpRequest& request, CallRecord& record);

 private:
  handlers::Environment environment_;
  std::function<model::Timestamp()> now_;
  Defaults defaults_;
  Faults* faults_;
};

}  // namespace amity::emulator
