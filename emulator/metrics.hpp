// What GET /metrics shows: calls, errors and latency by operation, and how the process is doing, in the text format
// that Prometheus reads (version 0.0.4).
#pragma once

#include "emulator/gateway.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace amity::emulator {

class Metrics {
 public:
  void count(const CallRecord& record, std::chrono::microseconds took);
  // `clock_offset`: how far the emulator's clock is ahead of the machine's.
  std::string render(std::chrono::milliseconds clock_offset) const;

 private:
  // Upper bounds of the histogram's buckets; one more bucket takes what is slower.
  static constexpr std::array kBounds = {
      std::chrono::microseconds{100},     std::chrono::microseconds{250},     std::chrono::microseconds{500},
      std::chrono::microseconds{1'000},   std::chrono::microseconds{2'500},   std::chrono::microseconds{5'000},
      std::chrono::microseconds{10'000},  std::chrono::microseconds{25'000},  std::chrono::microseconds{50'000},
      std::chrono::microseconds{100'000}, std::chrono::microseconds{250'000}, std::chrono::microseconds{1'000'000}};

  struct Series {
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    std::uint64_t calls = 0;
    std::chrono::microseconds sum{};
    std::map<std::string, std::uint64_t> errors;  // by code
  };

  // By service and operation. Both are empty or names that the API models know, so a client cannot make this grow.
  std::map<std::pair<std::string, std::string>, Series> series_;
};

}  // namespace amity::emulator
