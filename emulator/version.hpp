#pragma once

#include <string_view>

namespace amity::emulator {

// Of this build: "0.1.0".
std::string_view version();

}  // namespace amity::emulator
