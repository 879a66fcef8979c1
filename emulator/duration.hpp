#pragma once

// Lengths of time as people write them: on the command line and to the clock.

#include <chrono>
#include <optional>
#include <string_view>

namespace amity::emulator {

// "30d", "12h", "1d12h", "90s", "1m30s", "250ms": whole numbers, each with its unit (w, d, h, m, s, ms), added up.
// nullopt for anything else, and for more than a hundred centuries.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace amity::emulator
