// An application in process: requests as the server hands them over, a machine time that the test moves, and the log's
// lines.
#pragma once

#include "emulator/application.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::tests {

class ApplicationWorld {
 public:
  explicit ApplicationWorld(emulator::EmulationOptions options = {}, emulator::LogOptions log = {},
                            emulator::AccessRules rules = {})
      : emulation_(std::move(options), [this] { return machine_time; }),
        log_(log, std::make_shared<spdlog::sinks::ostream_sink_st>(log_text)),
        application_(emulation_, log_, std::move(rules)) {}

  using Headers = std::vector<std::pair<std::string, std::string>>;

  emulator::HttpResponse send(std::string_view method, std::string_view target, std::string_view body = {},
                              const Headers& headers = {}) {
    std::vector<emulator::Header> lent = {{"Host", "127.0.0.1:4566"}};
    for (const auto& [name, value] : headers) lent.push_back({name, value});
    return application_.answer(
        {.method = method, .target = target, .headers = lent, .body = body, .remote_address = "127.0.0.1"});
  }
  emulator::HttpResponse get(std::string_view target) { return send("GET", target); }
  emulator::HttpResponse post(std::string_view target, std::string_view body = {}) {
    return send("POST", target, body);
  }

  // An EC2 call of an account in a region, with further parameters as "&Name=value".
  emulator::HttpResponse ec2(std::string_view action, std::string_view parameters = {},
                             std::string_view account = "111111111111", std::string_view region = "us-east-1") {
    const std::string scope = std::string(account) + "/20260102/" + std::string(region) + "/ec2/aws4_request";
    return send("POST", "/", "Action=" + std::string(action) + "&Version=2016-11-15" + std::string(parameters),
                {{"Content-Type", "application/x-www-form-urlencoded"},
                 {"Authorization", "AWS4-HMAC-SHA256 Credential=" + scope +
                                       ", SignedHeaders=host;x-amz-date, Signature=" + std::string(64, '0')}});
  }

  emulator::Emulation& emulation() { return emulation_; }
  emulator::Application& application() { return application_; }

  model::Timestamp machine_time = *model::parse_iso8601("2026-01-02T03:04:05Z");
  std::ostringstream log_text;

 private:
  emulator::Emulation emulation_;
  emulator::RequestLog log_;
  emulator::Application application_;
};

// The header's value, "" when there is none.
inline std::string header(const emulator::HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (emulator::equals_ignoring_case(key, name)) return value;
  return {};
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace amity::tests
