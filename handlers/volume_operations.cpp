#include "handlers/candidates.hpp"
#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "handlers/volume_errors.hpp"
#include "handlers/volumes.hpp"
#include "handlers/zones.hpp"

#include <fmt/format.h>

namespace amity::handlers {
namespace {

std::string wanted_zone(const Call& call, const ec2::CreateVolumeRequest& request) {
  if (request.availability_zone && request.availability_zone_id)
    throw errors::cannot_be_combined("AvailabilityZone", "AvailabilityZoneId");
  if (request.availability_zone) return *request.availability_zone;
  if (!request.availability_zone_id) throw errors::missing_parameter("AvailabilityZone");
  const ec2::AvailabilityZone* zone = zone_with_id(call, *request.availability_zone_id);
  if (!zone) throw errors::unknown_zone(*request.availability_zone_id);
  return *zone->zone_name;
}

// What a block device mapping may not be either, EC2 puts in other words here.
void check_holds_snapshot(Call& call, const ec2::CreateVolumeRequest& request) {
  if (!request.size || request.snapshot_id.value_or("").empty()) return;
  const auto least = find_usable_snapshot(call, *request.snapshot_id).snapshot.volume_size.value_or(0);
  if (*request.size < least)
    throw errors::invalid_value("size", std::to_string(*request.size),
                                fmt::format("The snapshot needs a volume of at least {}GiB.", least));
}

// Ignored: Operator, because EC2 reserves it for internal use.
ec2::Volume create_volume(Call& call, const ec2::CreateVolumeRequest& request) {
  if (request.outpost_arn) throw errors::unsupported_operation("Outposts are not emulated.");
  check_holds_snapshot(call, request);
  const NewVolume wanted{.availability_zone = wanted_zone(call, request),
                         .snapshot_id = request.snapshot_id,
                         .size_gib = request.size,
                         .volume_type = request.volume_type,
                         .iops = request.iops,
                         .throughput_mibps = request.throughput,
                         .initialization_rate_mibps = request.volume_initialization_rate,
                         .encryption = {.encrypted = request.encrypted, .kms_key_id = request.kms_key_id},
                         .multi_attach = request.multi_attach_enabled.value_or(false),
                         .tags = tags_for(request.tag_specifications, kVolume.type, {kVolume.type})};
  ec2::Volume volume = create_volume_row(call, wanted).volume;
  volume.tags = call.tags().of(*volume.volume_id);
  volume.fast_restored.reset();  // told by DescribeVolumes only
  return volume;
}

// A repeated client token answers with the volume as it is by now.
void refresh_created_volume(Call& call, const ec2::CreateVolumeRequest&, ec2::Volume& volume) {
  auto present = call.volumes().find(*volume.volume_id);
  if (!present) throw errors::client_token_of_deleted_volume();
  volume = std::move(present->volume);
  volume.tags = call.tags().of(*volume.volume_id);
}

// What is not said is false.
std::vector<std::string> fast_restored(const ec2::Volume& volume) {
  return {volume.fast_restored.value_or(false) ? "true" : "false"};
}

constexpr FilterRule kVolumeFilters[] = {
    {"attachment.attach-time", "Attachments.AttachTime"},
    {"attachment.delete-on-termination", "Attachments.DeleteOnTermination"},
    {"attachment.device", "Attachments.Device"},
    {"attachment.instance-id", "Attachments.InstanceId"},
    {"attachment.status", "Attachments.State"},
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"create-time", "CreateTime"},
    {"encrypted", "Encrypted"},
    {.name = "fast-restored", .values = filter_values<ec2::Volume, fast_restored>},
    {"multi-attach-enabled", "MultiAttachEnabled"},
    {"operator.managed", "Operator.Managed"},
    {"operator.principal", "Operator.Principal"},
    {"size", "Size"},
    {"snapshot-id", "SnapshotId"},
    {"status", "State"},
    {"volume-id", "VolumeId"},
    {"volume-type", "VolumeType"},
};

// Ignored: IncludeManagedResources, because no volume is managed by a service of AWS.
ec2::DescribeVolumesResult describe_volumes(Call& call, const ec2::DescribeVolumesRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, "volumeSet", !request.volume_ids.empty());
  Listing<ec2::Volume> listing(kVolumeFilters, request.filters, page);
  visit_candidates(call.volumes(), kVolume, request.volume_ids, storage::Query().after(page.after),
                   [&](std::int64_t row, const state::Volume& volume) {
                     const auto tags_of = [&] { return call.tags().of(*volume.volume.volume_id); };
                     return listing.offer(row, volume.volume, tags_of);
                   });
  return {.next_token = listing.next_token(), .volumes = listing.take()};
}

void delete_volume(Call& call, const ec2::DeleteVolumeRequest& request) {
  state::Volume found = find_owned(call.volumes(), kVolume, request.volume_id);
  ec2::Volume& volume = found.volume;
  if (!volume.attachments.empty())
    throw errors::volume_attached_to(request.volume_id, volume.attachments.front().instance_id.value_or(""));
  if (volume.state != ec2::VolumeState::available && volume.state != ec2::VolumeState::error)
    throw errors::volume_in_state(request.volume_id, volume.state.value_or(""));
  volume.state = ec2::VolumeState::deleting;
  call.volumes().update(found);
  call.schedule(request.volume_id, "volume.deleted", call.profile().volume_delete);
}

}  // namespace

std::span<const Operation> volume_operations() {
  static constexpr Operation kOperations[] = {
      bind_idempotent<create_volume, refresh_created_volume>(),
      bind<describe_volumes>(),
      bind<delete_volume>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
