#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/image_operations.hpp"
#include "handlers/image_transitions.hpp"
#include "handlers/images.hpp"
#include "handlers/new_image.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace amity::handlers {
namespace {

// Copies stay within a partition.
void check_source_region(const Call& call, const std::string& name) {
  const state::Region* source = call.catalogue().region(name);
  const state::Region* destination = call.catalogue().region(call.region());
  if (!source || (destination && source->partition != destination->partition)) throw errors::invalid_region(name);
}

// The Local Zone that is to hold the copy, if the request names one.
std::optional<std::string> destination_zone(const Call& call, const ec2::CopyImageRequest& request) {
  const auto name = unless_empty(request.destination_availability_zone);
  const auto id = unless_empty(request.destination_availability_zone_id);
  const auto outpost = unless_empty(request.destination_outpost_arn);
  if (name.has_value() + id.has_value() + outpost.has_value() > 1)
    throw errors::invalid_parameter_combination(
        "Only one of DestinationAvailabilityZone, DestinationAvailabilityZoneId and DestinationOutpostArn can be "
        "specified.");
  if (outpost) throw errors::invalid_value("DestinationOutpostArn", *outpost, "The Outpost does not exist.");
  if (!name && !id) return std::nullopt;
  if (const state::Region* region = call.catalogue().region(call.region()))
    for (const ec2::AvailabilityZone& zone : region->zones)
      if (zone.zone_type == "local-zone" && (name ? zone.zone_name == name : zone.zone_id == id)) return zone.zone_name;
  throw name ? errors::invalid_value("DestinationAvailabilityZone", *name, "It is not a Local Zone of this Region.")
             : errors::invalid_value("DestinationAvailabilityZoneId", *id, "It is not a Local Zone of this Region.");
}

// Time-based copies: steps of 15 minutes, up to 48 hours.
std::optional<std::int32_t> completion_minutes(const std::optional<std::int64_t>& wanted) {
  if (!wanted) return std::nullopt;
  if (*wanted < 15 || *wanted > 2880 || *wanted % 15 != 0)
    throw errors::invalid_value("SnapshotCopyCompletionDurationMinutes", std::to_string(*wanted),
                                "Expecting a multiple of 15 between 15 and 2880.");
  return static_cast<std::int32_t>(*wanted);
}

// A time-based copy takes no longer than the caller says.
Duration delay_of(const Call& call, const std::optional<std::int32_t>& minutes) {
  const Duration delay = call.profile().image_copy;
  return minutes ? std::min<Duration>(delay, std::chrono::minutes(*minutes)) : delay;
}

// An image that the caller may copy, as far as launch permissions go. EC2 says InvalidRequest of images that it does
// not find or that are not shared.
FoundImage find_source(Call& source_call, const std::string& image_id) {
  check_id(kImage, image_id);
  const auto found = any_image(source_call, image_id);
  if (!found && was_deregistered(source_call, image_id)) throw errors::image_unavailable(image_id);
  if (!found || !is_visible(source_call, *found)) throw errors::image_storage_not_found();
  if (found->image.image.state != ec2::ImageState::available) throw errors::image_unavailable(image_id);
  if (found->owner != source_call.account() && comes_from_marketplace(found->image.image))
    throw errors::marketplace_image_cannot_be_copied();
  return *found;
}

// Only user tags, and only the caller's: nobody sees another account's. Those of the request go first.
std::vector<ec2::Tag> image_tags(Call& source_call, const ec2::CopyImageRequest& request) {
  auto tags = tags_for(request.tag_specifications, kImage.type, {kImage.type, kSnapshot.type});
  if (!request.copy_image_tags.value_or(false)) return tags;
  for (ec2::Tag& tag : source_call.tags().of(request.source_image_id))
    if (!tag.key->starts_with("aws:") && std::ranges::find(tags, tag.key, &ec2::Tag::key) == tags.end())
      tags.push_back(std::move(tag));
  return tags;
}

// 1566308778174 as "1,566,308,778,174"
std::string with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

// The description that EC2 gives to the snapshots.
std::string snapshot_description(const Call& call, const ec2::Image& copy, const std::string& source_snapshot_id) {
  return fmt::format("Copied for DestinationAmi {} from SourceAmi {} for SourceSnapshot {}. Task created on {}.",
                     *copy.image_id, *copy.source_image_id, source_snapshot_id,
                     with_commas(call.now().time_since_epoch().count()));
}

// Everything that EC2 copies. Launch permissions, deprecation, deregistration protection and the source instance stay
// behind.
void keep_of_source(state::Image& copy, const state::Image& source) {
  const ec2::Image& from = source.image;
  ec2::Image& to = copy.image;
  to.architecture = from.architecture;
  to.virtualization_type = from.virtualization_type;
  to.hypervisor = from.hypervisor;
  to.root_device_type = from.root_device_type;
  to.root_device_name = from.root_device_name;
  to.block_device_mappings = from.block_device_mappings;
  to.ena_support = from.ena_support;
  to.sriov_net_support = from.sriov_net_support;
  to.boot_mode = from.boot_mode;
  to.tpm_support = from.tpm_support;
  to.imds_support = from.imds_support;
  to.kernel_id = from.kernel_id;
  to.ramdisk_id = from.ramdisk_id;
  to.platform = from.platform;
  to.platform_details = from.platform_details;
  to.usage_operation = from.usage_operation;
  to.product_codes = from.product_codes;
  to.source_image_id = from.image_id;
  copy.uefi_data = source.uefi_data;
  copy.billing_products = source.billing_products;
  copy.windows = source.windows;
}

// New snapshots in the place of the source's. Launch permission alone is not enough to copy: the snapshots must be the
// caller's, public or shared with it.
void copy_snapshots(Call& call, Call& source_call, ec2::Image& copy, SnapshotCopy how) {
  for (ec2::BlockDeviceMapping& mapping : copy.block_device_mappings) {
    if (!mapping.ebs || !mapping.ebs->snapshot_id) continue;
    const auto source = usable_snapshot(source_call, *mapping.ebs->snapshot_id);
    if (!source) throw errors::image_storage_not_shared();
    check_completed(*source);
    how.created_for_image_id = *copy.image_id;
    how.description = snapshot_description(call, copy, *mapping.ebs->snapshot_id);
    const ec2::Snapshot made = copy_snapshot_of(call, *source, how).snapshot;
    mapping.ebs->snapshot_id = made.snapshot_id;
    mapping.ebs->encrypted = made.encrypted.value_or(false);
  }
}

}  // namespace

// CopyImage: called in the destination. The copy belongs to the caller, and has snapshots of its own.
ec2::CopyImageResult copy_image(Call& call, const ec2::CopyImageRequest& request) {
  const auto snapshot_tags = tags_for(request.tag_specifications, kSnapshot.type, {kImage.type, kSnapshot.type});
  const auto minutes = completion_minutes(request.snapshot_copy_completion_duration_minutes);
  const auto zone = destination_zone(call, request);
  if (minutes && zone)
    throw errors::cannot_be_combined("SnapshotCopyCompletionDurationMinutes", "DestinationAvailabilityZone");
  const SnapshotCopy how{.source_region = request.source_region,
                         .tags = snapshot_tags,
                         .encryption = {.encrypted = request.encrypted, .kms_key_id = request.kms_key_id},
                         .completion_duration_minutes = minutes,
                         .availability_zone = zone,
                         .delay = delay_of(call, minutes)};
  check_source_region(call, request.source_region);
  Call source_call = call.in_region(request.source_region);
  const FoundImage source = find_source(source_call, request.source_image_id);

  state::Image made = new_image(call, request.name, request.description);
  ec2::Image& image = made.image;
  keep_of_source(made, source.image);
  image.source_image_region = request.source_region;
  image.state = ec2::ImageState::pending;
  copy_snapshots(call, source_call, image, how);
  insert_image(call, made, image_tags(source_call, request));
  complete_image_after(call, *image.image_id, how.delay);
  return {.image_id = image.image_id};
}

}  // namespace amity::handlers
