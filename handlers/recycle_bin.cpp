#include "handlers/recycle_bin.hpp"

#include "handlers/block_maps.hpp"
#include "handlers/candidates.hpp"
#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/retention_rules.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/transitions.hpp"
#include "model/rbin.hpp"
#include "storage/recycle_bin_tables.hpp"

#include <fmt/format.h>

namespace amity::handlers {
namespace {

using Recycled = state::RecycledResource;

constexpr std::string_view kExpired = "recycle_bin.expired";
constexpr std::string_view kRecovered = "snapshot.recovered";
constexpr std::string_view kMark = "aws:recycle-bin:resource-in-bin";  // the tag of everything in the bin

template <class T>
bool keep(Call& call, const ResourceKind& kind, std::string_view type, const std::string& id,
          std::optional<T> Recycled::*place, const T& resource) {
  const auto period = retention_of(call, type, id);
  if (!period) return false;
  Recycled row{.resource_id = id,
               .resource_type = std::string(type),
               .enter_time = call.now(),
               .exit_time = call.now() + *period};
  row.*place = resource;
  call.table<T>().remove(id);
  call.unschedule(id);
  call.table<Recycled>().insert(row);
  call.tags().set(id, kind.type, kMark, "true");
  call.schedule(id, kExpired, *period);
  return true;
}

template <class T>
Recycled take_out(Call& call, const ResourceKind& kind, const std::string& id) {
  Recycled row = find_owned(call.table<Recycled>(), kind, id);
  // Only a fixture can have put another there.
  if (call.table<T>().owner(id))
    throw errors::incorrect_state(fmt::format("The {} '{}' exists already.", kind.type, id));
  call.table<Recycled>().remove(id);
  call.unschedule(id);
  call.tags().remove(id, kMark);
  return row;
}

void expire(Call& call, std::string_view id) {
  forget_recycled(call, id);
  call.tags().remove_all(id);
  drop_blocks(call, id);
}

// Lists what is in the bin of one kind, as `show` shows it.
template <class Info, class Show>
Listing<Info> list(Call& call, const ResourceKind& kind, std::string_view type, const std::vector<std::string>& ids,
                   const Page& page, Show show) {
  Listing<Info> listing({}, {}, page);
  visit_candidates(call.table<Recycled>(), kind, ids, storage::Query().where("resource_type", type).after(page.after),
                   [&](std::int64_t row, const Recycled& resource) { return listing.offer(row, show(resource)); });
  return listing;
}

ec2::ImageRecycleBinInfo show_image(const Recycled& row) {
  const ec2::Image& image = row.image->image;
  return {.image_id = image.image_id,
          .name = image.name,
          .description = image.description,
          .recycle_bin_enter_time = row.enter_time,
          .recycle_bin_exit_time = row.exit_time};
}

ec2::SnapshotRecycleBinInfo show_snapshot(const Recycled& row) {
  const ec2::Snapshot& snapshot = row.snapshot->snapshot;
  return {.snapshot_id = snapshot.snapshot_id,
          .recycle_bin_enter_time = row.enter_time,
          .recycle_bin_exit_time = row.exit_time,
          .description = snapshot.description,
          .volume_id = snapshot.volume_id};
}

ec2::VolumeRecycleBinInfo show_volume(const Recycled& row) {
  const ec2::Volume& volume = row.volume->volume;
  return {.volume_id = volume.volume_id,
          .volume_type = volume.volume_type,
          .state = volume.state,
          .size = volume.size,
          .iops = volume.iops,
          .throughput = volume.throughput,
          .availability_zone = volume.availability_zone,
          .availability_zone_id = volume.availability_zone_id,
          .source_volume_id = volume.source_volume_id,
          .snapshot_id = volume.snapshot_id,
          .operator_value = volume.operator_value,
          .create_time = volume.create_time,
          .recycle_bin_enter_time = row.enter_time,
          .recycle_bin_exit_time = row.exit_time};
}

ec2::ListImagesInRecycleBinResult list_images_in_recycle_bin(Call& call,
                                                             const ec2::ListImagesInRecycleBinRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, "imageSet", !request.image_ids.empty(),
                            {.least = 1, .most = 1000});
  auto listing =
      list<ec2::ImageRecycleBinInfo>(call, kImage, rbin::ResourceType::EC2_IMAGE, request.image_ids, page, show_image);
  return {.images = listing.take(), .next_token = listing.next_token()};
}

ec2::ListSnapshotsInRecycleBinResult list_snapshots_in_recycle_bin(
    Call& call, const ec2::ListSnapshotsInRecycleBinRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, "snapshotSet", !request.snapshot_ids.empty());
  auto listing = list<ec2::SnapshotRecycleBinInfo>(call, kSnapshot, rbin::ResourceType::EBS_SNAPSHOT,
                                                   request.snapshot_ids, page, show_snapshot);
  return {.snapshots = listing.take(), .next_token = listing.next_token()};
}

ec2::ListVolumesInRecycleBinResult list_volumes_in_recycle_bin(Call& call,
                                                               const ec2::ListVolumesInRecycleBinRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, "volumeSet", !request.volume_ids.empty(),
                            {.least = 5, .most = 500});
  auto listing = list<ec2::VolumeRecycleBinInfo>(call, kVolume, rbin::ResourceType::EBS_VOLUME, request.volume_ids,
                                                 page, show_volume);
  return {.volumes = listing.take(), .next_token = listing.next_token()};
}

// An image whose snapshots are gone, or in the bin themselves, cannot come back.
void check_snapshots_of(Call& call, const ec2::Image& image) {
  for (const ec2::BlockDeviceMapping& mapping : image.block_device_mappings) {
    if (!mapping.ebs || !mapping.ebs->snapshot_id) continue;
    const auto snapshot = any_snapshot(call, *mapping.ebs->snapshot_id);
    if (!snapshot) throw not_found(kSnapshot, *mapping.ebs->snapshot_id);
    check_completed(*snapshot);
  }
}

void check_name_is_free(Call& call, const ec2::Image& image) {
  if (!image.name) return;
  const auto holder = call.images().find_by(storage::Query().where("name", *image.name));
  if (holder) throw errors::duplicate_image_name(*image.name, *holder->image.image_id);
}

ec2::RestoreImageFromRecycleBinResult restore_image_from_recycle_bin(
    Call& call, const ec2::RestoreImageFromRecycleBinRequest& request) {
  const Recycled row = take_out<state::Image>(call, kImage, request.image_id);
  check_snapshots_of(call, row.image->image);
  check_name_is_free(call, row.image->image);
  call.images().insert(*row.image);
  call.deregistered_images().remove(request.image_id);
  return {.return_value = true};
}

// The snapshot is "recovering" until the agenda has it completed again.
ec2::RestoreSnapshotFromRecycleBinResult restore_snapshot_from_recycle_bin(
    Call& call, const ec2::RestoreSnapshotFromRecycleBinRequest& request) {
  Recycled row = take_out<state::Snapshot>(call, kSnapshot, request.snapshot_id);
  ec2::Snapshot& snapshot = row.snapshot->snapshot;
  snapshot.state = ec2::SnapshotState::recovering;
  call.snapshots().insert(*row.snapshot);
  call.schedule(request.snapshot_id, kRecovered, call.profile().snapshot);
  return {.snapshot_id = snapshot.snapshot_id,
          .outpost_arn = snapshot.outpost_arn,
          .description = snapshot.description,
          .encrypted = snapshot.encrypted,
          .owner_id = snapshot.owner_id,
          .progress = snapshot.progress,
          .start_time = snapshot.start_time,
          .state = snapshot.state,
          .volume_id = snapshot.volume_id,
          .volume_size = snapshot.volume_size,
          .sse_type = snapshot.sse_type};
}

ec2::RestoreVolumeFromRecycleBinResult restore_volume_from_recycle_bin(
    Call& call, const ec2::RestoreVolumeFromRecycleBinRequest& request) {
  call.volumes().insert(*take_out<state::Volume>(call, kVolume, request.volume_id).volume);
  return {.return_value = true};
}

void finish_recovering(Call& call, std::string_view id) {
  auto row = call.snapshots().find(id);
  if (!row || row->snapshot.state != ec2::SnapshotState::recovering) return;
  row->snapshot.state = ec2::SnapshotState::completed;
  call.snapshots().update(*row);
}

}  // namespace

bool recycle(Call& call, const state::Image& image) {
  const auto& state = image.image.state;
  if (state != ec2::ImageState::available && state != ec2::ImageState::disabled) return false;
  return keep(call, kImage, rbin::ResourceType::EC2_IMAGE, *image.image.image_id, &Recycled::image, image);
}

bool recycle(Call& call, const state::Snapshot& snapshot) {
  if (snapshot.snapshot.state != ec2::SnapshotState::completed) return false;
  return keep(call, kSnapshot, rbin::ResourceType::EBS_SNAPSHOT, *snapshot.snapshot.snapshot_id, &Recycled::snapshot,
              snapshot);
}

bool recycle(Call& call, const state::Volume& volume) {
  const auto& state = volume.volume.state;
  if (state == ec2::VolumeState::creating || state == ec2::VolumeState::error) return false;
  state::Volume kept = volume;
  kept.volume.state = ec2::VolumeState::available;
  kept.volume.attachments.clear();
  return keep(call, kVolume, rbin::ResourceType::EBS_VOLUME, *kept.volume.volume_id, &Recycled::volume, kept);
}

void forget_recycled(Call& call, std::string_view id) { call.table<Recycled>().remove(id); }

bool is_recycled(Call& call, std::string_view resource_id) {
  return call.table<Recycled>().find(resource_id).has_value();
}

std::optional<state::Snapshot> recycled_snapshot(Call& call, std::string_view id) {
  auto row = call.table<Recycled>().find(id);
  return row ? std::move(row->snapshot) : std::nullopt;
}

std::optional<state::Volume> recycled_volume(Call& call, std::string_view id) {
  auto row = call.table<Recycled>().find(id);
  return row ? std::move(row->volume) : std::nullopt;
}

std::span<const Operation> recycle_bin_operations() {
  static constexpr Operation kOperations[] = {
      bind<list_images_in_recycle_bin>(),    bind<restore_image_from_recycle_bin>(),
      bind<list_snapshots_in_recycle_bin>(), bind<restore_snapshot_from_recycle_bin>(),
      bind<list_volumes_in_recycle_bin>(),   bind<restore_volume_from_recycle_bin>(),
  };
  return kOperations;
}

std::span<const Transition> recycle_bin_transitions() {
  static constexpr Transition kTransitions[] = {{kExpired, expire}, {kRecovered, finish_recovering}};
  return kTransitions;
}

}  // namespace amity::handlers
