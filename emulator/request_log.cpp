#include "emulator/request_log.hpp"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace amity::emulator {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return spdlog::level::debug;
    case LogLevel::Info: return spdlog::level::info;
    case LogLevel::Warn: return spdlog::level::warn;
    case LogLevel::Error: return spdlog::level::err;
    case LogLevel::Off: break;
  }
  return spdlog::level::off;
}

// Requests may hold anything; a line of the log holds printable ASCII, so that none can forge another or move a cursor.
std::string printable(std::string_view text) {
  std::string safe(text);
  for (char& c : safe)
    if (c < ' ' || c > '~') c = '?';
  return safe;
}

std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  return json + '"';
}

// A word of a text line: "-" stands for what is not known.
std::string word(std::string_view text) {
  if (text.empty()) return "-";
  std::string safe = printable(text);
  for (char& c : safe)
    if (c == ' ') c = '?';
  return safe;
}

using Members = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// `"account":"…","region":"…"`, without members that are empty.
std::string json_members(Members members) {
  std::string json;
  for (const auto& [name, value] : members)
    if (!value.empty()) json += fmt::format("{}\"{}\":{}", json.empty() ? "" : ",", name, json_string(value));
  return json;
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

}  // namespace

RequestLog::RequestLog(LogOptions options) : RequestLog(options, std::make_shared<spdlog::sinks::stderr_sink_st>()) {}

RequestLog::RequestLog(LogOptions options, std::shared_ptr<spdlog::sinks::sink> sink)
    : format_(options.format), logger_(std::make_shared<spdlog::logger>("amity", std::move(sink))) {
  const char* pattern = format_ == LogFormat::Text ? "%Y-%m-%dT%H:%M:%S.%eZ %l %v"
                                                   : R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";
  logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  logger_->set_level(level_of(options.level));
}

RequestLog::~RequestLog() = default;

void RequestLog::call(const CallRecord& record, std::chrono::microseconds took) {
  const auto level = record.failure.empty() ? spdlog::level::info : spdlog::level::err;
  if (!logger_->should_log(level)) return;
  const std::string operation = record.service.empty() ? "" : record.service + ':' + record.operation;
  std::string line;
  if (format_ == LogFormat::Text) {
    line = fmt::format("{} {} {} {} {} {}us {}", word(record.account), word(record.region), word(operation),
                       record.status, word(record.error_code), took.count(), word(record.request_id));
    if (!record.failure.empty()) line += ": " + printable(record.failure);
  } else {
    line = json_members({{"account", record.account},
                         {"region", record.region},
                         {"service", record.service},
                         {"operation", record.operation},
                         {"error", record.error_code},
                         {"request_id", record.request_id},
                         {"failure", record.failure}});
    line += fmt::format("{}\"status\":{},\"microseconds\":{}", line.empty() ? "" : ",", record.status, took.count());
  }
  logger_->log(level, "{}", line);
}

void RequestLog::administration(const HttpRequest& request, unsigned status, std::chrono::microseconds took) {
  const auto level = status >= 500 ? spdlog::level::err : spdlog::level::debug;
  if (!logger_->should_log(level)) return;
  const std::string_view path = path_of(request.target);
  if (format_ == LogFormat::Text)
    logger_->log(level, "{} {} {} {}us", word(request.method), word(path), status, took.count());
  else
    logger_->log(level, "{},\"status\":{},\"microseconds\":{}",
                 json_members({{"method", request.method}, {"path", path}}), status, took.count());
}

void RequestLog::refusal(unsigned status, std::string_view reason) {
  if (format_ == LogFormat::Text)
    logger_->warn("refused {}: {}", status, printable(reason));
  else
    logger_->warn("\"status\":{},\"refused\":{}", status, json_string(reason));
}

void RequestLog::failure(std::string_view what) {
  if (format_ == LogFormat::Text)
    logger_->error("{}", printable(what));
  else
    logger_->error("\"failure\":{}", json_string(what));
}

}  // namespace amity::emulator
