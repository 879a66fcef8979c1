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
// Sets
// "Number of values of parameter <name> must be less than or equal to <limit>."
ApiError too_many_values(std::string_view name, std::size_t limit);
ApiError no_volumes_to_snapshot(std::string_view instance_id);
ApiError too_many_volumes_in_set(std::size_t limit);
// Locks
ApiError snapshot_locked(std::string_view snapshot_id);
ApiError snapshot_not_locked(std::string_view snapshot_id);
ApiError lock_is_final(std::string_view snapshot_id, std::string_view why);
// The archive tier
ApiError snapshot_archived(std::string_view snapshot_id);
ApiError snapshot_not_archived(std::string_view snapshot_id);
ApiError snapshot_is_being_tiered(std::string_view snapshot_id, std::string_view status);
ApiError tiering_limit_exceeded(std::string_view what, std::size_t limit);
// Fast snapshot restore
ApiError snapshot_too_large_for_fast_restore(std::string_view snapshot_id);
ApiError fast_restore_limit_exceeded(std::size_t limit);
ApiError fast_restore_in_state(std::string_view snapshot_id, std::string_view zone, std::string_view state);
ApiError fast_restore_not_enabled(std::string_view snapshot_id, std::string_view zone);
// Sharing
ApiError public_sharing_blocked();
ApiError snapshot_with_default_key_shared();
ApiError encrypted_snapshot_made_public();
ApiError marketplace_snapshot_made_public();
ApiError too_many_permission_changes(std::size_t limit);

}  // namespace amity::handlers::errors
