// Block maps in fixtures. What a fixture says of a snapshot or a volume without one is only how much of it is written.
#pragma once

#include "handlers/call.hpp"
#include "handlers/fixture_form.hpp"

namespace amity::handlers {

// The maps of all accounts and regions.
void dump_block_maps(Environment environment, state::Fixture& fixture);

// Puts the fixture's maps in place of those that the same snapshots and volumes have; these are loaded already. Throws
// FieldError; answers how many.
std::size_t load_block_maps(Environment environment, const state::Fixture& fixture);

}  // namespace amity::handlers
