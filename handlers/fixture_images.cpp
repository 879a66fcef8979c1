#include "handlers/block_maps.hpp"
#include "handlers/fixture_target.hpp"
#include "handlers/snapshots.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

// --- Snapshots

void complete(ec2::Snapshot& snapshot, const FixtureTarget& target, const std::string& owner) {
  snapshot.owner_id = owner;
  set_default(snapshot.state, ec2::SnapshotState::completed);
  set_default(snapshot.start_time, target.now());
  set_default(snapshot.volume_id, kNoVolume);
  set_default(snapshot.encrypted, false);
  set_default(snapshot.description, "");
  set_default(snapshot.storage_tier, ec2::StorageTier::standard);
  if (snapshot.state != ec2::SnapshotState::completed) return;
  set_default(snapshot.progress, "100%");
  set_default(snapshot.completion_time, snapshot.start_time);
  set_default(snapshot.full_snapshot_size_in_bytes, full_size_in_bytes(snapshot));
}

bool lets_in(const ec2::CreateVolumePermission& permission, const std::string& account) {
  return permission.group == ec2::PermissionGroup::all || permission.user_id == account;
}

// Permissions that are not in the file stay as they are. Another's snapshot that an account's list shows is shared with
// the account (or public, which the list does not tell).
void share(FixtureTarget& target, state::Snapshot& row, const std::string& owner) {
  auto& permissions = row.create_volume_permissions;
  if (permissions.empty())
    if (const auto before = target.call().snapshots().find_any(*row.snapshot.snapshot_id))
      permissions = before->create_volume_permissions;
  const auto lets_account_in = [&](const auto& permission) { return lets_in(permission, target.account()); };
  if (target.is_view_of_account() && owner != target.account() && std::ranges::none_of(permissions, lets_account_in))
    permissions.push_back({.user_id = target.account()});
}

void load_snapshot(FixtureTarget& target, state::Snapshot row, std::size_t index) {
  ec2::Snapshot& snapshot = row.snapshot;
  const auto path = [index](std::string_view member) { return element_path("Snapshots", index, member); };
  const std::string id = target.check_id(kSnapshot, snapshot.snapshot_id, path("SnapshotId"));
  if (target.call().catalogue().snapshot(target.region(), id)) return;  // it is there, and cannot change
  const std::string owner = target.owner_of(snapshot.owner_id, path("OwnerId"));
  if (snapshot.volume_size.value_or(0) < 1) throw FieldError{path("VolumeSize"), "is missing, or less than 1 GiB"};
  target.check_value(ec2::Snapshot::shape, "State", snapshot.state, path("State"));
  complete(snapshot, target, owner);
  share(target, row, owner);
  target.put(owner, std::move(row));
}

// --- Images

// EC2 writes it in lower case, whatever its API model says.
bool is_windows(const ec2::Image& image) { return image.platform == "windows"; }

void complete(ec2::EbsBlockDevice& ebs) {
  set_default(ebs.delete_on_termination, true);
  set_default(ebs.encrypted, false);
  set_default(ebs.volume_type, ec2::VolumeType::gp2);
}

void complete(ec2::Image& image, const FixtureTarget& target, const std::string& owner) {
  image.owner_id = owner;
  set_default(image.state, ec2::ImageState::available);
  set_default(image.image_location, fmt::format("{}/{}", owner, image.name.value_or(*image.image_id)));
  set_default(image.creation_date, model::to_iso8601(std::chrono::floor<std::chrono::seconds>(target.now())));
  set_default(image.image_type, ec2::ImageTypeValues::machine);
  set_default(image.architecture, ec2::ArchitectureValues::x86_64);
  set_default(image.hypervisor, ec2::HypervisorType::xen);
  set_default(image.virtualization_type, ec2::VirtualizationType::hvm);
  set_default(image.root_device_type, ec2::DeviceType::ebs);
  set_default(image.platform_details, is_windows(image) ? "Windows" : "Linux/UNIX");
  set_default(image.usage_operation, is_windows(image) ? "RunInstances:0002" : "RunInstances");
  set_default(image.free_tier_eligible, false);
  set_default(image.deregistration_protection, "disabled");
  for (ec2::BlockDeviceMapping& mapping : image.block_device_mappings) {
    if (!mapping.ebs) continue;
    complete(*mapping.ebs);
    // Other devices may be empty volumes, the root device holds what the image is made of.
    if (mapping.device_name == image.root_device_name && image.state == ec2::ImageState::available)
      set_default(mapping.ebs->snapshot_id, stable_id(kSnapshot.prefix, owner, target.region(), *image.image_id));
  }
}

bool is_public(const ec2::LaunchPermission& permission) { return permission.group == ec2::PermissionGroup::all; }

// Permissions that are not in the file stay as they are, but for what its list tells: whether the image is public, and
// that the account whose list shows another's image may launch it.
void share(FixtureTarget& target, state::Image& row, const std::string& owner) {
  auto& permissions = row.launch_permissions;
  ec2::Image& image = row.image;
  if (permissions.empty()) {
    if (const auto before = target.call().images().find_any(*image.image_id)) permissions = before->launch_permissions;
    if (image.is_public) std::erase_if(permissions, is_public);
    if (image.is_public.value_or(false)) permissions.push_back({.group = ec2::PermissionGroup::all});
  }
  image.is_public = std::ranges::any_of(permissions, is_public);
  const auto is_account = [&](const auto& permission) { return permission.user_id == target.account(); };
  if (target.is_view_of_account() && owner != target.account() && !*image.is_public &&
      std::ranges::none_of(permissions, is_account))
    permissions.push_back({.user_id = target.account()});
}

void check_name(FixtureTarget& target, const ec2::Image& image, const std::string& owner, const std::string& field) {
  if (!image.name) return;
  const auto holder = target.call_of(owner).images().find_by(storage::Query().where("name", *image.name));
  if (holder && holder->image.image_id != image.image_id)
    throw FieldError{field, fmt::format("is the name of {} already", *holder->image.image_id)};
}

void load_image(FixtureTarget& target, state::Image row, std::size_t index) {
  ec2::Image& image = row.image;
  const auto path = [index](std::string_view member) { return element_path("Images", index, member); };
  const std::string id = target.check_id(kImage, image.image_id, path("ImageId"));
  if (target.call().catalogue().image(target.region(), id)) return;  // it is there, and cannot change
  const std::string owner = target.owner_of(image.owner_id, path("OwnerId"));
  check_name(target, image, owner, path("Name"));
  for (const std::string_view member : {"State", "Architecture", "RootDeviceType", "VirtualizationType"})
    target.check_value(ec2::Image::shape, member,
                       *static_cast<const std::optional<std::string>*>(
                           model::field_of(*ec2::Image::shape.find(member), static_cast<const void*>(&image))),
                       path(member));
  // What a list showed as pending has long been made; nothing would end it here.
  if (image.state == ec2::ImageState::pending && !tells_transition_of(target.fixture, id))
    image.state = ec2::ImageState::available;
  complete(image, target, owner);
  share(target, row, owner);
  target.put(owner, std::move(row));
}

// A snapshot that an image names and that no file holds: as its mapping tells it, shared as the image is.
void make_snapshot(FixtureTarget& target, const state::Image& image, const ec2::EbsBlockDevice& ebs,
                   const std::string& field) {
  target.check_id(kSnapshot, ebs.snapshot_id, field + ".SnapshotId");
  Call call = target.call();
  if (any_snapshot(call, *ebs.snapshot_id)) return;
  if (ebs.volume_size.value_or(0) < 1) throw FieldError{field + ".VolumeSize", "is missing, or less than 1 GiB"};
  state::Snapshot row;
  row.snapshot.snapshot_id = ebs.snapshot_id;
  row.snapshot.volume_size = ebs.volume_size;
  row.snapshot.encrypted = ebs.encrypted;
  row.snapshot.start_time = model::parse_iso8601(image.image.creation_date.value_or(""));
  complete(row.snapshot, target, *image.image.owner_id);
  for (const ec2::LaunchPermission& permission : image.launch_permissions)
    if (permission.user_id || permission.group)
      row.create_volume_permissions.push_back({.user_id = permission.user_id, .group = permission.group});
  target.put(*image.image.owner_id, std::move(row));
}

}  // namespace

void load_snapshots(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.snapshots.size(); ++i)
    load_snapshot(target, target.fixture.snapshots[i], i);
}

void load_images(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.images.size(); ++i) load_image(target, target.fixture.images[i], i);
}

void make_snapshots_of_images(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.images.size(); ++i) {
    const auto image = target.call().images().find_any(*target.fixture.images[i].image.image_id);
    if (!image) continue;  // of the catalogue
    const auto& mappings = image->image.block_device_mappings;
    for (std::size_t j = 0; j < mappings.size(); ++j)
      if (mappings[j].ebs && mappings[j].ebs->snapshot_id)
        make_snapshot(target, *image, *mappings[j].ebs,
                      element_path("Images", i) + '.' + element_path("BlockDeviceMappings", j, "Ebs"));
  }
}

}  // namespace amity::handlers
