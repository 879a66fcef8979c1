// Block public access for snapshots: an account's own will, in a region, not to share snapshots with everybody.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <string>
#include <string_view>

namespace amity::handlers {

// Whether the caller may not make its snapshots public.
bool is_public_sharing_blocked(Call& call);
// Whether the public permission of the snapshot counts: there is one, and its owner does not block all sharing.
bool is_publicly_usable(Call& call, const state::Snapshot& snapshot);

}  // namespace amity::handlers
