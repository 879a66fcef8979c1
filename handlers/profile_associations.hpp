// Which instance profile an instance has, as an association with an id of its own.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"
#include "model/state.hpp"

namespace amity::handlers {

// Notes on a new instance the association of its profile, if it has one. The caller inserts the row.
void note_profile_association(Call& call, state::Instance& instance);

}  // namespace amity::handlers
