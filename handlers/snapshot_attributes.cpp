#include "handlers/encryption.hpp"
#include "handlers/errors.hpp"
#include "handlers/registry.hpp"
#include "handlers/snapshot_errors.hpp"
#include "handlers/snapshot_public_access.hpp"
#include "handlers/snapshot_tiers.hpp"
#include "handlers/snapshots.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxChanges = 500;

using Permission = ec2::CreateVolumePermission;
using Permissions = std::vector<Permission>;

bool is_same(const Permission& a, const Permission& b) { return a.user_id == b.user_id && a.group == b.group; }

bool contains(const Permissions& permissions, const Permission& wanted) {
  return std::ranges::any_of(permissions, [&](const Permission& one) { return is_same(one, wanted); });
}

void add_user(Permissions& permissions, const std::string& user) {
  if (user.size() != 12 || user.find_first_not_of("0123456789") != std::string::npos)
    throw errors::invalid_image_attribute_item(user, "userId");
  permissions.push_back({.user_id = user, .group = {}});
}

void add_group(Permissions& permissions, const std::string& group) {
  if (group != ec2::PermissionGroup::all) throw errors::invalid_image_attribute_item(group, "UserGroup");
  permissions.push_back({.user_id = {}, .group = group});
}

// One item of the long form may name a user and a group: two permissions.
void add_items(Permissions& permissions, const Permissions& items) {
  for (const Permission& item : items) {
    if (!item.user_id && !item.group) throw errors::missing_parameter("UserId");
    if (item.user_id) add_user(permissions, *item.user_id);
    if (item.group) add_group(permissions, *item.group);
  }
}

struct Changes {
  Permissions added;
  Permissions removed;
};

// The long form (CreateVolumePermission.Add, .Remove) and the short one (OperationType, UserId, UserGroup) say the
// same. Some clients send both; Packer then leaves out the OperationType.
Changes changes_of(const ec2::ModifySnapshotAttributeRequest& request) {
  Changes changes;
  if (request.create_volume_permission) {
    add_items(changes.added, request.create_volume_permission->add);
    add_items(changes.removed, request.create_volume_permission->remove);
  }
  const bool only_repeats = request.create_volume_permission && !request.operation_type;
  if ((!request.user_ids.empty() || !request.group_names.empty()) && !only_repeats) {
    if (!request.operation_type) throw errors::missing_parameter("OperationType");
    Permissions& meant = request.operation_type == ec2::OperationType::add ? changes.added : changes.removed;
    for (const std::string& user : request.user_ids) add_user(meant, user);
    for (const std::string& group : request.group_names) add_group(meant, group);
  }
  if (changes.added.empty() && changes.removed.empty()) throw errors::missing_parameter("CreateVolumePermission");
  if (!changes.added.empty() && !changes.removed.empty())
    throw errors::invalid_parameter_combination("Permissions cannot be added and removed in a single operation.");
  if (changes.added.size() + changes.removed.size() > kMaxChanges)
    throw errors::too_many_permission_changes(kMaxChanges);
  return changes;
}

void check_may_share(Call& call, const state::Snapshot& snapshot, const Permissions& added) {
  if (is_archived(snapshot)) throw errors::snapshot_archived(*snapshot.snapshot.snapshot_id);
  const bool is_encrypted = snapshot.snapshot.encrypted.value_or(false);
  if (is_encrypted && snapshot.snapshot.kms_key_id == managed_kms_key(call))
    throw errors::snapshot_with_default_key_shared();
  if (!contains(added, {.user_id = {}, .group = ec2::PermissionGroup::all})) return;
  if (is_encrypted) throw errors::encrypted_snapshot_made_public();
  if (!snapshot.product_codes.empty()) throw errors::marketplace_snapshot_made_public();
  if (is_public_sharing_blocked(call)) throw errors::public_sharing_blocked();
}

void modify_snapshot_attribute(Call& call, const ec2::ModifySnapshotAttributeRequest& request) {
  state::Snapshot snapshot = find_own_snapshot(call, request.snapshot_id);
  if (request.attribute && request.attribute != ec2::SnapshotAttributeName::createVolumePermission)
    throw errors::invalid_value("attribute", *request.attribute, "It cannot be changed.");
  const Changes changes = changes_of(request);
  if (!changes.added.empty()) check_may_share(call, snapshot, changes.added);
  Permissions& permissions = snapshot.create_volume_permissions;
  for (const Permission& added : changes.added)
    if (!contains(permissions, added)) permissions.push_back(added);
  std::erase_if(permissions, [&](const Permission& present) { return contains(changes.removed, present); });
  call.snapshots().update(snapshot);
}

void reset_snapshot_attribute(Call& call, const ec2::ResetSnapshotAttributeRequest& request) {
  state::Snapshot snapshot = find_own_snapshot(call, request.snapshot_id);
  if (request.attribute != ec2::SnapshotAttributeName::createVolumePermission)
    throw errors::invalid_value("attribute", request.attribute, "It cannot be reset.");
  snapshot.create_volume_permissions.clear();
  call.snapshots().update(snapshot);
}

ec2::DescribeSnapshotAttributeResult describe_snapshot_attribute(Call& call,
                                                                 const ec2::DescribeSnapshotAttributeRequest& request) {
  const state::Snapshot snapshot = find_own_snapshot(call, request.snapshot_id);
  ec2::DescribeSnapshotAttributeResult result{.snapshot_id = snapshot.snapshot.snapshot_id};
  if (request.attribute == ec2::SnapshotAttributeName::productCodes)
    result.product_codes = snapshot.product_codes;
  else
    result.create_volume_permissions = snapshot.create_volume_permissions;
  return result;
}

}  // namespace

std::span<const Operation> snapshot_attribute_operations() {
  static constexpr Operation kOperations[] = {
      bind<modify_snapshot_attribute>(),
      bind<reset_snapshot_attribute>(),
      bind<describe_snapshot_attribute>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
