#include "tests/handlers/image_world.hpp"

#include <chrono>
#include <functional>

using namespace amity;
using tests::ImageWorld;
using tests::mapping_at;
using namespace std::chrono_literals;

namespace {

ec2::CreateImageRequest image_of(const std::string& instance_id, const std::string& name = "golden") {
  return {.instance_id = instance_id, .name = name};
}

const std::vector<tests::Disk> kThreeDisks = {
    {.device = "/dev/xvda", .gib = 8, .delete_on_termination = true},
    {.device = "/dev/sdf", .gib = 20, .type = "gp2"},
    {.device = "/dev/sdg", .gib = 30, .encrypted = true},
};

ec2::BlockDeviceMapping at(std::string device, ec2::EbsBlockDevice ebs) {
  return {.ebs = std::move(ebs), .device_name = std::move(device)};
}

}  // namespace

TEST_CASE("CreateImage makes a snapshot of every attached volume", "[images][CreateImage]") {
  ImageWorld world;
  const std::string instance = world.instance(kThreeDisks);
  const std::string id = *world.call(image_of(instance)).image_id;
  CHECK(world.snapshot_count() == 3);
  const auto image = world.describe(id);
  REQUIRE(image.block_device_mappings.size() == 3);

  const auto root = mapping_at(image, "/dev/xvda")->ebs.value();
  CHECK(root.volume_size == 8);
  CHECK(root.volume_type == "gp3");
  CHECK(root.iops == 3000);
  CHECK(root.throughput == 125);
  CHECK(root.delete_on_termination == true);
  CHECK(root.encrypted == false);
  const auto data = mapping_at(image, "/dev/sdf")->ebs.value();
  CHECK(data.volume_size == 20);
  CHECK(data.volume_type == "gp2");
  CHECK_FALSE(data.iops);
  CHECK(data.delete_on_termination == false);
  const auto encrypted = mapping_at(image, "/dev/sdg")->ebs.value();
  CHECK(encrypted.encrypted == true);
  CHECK_FALSE(encrypted.kms_key_id);

  const auto snapshot = world.stored_snapshot(*data.snapshot_id).snapshot;
  CHECK(snapshot.description == "Created by CreateImage(" + instance + ") for " + id);
  CHECK(snapshot.volume_size == 20);
  CHECK(snapshot.owner_id == "111111111111");
  CHECK(snapshot.volume_id != world.stored_snapshot(*root.snapshot_id).snapshot.volume_id);
}

TEST_CASE("CreateImage takes over what the instance is", "[images][CreateImage]") {
  ImageWorld world;
  world.source_image_id = world.image("source");
  world.change_image(world.source_image_id, [](state::Image& image) { image.image.imds_support = "v2.0"; });
  const std::string instance = world.instance();
  auto request = image_of(instance);
  request.description = "As it is";
  const auto image = world.describe(*world.call(request).image_id);
  CHECK(image.architecture == "x86_64");
  CHECK(image.virtualization_type == "hvm");
  CHECK(image.root_device_name == "/dev/xvda");
  CHECK(image.ena_support == true);
  CHECK(image.sriov_net_support == "simple");
  CHECK(image.boot_mode == "uefi-preferred");
  CHECK(image.platform_details == "Linux/UNIX");
  CHECK(image.usage_operation == "RunInstances");
  CHECK(image.imds_support == "v2.0");
  CHECK(image.description == "As it is");
  CHECK(image.source_instance_id == instance);
  CHECK(image.source_image_id == world.source_image_id);
  CHECK(image.source_image_region == "us-east-1");
  CHECK(image.is_public == false);
}

TEST_CASE("CreateImage's image is pending until its snapshots are there", "[images][CreateImage]") {
  ImageWorld world(handlers::realistic_profile());
  const std::string id = *world.call(image_of(world.instance())).image_id;
  auto image = world.describe(id);
  CHECK(image.state == "pending");
  const std::string snapshot = *image.block_device_mappings.front().ebs->snapshot_id;
  CHECK(world.stored_snapshot(snapshot).snapshot.state == "pending");
  world.advance(89s);
  CHECK(world.describe(id).state == "pending");
  world.advance(1s);
  CHECK(world.describe(id).state == "available");
  CHECK(world.stored_snapshot(snapshot).snapshot.state == "completed");
}

TEST_CASE("CreateImage fails in the end when a snapshot or the instance is lost", "[images][CreateImage]") {
  ImageWorld world(handlers::realistic_profile());
  const std::string instance = world.instance();
  const std::string id = *world.call(image_of(instance)).image_id;
  SECTION("the instance is terminated meanwhile") {
    world.set_instance_state(instance, ec2::InstanceStateName::terminated);
    world.advance(2min);
    const auto image = world.describe(id);
    CHECK(image.state == "failed");
    CHECK(image.state_reason.value().code == "Client.InstanceTerminated");
  }
  SECTION("a snapshot ends in error") {
    auto call = world.make_call();
    auto snapshot = world.stored_snapshot(*world.describe(id).block_device_mappings.front().ebs->snapshot_id);
    snapshot.snapshot.state = ec2::SnapshotState::error;
    call.snapshots().update(snapshot);
    world.advance(2min);
    const auto image = world.describe(id);
    CHECK(image.state == "failed");
    CHECK(image.state_reason.value().code == "Client.InternalError");
    CHECK(world.ids_of({.owners = {"self"}, .filters = {tests::filter("state-reason-code", {"Client.Int*"})}}) ==
          std::vector{id});
  }
}

TEST_CASE("CreateImage reboots a running instance unless told not to", "[images][CreateImage]") {
  ImageWorld world;
  const std::string instance = world.instance();
  const auto reboots = [&](const std::string& id) { return world.make_call().instances().find(id)->reboot_times; };
  world.advance(1min);
  SECTION("by default") {
    world.call(image_of(instance));
    CHECK(reboots(instance) == std::vector{world.now()});
    CHECK(world.make_call().instances().find(instance)->instance.state->name == "running");
  }
  SECTION("NoReboot") {
    auto request = image_of(instance);
    request.no_reboot = true;
    world.call(request);
    CHECK(reboots(instance).empty());
  }
  SECTION("a stopped instance stays so") {
    world.set_instance_state(instance, ec2::InstanceStateName::stopped);
    world.call(image_of(instance));
    CHECK(reboots(instance).empty());
  }
}

TEST_CASE("CreateImage merges the request's mapping into the instance's", "[images][CreateImage]") {
  ImageWorld world;
  const std::string instance = world.instance(kThreeDisks);
  auto request = image_of(instance);
  const auto created = [&] { return world.describe(*world.call(request).image_id); };

  SECTION("NoDevice leaves a volume out, and takes no snapshot of it") {
    request.block_device_mappings = {{.no_device = "", .device_name = "/dev/sdf"}};
    const auto image = created();
    CHECK_FALSE(mapping_at(image, "/dev/sdf"));
    CHECK(image.block_device_mappings.size() == 2);
    CHECK(world.snapshot_count() == 2);
  }
  SECTION("NoDevice for a device that is not there does nothing") {
    request.block_device_mappings = {{.no_device = "", .device_name = "/dev/sdz"}};
    CHECK(created().block_device_mappings.size() == 3);
  }
  SECTION("only DeleteOnTermination of a volume can be changed") {
    request.block_device_mappings = {
        at("/dev/xvda", {.delete_on_termination = false, .volume_size = 8, .volume_type = "gp2"})};
    const auto root = mapping_at(created(), "/dev/xvda")->ebs.value();
    CHECK(root.delete_on_termination == false);
    CHECK(root.volume_size == 8);
    CHECK(root.volume_type == "gp3");
    CHECK(world.snapshot_count() == 3);
  }
  SECTION("empty volumes, volumes from snapshots and instance store volumes are added") {
    const std::string snapshot = world.snapshot({.gib = 5});
    request.block_device_mappings = {at("/dev/sdh", {.volume_size = 100, .volume_type = "gp3", .encrypted = true}),
                                     at("/dev/sdi", {.delete_on_termination = true, .snapshot_id = snapshot}),
                                     {.device_name = "/dev/sdb", .virtual_name = "ephemeral0"}};
    const auto image = created();
    CHECK(image.block_device_mappings.size() == 6);
    const auto empty = mapping_at(image, "/dev/sdh")->ebs.value();
    CHECK(empty.volume_size == 100);
    CHECK(empty.encrypted == true);
    CHECK(empty.delete_on_termination == false);
    CHECK_FALSE(empty.snapshot_id);
    const auto filled = mapping_at(image, "/dev/sdi")->ebs.value();
    CHECK(filled.snapshot_id == snapshot);
    CHECK(filled.volume_size == 5);
    CHECK(filled.volume_type == "gp2");
    CHECK(filled.encrypted == false);
    CHECK(mapping_at(image, "/dev/sdb")->virtual_name == "ephemeral0");
    CHECK_FALSE(mapping_at(image, "/dev/sdb")->ebs);
  }
}

TEST_CASE("CreateImage keeps the instance store devices of the source image", "[images][CreateImage]") {
  ImageWorld world;
  auto source = ImageWorld::registration("source", world.snapshot());
  source.block_device_mappings.push_back({.device_name = "/dev/sdb", .virtual_name = "ephemeral0"});
  world.source_image_id = *world.call(source).image_id;
  auto request = image_of(world.instance());
  CHECK(mapping_at(world.describe(*world.call(request).image_id), "/dev/sdb").value().virtual_name == "ephemeral0");
  request.name = "without";
  request.block_device_mappings = {{.no_device = "", .device_name = "/dev/sdb"}};
  CHECK_FALSE(mapping_at(world.describe(*world.call(request).image_id), "/dev/sdb"));
}

TEST_CASE("CreateImage tags the image and its snapshots", "[images][CreateImage]") {
  ImageWorld world;
  auto request = image_of(world.instance(kThreeDisks));
  request.tag_specifications = {{.resource_type = "image", .tags = {{.key = "Name", .value = "golden"}}},
                                {.resource_type = "snapshot", .tags = {{.key = "Kind", .value = "backup"}}}};
  const auto image = world.describe(*world.call(request).image_id);
  REQUIRE(image.tags.size() == 1);
  CHECK(image.tags.front().value == "golden");
  for (const auto& mapping : image.block_device_mappings) {
    const auto tags = world.make_call().tags().of(*mapping.ebs->snapshot_id);
    REQUIRE(tags.size() == 1);
    CHECK(tags.front().key == "Kind");
  }
}

TEST_CASE("CreateImage refuses what EC2 refuses, and leaves no trace", "[images][CreateImage]") {
  ImageWorld world;
  const std::string instance = world.instance(kThreeDisks);
  const std::string taken = world.image("taken");
  const std::string pending_snapshot = world.snapshot({.state = "pending"});
  const std::size_t snapshots = world.snapshot_count();

  struct Row {
    std::string code;
    std::function<void(ec2::CreateImageRequest&)> spoil;
  };
  const auto mapping = [](std::string device, ec2::EbsBlockDevice ebs) {
    return [=](ec2::CreateImageRequest& request) { request.block_device_mappings = {at(device, ebs)}; };
  };
  const auto entry = [](ec2::BlockDeviceMapping one) {
    return [=](ec2::CreateImageRequest& request) { request.block_device_mappings = {one}; };
  };
  const Row rows[] = {
      {"InvalidInstanceID.Malformed", [](auto& request) { request.instance_id = "i-nonsense"; }},
      {"InvalidInstanceID.NotFound", [](auto& request) { request.instance_id = "i-00000000000000000"; }},
      {"InvalidAMIName.Duplicate", [](auto& request) { request.name = "taken"; }},
      {"InvalidAMIName.Malformed", [](auto& request) { request.name = "no"; }},
      {"InvalidAMIName.Malformed", [](auto& request) { request.name = "what?"; }},
      {"InvalidAMIName.Malformed", [](auto& request) { request.name = std::string(129, 'x'); }},
      {"InvalidParameterValue", [](auto& request) { request.tag_specifications = tests::tags_on("volume", "a", "b"); }},
      {"InvalidParameterValue", [](auto& request) { request.snapshot_location = "local"; }},
      {"InvalidBlockDeviceMapping", entry({.no_device = "", .device_name = "/dev/xvda"})},
      {"InvalidBlockDeviceMapping", entry({.device_name = "/dev/xvda", .virtual_name = "ephemeral0"})},
      {"InvalidBlockDeviceMapping", entry({.device_name = "/dev/sdx"})},
      {"InvalidBlockDeviceMapping", entry({.device_name = "/dev/sdx", .virtual_name = "ephemeral"})},
      {"InvalidBlockDeviceMapping", entry({.virtual_name = "ephemeral0"})},
      {"InvalidBlockDeviceMapping", entry({.device_name = "floppy", .virtual_name = "ephemeral0"})},
      {"InvalidBlockDeviceMapping", mapping("/dev/xvda", {.snapshot_id = world.snapshot()})},
      {"InvalidBlockDeviceMapping", mapping("/dev/sdf", {.encrypted = true})},
      {"InvalidBlockDeviceMapping", mapping("/dev/sdx", {.snapshot_id = world.snapshot(), .encrypted = false})},
      {"InvalidBlockDeviceMapping", mapping("/dev/sdx", {.snapshot_id = world.snapshot(), .volume_size = 7})},
      {"InvalidBlockDeviceMapping", mapping("/dev/sdx", {.volume_type = "gp3"})},
      {"InvalidParameterValue", mapping("/dev/sdx", {.volume_size = 10, .kms_key_id = "alias/mine"})},
      {"InvalidSnapshot.NotFound", mapping("/dev/sdx", {.snapshot_id = "snap-00000000000000000"})},
      {"InvalidSnapshotID.Malformed", mapping("/dev/sdx", {.snapshot_id = "snap"})},
      {"IncorrectState", mapping("/dev/sdx", {.snapshot_id = pending_snapshot})},
      {"InvalidBlockDeviceMapping",
       [](auto& request) {
         request.block_device_mappings = {at("/dev/sdx", {.volume_size = 1}), at("/dev/sdx", {.volume_size = 2})};
       }},
  };
  const std::size_t before = world.snapshot_count();
  CHECK(before > snapshots);
  for (const Row& row : rows) {
    auto request = image_of(instance);
    row.spoil(request);
    INFO(row.code);
    CHECK(world.error_of(request) == row.code);
  }
  CHECK(world.snapshot_count() == before);
  CHECK(world.own_ids() == std::vector{taken});
  CHECK(world.make_call().instances().find(instance)->reboot_times.empty());
}

TEST_CASE("CreateImage needs an instance that runs or is stopped", "[images][CreateImage]") {
  ImageWorld world;
  for (const std::string state : {"pending", "stopping", "shutting-down", "terminated"}) {
    INFO(state);
    CHECK(world.error_of(image_of(world.instance({{.device = "/dev/xvda"}}, state))) == "IncorrectInstanceState");
  }
  SECTION("and one with a root volume") {
    const std::string instance = world.instance();
    auto call = world.make_call();
    for (const auto& volume : handlers::volumes_attached_to(call, instance))
      handlers::delete_volume_row(call, *volume.volume.volume_id);
    CHECK(world.error_of(image_of(instance)) == "InvalidParameterValue");
  }
}

TEST_CASE("A name is free again once its image is deregistered", "[images][CreateImage]") {
  ImageWorld world;
  const std::string instance = world.instance();
  const std::string id = *world.call(image_of(instance)).image_id;
  CHECK(world.error_of(image_of(instance)) == "InvalidAMIName.Duplicate");
  world.call(ec2::DeregisterImageRequest{.image_id = id});
  CHECK(world.error_of(image_of(instance)) == "");
}
