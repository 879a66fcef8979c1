#include "emulator/metrics.hpp"

#include "emulator/process_stats.hpp"
#include "emulator/version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace amity::emulator {
namespace {

double seconds(auto duration) { return std::chrono::duration<double>(duration).count(); }

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

void gauge(std::string& out, std::string_view name, std::string_view type, std::string_view help, auto value) {
  head(out, name, type, help);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

std::string labels(const std::pair<std::string, std::string>& call) {
  return fmt::format("service=\"{}\",operation=\"{}\"", call.first, call.second);
}

}  // namespace

void Metrics::count(const CallRecord& record, std::chrono::microseconds took) {
  Series& series = series_[{record.service, record.operation}];
  const auto bucket = std::ranges::lower_bound(kBounds, took) - kBounds.begin();
  ++series.buckets[static_cast<std::size_t>(bucket)];
  ++series.calls;
  series.sum += took;
  if (!record.error_code.empty()) ++series.errors[record.error_code];
}

std::string Metrics::render(std::chrono::milliseconds clock_offset) const {
  std::string out;
  const auto line = [&out]<class... T>(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(out), format, std::forward<T>(values)...);
  };

  head(out, "amity_calls_total", "counter", "API calls answered.");
  for (const auto& [call, series] : series_) line("amity_calls_total{{{}}} {}\n", labels(call), series.calls);

  head(out, "amity_call_errors_total", "counter", "API calls answered with an error, by its code.");
  for (const auto& [call, series] : series_)
    for (const auto& [code, errors] : series.errors)
      line("amity_call_errors_total{{{},code=\"{}\"}} {}\n", labels(call), code, errors);

  head(out, "amity_call_duration_seconds", "histogram", "Time from a complete request to its answer.");
  for (const auto& [call, series] : series_) {
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < kBounds.size(); ++i) {
      so_far += series.buckets[i];
      line("amity_call_duration_seconds_bucket{{{},le=\"{}\"}} {}\n", labels(call), seconds(kBounds[i]), so_far);
    }
    line("amity_call_duration_seconds_bucket{{{},le=\"+Inf\"}} {}\n", labels(call), series.calls);
    line("amity_call_duration_seconds_sum{{{}}} {}\n", labels(call), seconds(series.sum));
    line("amity_call_duration_seconds_count{{{}}} {}\n", labels(call), series.calls);
  }

  head(out, "amity_info", "gauge", "The version that runs.");
  line("amity_info{{version=\"{}\"}} 1\n", version());
  gauge(out, "amity_clock_offset_seconds", "gauge", "How far the emulated time is ahead of the real time.",
        seconds(clock_offset));

  const ProcessStats process = process_stats();
  gauge(out, "process_cpu_seconds_total", "counter", "Processor time that the process has used.", process.cpu_seconds);
  gauge(out, "process_resident_memory_bytes", "gauge", "Memory that the process holds.", process.resident_bytes);
  gauge(out, "process_open_fds", "gauge", "Open file descriptors.", process.open_descriptors);
  gauge(out, "process_start_time_seconds", "gauge", "When the process started, in seconds since 1970.",
        process.start_time_seconds);
  return out;
}

}  // namespace amity::emulator
