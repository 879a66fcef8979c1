// The Recycle Bin: deleted images, snapshots and volumes that a retention rule keeps. They are out of their tables, so
// nothing but the operations of the bin finds them, and come back as they were, tags and permissions included. AWS:
// "Recycle Bin" in the Amazon EBS user guide.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <optional>
#include <string_view>

namespace amity::handlers {

// To be asked when the caller's resource is about to be deleted. If a retention rule keeps it, its row and what was
// going to happen to it are gone afterwards, but its tags and blocks are not: nothing is left to delete. Answers false,
// having done nothing, when it is to be deleted for good.
bool recycle(Call& call, const state::Image& image);
bool recycle(Call& call, const state::Snapshot& snapshot);
bool recycle(Call& call, const state::Volume& volume);

// Whether it is in the caller's Recycle Bin, where it can be tagged.
bool is_recycled(Call& call, std::string_view resource_id);
// Takes it out of the caller's bin, for good but for its tags and blocks.
void forget_recycled(Call& call, std::string_view id);
// What the caller's bin keeps under the id.
std::optional<state::Snapshot> recycled_snapshot(Call& call, std::string_view id);
std::optional<state::Volume> recycled_volume(Call& call, std::string_view id);

}  // namespace amity::handlers
