#include "handlers/snapshot_locks.hpp"

#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

ec2::LockSnapshotRequest lock_of(const std::string& id, const char* mode = "governance", int days = 30) {
  return {.snapshot_id = id, .lock_mode = mode, .lock_duration = days};
}

std::string lock_state_of(World& world, const std::string& id) {
  const auto locks = world.call(ec2::DescribeLockedSnapshotsRequest{.snapshot_ids = {id}}).snapshots;
  return locks.empty() ? "" : *locks.front().lock_state;
}

std::string delete_error(World& world, const std::string& id) {
  return world.error_of(ec2::DeleteSnapshotRequest{.snapshot_id = id});
}

}  // namespace

TEST_CASE("A snapshot locked in governance mode stays until it is unlocked", "[snapshots][LockSnapshot]") {
  World world;
  const std::string id = make_snapshot(world);
  CHECK(describe_snapshot(world, id).state == "completed");
  const auto lock = world.call(lock_of(id));
  CHECK(lock.lock_state == "governance");
  CHECK(lock.lock_duration == 30);
  CHECK(lock.lock_created_on == world.now());
  CHECK(lock.lock_duration_start_time == world.now());
  CHECK(lock.lock_expires_on == world.now() + std::chrono::days(30));
  CHECK_FALSE(lock.cool_off_period);
  CHECK(delete_error(world, id) == "OperationNotPermitted");
  world.advance(1h);
  const auto changed = world.call(lock_of(id, "governance", 1));
  CHECK(changed.lock_created_on == lock.lock_created_on);
  CHECK(changed.lock_expires_on == *lock.lock_created_on + std::chrono::days(1));
  CHECK(world.call(ec2::UnlockSnapshotRequest{.snapshot_id = id}).snapshot_id == id);
  CHECK(lock_state_of(world, id) == "");
  CHECK(world.error_of(ec2::UnlockSnapshotRequest{.snapshot_id = id}) == "IncorrectState");
  CHECK(delete_error(world, id) == "");
}

TEST_CASE("A lock expires by the clock", "[snapshots][LockSnapshot]") {
  World world;
  const std::string id = make_snapshot(world);
  const auto lock = world.call(
      ec2::LockSnapshotRequest{.snapshot_id = id, .lock_mode = "compliance", .expiration_date = world.now() + 48h});
  CHECK(lock.lock_state == "compliance");
  world.advance(48h - 1s);
  CHECK(lock_state_of(world, id) == "compliance");
  world.advance(1s);
  CHECK(lock_state_of(world, id) == "expired");
  CHECK(world.call(lock_of(id)).lock_created_on == world.now());
  world.call(ec2::UnlockSnapshotRequest{.snapshot_id = id});
  CHECK(delete_error(world, id) == "");
}

TEST_CASE("Compliance mode is final after its cooling-off period", "[snapshots][LockSnapshot]") {
  World world;
  const std::string id = make_snapshot(world);
  auto request = lock_of(id, "compliance");
  request.cool_off_period = 3;
  const auto lock = world.call(request);
  CHECK(lock.lock_state == "compliance-cooloff");
  CHECK(lock.cool_off_period_expires_on == world.now() + 3h);
  CHECK(delete_error(world, id) == "OperationNotPermitted");
  SECTION("within it everything can be changed") {
    CHECK(world.call(lock_of(id, "governance", 2)).lock_state == "governance");
    world.call(request);
    world.call(ec2::UnlockSnapshotRequest{.snapshot_id = id});
    CHECK(delete_error(world, id) == "");
  }
  SECTION("after it the lock can be extended only") {
    world.advance(3h);
    CHECK(lock_state_of(world, id) == "compliance");
    CHECK(world.error_of(ec2::UnlockSnapshotRequest{.snapshot_id = id}) == "OperationNotPermitted");
    CHECK(world.error_of(lock_of(id)) == "OperationNotPermitted");
    CHECK(world.error_of(lock_of(id, "compliance", 29)) == "OperationNotPermitted");
    CHECK(world.error_of(request) == "OperationNotPermitted");
    CHECK(world.call(lock_of(id, "compliance", 31)).lock_expires_on == *lock.lock_created_on + std::chrono::days(31));
    world.advance(std::chrono::days(31));
    CHECK(delete_error(world, id) == "");
  }
}

TEST_CASE("The days of a pending snapshot's lock begin when it is completed", "[snapshots][LockSnapshot]") {
  World world(handlers::realistic_profile());
  const std::string volume = make_volume(world);
  world.advance(1min);
  const std::string id = make_snapshot(world, volume);
  CHECK_FALSE(world.call(lock_of(id)).lock_duration_start_time);
  world.advance(1min);
  const auto lock = world.call(ec2::DescribeLockedSnapshotsRequest{}).snapshots.at(0);
  CHECK(lock.owner_id == kAccount);
  CHECK(lock.lock_duration_start_time == describe_snapshot(world, id).completion_time);
  CHECK(lock.lock_expires_on == *lock.lock_duration_start_time + std::chrono::days(30));
}

TEST_CASE("A locked snapshot survives its image's deregistration", "[snapshots][LockSnapshot][DeregisterImage]") {
  World world;
  const std::string id = make_snapshot(world);
  world.call(lock_of(id));
  const std::string image = put_image(world, id);
  const auto result = world.call(ec2::DeregisterImageRequest{.image_id = image, .delete_associated_snapshots = true});
  CHECK(result.delete_snapshot_results.at(0).return_code == "client-error");
  CHECK(describe_snapshot(world, id).state == "completed");
}

TEST_CASE("LockSnapshot refuses bad requests", "[snapshots][LockSnapshot]") {
  World world;
  const std::string id = make_snapshot(world), foreign = make_snapshot(world.as(kOtherAccount));
  make_public(world, foreign);
  world.as(kAccount);
  struct Row {
    ec2::LockSnapshotRequest request;
    const char* code;
  };
  const Row rows[] = {
      {lock_of("snap-1"), "InvalidSnapshotID.Malformed"},
      {lock_of("snap-0123456789abcdef0"), "InvalidSnapshot.NotFound"},
      {lock_of(foreign), "AuthFailure"},
      {{.snapshot_id = id, .lock_mode = "governance"}, "MissingParameter"},
      {{.snapshot_id = id, .lock_mode = "governance", .lock_duration = 1, .expiration_date = world.now() + 24h},
       "InvalidParameterCombination"},
      {{.snapshot_id = id, .lock_mode = "governance", .cool_off_period = 1, .lock_duration = 1},
       "InvalidParameterCombination"},
      {{.snapshot_id = id, .lock_mode = "governance", .expiration_date = world.now()}, "InvalidParameterValue"},
      {{.snapshot_id = id, .dry_run = true, .lock_mode = "governance", .lock_duration = 1}, "DryRunOperation"},
  };
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(row.request) == row.code);
  }
  CHECK(lock_state_of(world, id) == "");
}

TEST_CASE("DescribeLockedSnapshots filters by state, and pages", "[snapshots][DescribeLockedSnapshots]") {
  World world;
  for (const char* mode : {"governance", "compliance"})
    for (int i = 0; i < 4; ++i) world.call(lock_of(make_snapshot(world), mode));
  make_snapshot(world);
  const auto with = [](const std::string& state) {
    return ec2::DescribeLockedSnapshotsRequest{.filters = {{.name = "lock-state", .values = {state}}}};
  };
  CHECK(world.call(with("governance")).snapshots.size() == 4);
  CHECK(world.call(with("expired")).snapshots.empty());
  auto page = world.call(ec2::DescribeLockedSnapshotsRequest{.max_results = 5});
  CHECK(page.snapshots.size() == 5);
  CHECK(world.call(ec2::DescribeLockedSnapshotsRequest{.max_results = 5, .next_token = page.next_token})
            .snapshots.size() == 3);
  CHECK(world.error_of(ec2::DescribeLockedSnapshotsRequest{.filters = {{.name = "x", .values = {"y"}}}}) ==
        "InvalidParameterValue");
  CHECK(world.as(kOtherAccount).call(ec2::DescribeLockedSnapshotsRequest{}).snapshots.empty());
}
