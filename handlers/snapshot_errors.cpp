#include "handlers/snapshot_errors.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError snapshot_in_use(std::string_view snapshot_id, std::string_view image_id) {
  return {"InvalidSnapshot.InUse", fmt::format("The snapshot {} is currently in use by {}", snapshot_id, image_id)};
}
ApiError snapshot_in_invalid_state(std::string_view state) {
  return incorrect_state(fmt::format("Snapshot is in invalid state - {}", state));
}
ApiError snapshot_not_owned(std::string_view snapshot_id) {
  return not_authorized(fmt::format("Not authorized for snapshot: {}", snapshot_id));
}
ApiError concurrent_snapshot_limit_exceeded(std::size_t limit) {
  return {"ConcurrentSnapshotLimitExceeded",
          fmt::format("Maximum allowed in-progress snapshots for a single volume exceeded: {}.", limit)};
}
ApiError snapshot_copy_limit_exceeded(std::size_t limit) {
  return {"ResourceLimitExceeded",
          fmt::format("Too many snapshot copies in progress. The limit is {} for this destination region.", limit)};
}
ApiError too_many_values(std::string_view name, std::size_t limit) {
  return {"InvalidRequest",
          fmt::format("Number of values of parameter {} must be less than or equal to {}.", name, limit)};
}
ApiError no_volumes_to_snapshot(std::string_view instance_id) {
  return invalid_parameter_value(fmt::format("No volume of the instance {} is left to snapshot.", instance_id));
}
ApiError too_many_volumes_in_set(std::size_t limit) {
  return {"ResourceLimitExceeded", fmt::format("A set of snapshots can be of at most {} volumes.", limit)};
}
// EC2's codes for what locks forbid are not documented; OperationNotPermitted is how it says that something protected
// must stay.
ApiError snapshot_locked(std::string_view snapshot_id) {
  return operation_not_permitted(fmt::format("The snapshot {} is locked and cannot be deleted.", snapshot_id));
}
ApiError snapshot_not_locked(std::string_view snapshot_id) {
  return incorrect_state(fmt::format("The snapshot {} is not locked.", snapshot_id));
}
ApiError lock_is_final(std::string_view snapshot_id, std::string_view why) {
  return operation_not_permitted(fmt::format("The snapshot {} is locked in compliance mode: {}.", snapshot_id, why));
}
ApiError snapshot_archived(std::string_view snapshot_id) {
  return incorrect_state(fmt::format("The snapshot {} is archived. Restore it before you use it.", snapshot_id));
}
ApiError snapshot_not_archived(std::string_view snapshot_id) {
  return incorrect_state(fmt::format("The snapshot {} is not archived.", snapshot_id));
}
ApiError snapshot_is_being_tiered(std::string_view snapshot_id, std::string_view status) {
  return incorrect_state(fmt::format("The snapshot {} is in tiering status {}.", snapshot_id, status));
}
ApiError tiering_limit_exceeded(std::string_view what, std::size_t limit) {
  return {"ResourceLimitExceeded", fmt::format("The limit of {} is {}.", what, limit)};
}
ApiError snapshot_too_large_for_fast_restore(std::string_view snapshot_id) {
  return invalid_value("SourceSnapshotId", snapshot_id, "Fast snapshot restore supports up to 16 TiB.");
}
ApiError fast_restore_limit_exceeded(std::size_t limit) {
  return {"ResourceLimitExceeded",
          fmt::format("At most {} snapshots can be enabled for fast snapshot restores in a Region.", limit)};
}
ApiError fast_restore_in_state(std::string_view snapshot_id, std::string_view zone, std::string_view state) {
  return incorrect_state(
      fmt::format("Fast snapshot restores of {} in {} are in the '{}' state.", snapshot_id, zone, state));
}
ApiError fast_restore_not_enabled(std::string_view snapshot_id, std::string_view zone) {
  return incorrect_state(fmt::format("Fast snapshot restores of {} are not enabled in {}.", snapshot_id, zone));
}
ApiError public_sharing_blocked() {
  return operation_not_permitted(
      "Snapshots cannot be shared publicly because block public access for snapshots is enabled in this Region.");
}
ApiError snapshot_with_default_key_shared() {
  return operation_not_permitted("Encrypted snapshots with EBS default key cannot be shared");
}
ApiError encrypted_snapshot_made_public() {
  return operation_not_permitted("Encrypted snapshots cannot be shared publicly");
}
ApiError marketplace_snapshot_made_public() {
  return operation_not_permitted("Snapshots with AWS Marketplace product codes cannot be shared publicly");
}
ApiError too_many_permission_changes(std::size_t limit) {
  return invalid_parameter_value(fmt::format("At most {} modifications can be made in a single operation.", limit));
}

}  // namespace amity::handlers::errors
