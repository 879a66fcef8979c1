#include "handlers/snapshot_locks.hpp"

#include "handlers/candidates.hpp"
#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshot_errors.hpp"
#include "handlers/snapshots.hpp"

#include <chrono>

namespace amity::handlers {
namespace {

using Lock = ec2::LockedSnapshotsInfo;
using LockState = ec2::LockState;

constexpr std::chrono::days kLongestLock{36500};

void check(const Call& call, const ec2::LockSnapshotRequest& request) {
  if (request.lock_duration && request.expiration_date)
    throw errors::cannot_be_combined("LockDuration", "ExpirationDate");
  if (!request.lock_duration && !request.expiration_date) throw errors::missing_parameter("LockDuration");
  if (request.cool_off_period && request.lock_mode == ec2::LockMode::governance)
    throw errors::invalid_parameter_combination("CoolOffPeriod can be specified in compliance mode only.");
  if (!request.expiration_date) return;
  if (*request.expiration_date <= call.now() || *request.expiration_date > call.now() + kLongestLock)
    throw errors::invalid_value("ExpirationDate", model::to_iso8601(*request.expiration_date),
                                "It must be in the future, within 36500 days.");
}

// The lock that still holds, if any.
std::optional<Lock> present_lock(const Call& call, const state::Snapshot& snapshot) {
  return is_locked(call, snapshot) ? snapshot.lock : std::nullopt;
}

// A change of a lock does not begin its time anew.
Lock new_lock(const Call& call, const ec2::LockSnapshotRequest& request, const std::optional<Lock>& present,
              bool is_completed) {
  Lock lock{
      .owner_id = call.account(),
      .snapshot_id = request.snapshot_id,
      .lock_state = request.lock_mode == ec2::LockMode::governance ? LockState::governance : LockState::compliance,
      .lock_duration = request.lock_duration,
      .cool_off_period = request.cool_off_period,
      .lock_created_on = call.now(),
      .lock_expires_on = request.expiration_date};
  if (request.cool_off_period)
    lock.cool_off_period_expires_on = call.now() + std::chrono::hours(*request.cool_off_period);
  if (is_completed) lock.lock_duration_start_time = call.now();
  if (present) {
    lock.lock_created_on = present->lock_created_on;
    lock.lock_duration_start_time = present->lock_duration_start_time;
  }
  if (lock.lock_duration && lock.lock_duration_start_time)
    lock.lock_expires_on = *lock.lock_duration_start_time + std::chrono::days(*lock.lock_duration);
  return lock;
}

bool ends_earlier(const Lock& wanted, const Lock& present) {
  if (wanted.lock_expires_on && present.lock_expires_on) return *wanted.lock_expires_on < *present.lock_expires_on;
  // Of a pending snapshot only the days are known.
  return wanted.lock_duration && present.lock_duration && *wanted.lock_duration < *present.lock_duration;
}

// After the cooling-off period nobody can weaken a lock in compliance mode.
void check_may_change(const Call& call, const Lock& present, const Lock& wanted) {
  if (lock_state(present, call.now()) != LockState::compliance) return;
  const std::string& id = *present.snapshot_id;
  if (wanted.lock_state != LockState::compliance) throw errors::lock_is_final(id, "its mode cannot be changed");
  if (wanted.cool_off_period) throw errors::lock_is_final(id, "it can have no other cooling-off period");
  if (ends_earlier(wanted, present)) throw errors::lock_is_final(id, "it can only be extended");
}

// As EC2 shows it.
Lock shown(Lock lock, model::Timestamp now) {
  lock.lock_state = lock_state(lock, now);
  return lock;
}

ec2::LockSnapshotResult lock_snapshot(Call& call, const ec2::LockSnapshotRequest& request) {
  check_id(kSnapshot, request.snapshot_id);
  check(call, request);
  state::Snapshot snapshot = find_own_snapshot(call, request.snapshot_id);
  const bool is_completed = snapshot.snapshot.state == ec2::SnapshotState::completed;
  if (!is_completed && snapshot.snapshot.state != ec2::SnapshotState::pending)
    throw errors::snapshot_in_invalid_state(snapshot.snapshot.state.value_or(""));
  const auto present = present_lock(call, snapshot);
  Lock lock = new_lock(call, request, present, is_completed);
  if (present) check_may_change(call, *present, lock);
  if (lock.lock_expires_on && *lock.lock_expires_on <= call.now())
    throw errors::invalid_value("LockDuration", std::to_string(request.lock_duration.value_or(0)),
                                "The lock would have expired already.");
  snapshot.lock = lock;
  call.snapshots().update(snapshot);
  lock = shown(std::move(lock), call.now());
  return {.snapshot_id = lock.snapshot_id,
          .lock_state = lock.lock_state,
          .lock_duration = lock.lock_duration,
          .cool_off_period = lock.cool_off_period,
          .cool_off_period_expires_on = lock.cool_off_period_expires_on,
          .lock_created_on = lock.lock_created_on,
          .lock_expires_on = lock.lock_expires_on,
          .lock_duration_start_time = lock.lock_duration_start_time};
}

ec2::UnlockSnapshotResult unlock_snapshot(Call& call, const ec2::UnlockSnapshotRequest& request) {
  state::Snapshot snapshot = find_own_snapshot(call, request.snapshot_id);
  if (!is_locked(call, snapshot)) throw errors::snapshot_not_locked(request.snapshot_id);
  if (lock_state(*snapshot.lock, call.now()) == LockState::compliance)
    throw errors::lock_is_final(request.snapshot_id, "it cannot be unlocked before it expires");
  snapshot.lock.reset();
  call.snapshots().update(snapshot);
  return {.snapshot_id = request.snapshot_id};
}

constexpr FilterRule kLockFilters[] = {{"lock-state", "LockState"}};

// Snapshots that were never locked are left out, also when they are named.
ec2::DescribeLockedSnapshotsResult describe_locked_snapshots(Call& call,
                                                             const ec2::DescribeLockedSnapshotsRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, "SnapshotIds", !request.snapshot_ids.empty());
  Listing<Lock> listing(kLockFilters, request.filters, page);
  visit_candidates(call.snapshots(), kSnapshot, request.snapshot_ids, storage::Query().after(page.after),
                   [&](std::int64_t row, const state::Snapshot& snapshot) {
                     return !snapshot.lock || listing.offer(row, shown(*snapshot.lock, call.now()));
                   });
  return {.snapshots = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::span<const Operation> snapshot_lock_operations() {
  static constexpr Operation kOperations[] = {
      bind<lock_snapshot>(),
      bind<unlock_snapshot>(),
      bind<describe_locked_snapshots>(),
  };
  return kOperations;
}

std::string lock_state(const Lock& lock, model::Timestamp now) {
  if (lock.lock_expires_on && *lock.lock_expires_on <= now) return LockState::expired;
  if (lock.cool_off_period_expires_on && now < *lock.cool_off_period_expires_on) return LockState::compliance_cooloff;
  return lock.lock_state.value_or(LockState::governance);
}

bool is_locked(const Call& call, const state::Snapshot& snapshot) {
  return snapshot.lock && lock_state(*snapshot.lock, call.now()) != LockState::expired;
}

void begin_lock_duration(state::Snapshot& snapshot, model::Timestamp now) {
  if (!snapshot.lock || snapshot.lock->lock_duration_start_time) return;
  snapshot.lock->lock_duration_start_time = now;
  if (snapshot.lock->lock_duration)
    snapshot.lock->lock_expires_on = now + std::chrono::days(*snapshot.lock->lock_duration);
}

}  // namespace amity::handlers
