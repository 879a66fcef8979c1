// Failures on purpose: which calls get an error, an answer that is late, or a change that ends badly, so that people
// can test what their tools do then. In memory only; docs/faults.md describes them for users.
#pragma once

#include "handlers/api_error.hpp"
#include "handlers/bad_endings.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace amity::emulator {

struct Fault {
  // Whom it strikes. Empty means all; an operation may hold the wildcards "*" and "?".
  std::string service = "ec2";
  std::string operation;
  std::string account{};
  std::string region{};
  // How often.
  std::optional<std::uint64_t> count{};  // none: always
  double probability = 1;
  // With what.
  std::string code{};  // of an error, before anything has happened
  std::string message{};
  unsigned status = 400;
  std::chrono::milliseconds latency{};
  std::optional<handlers::BadEnding> ending{};
  handlers::FailureReason reason{};

  std::string id{};
  std::uint64_t struck = 0;
};

// A call as faults see it.
struct FaultTarget {
  std::string_view service;
  std::string_view operation;
  std::string_view account;
  std::string_view region;
};

// What becomes of one call.
struct Blow {
  std::optional<handlers::ApiError> error{};
  std::chrono::milliseconds latency{};
  std::optional<handlers::BadEnding> ending{};
  handlers::FailureReason reason{};
};

class Faults {
 public:
  // The same seed and the same calls give the same blows.
  explicit Faults(std::optional<std::uint64_t> seed = {}) : seed_(seed.value_or(0)), random_(seed_) {}

  const Fault& add(Fault fault);
  bool remove(std::string_view id);
  // Removes all and begins the random choices anew.
  void clear();
  const std::list<Fault>& all() const { return faults_; }

  // The faults that strike the call, the oldest first: latencies add up, the first error and the first ending count.
  Blow strike(const FaultTarget& target);

 private:
  bool strikes(const Fault& fault, const FaultTarget& target);

  std::list<Fault> faults_;
  std::uint64_t seed_;
  std::mt19937_64 random_;
  std::uint64_t last_id_ = 0;
};

}  // namespace amity::emulator
