// What the administration does inside instances, since nobody can log in to them.
#pragma once

#include "emulator/emulation.hpp"

#include <string>
#include <string_view>

namespace amity::emulator {

// POST /_amity/instances/{id}/sysprep: takes a running Windows instance through EC2Launch's Sysprep, which shuts it
// down. Answers {"instance_id": "i-…", "state": "stopping"}. Throws AdminError: 404 for an unknown instance, 409 for
// one that does not run or is no Windows.
std::string sysprep_instance(Emulation& emulation, std::string_view instance_id);

}  // namespace amity::emulator
