// Snapshot locks: while one holds, nobody can delete its snapshot ("Amazon EBS snapshot lock" in the EBS user guide).
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <string>

namespace amity::handlers {

// "governance", "compliance-cooloff", "compliance" or "expired": what the time makes of a lock. The one that is kept
// tells the mode.
std::string lock_state(const ec2::LockedSnapshotsInfo& lock, model::Timestamp now);
bool is_locked(const Call& call, const state::Snapshot& snapshot);
// A lock made while the snapshot was pending counts its days from now on.
void begin_lock_duration(state::Snapshot& snapshot, model::Timestamp now);

}  // namespace amity::handlers
