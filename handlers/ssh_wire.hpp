#pragma once

// The data types of the SSH protocol (RFC 4251, section 5), in which SSH public and private keys are written.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

std::string ssh_uint32(std::uint32_t value);

// Any bytes, with their length before them.
std::string ssh_string(std::string_view bytes);

// A non-negative integer, given big-endian with or without leading zeros.
std::string ssh_mpint(std::string_view magnitude);

// Takes fields off the front of bytes that may be anything. The views point into those bytes.
class SshReader {
 public:
  explicit SshReader(std::string_view bytes) : rest_(bytes) {}

  // nullopt where the bytes end before the field does.
  std::optional<std::string_view> string();

  // The magnitude of a positive integer, without leading zeros; nullopt for zero and negative numbers too.
  std::optional<std::string_view> positive_mpint();

  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace amity::handlers
