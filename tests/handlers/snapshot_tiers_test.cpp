#include "model/rbin.hpp"
#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

ec2::SnapshotTierStatus tier_of(World& world, const std::string& id) {
  return world.call(ec2::DescribeSnapshotTierStatusRequest{.filters = {{.name = "snapshot-id", .values = {id}}}})
      .snapshot_tier_statuses.at(0);
}

void archive(World& world, const std::string& id) {
  world.call(ec2::ModifySnapshotTierRequest{.snapshot_id = id, .storage_tier = "archive"});
}

std::string archive_error(World& world, const std::string& id) {
  return world.error_of(ec2::ModifySnapshotTierRequest{.snapshot_id = id, .storage_tier = "archive"});
}

std::string use_error(World& world, const std::string& id) {
  return world.error_of(ec2::CreateVolumeRequest{.availability_zone = std::string(kZone), .snapshot_id = id});
}

}  // namespace

TEST_CASE("An archived snapshot can be neither used nor shared until it is restored",
          "[snapshots][ModifySnapshotTier]") {
  World world;
  const std::string id = make_snapshot(world);
  make_public(world, id);
  CHECK(tier_of(world, id).storage_tier == "standard");
  CHECK_FALSE(tier_of(world, id).last_tiering_operation_status);
  const auto started = world.call(ec2::ModifySnapshotTierRequest{.snapshot_id = id, .storage_tier = "archive"});
  CHECK(started.tiering_start_time == world.now());
  const ec2::SnapshotTierStatus status = tier_of(world, id);
  CHECK(status.storage_tier == "archive");
  CHECK(status.status == "completed");
  CHECK(status.owner_id == kAccount);
  CHECK(status.last_tiering_operation_status == "archival-completed");
  CHECK(status.last_tiering_progress == 100);
  CHECK(status.archival_complete_time == world.now());
  CHECK(describe_snapshot(world, id).storage_tier == "archive");
  CHECK(use_error(world, id) == "IncorrectState");
  CHECK(world.error_of(ec2::CopySnapshotRequest{.source_region = "us-east-1", .source_snapshot_id = id}) ==
        "IncorrectState");
  CHECK(world.error_of(ec2::ModifySnapshotAttributeRequest{
            .group_names = {"all"}, .operation_type = "add", .snapshot_id = id}) == "IncorrectState");
  CHECK(world.call(ec2::DescribeSnapshotAttributeRequest{.attribute = "createVolumePermission", .snapshot_id = id})
            .create_volume_permissions.empty());
  CHECK(archive_error(world, id) == "IncorrectState");

  const auto restored = world.call(ec2::RestoreSnapshotTierRequest{.snapshot_id = id, .permanent_restore = true});
  CHECK(restored.is_permanent_restore == true);
  CHECK_FALSE(restored.restore_duration);
  CHECK(tier_of(world, id).storage_tier == "standard");
  CHECK(tier_of(world, id).last_tiering_operation_status == "permanent-restore-completed");
  CHECK(use_error(world, id) == "");
  CHECK(world.error_of(ec2::RestoreSnapshotTierRequest{.snapshot_id = id, .permanent_restore = true}) ==
        "IncorrectState");
}

TEST_CASE("A temporary restore ends by the clock, and can be changed", "[snapshots][RestoreSnapshotTier]") {
  World world;
  const std::string id = make_snapshot(world);
  archive(world, id);
  CHECK(world.call(ec2::RestoreSnapshotTierRequest{.snapshot_id = id, .temporary_restore_days = 2}).restore_duration ==
        2);
  const auto begin = world.now();
  CHECK(tier_of(world, id).last_tiering_operation_status == "temporary-restore-completed");
  CHECK(tier_of(world, id).restore_expiry_time == begin + 48h);
  CHECK(describe_snapshot(world, id).restore_expiry_time == begin + 48h);
  CHECK(use_error(world, id) == "");
  SECTION("it is archived again") {
    world.advance(48h);
    CHECK(tier_of(world, id).storage_tier == "archive");
    CHECK(tier_of(world, id).last_tiering_operation_status == "archival-completed");
    CHECK_FALSE(tier_of(world, id).restore_expiry_time);
    CHECK(use_error(world, id) == "IncorrectState");
  }
  SECTION("a new period counts from now") {
    world.advance(24h);
    world.call(ec2::RestoreSnapshotTierRequest{.snapshot_id = id, .temporary_restore_days = 3});
    CHECK(tier_of(world, id).restore_expiry_time == begin + 96h);
    world.advance(71h);
    CHECK(tier_of(world, id).storage_tier == "standard");
    world.advance(1h);
    CHECK(tier_of(world, id).storage_tier == "archive");
  }
  SECTION("it becomes permanent") {
    world.call(ec2::RestoreSnapshotTierRequest{.snapshot_id = id, .permanent_restore = true});
    CHECK(tier_of(world, id).last_tiering_operation_status == "permanent-restore-completed");
    world.advance(500h);
    CHECK(tier_of(world, id).storage_tier == "standard");
  }
}

TEST_CASE("Archiving and restoring take their time", "[snapshots][ModifySnapshotTier]") {
  World world(handlers::realistic_profile());
  const std::string volume = make_volume(world);
  world.advance(1min);
  const std::string id = make_snapshot(world, volume);
  CHECK(archive_error(world, id) == "IncorrectState");
  world.advance(1min);
  archive(world, id);
  world.advance(30min);
  CHECK(tier_of(world, id).last_tiering_operation_status == "archival-in-progress");
  CHECK(tier_of(world, id).last_tiering_progress == 50);
  CHECK(archive_error(world, id) == "IncorrectState");
  CHECK(use_error(world, id) == "");
  world.advance(30min);
  CHECK(tier_of(world, id).storage_tier == "archive");
  world.call(ec2::RestoreSnapshotTierRequest{.snapshot_id = id, .temporary_restore_days = 1});
  world.advance(23h);
  CHECK(tier_of(world, id).last_tiering_operation_status == "temporary-restore-in-progress");
  CHECK(tier_of(world, id).storage_tier == "archive");
  world.advance(1h);
  CHECK(tier_of(world, id).restore_expiry_time == world.now() + 24h);
}

TEST_CASE("Only snapshots of disabled images are archived", "[snapshots][ModifySnapshotTier]") {
  World world;
  const std::string used = make_snapshot(world), unused = make_snapshot(world);
  put_image(world, used, "available");
  put_image(world, unused, "disabled");
  CHECK(archive_error(world, used) == "InvalidSnapshot.InUse");
  CHECK(archive_error(world, unused) == "");
}

TEST_CASE("RestoreSnapshotTier and ModifySnapshotTier refuse bad requests", "[snapshots][RestoreSnapshotTier]") {
  World world;
  const std::string id = make_snapshot(world);
  struct Row {
    ec2::RestoreSnapshotTierRequest request;
    const char* code;
  };
  const Row rows[] = {
      {{.snapshot_id = "snap-1", .temporary_restore_days = 1}, "InvalidSnapshotID.Malformed"},
      {{.snapshot_id = "snap-0123456789abcdef0", .temporary_restore_days = 1}, "InvalidSnapshot.NotFound"},
      {{.snapshot_id = id}, "MissingParameter"},
      {{.snapshot_id = id, .temporary_restore_days = 0}, "InvalidParameterValue"},
      {{.snapshot_id = id, .temporary_restore_days = 1, .permanent_restore = true}, "InvalidParameterCombination"},
      {{.snapshot_id = id, .temporary_restore_days = 1}, "IncorrectState"},
  };
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(row.request) == row.code);
  }
  CHECK(world.error_of(ec2::ModifySnapshotTierRequest{.snapshot_id = id}) == "MissingParameter");
  CHECK(archive_error(world.as(kOtherAccount), id) == "InvalidSnapshot.NotFound");
}

TEST_CASE("DescribeSnapshotTierStatus filters, and pages", "[snapshots][DescribeSnapshotTierStatus]") {
  World world;
  const std::string volume = make_volume(world), first = make_snapshot(world, volume);
  for (int i = 0; i < 6; ++i) make_snapshot(world);
  archive(world, first);
  const auto count = [&](const char* name, const std::string& value) {
    return world.call(ec2::DescribeSnapshotTierStatusRequest{.filters = {{.name = name, .values = {value}}}})
        .snapshot_tier_statuses.size();
  };
  CHECK(count("volume-id", volume) == 1);
  CHECK(count("last-tiering-operation", "archival-completed") == 1);
  CHECK(count("last-tiering-operation", "archival-failed") == 0);
  const auto page = world.call(ec2::DescribeSnapshotTierStatusRequest{.max_results = 5});
  CHECK(page.snapshot_tier_statuses.size() == 5);
  CHECK(page.next_token);
}

namespace {

ec2::DescribeFastSnapshotRestoreSuccessItem restore_of(World& world, const std::string& id) {
  return world.call(ec2::DescribeFastSnapshotRestoresRequest{.filters = {{.name = "snapshot-id", .values = {id}}}})
      .fast_snapshot_restores.at(0);
}

ec2::EnableFastSnapshotRestoresResult enable(World& world, const std::vector<std::string>& ids) {
  return world.call(
      ec2::EnableFastSnapshotRestoresRequest{.availability_zones = {std::string(kZone)}, .source_snapshot_ids = ids});
}

}  // namespace

TEST_CASE("Fast snapshot restore goes from enabling to enabled, and makes volumes fast",
          "[snapshots][EnableFastSnapshotRestores]") {
  World world(handlers::realistic_profile());
  const std::string volume = make_volume(world, {.size = 512});
  world.advance(1min);
  const std::string id = make_snapshot(world, volume);
  world.advance(1min);
  const auto item = enable(world, {id}).successful.at(0);
  const auto begin = world.now();
  CHECK(item.state == "enabling");
  CHECK(item.state_transition_reason == "Client.UserInitiated");
  CHECK(item.owner_id == kAccount);
  CHECK(item.enabling_time == begin);
  world.advance(30s);
  CHECK(restore_of(world, id).state == "optimizing");
  CHECK_FALSE(describe_volume(world, make_volume(world, {.snapshot_id = id})).fast_restored);
  world.advance(30min);
  const auto enabled = restore_of(world, id);
  CHECK(enabled.state == "enabled");
  CHECK(enabled.state_transition_reason == "Client.UserInitiated - Lifecycle state transition");
  CHECK(enabled.enabled_time == begin + 30min + 30s);
  CHECK(describe_volume(world, make_volume(world, {.snapshot_id = id})).fast_restored == true);
  const std::string elsewhere = make_volume(world, {.availability_zone = "us-east-1b", .snapshot_id = id});
  CHECK_FALSE(describe_volume(world, elsewhere).fast_restored);

  const ec2::DisableFastSnapshotRestoresRequest disable{.availability_zone_ids = {*item.availability_zone_id},
                                                        .source_snapshot_ids = {id}};
  CHECK(world.call(disable).successful.at(0).state == "disabling");
  world.advance(30s);
  CHECK(restore_of(world, id).state == "disabled");
  CHECK(world.call(disable).unsuccessful.at(0).fast_snapshot_restore_state_errors.at(0).error->code ==
        "IncorrectState");
  world.advance(1h);
  CHECK(world.call(ec2::DescribeFastSnapshotRestoresRequest{}).fast_snapshot_restores.empty());
}

TEST_CASE("A deleted snapshot is not restored fast any more", "[snapshots][EnableFastSnapshotRestores]") {
  World world;
  const std::string id = make_snapshot(world);
  SECTION("for good") {}
  SECTION("nor after its time in the Recycle Bin") {
    world.call(rbin::CreateRuleRequest{.retention_period = {7, "DAYS"}, .resource_type = "EBS_SNAPSHOT"});
  }
  enable(world, {id});
  CHECK(restore_of(world, id).state == "enabled");
  CHECK(world.error_of(ec2::DeleteSnapshotRequest{.snapshot_id = id}).empty());
  world.error_of(ec2::RestoreSnapshotFromRecycleBinRequest{.snapshot_id = id});
  CHECK(world.call(ec2::DescribeFastSnapshotRestoresRequest{}).fast_snapshot_restores.empty());
}

TEST_CASE("An account has a shared snapshot restored fast until it is deleted",
          "[snapshots][EnableFastSnapshotRestores]") {
  World world;
  const std::string id = make_snapshot(world);
  share(world, id, kOtherAccount);
  CHECK(enable(world.as(kOtherAccount), {id}).successful.size() == 1);
  CHECK(restore_of(world, id).owner_id == kOtherAccount);
  CHECK(world.as(kAccount).call(ec2::DescribeFastSnapshotRestoresRequest{}).fast_snapshot_restores.empty());
  CHECK(enable(world, {id}).successful.size() == 1);
  archive(world, id);
  CHECK(world.call(ec2::DescribeFastSnapshotRestoresRequest{}).fast_snapshot_restores.empty());
  CHECK(world.as(kOtherAccount).call(ec2::DescribeFastSnapshotRestoresRequest{}).fast_snapshot_restores.empty());
}

TEST_CASE("EnableFastSnapshotRestores tells what it cannot do", "[snapshots][EnableFastSnapshotRestores]") {
  World world;
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(make_snapshot(world));
  const std::string missing = "snap-0123456789abcdef0";
  const auto result = enable(world, {ids[0], ids[1], ids[2], ids[3], ids[4], ids[5], missing});
  CHECK(result.successful.size() == 5);
  REQUIRE(result.unsuccessful.size() == 2);
  CHECK(result.unsuccessful[0].snapshot_id == ids[5]);
  CHECK(result.unsuccessful[0].fast_snapshot_restore_state_errors.at(0).error->code == "ResourceLimitExceeded");
  CHECK(result.unsuccessful[1].fast_snapshot_restore_state_errors.at(0).error->code == "InvalidSnapshot.NotFound");
  const std::string zone(kZone);
  struct Row {
    ec2::EnableFastSnapshotRestoresRequest request;
    const char* code;
  };
  const Row rows[] = {
      {{.availability_zones = {zone}, .source_snapshot_ids = {"snap-1"}}, "InvalidSnapshotID.Malformed"},
      {{.availability_zones = {"mars-1"}, .source_snapshot_ids = {ids[0]}}, "InvalidZone.NotFound"},
      {{.source_snapshot_ids = {ids[0]}}, "MissingParameter"},
      {{.availability_zones = {zone}, .availability_zone_ids = {"use1-az1"}, .source_snapshot_ids = {ids[0]}},
       "InvalidParameterCombination"},
      {{.availability_zones = {zone}, .source_snapshot_ids = std::vector<std::string>(11, ids[0])}, "InvalidRequest"},
  };
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(row.request) == row.code);
  }
}

TEST_CASE("The documented filters of tiers and fast restores are known", "[snapshots]") {
  World world;
  for (const std::string_view name : ec2::service().find("DescribeFastSnapshotRestores")->filters)
    CHECK(world.error_of(ec2::DescribeFastSnapshotRestoresRequest{
              .filters = {{.name = std::string(name), .values = {"x"}}}}) == "");
  for (const std::string_view name : ec2::service().find("DescribeSnapshotTierStatus")->filters)
    CHECK(world.error_of(
              ec2::DescribeSnapshotTierStatusRequest{.filters = {{.name = std::string(name), .values = {"x"}}}}) == "");
}
