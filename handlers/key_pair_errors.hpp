// The errors of key pairs.
#pragma once

#include "handlers/api_error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers::errors {

ApiError key_pairs_not_found(const std::vector<std::string>& names);
ApiError key_pair_duplicate(std::string_view name);
ApiError key_pair_limit_exceeded(std::size_t limit);
// Text that is no OpenSSH public key of a kind that EC2 takes.
ApiError invalid_openssh_key();
// Bytes that say that they are DER, and are no public key.
ApiError invalid_der_key();

}  // namespace amity::handlers::errors
