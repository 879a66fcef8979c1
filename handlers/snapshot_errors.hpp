// The errors that only snapshots raise.
#pragma once

#include "handlers/api_error.hpp"

#include <cstddef>
#include <string_view>

namespace amity::handlers::errors {

ApiError snapshot_in_use(std::string_view snapshot_id, std::string_view image_id);
ApiError snapshot_in_invalid_state(std::string_view state);
ApiError snapshot_not_owned(std::string_view snapshot_id);
ApiError concurrent_snapshot_limit_exceeded(std::size_t limit);
ApiError snapshot_copy_limit_exceeded(std::size_t limit);
// Sharing
ApiError snapshot_with_default_key_shared();
ApiError encrypted_snapshot_made_public();
ApiError marketplace_snapshot_made_public();
ApiError too_many_permission_changes(std::size_t limit);

}  // namespace amity::handlers::errors
