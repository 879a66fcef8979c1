#include "handlers/launch_permissions.hpp"

#include "handlers/encryption.hpp"
#include "handlers/errors.hpp"
#include "handlers/image_deprecation.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/image_public_access.hpp"
#include "handlers/images.hpp"
#include "model/timestamp.hpp"

#include <algorithm>
#include <cstddef>
#include <set>

namespace amity::handlers {
namespace {

// "Amazon EC2 endpoints and quotas", AMI quotas.
constexpr std::size_t kMaxGrantees = 1000;
constexpr std::size_t kMaxPublicImages = 5;

using Permissions = std::vector<ec2::LaunchPermission>;

// Takes the prefix off, if the text begins with it.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Takes so many lower-case letters and digits off: as many as there are.
bool take_letters(std::string_view& text, std::size_t least, std::size_t most) {
  const auto end =
      std::ranges::find_if_not(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
  const auto length = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(length);
  return length >= least && length <= most;
}

// "arn:aws:organizations::<account>:"
bool take_organizations_prefix(std::string_view& arn) {
  if (!take(arn, "arn:aws:") && !take(arn, "arn:aws-cn:") && !take(arn, "arn:aws-us-gov:")) return false;
  if (!take(arn, "organizations::") || !is_account_id(arn.substr(0, 12))) return false;
  arn.remove_prefix(12);
  return take(arn, ":");
}

// "arn:aws:organizations::<account>:organization/o-<id>"
bool is_organization(std::string_view arn) {
  return take_organizations_prefix(arn) && take(arn, "organization/o-") && take_letters(arn, 10, 32) && arn.empty();
}

// "arn:aws:organizations::<account>:ou/o-<id>/ou-<root>-<id>"
bool is_organizational_unit(std::string_view arn) {
  return take_organizations_prefix(arn) && take(arn, "ou/o-") && take_letters(arn, 10, 32) && take(arn, "/ou-") &&
         take_letters(arn, 4, 32) && take(arn, "-") && take_letters(arn, 8, 32) && arn.empty();
}

bool is_everybody(std::string_view group) { return group == ec2::PermissionGroup::all; }

// The kinds of grantees, one member of LaunchPermission each.
struct GranteeKind {
  std::optional<std::string> ec2::LaunchPermission::*member;
  std::string_view item;  // in errors
  bool (*is_well_formed)(std::string_view grantee);
};
constexpr GranteeKind kGranteeKinds[] = {
    {&ec2::LaunchPermission::user_id, "userId", is_account_id},
    {&ec2::LaunchPermission::group, "UserGroup", is_everybody},
    {&ec2::LaunchPermission::organization_arn, "organizationArn", is_organization},
    {&ec2::LaunchPermission::organizational_unit_arn, "organizationalUnitArn", is_organizational_unit},
};

// No two kinds are written alike, so that the text alone tells the grantee.
const std::string& grantee_of(const ec2::LaunchPermission& permission) {
  static const std::string nobody;
  for (const GranteeKind& kind : kGranteeKinds)
    if (permission.*kind.member) return *(permission.*kind.member);
  return nobody;
}

std::set<std::string> grantees_of(const Permissions& permissions) {
  std::set<std::string> grantees;
  for (const ec2::LaunchPermission& permission : permissions) grantees.insert(grantee_of(permission));
  return grantees;
}

bool is_public(const ec2::LaunchPermission& permission) { return permission.group.has_value(); }

// One permission a grantee: a permission of a request may name several.
Permissions read_permissions(const Permissions& wanted) {
  Permissions read;
  for (const ec2::LaunchPermission& permission : wanted) {
    const std::size_t before = read.size();
    for (const GranteeKind& kind : kGranteeKinds) {
      const auto& grantee = permission.*kind.member;
      if (!grantee) continue;
      if (!kind.is_well_formed(*grantee)) throw errors::invalid_image_attribute_item(*grantee, kind.item);
      read.emplace_back().*kind.member = grantee;
    }
    if (read.size() == before) throw errors::missing_parameter("UserId");
  }
  return read;
}

void check_snapshots_can_be_shared(Call& call, const ec2::Image& image, bool publicly) {
  for (const ec2::BlockDeviceMapping& mapping : image.block_device_mappings) {
    if (!mapping.ebs || !mapping.ebs->snapshot_id) continue;
    const auto snapshot = call.snapshots().find_any(*mapping.ebs->snapshot_id);
    if (!snapshot || !snapshot->snapshot.encrypted.value_or(false)) continue;
    if (publicly) throw errors::encrypted_cannot_be_public();
    if (snapshot->snapshot.kms_key_id == managed_kms_key(call)) throw errors::default_key_cannot_be_shared();
  }
}

void check_can_be_shared(Call& call, const ec2::Image& image, const Permissions& additions) {
  if (additions.empty()) return;
  const bool publicly = std::ranges::any_of(additions, is_public);
  if (publicly) check_public_sharing_is_allowed(call);
  if (publicly && comes_from_marketplace(image))
    throw errors::operation_not_permitted("Images with an AWS Marketplace product code cannot be made public.");
  check_snapshots_can_be_shared(call, image, publicly);
}

void check_quotas(Call& call, const ec2::Image& image, const Permissions& permissions) {
  const auto everybody = static_cast<std::size_t>(std::ranges::count_if(permissions, is_public));
  if (permissions.size() - everybody > kMaxGrantees)
    throw errors::image_sharing_limit_exceeded(
        "An image can be shared with at most 1000 accounts, organizations and "
        "organizational units.");
  if (everybody == 0 || image.is_public.value_or(false)) return;
  const auto public_images = storage::Query().linked(storage::kImageShare, ec2::PermissionGroup::all);
  if (call.images().count(public_images) >= kMaxPublicImages)
    throw errors::image_sharing_limit_exceeded("At most 5 public images are allowed in a Region.");
}

}  // namespace

bool is_account_id(std::string_view text) {
  return text.size() == 12 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool grants_any(const std::vector<ec2::LaunchPermission>& permissions, std::span<const std::string> grantees) {
  return std::ranges::any_of(permissions, [&](const ec2::LaunchPermission& permission) {
    return std::ranges::find(grantees, grantee_of(permission)) != grantees.end();
  });
}

void change_launch_permissions(Call& call, state::Image& image, const ec2::LaunchPermissionModifications& changes) {
  Permissions additions = read_permissions(changes.add);
  const Permissions removals = read_permissions(changes.remove);
  // Owners need no permission, and none is shown for them.
  std::erase_if(additions, [&](const ec2::LaunchPermission& added) { return added.user_id == call.account(); });
  check_can_be_shared(call, image.image, additions);

  Permissions& permissions = image.launch_permissions;
  std::set<std::string> held = grantees_of(permissions);
  for (ec2::LaunchPermission& added : additions)
    if (held.insert(grantee_of(added)).second) permissions.push_back(std::move(added));
  const std::set<std::string> removed = grantees_of(removals);
  std::erase_if(permissions, [&](const ec2::LaunchPermission& kept) { return removed.contains(grantee_of(kept)); });
  check_quotas(call, image.image, permissions);

  const bool publicly = std::ranges::any_of(permissions, is_public);
  if (publicly && !image.image.is_public.value_or(false)) {
    const std::string latest = model::to_iso8601(end_of_public_lifetime(image.image, call.now()));
    image.image.deprecation_time = std::min(image.image.deprecation_time.value_or(latest), latest);
  }
  image.image.is_public = publicly;
}

void clear_launch_permissions(state::Image& image) {
  image.launch_permissions.clear();
  image.image.is_public = false;
}

}  // namespace amity::handlers
