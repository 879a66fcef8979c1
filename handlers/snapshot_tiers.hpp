// The archive tier of snapshots ("Archive Amazon EBS snapshots" in the EBS user guide).
#pragma once

#include "model/state.hpp"

namespace amity::handlers {

// Whether the snapshot must be restored before anything can be made of it.
bool is_archived(const state::Snapshot& snapshot);

}  // namespace amity::handlers
