// The administration: what Amity answers beside AWS's own APIs, under /_amity/, /metrics and /_localstack/health.
// Speaks JSON; docs/administration.md describes it for users.
#pragma once

#include "emulator/emulation.hpp"
#include "emulator/http.hpp"
#include "emulator/metrics.hpp"

#include <string_view>

namespace amity::emulator {

class Admin {
 public:
  Admin(Emulation& emulation, const Metrics& metrics) : emulation_(emulation), metrics_(metrics) {}

  // Whether a request with this target is for the administration rather than for AWS.
  static bool serves(std::string_view target);

  // A caller's mistake is answered with 4xx and a sentence. Throws what is Amity's own fault.
  HttpResponse answer(const HttpRequest& request);

 private:
  struct Route;
  static const Route* find_route(std::string_view path, std::string_view method);

  HttpResponse health(const HttpRequest& request);
  HttpResponse localstack_health(const HttpRequest& request);
  HttpResponse operations(const HttpRequest& request);
  HttpResponse metrics(const HttpRequest& request);
  HttpResponse reset(const HttpRequest& request);
  HttpResponse clock(const HttpRequest& request);
  HttpResponse move_clock(const HttpRequest& request);
  HttpResponse bill(const HttpRequest& request);
  HttpResponse dump_fixtures(const HttpRequest& request);
  HttpResponse load_fixtures(const HttpRequest& request);
  HttpResponse write_to_volume(const HttpRequest& request);
  HttpResponse set_churn(const HttpRequest& request);
  HttpResponse sysprep(const HttpRequest& request);
  HttpResponse show_snapshot(const HttpRequest& request);
  HttpResponse list_faults(const HttpRequest& request);
  HttpResponse add_fault(const HttpRequest& request);
  HttpResponse delete_faults(const HttpRequest& request);

  Emulation& emulation_;
  const Metrics& metrics_;
};

}  // namespace amity::emulator
