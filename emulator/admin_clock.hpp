// GET and POST /_amity/clock.
#pragma once

#include "emulator/emulation.hpp"

#include <string>
#include <string_view>

namespace amity::emulator {

// {"now": "2026-01-02T03:04:05.000Z", "frozen": false, "offset_ms": 0, "next_due": "…Z"}; next_due is when the next
// change of state falls due, absent when none will.
std::string clock_json(Emulation& emulation);

// Follows {"advance": "30d"}, {"set": "…Z"}, {"freeze": true}, {"resume": true} or {"reset": true}. Throws AdminError.
void change_clock(Clock& clock, std::string_view body);

}  // namespace amity::emulator
