// Key pairs as launches use them.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <string_view>

namespace amity::handlers {

// The caller's key pair of that name. Throws InvalidKeyPair.NotFound.
state::KeyPair find_key_pair(Call& call, std::string_view key_name);

}  // namespace amity::handlers
