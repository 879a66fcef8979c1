// What must hold of every state, whatever was done to it: the invariants. `amity check` prints what does not, fuzz
// targets and crash tests ask for it after all that they did.
#pragma once

#include "handlers/call.hpp"
#include "storage/check.hpp"

#include <string_view>

namespace amity::handlers {

// Everything that is wrong: what the tables alone tell (storage/check.hpp) and, when that finds nothing, what one must
// know EC2 for. Reads only. The agenda is not caught up with first: a state is right before that, too.
storage::Findings check(Environment environment);

}  // namespace amity::handlers
