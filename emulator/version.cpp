#include "emulator/version.hpp"

namespace amity::emulator {

std::string_view version() { return AMITY_VERSION; }

}  // namespace amity::emulator
