#include "handlers/snapshots.hpp"

#include "handlers/block_maps.hpp"
#include "handlers/fast_snapshot_restores.hpp"
#include "handlers/recycle_bin.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshot_errors.hpp"
#include "handlers/snapshot_locks.hpp"
#include "handlers/snapshot_public_access.hpp"
#include "handlers/snapshot_tiers.hpp"
#include "handlers/tagging.hpp"
#include "handlers/volume_errors.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// How many snapshots of one volume may be pending at once: "Amazon EBS quotas".
std::size_t max_pending(const ec2::Volume& volume) {
  return volume.volume_type == ec2::VolumeType::st1 || volume.volume_type == ec2::VolumeType::sc1 ? 1 : 5;
}

void check_may_snapshot(Call& call, const ec2::Volume& volume) {
  if (volume.state != ec2::VolumeState::available && volume.state != ec2::VolumeState::in_use)
    throw errors::volume_in_state(*volume.volume_id, volume.state.value_or(""));
  const auto pending = call.snapshots().count(
      storage::Query().where("volume_id", *volume.volume_id).where("state", ec2::SnapshotState::pending));
  if (pending >= max_pending(volume)) throw errors::concurrent_snapshot_limit_exceeded(max_pending(volume));
}

// Inserts the snapshot with its tags, lets it be completed after `delay`, and gives it back.
state::Snapshot begin(Call& call, state::Snapshot snapshot, const std::vector<ec2::Tag>& tags, Duration delay) {
  const std::string id = *snapshot.snapshot.snapshot_id;
  snapshot.completes_at = call.now() + delay;
  call.snapshots().insert(snapshot);
  set_tags(call, id, kSnapshot.type, tags);
  call.schedule(id, "snapshot.completed", delay);
  return snapshot;
}

bool is_registered(const state::Image& image) { return image.image.state != ec2::ImageState::deregistered; }

}  // namespace

std::optional<state::Snapshot> any_snapshot(Call& call, std::string_view snapshot_id) {
  if (auto snapshot = call.snapshots().find_any(snapshot_id)) return snapshot;
  const ec2::Snapshot* listed = call.catalogue().snapshot(call.region(), snapshot_id);
  if (!listed) return std::nullopt;
  return state::Snapshot{.snapshot = *listed, .create_volume_permissions = {{.group = ec2::PermissionGroup::all}}};
}

std::optional<state::Snapshot> usable_snapshot(Call& call, std::string_view snapshot_id) {
  auto snapshot = any_snapshot(call, snapshot_id);
  if (snapshot && !may_use(call, *snapshot)) snapshot.reset();
  return snapshot;
}

state::Snapshot find_usable_snapshot(Call& call, std::string_view snapshot_id) {
  check_id(kSnapshot, snapshot_id);
  auto snapshot = usable_snapshot(call, snapshot_id);
  if (!snapshot) throw not_found(kSnapshot, snapshot_id);
  return *std::move(snapshot);
}

state::Snapshot find_own_snapshot(Call& call, std::string_view snapshot_id) {
  state::Snapshot snapshot = find_usable_snapshot(call, snapshot_id);
  if (snapshot.snapshot.owner_id != call.account()) throw errors::snapshot_not_owned(snapshot_id);
  return snapshot;
}

bool may_use(Call& call, const state::Snapshot& snapshot) {
  const auto is_for_caller = [&](const auto& permission) { return permission.user_id == call.account(); };
  return snapshot.snapshot.owner_id == call.account() ||
         std::ranges::any_of(snapshot.create_volume_permissions, is_for_caller) || is_publicly_usable(call, snapshot);
}

void check_completed(const state::Snapshot& snapshot) {
  const std::string state = snapshot.snapshot.state.value_or(ec2::SnapshotState::completed);
  if (state != ec2::SnapshotState::completed) throw errors::snapshot_in_invalid_state(state);
  if (is_archived(snapshot)) throw errors::snapshot_archived(*snapshot.snapshot.snapshot_id);
}

ec2::Snapshot pending_snapshot(Call& call, std::string description) {
  return {.storage_tier = ec2::StorageTier::standard,
          .snapshot_id = call.ids().make(kSnapshot.prefix),
          .state = ec2::SnapshotState::pending,
          .start_time = call.now(),
          .progress = "0%",
          .owner_id = call.account(),
          .description = std::move(description)};
}

state::Snapshot start_snapshot(Call& call, const state::Volume& volume, const NewSnapshot& wanted) {
  check_may_snapshot(call, volume.volume);
  state::Snapshot made{.snapshot = pending_snapshot(call, wanted.description)};
  ec2::Snapshot& snapshot = made.snapshot;
  snapshot.volume_id = volume.volume.volume_id;
  snapshot.volume_size = volume.volume.size;
  snapshot.encrypted = volume.volume.encrypted.value_or(false);
  snapshot.kms_key_id = volume.volume.kms_key_id;
  snapshot.data_encryption_key_id = volume.data_encryption_key_id;
  snapshot.availability_zone = wanted.availability_zone;
  made.product_codes = volume.product_codes;
  if (!wanted.created_for_image_id.empty()) made.created_for_image_id = wanted.created_for_image_id;
  take_blocks(call, volume, snapshot);
  return begin(call, std::move(made), wanted.tags, call.profile().snapshot);
}

state::Snapshot copy_snapshot_of(Call& call, const state::Snapshot& source, const SnapshotCopy& wanted) {
  const ec2::Snapshot& original = source.snapshot;
  const Encryption encryption = decide_encryption(call, wanted.encryption, encryption_of(original));

  state::Snapshot made{.snapshot = pending_snapshot(call, wanted.description)};
  ec2::Snapshot& snapshot = made.snapshot;
  snapshot.volume_id = kNoVolume;
  snapshot.volume_size = original.volume_size;
  snapshot.encrypted = encryption.encrypted;
  snapshot.kms_key_id = encryption.kms_key_id;
  snapshot.data_encryption_key_id = encryption.data_encryption_key_id;
  snapshot.availability_zone = wanted.availability_zone;
  snapshot.transfer_type =
      wanted.completion_duration_minutes ? ec2::TransferType::time_based : ec2::TransferType::standard;
  snapshot.completion_duration_minutes = wanted.completion_duration_minutes;
  made.product_codes = source.product_codes;
  made.platform_details = source.platform_details;
  made.usage_operation = source.usage_operation;
  made.source_snapshot_id = original.snapshot_id;
  made.source_kms_key_id = foreign_key_of(call, original);
  made.source_region = wanted.source_region;
  if (!wanted.created_for_image_id.empty()) made.created_for_image_id = wanted.created_for_image_id;
  copy_blocks(call, wanted.source_region, original, snapshot);
  return begin(call, std::move(made), wanted.tags, wanted.delay);
}

std::optional<std::string> image_using(Call& call, const state::Snapshot& snapshot, std::string_view except) {
  std::optional<std::string> user;
  const auto look_at = [&](std::int64_t, const state::Image& image) {
    if (is_registered(image) && image.image.image_id != except) user = image.image.image_id;
    return !user;
  };
  auto query = storage::Query().of_any_account();
  call.images().scan(query.linked(storage::kImageSnapshot, *snapshot.snapshot.snapshot_id), look_at);
  // An image that is still being made may not name its snapshots yet.
  if (!user && snapshot.created_for_image_id)
    if (const auto image = call.images().find(*snapshot.created_for_image_id)) look_at(0, *image);
  return user;
}

void check_deletable(Call& call, const state::Snapshot& snapshot) {
  const std::string& id = *snapshot.snapshot.snapshot_id;
  if (const auto image = image_using(call, snapshot)) throw errors::snapshot_in_use(id, *image);
  if (is_locked(call, snapshot)) throw errors::snapshot_locked(id);
}

void delete_snapshot_row(Call& call, state::Snapshot snapshot) {
  const std::string& id = *snapshot.snapshot.snapshot_id;
  if (snapshot.snapshot.state == ec2::SnapshotState::pending && !call.blocks().is_open(id)) {
    snapshot.delete_when_completed = true;
    call.snapshots().update(snapshot);
    return;
  }
  // "When you delete a snapshot that you own, fast snapshot restore is automatically disabled", in the Recycle Bin too.
  drop_fast_restores(call, id);
  if (recycle(call, snapshot)) return;
  drop_blocks(call, id);
  call.unschedule(id);
  call.snapshots().remove(id);
  call.tags().remove_all(id);
}

Encryption encryption_of(const ec2::Snapshot& snapshot) {
  return {.encrypted = snapshot.encrypted.value_or(false),
          .kms_key_id = snapshot.kms_key_id,
          .data_encryption_key_id = snapshot.data_encryption_key_id};
}

std::optional<std::string> foreign_key_of(const Call& call, const ec2::Snapshot& snapshot) {
  const bool is_own = snapshot.owner_id == call.account();
  return is_own || !snapshot.encrypted.value_or(false) ? std::nullopt : snapshot.kms_key_id;
}

}  // namespace amity::handlers
