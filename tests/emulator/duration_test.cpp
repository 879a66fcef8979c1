#include "emulator/duration.hpp"

#include <catch2/catch.hpp>

#include <string_view>
#include <utility>

using namespace std::chrono_literals;
using amity::emulator::parse_duration;

TEST_CASE("Durations are numbers with units, added up", "[duration]") {
  const std::pair<std::string_view, std::chrono::milliseconds> cases[] = {
      {"30d", 720h}, {"12h", 12h}, {"90s", 90s},     {"1d12h", 36h}, {"1m30s", 90s},
      {"2w", 336h},  {"5m", 5min}, {"250ms", 250ms}, {"0s", 0s},     {"1h1m1s1ms", 3661001ms}};
  for (const auto& [text, expected] : cases) {
    INFO(text);
    const auto duration = parse_duration(text);
    REQUIRE(duration);
    CHECK(*duration == expected);
  }
}

TEST_CASE("What is no duration is refused", "[duration]") {
  for (const std::string_view text :
       {"", "d", "30", "30x", "-1d", "+1d", "1.5h", "1d 12h", " 1d", "1D", "1d12", "h1", "99999999999999999999s",
        "9223372036854775807ms", "9223372036854775807d", "10000000d", "3660000d1d"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}
