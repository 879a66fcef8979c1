// Prefix lists: those that AWS manages. Nobody can make others here.
#pragma once

#include "handlers/call.hpp"

#include <string_view>

namespace amity::handlers {

// Throws InvalidPrefixListId.Malformed, InvalidPrefixListID.NotFound.
void check_prefix_list(Call& call, std::string_view id);

}  // namespace amity::handlers
