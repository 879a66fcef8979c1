#include "model/rbin.hpp"
#include "tests/handlers/ebs_builder.hpp"
#include "tests/handlers/fixture_world.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

constexpr auto kDay = 24h;

void make_rule(World& world, const char* type, std::int32_t days, std::vector<rbin::ResourceTag> tags = {},
               std::vector<rbin::ResourceTag> excluded = {}) {
  world.call(rbin::CreateRuleRequest{.retention_period = {days, "DAYS"},
                                     .resource_type = type,
                                     .resource_tags = std::move(tags),
                                     .exclude_resource_tags = std::move(excluded)});
}

void set_tag(World& world, const std::string& id, std::string key, std::string value) {
  world.call(ec2::CreateTagsRequest{.resources = {id}, .tags = {{.key = std::move(key), .value = std::move(value)}}});
}

void remove(World& world, const std::string& snapshot) {
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = snapshot});
}

std::vector<ec2::SnapshotRecycleBinInfo> snapshots_in_bin(World& world) {
  return world.call(ec2::ListSnapshotsInRecycleBinRequest{}).snapshots;
}

}  // namespace

TEST_CASE("A snapshot that a rule keeps is out of sight until it is restored", "[rbin][snapshots]") {
  World world;
  make_rule(world, "EBS_SNAPSHOT", 7);
  const std::string id = make_snapshot(world);
  set_tag(world, id, "Name", "precious");
  share(world, id, kOtherAccount);
  const ec2::Snapshot before = describe_snapshot(world, id);
  remove(world, id);

  CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.snapshot_ids = {id}}) == "InvalidSnapshot.NotFound");
  CHECK(world.error_of(ec2::DeleteSnapshotRequest{.snapshot_id = id}) == "InvalidSnapshot.NotFound");
  CHECK(world.error_of(ec2::CreateVolumeRequest{.availability_zone = "us-east-1a", .snapshot_id = id}) ==
        "InvalidSnapshot.NotFound");
  const auto kept = snapshots_in_bin(world);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].snapshot_id == id);
  CHECK(kept[0].volume_id == before.volume_id);
  CHECK(kept[0].recycle_bin_enter_time == world.now());
  CHECK(kept[0].recycle_bin_exit_time == world.now() + 7 * kDay);
  CHECK(snapshots_in_bin(world.as(kOtherAccount)).empty());
  world.as(kAccount);

  SECTION("it comes back as it was") {
    set_tag(world, id, "Bin", "seen");
    const auto answer = world.call(ec2::RestoreSnapshotFromRecycleBinRequest{.snapshot_id = id});
    CHECK(answer.state == "recovering");
    CHECK(answer.volume_size == before.volume_size);
    const ec2::Snapshot after = describe_snapshot(world, id);
    CHECK(after.state == "completed");
    CHECK(after.start_time == before.start_time);
    REQUIRE(after.tags.size() == 2);
    CHECK(after.tags[1].value == "precious");
    CHECK(world.make_call().blocks().has_snapshot(id));
    CHECK(snapshots_in_bin(world).empty());
    CHECK(describe_snapshot(world.as(kOtherAccount), id).snapshot_id == id);
    world.as(kAccount).advance(30 * kDay);
    CHECK(describe_snapshot(world, id).state == "completed");
  }
  SECTION("after its time it is gone for good") {
    world.advance(7 * kDay - 1min);
    CHECK(snapshots_in_bin(world).size() == 1);
    world.advance(1min);
    CHECK(snapshots_in_bin(world).empty());
    CHECK(world.error_of(ec2::RestoreSnapshotFromRecycleBinRequest{.snapshot_id = id}) == "InvalidSnapshot.NotFound");
    CHECK(world.make_call().tags().of(id).empty());
    CHECK_FALSE(world.make_call().blocks().has_snapshot(id));
  }
}

TEST_CASE("The rule with the longest time counts, exclusion tags let go", "[rbin][snapshots]") {
  World world;
  make_rule(world, "EBS_SNAPSHOT", 3, {}, {{"Scratch", std::nullopt}});
  make_rule(world, "EBS_SNAPSHOT", 20, {{"Team", "images"}});
  make_rule(world, "EC2_IMAGE", 300);
  const std::string plain = make_snapshot(world), team = make_snapshot(world), scratch = make_snapshot(world);
  set_tag(world, team, "Team", "images");
  set_tag(world, scratch, "Scratch", "");
  set_tag(world, scratch, "Team", "others");
  for (const std::string& id : {plain, team, scratch}) remove(world, id);
  const auto kept = snapshots_in_bin(world);
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].recycle_bin_exit_time == world.now() + 3 * kDay);
  CHECK(kept[1].recycle_bin_exit_time == world.now() + 20 * kDay);
}

TEST_CASE("A volume that a rule keeps comes back available", "[rbin][volumes]") {
  World world;
  make_rule(world, "EBS_VOLUME", 2);
  const std::string id = make_volume(world, {.size = 11});
  world.call(ec2::DeleteVolumeRequest{.volume_id = id});
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {id}}) == "InvalidVolume.NotFound");
  const auto kept = world.call(ec2::ListVolumesInRecycleBinRequest{.volume_ids = {id}}).volumes;
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].size == 11);
  CHECK(kept[0].availability_zone == "us-east-1a");
  SECTION("restored") {
    CHECK(world.call(ec2::RestoreVolumeFromRecycleBinRequest{.volume_id = id}).return_value == true);
    CHECK(describe_volume(world, id).state == "available");
  }
  SECTION("expired") {
    world.advance(2 * kDay);
    CHECK(world.error_of(ec2::RestoreVolumeFromRecycleBinRequest{.volume_id = id}) == "InvalidVolume.NotFound");
    CHECK_FALSE(world.make_call().blocks().is_open(id));
  }
}

TEST_CASE("An image that a rule keeps needs its snapshots and its name to come back", "[rbin][images]") {
  World world;
  make_rule(world, "EC2_IMAGE", 5);
  make_rule(world, "EBS_SNAPSHOT", 5);
  const std::string snapshot = make_snapshot(world);
  const std::string id = put_image(world, snapshot);
  world.call(ec2::ModifyImageAttributeRequest{
      .image_id = id,
      .launch_permission = ec2::LaunchPermissionModifications{.add = {{.user_id = std::string(kOtherAccount)}}}});
  set_tag(world, id, "Name", "golden");
  const std::string name = *world.call(ec2::DescribeImagesRequest{.image_ids = {id}}).images.at(0).name;
  const ec2::RestoreImageFromRecycleBinRequest restore{.image_id = id};
  world.call(ec2::DeregisterImageRequest{.image_id = id, .delete_associated_snapshots = true});
  CHECK(world.call(ec2::DescribeImagesRequest{.image_ids = {id}}).images.empty());
  const auto kept = world.call(ec2::ListImagesInRecycleBinRequest{}).images;
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].name == name);
  CHECK(world.error_of(restore) == "InvalidSnapshot.NotFound");
  world.call(ec2::RestoreSnapshotFromRecycleBinRequest{.snapshot_id = snapshot});

  SECTION("shared and tagged as before, for as long as it lives") {
    world.call(restore);
    world.advance(10 * kDay);
    const auto images = world.call(ec2::DescribeImagesRequest{.image_ids = {id}}).images;
    REQUIRE(images.size() == 1);
    CHECK(images[0].tags.size() == 1);
    CHECK(world.error_of(ec2::DeleteSnapshotRequest{.snapshot_id = snapshot}) == "InvalidSnapshot.InUse");
    CHECK(world.as(kOtherAccount).call(ec2::DescribeImagesRequest{.image_ids = {id}}).images.size() == 1);
  }
  SECTION("not when another image has its name") {
    handlers::Call call = world.make_call();
    ec2::Image other{.image_id = call.ids().make("ami"), .state = "available", .owner_id = call.account()};
    other.name = name;
    call.images().insert({.image = other});
    CHECK(world.error_of(restore) == "InvalidAMIName.Duplicate");
    CHECK(world.call(ec2::ListImagesInRecycleBinRequest{}).images.size() == 1);
  }
  SECTION("not after its time") {
    world.advance(5 * kDay);
    CHECK(world.error_of(restore) == "InvalidAMIID.NotFound");
  }
}

TEST_CASE("The bin's operations refuse ids that are not there", "[rbin]") {
  World world;
  CHECK(world.error_of(ec2::ListImagesInRecycleBinRequest{.image_ids = {"ami-1"}}) == "InvalidAMIID.Malformed");
  CHECK(world.error_of(ec2::ListImagesInRecycleBinRequest{.image_ids = {"ami-12345678"}}) == "InvalidAMIID.NotFound");
  CHECK(world.error_of(ec2::ListSnapshotsInRecycleBinRequest{.snapshot_ids = {"snap-12345678"}}) ==
        "InvalidSnapshot.NotFound");
  CHECK(world.error_of(ec2::ListVolumesInRecycleBinRequest{.volume_ids = {"vol-x"}}) == "InvalidVolumeID.Malformed");
  CHECK(world.error_of(ec2::RestoreImageFromRecycleBinRequest{.image_id = "ami-12345678"}) == "InvalidAMIID.NotFound");
  CHECK(world.error_of(ec2::RestoreImageFromRecycleBinRequest{.image_id = "ami-x"}) == "InvalidAMIID.Malformed");
  CHECK(world.error_of(ec2::RestoreVolumeFromRecycleBinRequest{.volume_id = "vol-12345678"}) ==
        "InvalidVolume.NotFound");
  CHECK(world.error_of(ec2::ListImagesInRecycleBinRequest{.next_token = "x"}) == "InvalidNextToken");
  CHECK(world.error_of(ec2::ListVolumesInRecycleBinRequest{.max_results = 501}) == "InvalidParameterValue");
}

TEST_CASE("The bin is listed in pages", "[rbin]") {
  World world;
  make_rule(world, "EBS_SNAPSHOT", 1);
  const std::string volume = make_volume(world);
  for (int i = 0; i < 6; ++i) remove(world, make_snapshot(world, volume));
  const auto first = world.call(ec2::ListSnapshotsInRecycleBinRequest{.max_results = 5});
  CHECK(first.snapshots.size() == 5);
  REQUIRE(first.next_token);
  const auto second =
      world.call(ec2::ListSnapshotsInRecycleBinRequest{.max_results = 5, .next_token = first.next_token});
  CHECK(second.snapshots.size() == 1);
  CHECK_FALSE(second.next_token);
}

TEST_CASE("What a fixture loads takes the place of what is in the bin under its id", "[rbin][fixtures]") {
  World world;
  make_rule(world, "EBS_SNAPSHOT", 7);
  const std::string volume =
      *world.call(ec2::CreateVolumeRequest{.availability_zone = "us-east-1a", .size = 1}).volume_id;
  const std::string id = *world.call(ec2::CreateSnapshotRequest{.volume_id = volume}).snapshot_id;
  snapshots_in_bin(world);
  remove(world, id);
  REQUIRE(snapshots_in_bin(world).size() == 1);
  load(world, R"({"Account": "111111111111", "Snapshots": [{"SnapshotId": ")" + id + R"(", "VolumeSize": 5}]})");
  CHECK(snapshots_in_bin(world).empty());
  CHECK(world.error_of(ec2::RestoreSnapshotFromRecycleBinRequest{.snapshot_id = id}) == "InvalidSnapshot.NotFound");
  world.advance(8 * kDay);
  CHECK(snapshot(world, id).volume_size == 5);
  CHECK(snapshot(world, id).tags.empty());
  CHECK(world.make_call().blocks().has_snapshot(id));
}

TEST_CASE("A resource does not come back over one that is there", "[rbin][fixtures]") {
  World world;
  make_rule(world, "EBS_SNAPSHOT", 7);
  const std::string volume =
      *world.call(ec2::CreateVolumeRequest{.availability_zone = "us-east-1a", .size = 1}).volume_id;
  const std::string id = *world.call(ec2::CreateSnapshotRequest{.volume_id = volume}).snapshot_id;
  snapshots_in_bin(world);
  auto call = world.make_call();
  const auto row = *call.snapshots().find(id);
  remove(world, id);
  call.snapshots().insert(row);
  CHECK(world.error_of(ec2::RestoreSnapshotFromRecycleBinRequest{.snapshot_id = id}) == "IncorrectState");
  CHECK(snapshots_in_bin(world).size() == 1);
}
