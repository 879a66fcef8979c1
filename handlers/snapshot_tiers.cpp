#include "handlers/snapshot_tiers.hpp"

#include "handlers/block_maps.hpp"
#include "handlers/errors.hpp"
#include "handlers/fast_snapshot_restores.hpp"
#include "handlers/listing.hpp"
#include "handlers/meters.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshot_errors.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/transitions.hpp"

#include <algorithm>
#include <chrono>

namespace amity::handlers {
namespace {

using TieringStatus = ec2::TieringOperationStatus;

// "Quotas" and "Restore an archived snapshot" in the user guide.
constexpr std::size_t kMaxArchivedPerVolume = 25;
constexpr std::size_t kMaxArchivals = 25;
constexpr std::size_t kMaxRestores = 5;
constexpr std::int32_t kMaxRestoreDays = 180;

constexpr std::string_view kArchived = "snapshot.archived";
constexpr std::string_view kRestored = "snapshot.restored";
constexpr std::string_view kRestoreExpired = "snapshot.restore_expired";

std::string status_of(const state::Snapshot& snapshot) {
  return snapshot.tiering ? snapshot.tiering->status.value_or("") : "";
}
bool is_being_archived(const state::Snapshot& snapshot) {
  return status_of(snapshot) == TieringStatus::archival_in_progress;
}
bool is_being_restored(const state::Snapshot& snapshot) {
  const std::string status = status_of(snapshot);
  return status == TieringStatus::temporary_restore_in_progress ||
         status == TieringStatus::permanent_restore_in_progress;
}

void check_is_still(const state::Snapshot& snapshot) {
  if (is_being_archived(snapshot) || is_being_restored(snapshot))
    throw errors::snapshot_is_being_tiered(*snapshot.snapshot.snapshot_id, status_of(snapshot));
}

template <class Condition>
std::size_t count_snapshots(Call& call, const storage::Query& query, Condition condition) {
  std::size_t count = 0;
  call.snapshots().scan(query, [&](std::int64_t, const state::Snapshot& snapshot) {
    if (condition(snapshot)) ++count;
    return true;
  });
  return count;
}

// An image must be disabled before its snapshots can be archived.
void check_images_are_disabled(Call& call, const std::string& snapshot_id) {
  call.images().scan(storage::Query().of_any_account().linked(storage::kImageSnapshot, snapshot_id),
                     [&](std::int64_t, const state::Image& image) {
                       const auto& state = image.image.state;
                       if (state != ec2::ImageState::disabled && state != ec2::ImageState::deregistered)
                         throw errors::snapshot_in_use(snapshot_id, image.image.image_id.value_or(""));
                       return true;
                     });
}

void check_archive_quotas(Call& call, const ec2::Snapshot& snapshot) {
  const auto leaves_standard = [](const state::Snapshot& other) {
    return is_archived(other) || is_being_archived(other);
  };
  const auto of_volume = storage::Query().where("volume_id", snapshot.volume_id.value_or(""));
  if (snapshot.volume_id != kNoVolume && count_snapshots(call, of_volume, leaves_standard) >= kMaxArchivedPerVolume)
    throw errors::tiering_limit_exceeded("archived snapshots of a volume", kMaxArchivedPerVolume);
  if (count_snapshots(call, {}, is_being_archived) >= kMaxArchivals)
    throw errors::tiering_limit_exceeded("snapshot archivals in progress", kMaxArchivals);
}

void begin(Call& call, state::Snapshot& snapshot, const char* status, std::string_view transition, Duration delay) {
  if (!snapshot.tiering) snapshot.tiering.emplace();
  snapshot.tiering->status = status;
  snapshot.tiering->start_time = call.now();
  snapshot.tiering->completes_at = call.now() + delay;
  call.snapshots().update(snapshot);
  call.schedule(*snapshot.snapshot.snapshot_id, transition, delay);
}

// StorageTier has one value only: archive. The snapshot can be used until it is archived.
ec2::ModifySnapshotTierResult modify_snapshot_tier(Call& call, const ec2::ModifySnapshotTierRequest& request) {
  state::Snapshot snapshot = find_own_snapshot(call, request.snapshot_id);
  if (!request.storage_tier) throw errors::missing_parameter("StorageTier");
  check_completed(snapshot);
  check_is_still(snapshot);
  check_images_are_disabled(call, request.snapshot_id);
  check_archive_quotas(call, snapshot.snapshot);
  call.unschedule(request.snapshot_id, kRestoreExpired);
  begin(call, snapshot, TieringStatus::archival_in_progress, kArchived, call.profile().snapshot_archive);
  return {.snapshot_id = request.snapshot_id, .tiering_start_time = call.now()};
}

// What the request asks for: a number of days, or for ever.
std::optional<std::int32_t> days_of(const ec2::RestoreSnapshotTierRequest& request) {
  const auto& days = request.temporary_restore_days;
  if (request.permanent_restore.value_or(false)) {
    if (days) throw errors::cannot_be_combined("PermanentRestore", "TemporaryRestoreDays");
    return std::nullopt;
  }
  if (!days) throw errors::missing_parameter("TemporaryRestoreDays");
  if (*days < 1 || *days > kMaxRestoreDays)
    throw errors::invalid_value("TemporaryRestoreDays", std::to_string(*days), "Expecting a value from 1 to 180.");
  return days;
}

void stay_until(Call& call, state::Snapshot& snapshot, std::chrono::days days) {
  snapshot.snapshot.restore_expiry_time = call.now() + days;
  call.schedule(*snapshot.snapshot.snapshot_id, kRestoreExpired, days);
}

void begin_restore(Call& call, state::Snapshot& snapshot, const std::optional<std::int32_t>& days) {
  if (count_snapshots(call, {}, is_being_restored) >= kMaxRestores)
    throw errors::tiering_limit_exceeded("snapshot restores in progress", kMaxRestores);
  if (!snapshot.tiering) snapshot.tiering.emplace();
  snapshot.tiering->restore_days = days;
  begin(call, snapshot,
        days ? TieringStatus::temporary_restore_in_progress : TieringStatus::permanent_restore_in_progress, kRestored,
        call.profile().snapshot_restore);
  count_archive_retrieval(call, *snapshot.snapshot.snapshot_id, full_size_in_bytes(snapshot.snapshot));
}

// The data is there already: only how long it stays changes, from now on.
void change_restore(Call& call, state::Snapshot& snapshot, const std::optional<std::int32_t>& days) {
  call.unschedule(*snapshot.snapshot.snapshot_id, kRestoreExpired);
  snapshot.snapshot.restore_expiry_time.reset();
  snapshot.tiering->start_time = call.now();
  snapshot.tiering->restore_days = days;
  snapshot.tiering->status =
      days ? TieringStatus::temporary_restore_completed : TieringStatus::permanent_restore_completed;
  if (days) stay_until(call, snapshot, std::chrono::days(*days));
  call.snapshots().update(snapshot);
}

ec2::RestoreSnapshotTierResult restore_snapshot_tier(Call& call, const ec2::RestoreSnapshotTierRequest& request) {
  check_id(kSnapshot, request.snapshot_id);
  const auto days = days_of(request);
  state::Snapshot snapshot = find_own_snapshot(call, request.snapshot_id);
  check_is_still(snapshot);
  if (is_archived(snapshot))
    begin_restore(call, snapshot, days);
  else if (snapshot.tiering && snapshot.snapshot.restore_expiry_time)
    change_restore(call, snapshot, days);
  else
    throw errors::snapshot_not_archived(request.snapshot_id);
  return {.snapshot_id = request.snapshot_id,
          .restore_start_time = call.now(),
          .restore_duration = days,
          .is_permanent_restore = !days};
}

std::int32_t progress_of(const state::SnapshotTiering& tiering, model::Timestamp now) {
  if (!tiering.completes_at || !tiering.start_time) return 100;
  const auto whole = *tiering.completes_at - *tiering.start_time;
  if (whole.count() <= 0) return 0;
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(100 * (now - *tiering.start_time).count() / whole.count(), 0, 99));
}

ec2::SnapshotTierStatus tier_status(const Call& call, const state::Snapshot& row) {
  const ec2::Snapshot& snapshot = row.snapshot;
  ec2::SnapshotTierStatus status{.snapshot_id = snapshot.snapshot_id,
                                 .volume_id = snapshot.volume_id,
                                 .status = snapshot.state,
                                 .owner_id = snapshot.owner_id,
                                 .storage_tier = snapshot.storage_tier.value_or(ec2::StorageTier::standard),
                                 .restore_expiry_time = snapshot.restore_expiry_time};
  if (!row.tiering) return status;
  status.last_tiering_start_time = row.tiering->start_time;
  status.last_tiering_progress = progress_of(*row.tiering, call.now());
  status.last_tiering_operation_status = row.tiering->status;
  status.archival_complete_time = row.tiering->archival_complete_time;
  return status;
}

constexpr FilterRule kTierFilters[] = {
    {"last-tiering-operation", "LastTieringOperationStatus"},
    {"snapshot-id", "SnapshotId"},
    {"volume-id", "VolumeId"},
};

ec2::DescribeSnapshotTierStatusResult describe_snapshot_tier_status(
    Call& call, const ec2::DescribeSnapshotTierStatusRequest& request) {
  const Page page = page_of(request.max_results, request.next_token);
  Listing<ec2::SnapshotTierStatus> listing(kTierFilters, request.filters, page);
  call.snapshots().scan(storage::Query().after(page.after), [&](std::int64_t row, const state::Snapshot& snapshot) {
    return listing.offer(row, tier_status(call, snapshot),
                         [&] { return call.tags().of(*snapshot.snapshot.snapshot_id); });
  });
  return {.snapshot_tier_statuses = listing.take(), .next_token = listing.next_token()};
}

// Puts the snapshot into the archive tier, where it can be neither used nor shared.
void put_away(Call& call, state::Snapshot& snapshot) {
  snapshot.snapshot.storage_tier = ec2::StorageTier::archive;
  snapshot.snapshot.restore_expiry_time.reset();
  snapshot.create_volume_permissions.clear();
  snapshot.tiering->status = TieringStatus::archival_completed;
  snapshot.tiering->completes_at.reset();
  call.snapshots().update(snapshot);
  archive_blocks(call, snapshot.snapshot);
  drop_fast_restores(call, *snapshot.snapshot.snapshot_id);
}

void finish_archival(Call& call, std::string_view id) {
  auto snapshot = call.snapshots().find(id);
  if (!snapshot || !is_being_archived(*snapshot)) return;
  snapshot->tiering->archival_complete_time = call.now();
  put_away(call, *snapshot);
}

void finish_restore(Call& call, std::string_view id) {
  auto snapshot = call.snapshots().find(id);
  if (!snapshot || !is_being_restored(*snapshot)) return;
  state::SnapshotTiering& tiering = *snapshot->tiering;
  snapshot->snapshot.storage_tier = ec2::StorageTier::standard;
  tiering.completes_at.reset();
  tiering.status =
      tiering.restore_days ? TieringStatus::temporary_restore_completed : TieringStatus::permanent_restore_completed;
  if (tiering.restore_days) stay_until(call, *snapshot, std::chrono::days(*tiering.restore_days));
  call.snapshots().update(*snapshot);
  restore_blocks(call, snapshot->snapshot);
}

void end_restore(Call& call, std::string_view id) {
  auto snapshot = call.snapshots().find(id);
  if (!snapshot || !snapshot->snapshot.restore_expiry_time) return;
  if (!snapshot->tiering) snapshot->tiering.emplace();  // as fixtures have it that AWS has printed
  put_away(call, *snapshot);
}

}  // namespace

std::span<const Operation> snapshot_tier_operations() {
  static constexpr Operation kOperations[] = {
      bind<modify_snapshot_tier>(),
      bind<restore_snapshot_tier>(),
      bind<describe_snapshot_tier_status>(),
  };
  return kOperations;
}

std::span<const Transition> snapshot_tier_transitions() {
  static constexpr Transition kTransitions[] = {
      {kArchived, finish_archival},
      {kRestored, finish_restore},
      {kRestoreExpired, end_restore},
  };
  return kTransitions;
}

bool is_archived(const state::Snapshot& snapshot) {
  return snapshot.snapshot.storage_tier == ec2::StorageTier::archive;
}

}  // namespace amity::handlers
