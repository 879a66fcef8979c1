// Fast snapshot restore: for a snapshot, in Availability Zones, enabled by whoever may use it ("Amazon EBS fast
// snapshot restore" in the EBS user guide).
#pragma once

#include "handlers/call.hpp"

#include <string_view>

namespace amity::handlers {

// Whether a volume that the caller makes of the snapshot in the zone is initialized at once.
bool restores_fast(Call& call, std::string_view snapshot_id, std::string_view zone);
// Forgets it, whoever enabled it: the snapshot is archived or deleted.
void drop_fast_restores(Call& call, std::string_view snapshot_id);

}  // namespace amity::handlers
