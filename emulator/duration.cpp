#include "emulator/duration.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace amity::emulator {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongest = std::chrono::days{366 * 10'000};

constexpr std::pair<std::string_view, milliseconds> kUnits[] = {
    {"w", std::chrono::weeks{1}},   {"d", std::chrono::days{1}},    {"h", std::chrono::hours{1}},
    {"m", std::chrono::minutes{1}}, {"s", std::chrono::seconds{1}}, {"ms", milliseconds{1}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes "<number><unit>" off the front of `text`.
std::optional<milliseconds> take_part(std::string_view& text) {
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !is_digit(text.front())) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  const auto unit_end = static_cast<std::size_t>(std::ranges::find_if(text, is_digit) - text.begin());
  const auto unit = std::ranges::find(kUnits, text.substr(0, unit_end), [](const auto& entry) { return entry.first; });
  if (unit == std::end(kUnits) || number > kLongest / unit->second) return std::nullopt;
  text.remove_prefix(unit_end);
  return number * unit->second;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  milliseconds sum{};
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part || *part > kLongest - sum) return std::nullopt;
    sum += *part;
  }
  return sum;
}

}  // namespace amity::emulator
