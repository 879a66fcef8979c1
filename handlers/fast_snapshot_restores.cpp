#include "handlers/fast_snapshot_restores.hpp"

#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshot_errors.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/transitions.hpp"
#include "handlers/volume_errors.hpp"
#include "handlers/zones.hpp"
#include "model/state_ebs.hpp"
#include "storage/ebs_tables.hpp"

#include <algorithm>
#include <chrono>
#include <set>

namespace amity::handlers {
namespace {

using RestoreState = ec2::FastSnapshotRestoreStateCode;
using FastRestore = ec2::DescribeFastSnapshotRestoreSuccessItem;

// "Quotas" in the user guide, and the largest size of a snapshot.
constexpr std::size_t kMaxSnapshots = 5;
constexpr std::int32_t kMaxGiB = 16384;
constexpr std::size_t kMaxIds = 10;
constexpr std::int32_t kGiBPerTiB = 1024;

constexpr const char* kByUser = "Client.UserInitiated";
constexpr const char* kByLifecycle = "Client.UserInitiated - Lifecycle state transition";

constexpr std::string_view kNextRestoreState = "fast_snapshot_restore.next";
constexpr Duration kDisabledVisible = std::chrono::hours{1};

auto restores(Call& call) { return call.table<state::FastSnapshotRestore>(); }

std::optional<state::FastSnapshotRestore> find(Call& call, std::string_view snapshot_id, std::string_view zone) {
  return restores(call).find(storage::fast_snapshot_restore_id(call.account(), snapshot_id, zone));
}

bool is_on(const FastRestore& item) {
  return item.state == RestoreState::enabling || item.state == RestoreState::optimizing ||
         item.state == RestoreState::enabled;
}

void check_quota(Call& call, const std::string& snapshot_id) {
  std::set<std::string> snapshots{snapshot_id};
  for (const state::FastSnapshotRestore& row : restores(call).all())
    if (is_on(row.fast_snapshot_restore)) snapshots.insert(*row.fast_snapshot_restore.snapshot_id);
  if (snapshots.size() > kMaxSnapshots) throw errors::fast_restore_limit_exceeded(kMaxSnapshots);
}

void put(Call& call, const state::FastSnapshotRestore& row, bool is_new) {
  if (is_new)
    restores(call).insert(row);
  else
    restores(call).update(row);
}

// What is on already stays as it is.
FastRestore enable(Call& call, const std::string& snapshot_id, const ec2::AvailabilityZone& zone) {
  const state::Snapshot snapshot = find_usable_snapshot(call, snapshot_id);
  check_completed(snapshot);
  if (snapshot.snapshot.volume_size.value_or(0) > kMaxGiB)
    throw errors::snapshot_too_large_for_fast_restore(snapshot_id);
  const auto present = find(call, snapshot_id, *zone.zone_name);
  if (present && is_on(present->fast_snapshot_restore)) return present->fast_snapshot_restore;
  if (present && present->fast_snapshot_restore.state == RestoreState::disabling)
    throw errors::fast_restore_in_state(snapshot_id, *zone.zone_name, RestoreState::disabling);
  check_quota(call, snapshot_id);
  const state::FastSnapshotRestore row{.fast_snapshot_restore = {.snapshot_id = snapshot_id,
                                                                 .availability_zone = zone.zone_name,
                                                                 .availability_zone_id = zone.zone_id,
                                                                 .state = RestoreState::enabling,
                                                                 .state_transition_reason = kByUser,
                                                                 .owner_id = call.account(),
                                                                 .enabling_time = call.now()}};
  const std::string id = storage::fast_snapshot_restore_id(call.account(), snapshot_id, *zone.zone_name);
  put(call, row, !present);
  call.unschedule(id);
  call.schedule(id, kNextRestoreState, call.profile().fast_restore_change);
  return row.fast_snapshot_restore;
}

FastRestore disable(Call& call, const std::string& snapshot_id, const ec2::AvailabilityZone& zone) {
  const std::string id = storage::fast_snapshot_restore_id(call.account(), snapshot_id, *zone.zone_name);
  auto row = restores(call).find(id);
  if (!row || row->fast_snapshot_restore.state == RestoreState::disabled)
    throw errors::fast_restore_not_enabled(snapshot_id, *zone.zone_name);
  if (row->fast_snapshot_restore.state == RestoreState::disabling) return row->fast_snapshot_restore;
  row->fast_snapshot_restore.state = RestoreState::disabling;
  row->fast_snapshot_restore.state_transition_reason = kByUser;
  row->fast_snapshot_restore.disabling_time = call.now();
  restores(call).update(*row);
  call.unschedule(id);
  call.schedule(id, kNextRestoreState, call.profile().fast_restore_change);
  return row->fast_snapshot_restore;
}

template <class T>
T shown(const FastRestore& item) {
  return {.snapshot_id = item.snapshot_id,
          .availability_zone = item.availability_zone,
          .availability_zone_id = item.availability_zone_id,
          .state = item.state,
          .state_transition_reason = item.state_transition_reason,
          .owner_id = item.owner_id,
          .owner_alias = item.owner_alias,
          .enabling_time = item.enabling_time,
          .optimizing_time = item.optimizing_time,
          .enabled_time = item.enabled_time,
          .disabling_time = item.disabling_time,
          .disabled_time = item.disabled_time};
}

using NamedZones = std::vector<const ec2::AvailabilityZone*>;

NamedZones zones_named(const Call& call, const std::vector<std::string>& names, const std::vector<std::string>& ids) {
  if (!names.empty() && !ids.empty()) throw errors::cannot_be_combined("AvailabilityZone", "AvailabilityZoneId");
  if (names.empty() && ids.empty()) throw errors::missing_parameter("AvailabilityZone");
  NamedZones zones;
  for (const std::string& name : names) zones.push_back(zone_named(call, name));
  for (const std::string& id : ids) zones.push_back(zone_with_id(call, id));
  const std::vector<std::string>& named = names.empty() ? ids : names;
  for (std::size_t i = 0; i < zones.size(); ++i)
    if (!zones[i]) throw errors::unknown_zone(named[i]);
  return zones;
}

// Does for each snapshot in each zone what can be done, and tells what cannot.
template <class Result, class Request>
Result change(Call& call, const Request& request,
              FastRestore (*change_one)(Call&, const std::string&, const ec2::AvailabilityZone&)) {
  using Success = typename decltype(Result::successful)::value_type;
  using Failure = typename decltype(Result::unsuccessful)::value_type;
  check_ids(kSnapshot, request.source_snapshot_ids);
  if (request.source_snapshot_ids.size() > kMaxIds) throw errors::too_many_values("SourceSnapshotIds", kMaxIds);
  const NamedZones zones = zones_named(call, request.availability_zones, request.availability_zone_ids);
  Result result;
  for (const std::string& id : request.source_snapshot_ids) {
    Failure failure{.snapshot_id = id};
    for (const ec2::AvailabilityZone* zone : zones) try {
        result.successful.push_back(shown<Success>(change_one(call, id, *zone)));
      } catch (const ApiError& error) {
        failure.fast_snapshot_restore_state_errors.push_back({.availability_zone = zone->zone_name,
                                                              .availability_zone_id = zone->zone_id,
                                                              .error = {{error.code(), error.message()}}});
      }
    if (!failure.fast_snapshot_restore_state_errors.empty()) result.unsuccessful.push_back(std::move(failure));
  }
  return result;
}

ec2::EnableFastSnapshotRestoresResult enable_fast_snapshot_restores(
    Call& call, const ec2::EnableFastSnapshotRestoresRequest& request) {
  return change<ec2::EnableFastSnapshotRestoresResult>(call, request, enable);
}

ec2::DisableFastSnapshotRestoresResult disable_fast_snapshot_restores(
    Call& call, const ec2::DisableFastSnapshotRestoresRequest& request) {
  return change<ec2::DisableFastSnapshotRestoresResult>(call, request, disable);
}

constexpr FilterRule kFastRestoreFilters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"owner-id", "OwnerId"},
    {"snapshot-id", "SnapshotId"},
    {"state", "State"},
};

ec2::DescribeFastSnapshotRestoresResult describe_fast_snapshot_restores(
    Call& call, const ec2::DescribeFastSnapshotRestoresRequest& request) {
  const auto limit = request.max_results == 0 ? std::nullopt : request.max_results;  // 0 is allowed, and no limit
  const Page page = page_of(limit, request.next_token, {}, false, {.least = 1, .most = 200});
  Listing<FastRestore> listing(kFastRestoreFilters, request.filters, page);
  restores(call).scan(storage::Query().after(page.after),
                      [&](std::int64_t row, const state::FastSnapshotRestore& found) {
                        return listing.offer(row, found.fast_snapshot_restore);
                      });
  return {.fast_snapshot_restores = listing.take(), .next_token = listing.next_token()};
}

// Optimizing takes an hour for each TiB.
Duration optimizing_time(Call& call, const std::string& snapshot_id) {
  const auto snapshot = any_snapshot(call, snapshot_id);
  const std::int32_t gib = snapshot ? snapshot->snapshot.volume_size.value_or(0) : 0;
  return call.profile().fast_restore_optimizing_per_tib * gib / kGiBPerTiB;
}

void become(Call& call, FastRestore& item, const char* state, std::optional<model::Timestamp> FastRestore::*time) {
  item.state = state;
  item.*time = call.now();
  item.state_transition_reason = kByLifecycle;
}

// Each change of state leads to the next one.
void advance(Call& call, std::string_view id) {
  auto row = restores(call).find(id);
  if (!row) return;
  FastRestore& item = row->fast_snapshot_restore;
  const std::string state = item.state.value_or("");
  if (state == RestoreState::disabled) return restores(call).remove(id);
  if (state == RestoreState::enabling) {
    become(call, item, RestoreState::optimizing, &FastRestore::optimizing_time);
    call.schedule(id, kNextRestoreState, optimizing_time(call, *item.snapshot_id));
  } else if (state == RestoreState::optimizing) {
    become(call, item, RestoreState::enabled, &FastRestore::enabled_time);
  } else if (state == RestoreState::disabling) {
    become(call, item, RestoreState::disabled, &FastRestore::disabled_time);
    call.schedule(id, kNextRestoreState, kDisabledVisible);
  }
  restores(call).update(*row);
}

}  // namespace

std::span<const Operation> fast_snapshot_restore_operations() {
  static constexpr Operation kOperations[] = {
      bind<enable_fast_snapshot_restores>(),
      bind<disable_fast_snapshot_restores>(),
      bind<describe_fast_snapshot_restores>(),
  };
  return kOperations;
}

std::span<const Transition> fast_snapshot_restore_transitions() {
  static constexpr Transition kTransitions[] = {{kNextRestoreState, advance}};
  return kTransitions;
}

bool restores_fast(Call& call, std::string_view snapshot_id, std::string_view zone) {
  const auto row = find(call, snapshot_id, zone);
  return row && row->fast_snapshot_restore.state == RestoreState::enabled;
}

void drop_fast_restores(Call& call, std::string_view snapshot_id) {
  for (const state::FastSnapshotRestore& row :
       restores(call).all(storage::Query().of_any_account().where("snapshot_id", snapshot_id)))
    storage::Repository<state::FastSnapshotRestore>(
        call.store().database(), {.account = *row.fast_snapshot_restore.owner_id, .region = call.region()})
        .remove(storage::table_of<state::FastSnapshotRestore>().id(&row));
}

}  // namespace amity::handlers
