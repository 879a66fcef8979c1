#include "handlers/snapshot_public_access.hpp"

#include "handlers/api_error.hpp"
#include "handlers/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

using BlockState = ec2::SnapshotBlockPublicAccessState;

constexpr std::string_view kBlockPublicAccess = "snapshot-block-public-access";

std::string state_of(const storage::Settings& settings) {
  return settings.get(kBlockPublicAccess).value_or(BlockState::unblocked);
}

ec2::EnableSnapshotBlockPublicAccessResult enable_snapshot_block_public_access(
    Call& call, const ec2::EnableSnapshotBlockPublicAccessRequest& request) {
  // The model lists the value that is there to be read among those to be set.
  if (request.state == BlockState::unblocked)
    throw ApiError("InvalidRequest",
                   fmt::format("Value '{}' for State is not valid. Valid values are '{}' and '{}'.", request.state,
                               BlockState::block_all_sharing, BlockState::block_new_sharing));
  call.settings().set(kBlockPublicAccess, request.state);
  return {.state = request.state};
}

ec2::DisableSnapshotBlockPublicAccessResult disable_snapshot_block_public_access(
    Call& call, const ec2::DisableSnapshotBlockPublicAccessRequest&) {
  call.settings().remove(kBlockPublicAccess);
  return {.state = BlockState::unblocked};
}

ec2::GetSnapshotBlockPublicAccessStateResult get_snapshot_block_public_access_state(
    Call& call, const ec2::GetSnapshotBlockPublicAccessStateRequest&) {
  return {.state = state_of(call.settings()), .managed_by = ec2::ManagedBy::account};
}

}  // namespace

std::span<const Operation> snapshot_public_access_operations() {
  static constexpr Operation kOperations[] = {
      bind<enable_snapshot_block_public_access>(),
      bind<disable_snapshot_block_public_access>(),
      bind<get_snapshot_block_public_access_state>(),
  };
  return kOperations;
}

bool is_public_sharing_blocked(Call& call) { return state_of(call.settings()) != BlockState::unblocked; }

bool is_publicly_usable(Call& call, const state::Snapshot& snapshot) {
  const auto is_for_all = [](const auto& permission) { return permission.group == ec2::PermissionGroup::all; };
  if (std::ranges::none_of(snapshot.create_volume_permissions, is_for_all)) return false;
  const storage::Scope owner{.account = snapshot.snapshot.owner_id.value_or(""), .region = call.region()};
  return state_of({call.store().database(), owner}) != BlockState::block_all_sharing;
}

}  // namespace amity::handlers
