#pragma once

#include <string>

namespace amity::emulator {

// The body at an http:// or https:// URL. Throws std::runtime_error with a sentence for the user when there is no
// answer, or another than 200.
std::string http_get(const std::string& url);

}  // namespace amity::emulator
