#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace amity;
using namespace amity::tests;

namespace {

std::string block(World& world, const std::string& state) {
  return *world.call(ec2::EnableSnapshotBlockPublicAccessRequest{.state = state}).state;
}

std::string publish_error(World& world, const std::string& id) {
  return world.error_of(
      ec2::ModifySnapshotAttributeRequest{.group_names = {"all"}, .operation_type = "add", .snapshot_id = id});
}

}  // namespace

TEST_CASE("Block public access hinders new public sharing, and ends the old",
          "[snapshots][EnableSnapshotBlockPublicAccess]") {
  World world;
  const std::string open = make_snapshot(world), closed = make_snapshot(world);
  make_public(world, open);
  const ec2::DescribeSnapshotsRequest by_id{.snapshot_ids = {open}}, everything{.restorable_by_user_ids = {"all"}};
  const auto is_usable_by_other = [&] {
    world.as(kOtherAccount);
    const bool named = !world.call(by_id).snapshots.empty();
    const auto listed = world.call(everything).snapshots;
    const bool is_listed = std::ranges::any_of(listed, [&](const auto& one) { return one.snapshot_id == open; });
    CHECK(named == is_listed);
    const ec2::CreateVolumeRequest use{.availability_zone = std::string(kZone), .snapshot_id = open};
    CHECK(world.error_of(use) == (named ? "" : "InvalidSnapshot.NotFound"));
    world.as(kAccount);
    return named;
  };
  const auto state = world.call(ec2::GetSnapshotBlockPublicAccessStateRequest{});
  CHECK(state.state == "unblocked");
  CHECK(state.managed_by == "account");
  CHECK(is_usable_by_other());

  CHECK(block(world, "block-new-sharing") == "block-new-sharing");
  CHECK(publish_error(world, closed) == "OperationNotPermitted");
  CHECK(is_usable_by_other());
  share(world, closed, kOtherAccount);

  CHECK(block(world, "block-all-sharing") == "block-all-sharing");
  CHECK(world.call(ec2::GetSnapshotBlockPublicAccessStateRequest{}).state == "block-all-sharing");
  CHECK(publish_error(world, closed) == "OperationNotPermitted");
  CHECK_FALSE(is_usable_by_other());
  // The attribute still says that it is public, and sharing with accounts goes on.
  CHECK(world.call(ec2::DescribeSnapshotAttributeRequest{.attribute = "createVolumePermission", .snapshot_id = open})
            .create_volume_permissions.at(0)
            .group == "all");
  CHECK(world.as(kOtherAccount).call(ec2::DescribeSnapshotsRequest{.snapshot_ids = {closed}}).snapshots.size() == 1);
  CHECK(world.call(ec2::GetSnapshotBlockPublicAccessStateRequest{}).state == "unblocked");

  CHECK(world.as(kAccount).call(ec2::DisableSnapshotBlockPublicAccessRequest{}).state == "unblocked");
  CHECK(is_usable_by_other());
  CHECK(publish_error(world, closed) == "");
  CHECK(world.error_of(ec2::EnableSnapshotBlockPublicAccessRequest{.state = "unblocked"}) == "InvalidRequest");
}

TEST_CASE("ResetSnapshotAttribute makes a snapshot private", "[snapshots][ResetSnapshotAttribute]") {
  World world;
  const std::string id = make_snapshot(world);
  make_public(world, id);
  share(world, id, kOtherAccount);
  const ec2::ResetSnapshotAttributeRequest reset{.attribute = "createVolumePermission", .snapshot_id = id};
  CHECK(world.as(kOtherAccount).error_of(reset) == "AuthFailure");
  world.as(kAccount).call(reset);
  CHECK(world.as(kOtherAccount).call(ec2::DescribeSnapshotsRequest{.snapshot_ids = {id}}).snapshots.empty());
  CHECK(world.as(kAccount).error_of(ec2::ResetSnapshotAttributeRequest{.attribute = "productCodes",
                                                                       .snapshot_id = id}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::ResetSnapshotAttributeRequest{.attribute = "createVolumePermission",
                                                          .snapshot_id = "snap-0123456789abcdef0"}) ==
        "InvalidSnapshot.NotFound");
}

namespace {

struct Machine {
  std::string instance, root, data, other;
};

Machine make_machine(World& world) {
  Machine machine{.instance = put_instance(world),
                  .root = make_volume(world),
                  .data = make_volume(world, {.encrypted = true}),
                  .other = make_volume(world)};
  const auto attach = [&](const std::string& volume, const char* device) {
    world.call(ec2::AttachVolumeRequest{.device = device, .instance_id = machine.instance, .volume_id = volume});
  };
  attach(machine.root, "/dev/xvda");
  attach(machine.data, "/dev/sdf");
  attach(machine.other, "/dev/sdg");
  return machine;
}

std::vector<std::string> volumes_of(const ec2::CreateSnapshotsResult& result) {
  std::vector<std::string> volumes;
  for (const ec2::SnapshotInfo& snapshot : result.snapshots) volumes.push_back(*snapshot.volume_id);
  return volumes;
}

using Volumes = std::vector<std::string>;

}  // namespace

TEST_CASE("CreateSnapshots takes all volumes of an instance at one moment", "[snapshots][CreateSnapshots]") {
  World world;
  const Machine machine = make_machine(world);
  world.call(ec2::CreateTagsRequest{.resources = {machine.data}, .tags = {{.key = "Role", .value = "data"}}});
  ec2::CreateSnapshotsRequest request{
      .description = "set",
      .instance_specification = {.instance_id = machine.instance},
      .tag_specifications = {{.resource_type = "snapshot", .tags = {{.key = "Set", .value = "1"}}}},
      .copy_tags_from_source = "volume"};
  const auto result = world.call(request);
  CHECK(volumes_of(result) == Volumes{machine.root, machine.data, machine.other});
  for (const ec2::SnapshotInfo& snapshot : result.snapshots) {
    CHECK(snapshot.state == "pending");
    CHECK(snapshot.start_time == world.now());
    CHECK(snapshot.description == "set");
    CHECK(snapshot.owner_id == kAccount);
    CHECK(describe_snapshot(world, *snapshot.snapshot_id).state == "completed");
  }
  CHECK(result.snapshots[0].tags.size() == 1);
  CHECK(result.snapshots[1].tags.size() == 2);
  CHECK(result.snapshots[1].encrypted == true);
}

TEST_CASE("CreateSnapshots leaves volumes out", "[snapshots][CreateSnapshots]") {
  World world;
  const Machine machine = make_machine(world);
  const auto taken = [&](bool without_root, Volumes excluded) {
    return volumes_of(world.call(
        ec2::CreateSnapshotsRequest{.instance_specification = {.instance_id = machine.instance,
                                                               .exclude_boot_volume = without_root,
                                                               .exclude_data_volume_ids = std::move(excluded)}}));
  };
  CHECK(taken(true, {}) == Volumes{machine.data, machine.other});
  CHECK(taken(false, {machine.data}) == Volumes{machine.root, machine.other});
  struct Row {
    ec2::InstanceSpecification instance;
    const char* code;
  };
  const Row rows[] = {
      {{.instance_id = "i-1"}, "InvalidInstanceID.Malformed"},
      {{.instance_id = "i-0123456789abcdef0"}, "InvalidInstanceID.NotFound"},
      {{.instance_id = machine.instance, .exclude_data_volume_ids = {"vol-1"}}, "InvalidVolumeID.Malformed"},
      {{.instance_id = machine.instance, .exclude_data_volume_ids = {machine.root}}, "InvalidParameterValue"},
      {{.instance_id = machine.instance, .exclude_data_volume_ids = {make_volume(world)}}, "InvalidParameterValue"},
      {{.instance_id = put_instance(world)}, "InvalidParameterValue"},
  };
  const std::size_t before = world.make_call().snapshots().count();
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(ec2::CreateSnapshotsRequest{.instance_specification = row.instance}) == row.code);
  }
  CHECK(world.error_of(ec2::CreateSnapshotsRequest{.instance_specification = {.instance_id = machine.instance},
                                                   .location = "local"}) == "InvalidParameterValue");
  CHECK(world.make_call().snapshots().count() == before);
}
