#include "handlers/ssh_wire.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

std::string_view without_leading_zeros(std::string_view magnitude) {
  magnitude.remove_prefix(std::min(magnitude.find_first_not_of('\0'), magnitude.size()));
  return magnitude;
}

bool has_sign_bit(std::string_view magnitude) {
  return !magnitude.empty() && (static_cast<std::uint8_t>(magnitude.front()) & 0x80) != 0;
}

}  // namespace

std::string ssh_uint32(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(static_cast<std::uint8_t>(value >> shift));
  return out;
}

std::string ssh_string(std::string_view bytes) {
  std::string out = ssh_uint32(static_cast<std::uint32_t>(bytes.size()));
  out += bytes;
  return out;
}

std::string ssh_mpint(std::string_view magnitude) {
  magnitude = without_leading_zeros(magnitude);
  std::string number;
  if (has_sign_bit(magnitude)) number += '\0';
  number += magnitude;
  return ssh_string(number);
}

std::optional<std::string_view> SshReader::string() {
  if (rest_.size() < 4) return std::nullopt;
  std::size_t length = 0;
  for (const char byte : rest_.substr(0, 4)) length = length << 8 | static_cast<std::uint8_t>(byte);
  if (rest_.size() - 4 < length) return std::nullopt;
  const std::string_view field = rest_.substr(4, length);
  rest_.remove_prefix(4 + length);
  return field;
}

std::optional<std::string_view> SshReader::positive_mpint() {
  const auto number = string();
  if (!number || has_sign_bit(*number)) return std::nullopt;
  const std::string_view magnitude = without_leading_zeros(*number);
  if (magnitude.empty()) return std::nullopt;
  return magnitude;
}

}  // namespace amity::handlers
