#include "handlers/new_image.hpp"

#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "handlers/volume_errors.hpp"
#include "handlers/volumes.hpp"
#include "model/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

namespace amity::handlers {
namespace {

constexpr std::size_t kMinNameLength = 3;
constexpr std::size_t kMaxNameLength = 128;
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()[] ./-'@_";

void check_name(Call& call, std::string_view name) {
  if (name.size() < kMinNameLength || name.size() > kMaxNameLength ||
      name.find_first_not_of(kNameCharacters) != std::string_view::npos)
    throw errors::malformed_image_name();
  if (const auto holder = call.images().find_by(storage::Query().where("name", name)))
    throw errors::duplicate_image_name(name, *holder->image.image_id);
}

// "ephemeral0", "ephemeral12"
bool is_instance_store(std::string_view virtual_name) {
  constexpr std::string_view kPrefix = "ephemeral";
  if (!virtual_name.starts_with(kPrefix)) return false;
  const std::string_view number = virtual_name.substr(kPrefix.size());
  return !number.empty() && number.size() <= 2 && number.find_first_not_of("0123456789") == std::string_view::npos;
}

// "This parameter is not supported" (EbsBlockDevice in the EC2 API reference): these belong to volumes, not to images.
void check_members(const ec2::EbsBlockDevice& ebs) {
  const auto refuse = [](std::string_view name) {
    throw errors::invalid_parameter_value(
        fmt::format("The parameter {} is not supported in the block device mapping of an image.", name));
  };
  if (ebs.kms_key_id) refuse("KmsKeyId");
  if (ebs.outpost_arn) refuse("OutpostArn");
  if (ebs.availability_zone) refuse("AvailabilityZone");
  if (ebs.availability_zone_id) refuse("AvailabilityZoneId");
  if (ebs.volume_initialization_rate) refuse("VolumeInitializationRate");
}

// Takes size and encryption from the snapshot.
void fill_from_snapshot(Call& call, std::string_view device, ec2::EbsBlockDevice& ebs) {
  const state::Snapshot snapshot = find_usable_snapshot(call, *ebs.snapshot_id);
  check_completed(snapshot);
  if (ebs.encrypted) throw errors::snapshot_has_encryption(device);
  const std::int32_t least = snapshot.snapshot.volume_size.value_or(0);
  if (ebs.volume_size && *ebs.volume_size < least)
    throw errors::smaller_than_snapshot(*ebs.volume_size, *ebs.snapshot_id, least);
  if (!ebs.volume_size) ebs.volume_size = least;
  ebs.encrypted = snapshot.snapshot.encrypted.value_or(false);
}

ec2::EbsBlockDevice new_ebs_device(Call& call, std::string_view device, ec2::EbsBlockDevice ebs, bool is_root) {
  check_members(ebs);
  if (ebs.snapshot_id)
    fill_from_snapshot(call, device, ebs);
  else if (!ebs.volume_size)
    throw errors::invalid_block_device_mapping(
        fmt::format("Either snapshot ID or volume size must be provided for: {}", device));
  if (!ebs.volume_type) ebs.volume_type = ec2::VolumeType::gp2;
  if (!ebs.encrypted) ebs.encrypted = false;
  if (!ebs.delete_on_termination) ebs.delete_on_termination = is_root;
  check_volume_limits({.size_gib = ebs.volume_size,
                       .volume_type = ebs.volume_type,
                       .iops = ebs.iops,
                       .throughput_mibps = ebs.throughput});
  return ebs;
}

}  // namespace

std::optional<std::string> unless_empty(const std::optional<std::string>& member) {
  return member && !member->empty() ? member : std::nullopt;
}

state::Image new_image(Call& call, std::string_view name, const std::optional<std::string>& description) {
  check_name(call, name);
  state::Image made;
  ec2::Image& image = made.image;
  image.image_id = call.ids().make(kImage.prefix);
  image.name = name;
  image.description = unless_empty(description);
  image.image_location = fmt::format("{}/{}", call.account(), name);
  image.owner_id = call.account();
  image.creation_date = model::to_iso8601(std::chrono::floor<std::chrono::seconds>(call.now()));
  image.state = ec2::ImageState::available;
  image.is_public = false;
  image.image_type = ec2::ImageTypeValues::machine;
  image.hypervisor = ec2::HypervisorType::xen;
  image.root_device_type = ec2::DeviceType::ebs;
  image.free_tier_eligible = false;
  image.deregistration_protection = "disabled";
  return made;
}

void insert_image(Call& call, const state::Image& image, const std::vector<ec2::Tag>& tags) {
  call.images().insert(image);
  set_tags(call, *image.image.image_id, kImage.type, tags);
}

void check_devices(const std::vector<ec2::BlockDeviceMapping>& mappings) {
  std::set<std::string_view> devices;
  for (const ec2::BlockDeviceMapping& mapping : mappings) {
    if (!mapping.device_name || mapping.device_name->empty())
      throw errors::invalid_block_device_mapping("Missing device name");
    const std::string& device = *mapping.device_name;
    if (!is_device_name(device))
      throw errors::invalid_block_device_mapping(fmt::format("Invalid device name {}", device));
    if (!devices.insert(device).second)
      throw errors::invalid_block_device_mapping(
          fmt::format("The device '{}' is used in more than one block-device mapping", device));
  }
}

ec2::BlockDeviceMapping new_device(Call& call, const ec2::BlockDeviceMapping& wanted, bool is_root) {
  const std::string& device = *wanted.device_name;
  if (!wanted.virtual_name)
    return {.ebs = new_ebs_device(call, device, wanted.ebs.value_or(ec2::EbsBlockDevice{}), is_root),
            .device_name = device};
  if (wanted.ebs)
    throw errors::invalid_block_device_mapping(
        fmt::format("The device '{}' cannot be both an EBS volume and an instance store volume", device));
  if (!is_instance_store(*wanted.virtual_name))
    throw errors::invalid_block_device_mapping(fmt::format("Invalid virtual name {}", *wanted.virtual_name));
  return {.device_name = device, .virtual_name = wanted.virtual_name};
}

}  // namespace amity::handlers
