// Block public access for images: an account's switch in a Region.
#pragma once

#include "handlers/call.hpp"

namespace amity::handlers {

// Throws OperationNotPermitted while new images must not be made public.
void check_public_sharing_is_allowed(Call& call);

}  // namespace amity::handlers
