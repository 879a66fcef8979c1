// New ids, and every other random choice of the handlers: random, or reproducible from a seed.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace amity::handlers {

class Ids {
 public:
  // Without a seed the ids differ from run to run.
  explicit Ids(std::optional<std::uint64_t> seed = {});

  // "<prefix>-" and 17 hexadecimal digits.
  std::string make(std::string_view prefix);
  std::string hex(std::size_t digits);
  std::string uuid();  // RFC 4122 version 4, for request ids
  // Evenly from 0 to limit - 1; limit must not be 0.
  std::uint64_t below(std::uint64_t limit);

 private:
  std::mt19937_64 engine_;
};

// An id that is always the same for the same parts: "<prefix>-" and 17 hexadecimal digits of their hash.
std::string stable_id(std::string_view prefix, std::string_view account, std::string_view region,
                      std::string_view what);
// The same in the form of a UUID.
std::string stable_uuid(std::string_view account, std::string_view region, std::string_view what);

}  // namespace amity::handlers
