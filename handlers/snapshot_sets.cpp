#include "handlers/errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshot_errors.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "handlers/volumes.hpp"
#include "handlers/zones.hpp"

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxVolumes = 127;  // of a set, the root included
constexpr std::size_t kMaxExclusions = 40;

bool is_root(const state::Instance& instance, state::Volume& volume) {
  const auto* attachment = attachment_to(volume, *instance.instance.instance_id);
  return attachment && attachment->device == instance.instance.root_device_name;
}

// The volumes of the instance but for those that the request leaves out.
std::vector<state::Volume> volumes_of(Call& call, const state::Instance& instance,
                                      const ec2::InstanceSpecification& wanted) {
  std::vector<state::Volume> volumes = volumes_attached_to(call, wanted.instance_id);
  std::set<std::string> excluded(wanted.exclude_data_volume_ids.begin(), wanted.exclude_data_volume_ids.end());
  for (const std::string& id : excluded) {
    const auto found = std::ranges::find(volumes, id, [](const state::Volume& row) { return row.volume.volume_id; });
    if (found == volumes.end())
      throw errors::invalid_value("ExcludeDataVolumeId", id, "It is not attached to the instance.");
    if (is_root(instance, *found)) throw errors::invalid_value("ExcludeDataVolumeId", id, "It is the root volume.");
  }
  std::erase_if(volumes, [&](state::Volume& volume) {
    return excluded.contains(*volume.volume.volume_id) ||
           (wanted.exclude_boot_volume.value_or(false) && is_root(instance, volume));
  });
  if (volumes.empty()) throw errors::no_volumes_to_snapshot(wanted.instance_id);
  if (volumes.size() > kMaxVolumes) throw errors::too_many_volumes_in_set(kMaxVolumes);
  return volumes;
}

std::optional<std::string> place_of(const Call& call, const ec2::CreateSnapshotsRequest& request,
                                    const ec2::Instance& instance) {
  if (request.location != ec2::SnapshotLocationEnum::local) return std::nullopt;
  const auto zone_name = instance.placement ? instance.placement->availability_zone.value_or("") : "";
  const ec2::AvailabilityZone* zone = zone_named(call, zone_name);
  if (!zone || !is_local_zone(*zone))
    throw errors::invalid_value("location", *request.location, "The instance is not in a Local Zone.");
  return zone->zone_name;
}

// Those of the request go before the volume's own; the ones that AWS keeps are not copied.
std::vector<ec2::Tag> tags_of(Call& call, const ec2::CreateSnapshotsRequest& request, const ec2::Volume& volume) {
  auto tags = tags_for(request.tag_specifications, kSnapshot.type, {kSnapshot.type});
  if (request.copy_tags_from_source != ec2::CopyTagsFromSource::volume) return tags;
  for (ec2::Tag& tag : call.tags().of(*volume.volume_id))
    if (!tag.key->starts_with("aws:") && std::ranges::find(tags, tag.key, &ec2::Tag::key) == tags.end())
      tags.push_back(std::move(tag));
  return tags;
}

ec2::SnapshotInfo info_of(Call& call, const ec2::Snapshot& made) {
  return {.description = made.description,
          .tags = call.tags().of(*made.snapshot_id),
          .encrypted = made.encrypted,
          .volume_id = made.volume_id,
          .state = made.state,
          .volume_size = made.volume_size,
          .start_time = made.start_time,
          .progress = made.progress,
          .owner_id = made.owner_id,
          .snapshot_id = made.snapshot_id,
          .availability_zone = made.availability_zone};
}

// All snapshots of the set are of the same moment: one of a volume that cannot be made undoes the whole set.
ec2::CreateSnapshotsResult create_snapshots(Call& call, const ec2::CreateSnapshotsRequest& request) {
  const ec2::InstanceSpecification& wanted = request.instance_specification;
  if (request.outpost_arn) throw errors::unsupported_operation("Outposts are not emulated.");
  check_id(kInstance, wanted.instance_id);
  check_ids(kVolume, wanted.exclude_data_volume_ids);
  if (wanted.exclude_data_volume_ids.size() > kMaxExclusions)
    throw errors::too_many_values("ExcludeDataVolumeId", kMaxExclusions);
  const state::Instance instance = find_own_instance(call, wanted.instance_id);
  const auto place = place_of(call, request, instance.instance);
  ec2::CreateSnapshotsResult result;
  for (const state::Volume& volume : volumes_of(call, instance, wanted)) {
    const NewSnapshot how{.description = request.description.value_or(""),
                          .tags = tags_of(call, request, volume.volume),
                          .availability_zone = place};
    result.snapshots.push_back(info_of(call, start_snapshot(call, volume, how).snapshot));
  }
  return result;
}

}  // namespace

std::span<const Operation> snapshot_set_operations() {
  static constexpr Operation kOperations[] = {bind<create_snapshots>()};
  return kOperations;
}

}  // namespace amity::handlers
