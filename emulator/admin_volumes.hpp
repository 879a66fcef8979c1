// POST /_amity/volumes/{id}/writes and /_amity/instances/{id}/churn: what changes on disks that no client of AWS tells;
// GET /_amity/snapshots/{id}: what a snapshot stores of it, which no API of AWS says. All may say ?region=…; without it
// they mean the default region.
#pragma once

#include "emulator/emulation.hpp"
#include "emulator/http.hpp"

#include <string>
#include <string_view>

namespace amity::emulator {

// Follows {"offset": 0, "length": 4096}, in bytes, or {"changed_gib": 1.5}. Answers how much is written on the volume.
// Throws AdminError.
std::string write_to_volume(Emulation& emulation, std::string_view region, std::string_view volume_id,
                            std::string_view body);

// Follows {"gib_per_day": 1.5}. Throws AdminError.
std::string set_churn(Emulation& emulation, std::string_view region, std::string_view instance_id,
                      std::string_view body);

// The tier of the snapshot, how many bytes it stores in the standard one, and how many it holds in all. Throws
// AdminError.
std::string show_snapshot(Emulation& emulation, std::string_view region, std::string_view snapshot_id);

}  // namespace amity::emulator
