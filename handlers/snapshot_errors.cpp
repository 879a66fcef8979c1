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
