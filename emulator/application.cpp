#include "emulator/application.hpp"

#include "emulator/admin_answers.hpp"
#include "emulator/protocol.hpp"
#include "model/ec2.hpp"

#include <algorithm>
#include <chrono>

namespace amity::emulator {
namespace {

constexpr std::string_view kRequestId = "x-amzn-RequestId";
constexpr std::string_view kInternalError = "An internal error has occurred";

class Stopwatch {
 public:
  std::chrono::microseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start_);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void set_header(HttpResponse& response, std::string_view name, std::string value) {
  const auto has = [&](const auto& header) { return equals_ignoring_case(header.first, name); };
  if (std::ranges::none_of(response.headers, has)) response.headers.emplace_back(name, std::move(value));
}

// The statuses that the server answers with by itself. AWS's front ends have no documented codes for most of them.
std::string_view code_of(unsigned status) {
  switch (status) {
    case 403: return "AccessDenied";
    case 408: return "RequestTimeout";
    case 413: return "RequestEntityTooLarge";
    case 415: return "UnsupportedMediaType";
    case 431: return "RequestHeaderSectionTooLarge";
    case 500: return "InternalError";
    case 501: return "NotImplemented";
    case 503: return "Unavailable";
    default: return "InvalidRequest";
  }
}

}  // namespace

Application::Application(Emulation& emulation, RequestLog& log, AccessRules rules)
    : emulation_(emulation),
      log_(log),
      gateway_(
          emulation.environment(), [&emulation] { return emulation.clock().now(); }, emulation.defaults(),
          &emulation.faults()),
      admin_(emulation, metrics_),
      guarded_(with_access_policy(
          std::move(rules), [this](unsigned status, std::string_view reason) { return refuse(status, reason); },
          [this](const HttpRequest& request) { return answer_admitted(request); })) {}

HttpResponse Application::answer_admitted(const HttpRequest& request) {
  HttpResponse response = Admin::serves(request.target) ? administer(request) : call(request);
  set_header(response, "Date", model::to_http_date(emulation_.clock().now()));
  return response;
}

HttpResponse Application::administer(const HttpRequest& request) {
  const Stopwatch watch;
  HttpResponse response;
  try {
    response = admin_.answer(request);
  } catch (const std::exception& error) {
    log_.failure(error.what());
    response = error_answer(500, kInternalError);
  }
  log_.administration(request, response.status, watch.elapsed());
  return response;
}

HttpResponse Application::call(const HttpRequest& request) {
  const Stopwatch watch;
  CallRecord record;
  HttpResponse response = gateway_.answer(request, record);
  set_header(response, kRequestId, record.request_id);
  const auto took = watch.elapsed();
  metrics_.count(record, took);
  log_.call(record, took);
  return response;
}

HttpResponse Application::refuse(unsigned status, std::string_view reason) {
  const bool is_ours = status == 500;
  if (is_ours)
    log_.failure(reason);
  else
    log_.refusal(status, reason);
  ApiRequest request;
  request.service = &ec2::service();
  request.request_id = refusal_ids_.uuid();
  HttpResponse response = ec2_query_protocol().encode_error(
      request, {std::string(code_of(status)), std::string(is_ours ? kInternalError : reason), status});
  set_header(response, kRequestId, request.request_id);
  set_header(response, "Date", model::to_http_date(emulation_.clock().now()));
  return response;
}

}  // namespace amity::emulator
