#include "handlers/volumes.hpp"
#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

ec2::VolumeAttachment attach(World& world, const std::string& volume, const std::string& instance,
                             const std::string& device = "/dev/sdf") {
  return world.call(ec2::AttachVolumeRequest{.device = device, .instance_id = instance, .volume_id = volume});
}

std::string attach_error(World& world, const std::string& volume, const std::string& instance,
                         const std::string& device = "/dev/sdf") {
  return world.error_of(ec2::AttachVolumeRequest{.device = device, .instance_id = instance, .volume_id = volume});
}

// A volume that is attached as the instance's root device.
std::string put_root_volume(World& world, const std::string& instance_id) {
  const std::string id = make_volume(world);
  handlers::Call call = world.make_call();
  state::Volume volume = call.volumes().find(id).value();
  state::Instance instance = call.instances().find(instance_id).value();
  instance.instance.block_device_mappings.push_back(
      attach(call, volume,
             {.instance_id = instance_id, .device = "/dev/xvda", .state = "attached", .delete_on_termination = true}));
  call.instances().update(instance);
  return id;
}

std::string make_shared_volume(World& world) {
  return make_volume(world, {.iops = 100, .size = 10, .volume_type = "io1", .multi_attach_enabled = true});
}

}  // namespace

TEST_CASE("AttachVolume shows in the volume and in the instance", "[volumes][AttachVolume]") {
  World world;
  const std::string volume = make_volume(world);
  const std::string instance = put_instance(world);
  const auto attachment = attach(world, volume, instance);
  CHECK(attachment.state == "attaching");
  CHECK(attachment.volume_id == volume);
  CHECK(attachment.instance_id == instance);
  CHECK(attachment.device == "/dev/sdf");
  CHECK(attachment.attach_time == world.now());
  CHECK(attachment.delete_on_termination == false);

  const ec2::Volume shown = describe_volume(world, volume);
  CHECK(shown.state == "in-use");
  CHECK(shown.attachments.at(0).state == "attached");
  const auto mapping = instance_of(world, instance).block_device_mappings.at(0);
  CHECK(mapping.device_name == "/dev/sdf");
  CHECK(mapping.ebs->volume_id == volume);
  CHECK(mapping.ebs->status == "attached");
  CHECK(mapping.ebs->delete_on_termination == false);
  CHECK(mapping.ebs->attach_time == world.now());
}

TEST_CASE("DetachVolume leaves nothing behind", "[volumes][DetachVolume]") {
  World world;
  const std::string volume = make_volume(world);
  const std::string instance = put_instance(world);
  attach(world, volume, instance);
  const auto attachment = world.call(ec2::DetachVolumeRequest{.volume_id = volume});
  CHECK(attachment.state == "detaching");
  CHECK(attachment.instance_id == instance);
  const ec2::Volume shown = describe_volume(world, volume);
  CHECK(shown.state == "available");
  CHECK(shown.attachments.empty());
  CHECK(instance_of(world, instance).block_device_mappings.empty());
  attach(world, volume, instance);
}

TEST_CASE("Attaching and detaching take realistic time, forcing does not", "[volumes][AttachVolume][DetachVolume]") {
  World world(handlers::realistic_profile());
  const std::string volume = make_volume(world);
  const std::string instance = put_instance(world);
  CHECK(attach_error(world, volume, instance) == "IncorrectState");
  world.advance(10s);
  attach(world, volume, instance);
  CHECK(describe_volume(world, volume).attachments.at(0).state == "attaching");
  CHECK(instance_of(world, instance).block_device_mappings.at(0).ebs->status == "attaching");
  world.advance(10s);
  CHECK(describe_volume(world, volume).attachments.at(0).state == "attached");

  world.call(ec2::DetachVolumeRequest{.volume_id = volume});
  CHECK(describe_volume(world, volume).attachments.at(0).state == "detaching");
  CHECK(instance_of(world, instance).block_device_mappings.at(0).ebs->status == "detaching");
  CHECK(world.error_of(ec2::DetachVolumeRequest{.volume_id = volume}) == "IncorrectState");
  SECTION("time does it") {
    world.advance(10s);
    CHECK(describe_volume(world, volume).state == "available");
  }
  SECTION("Force does it now") {
    world.call(ec2::DetachVolumeRequest{.force = true, .volume_id = volume});
    CHECK(describe_volume(world, volume).state == "available");
  }
}

TEST_CASE("AttachVolume refuses what does not fit together", "[volumes][AttachVolume]") {
  World world;
  const std::string volume = make_volume(world);
  const std::string instance = put_instance(world);
  SECTION("ids") {
    CHECK(attach_error(world, "vol-1", instance) == "InvalidVolumeID.Malformed");
    CHECK(attach_error(world, volume, "i-1") == "InvalidInstanceID.Malformed");
    CHECK(attach_error(world, "vol-0123456789abcdef0", instance) == "InvalidVolume.NotFound");
    CHECK(attach_error(world, volume, "i-0123456789abcdef0") == "InvalidInstanceID.NotFound");
  }
  SECTION("another zone") {
    const std::string elsewhere = make_volume(world, {.availability_zone = "us-east-1b"});
    CHECK(attach_error(world, elsewhere, instance) == "InvalidVolume.ZoneMismatch");
  }
  SECTION("a volume that is attached") {
    attach(world, volume, instance);
    CHECK(attach_error(world, volume, instance, "/dev/sdg") == "VolumeInUse");
    CHECK(attach_error(world, volume, put_instance(world)) == "VolumeInUse");
  }
  SECTION("a device that is taken") {
    attach(world, volume, instance);
    CHECK(attach_error(world, make_volume(world), instance) == "InvalidParameterValue");
  }
  SECTION("names that are no devices") {
    for (const char* device : {"", "/dev/", "/dev/sdf1", "/dev/sdk1", "/dev/nvme1n1", "/dev/sdaa", "/dev/xvdea",
                               "/dev/xvda1", "/dev/sdF", "sd", "xvd", "/dev/hda", "/dev//dev/sdf"}) {
      INFO(device);
      CHECK(attach_error(world, volume, instance, device) == "InvalidParameterValue");
    }
  }
  SECTION("instances that are neither running nor stopped") {
    for (const char* state : {"pending", "stopping", "shutting-down", "terminated"}) {
      INFO(state);
      CHECK(attach_error(world, volume, put_instance(world, state)) == "IncorrectState");
    }
  }
  SECTION("an EBS card that the type does not have") {
    CHECK(world.error_of(ec2::AttachVolumeRequest{
              .device = "/dev/sdf", .instance_id = instance, .volume_id = volume, .ebs_card_index = 1}) ==
          "InvalidParameterValue");
  }
  SECTION("a dry run") {
    CHECK(world.error_of(ec2::AttachVolumeRequest{
              .device = "/dev/sdf", .instance_id = instance, .volume_id = volume, .dry_run = true}) ==
          "DryRunOperation");
  }
  if (describe_volume(world, volume).attachments.empty())
    CHECK(instance_of(world, instance).block_device_mappings.empty());
}

TEST_CASE("A stopped instance takes volumes, under any device name of EBS", "[volumes][AttachVolume]") {
  World world;
  const std::string instance = put_instance(world, "stopped");
  for (const char* device : {"/dev/sdf", "/dev/sda1", "/dev/xvda", "/dev/xvdba", "xvdh", "sdz"})
    CHECK(attach_error(world, make_volume(world), instance, device) == "");
}

TEST_CASE("An instance takes as many volumes as its type allows", "[volumes][AttachVolume]") {
  World world;
  // t3.micro: 27 volumes, less the network interfaces beyond the first.
  const std::string instance = put_instance(world, "running", {.network_interfaces = {{}, {}}});
  for (char first : {'b', 'c'})
    for (char second = 'a'; second <= 'z' && instance_of(world, instance).block_device_mappings.size() < 26; ++second)
      attach(world, make_volume(world), instance, std::string("/dev/xvd") + first + second);
  CHECK(attach_error(world, make_volume(world), instance) == "AttachmentLimitExceeded");
}

TEST_CASE("Multi-Attach lets several instances share a volume", "[volumes][AttachVolume][DetachVolume]") {
  World world;
  const std::string volume = make_shared_volume(world);
  const std::string one = put_instance(world), two = put_instance(world);
  attach(world, volume, one);
  CHECK(attach_error(world, volume, one, "/dev/sdg") == "VolumeInUse");
  CHECK(attach_error(world, volume, put_instance(world, "running", {.instance_type = "t2.micro"})) ==
        "UnsupportedOperation");
  attach(world, volume, two);
  CHECK(describe_volume(world, volume).attachments.size() == 2);

  CHECK(world.error_of(ec2::DetachVolumeRequest{.volume_id = volume}) == "InvalidParameterCombination");
  world.call(ec2::DetachVolumeRequest{.instance_id = one, .volume_id = volume});
  const ec2::Volume shown = describe_volume(world, volume);
  CHECK(shown.state == "in-use");
  CHECK(shown.attachments.at(0).instance_id == two);
  CHECK(instance_of(world, one).block_device_mappings.empty());
  world.call(ec2::DetachVolumeRequest{.volume_id = volume});
  CHECK(describe_volume(world, volume).state == "available");

  for (int i = 0; i < 16; ++i) attach(world, volume, put_instance(world));
  CHECK(attach_error(world, volume, put_instance(world)) == "AttachmentLimitExceeded");
}

TEST_CASE("DetachVolume refuses what is not attached like that", "[volumes][DetachVolume]") {
  World world;
  const std::string volume = make_volume(world);
  const std::string instance = put_instance(world);
  CHECK(world.error_of(ec2::DetachVolumeRequest{.volume_id = volume}) == "IncorrectState");
  attach(world, volume, instance);
  struct Row {
    ec2::DetachVolumeRequest request;
    const char* code;
  };
  const Row rows[] = {
      {{.volume_id = "vol-1"}, "InvalidVolumeID.Malformed"},
      {{.volume_id = "vol-0123456789abcdef0"}, "InvalidVolume.NotFound"},
      {{.instance_id = "i-1", .volume_id = volume}, "InvalidInstanceID.Malformed"},
      {{.instance_id = "i-0123456789abcdef0", .volume_id = volume}, "InvalidInstanceID.NotFound"},
      {{.instance_id = put_instance(world), .volume_id = volume}, "InvalidAttachment.NotFound"},
      {{.device = "/dev/sdg", .volume_id = volume}, "InvalidAttachment.NotFound"},
      {{.device = "/dev/sdf", .instance_id = instance, .volume_id = volume, .dry_run = true}, "DryRunOperation"},
      {{.device = "/dev/sdf", .instance_id = instance, .volume_id = volume}, ""},
  };
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(row.request) == row.code);
  }
}

TEST_CASE("A root volume comes off a stopped instance only", "[volumes][DetachVolume]") {
  World world;
  const std::string instance = put_instance(world);
  const std::string root = put_root_volume(world, instance);
  CHECK(world.error_of(ec2::DetachVolumeRequest{.volume_id = root}) == "OperationNotPermitted");
  CHECK(world.error_of(ec2::DetachVolumeRequest{.force = true, .volume_id = root}) == "OperationNotPermitted");
  put_state(world, instance, "stopped");
  world.call(ec2::DetachVolumeRequest{.volume_id = root});
  CHECK(describe_volume(world, root).state == "available");
  attach(world, root, instance, "/dev/xvda");
}

TEST_CASE("Product codes come and go with their volume", "[volumes][AttachVolume][DetachVolume]") {
  World world;
  const std::string volume = make_volume(world);
  handlers::Call call = world.make_call();
  state::Volume row = call.volumes().find(volume).value();
  row.product_codes = {{.product_code_id = "abc", .product_code_type = "marketplace"}};
  call.volumes().update(row);
  const std::string instance = put_instance(world);
  CHECK(attach_error(world, volume, instance) == "IncorrectState");
  put_state(world, instance, "stopped");
  attach(world, volume, instance);
  CHECK(instance_of(world, instance).product_codes.at(0).product_code_id == "abc");
  world.call(ec2::DetachVolumeRequest{.volume_id = volume});
  world.call(ec2::DescribeVolumesRequest{});
  CHECK(instance_of(world, instance).product_codes.empty());
}

TEST_CASE("Volumes are listed root first, and leave with their instance as agreed", "[volumes]") {
  World world;
  const std::string instance = put_instance(world);
  const std::string data = make_volume(world);
  attach(world, data, instance, "/dev/sdb");
  const std::string temporary = make_volume(world);
  attach(world, temporary, instance, "/dev/sda1");
  const std::string root = put_root_volume(world, instance);

  handlers::Call call = world.make_call();
  std::vector<std::string> ids;
  for (const auto& volume : volumes_attached_to(call, instance)) ids.push_back(*volume.volume.volume_id);
  CHECK(ids == std::vector{root, temporary, data});

  set_delete_on_termination(call, temporary, instance, true);
  release_volumes_of(call, call.instances().find(instance).value());
  ids.clear();
  for (const auto& volume : world.call(ec2::DescribeVolumesRequest{}).volumes) ids.push_back(*volume.volume_id);
  CHECK(ids == std::vector{data});
  CHECK(describe_volume(world, data).state == "available");
}
