// One line for each request, on standard error (or where a test wants it). Never what a request or an answer contains:
// there may be secrets in it.
#pragma once

#include "emulator/gateway.hpp"
#include "emulator/http.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace amity::emulator {

enum class LogFormat { Text, Json };
// Calls are Info, requests to the administration Debug, refused requests Warn, failures of Amity itself Error.
enum class LogLevel { Debug, Info, Warn, Error, Off };

struct LogOptions {
  LogFormat format = LogFormat::Text;
  LogLevel level = LogLevel::Info;
};

class RequestLog {
 public:
  explicit RequestLog(LogOptions options);
  RequestLog(LogOptions options, std::shared_ptr<spdlog::sinks::sink> sink);
  ~RequestLog();

  void call(const CallRecord& record, std::chrono::microseconds took);
  void administration(const HttpRequest& request, unsigned status, std::chrono::microseconds took);
  // Refused before anybody looked at what it asks for.
  void refusal(unsigned status, std::string_view reason);
  // Something that Amity itself got wrong.
  void failure(std::string_view what);

 private:
  LogFormat format_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace amity::emulator
