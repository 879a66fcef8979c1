#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace amity::tests {
namespace {

using Mapping = ec2::BlockDeviceMapping;

// An image of the account with an 8 GiB root volume, a 20 GiB data volume from a snapshot and an empty one.
std::string image_with_data(World& world) {
  handlers::Call call = world.make_call();
  ec2::Image image = public_image(world, "al2023-ami-2023");
  image.image_id = call.ids().make("ami");
  image.owner_id = kAccount;
  const std::string snapshot = call.ids().make("snap");
  call.snapshots().insert(
      {.snapshot = {.snapshot_id = snapshot, .state = "completed", .volume_size = 20, .encrypted = false}});
  image.block_device_mappings.push_back({.ebs = {{.delete_on_termination = true,
                                                  .iops = 3000,
                                                  .snapshot_id = snapshot,
                                                  .volume_size = 20,
                                                  .volume_type = "gp3",
                                                  .throughput = 125,
                                                  .encrypted = false}},
                                         .device_name = "/dev/sdf"});
  image.block_device_mappings.push_back({.ebs = {{.volume_size = 5, .volume_type = "gp2"}}, .device_name = "/dev/sdg"});
  image.block_device_mappings.push_back({.device_name = "/dev/sdh", .virtual_name = "ephemeral0"});
  call.images().insert({.image = image});
  return *image.image_id;
}

struct Launched {
  ec2::Instance instance;
  std::map<std::string, ec2::Volume> volumes{};  // by device
  std::map<std::string, bool> deleted_on_termination{};
};

Launched launch_with(World& world, std::vector<Mapping> mappings, const std::string& image_id) {
  auto request = launch_request(world);
  request.image_id = image_id;
  request.block_device_mappings = std::move(mappings);
  Launched launched{.instance = describe(world, ids_of(world.call(request)).front())};
  handlers::Call call = world.make_call();
  for (const auto& device : launched.instance.block_device_mappings) {
    launched.volumes[*device.device_name] = call.volumes().find(*device.ebs->volume_id).value().volume;
    launched.deleted_on_termination[*device.device_name] = *device.ebs->delete_on_termination;
  }
  return launched;
}

TEST_CASE("A launch makes a volume for each EBS device of the image", "[instances][RunInstances][volumes]") {
  World world;
  const auto launched = launch_with(world, {}, image_with_data(world));
  REQUIRE(launched.volumes.size() == 3);
  CHECK(launched.instance.block_device_mappings.front().device_name == "/dev/xvda");
  CHECK(launched.volumes.at("/dev/sdf").size == 20);
  CHECK(launched.volumes.at("/dev/sdf").availability_zone == launched.instance.placement->availability_zone);
  CHECK(launched.volumes.at("/dev/sdg").size == 5);
  CHECK(launched.volumes.at("/dev/sdg").snapshot_id == "");
  CHECK(launched.deleted_on_termination.at("/dev/xvda"));
  CHECK(launched.deleted_on_termination.at("/dev/sdf"));
  CHECK_FALSE(launched.deleted_on_termination.at("/dev/sdg"));
}

TEST_CASE("The request's mapping is laid over the image's, device by device", "[instances][RunInstances][volumes]") {
  World world;
  const std::string image = image_with_data(world);
  SECTION("a size alone keeps the snapshot") {
    const auto launched = launch_with(world, {{.ebs = {{.volume_size = 30}}, .device_name = "/dev/xvda"}}, image);
    CHECK(launched.volumes.at("/dev/xvda").size == 30);
    CHECK_FALSE(launched.volumes.at("/dev/xvda").snapshot_id->empty());
    CHECK(launched.volumes.at("/dev/xvda").iops == 3000);
    CHECK(launched.volumes.size() == 3);
  }
  SECTION("another type drops the image's IOPS and throughput") {
    const auto launched = launch_with(world, {{.ebs = {{.volume_type = "gp2"}}, .device_name = "/dev/sdf"}}, image);
    CHECK(launched.volumes.at("/dev/sdf").volume_type == "gp2");
    CHECK(launched.volumes.at("/dev/sdf").iops == 100);
    CHECK_FALSE(launched.volumes.at("/dev/sdf").throughput);
  }
  SECTION("NoDevice drops a device, an unknown one too") {
    const auto launched = launch_with(
        world, {{.no_device = "", .device_name = "/dev/sdf"}, {.no_device = "", .device_name = "/dev/sdz"}}, image);
    CHECK(launched.volumes.size() == 2);
    CHECK_FALSE(launched.volumes.contains("/dev/sdf"));
  }
  SECTION("instance store takes a volume's place") {
    const auto launched = launch_with(world, {{.device_name = "/dev/sdg", .virtual_name = "ephemeral1"}}, image);
    CHECK_FALSE(launched.volumes.contains("/dev/sdg"));
  }
  SECTION("new devices are added, kept on termination unless said otherwise") {
    const auto launched =
        launch_with(world,
                    {{.ebs = {{.volume_size = 1}}, .device_name = "/dev/sdi"},
                     {.ebs = {{.delete_on_termination = true, .volume_size = 2}}, .device_name = "xvdj"}},
                    image);
    CHECK(launched.volumes.at("/dev/sdi").volume_type == "gp2");
    CHECK_FALSE(launched.deleted_on_termination.at("/dev/sdi"));
    CHECK(launched.deleted_on_termination.at("xvdj"));
  }
  SECTION("encryption and termination may change for the root") {
    const auto launched = launch_with(
        world, {{.ebs = {{.delete_on_termination = false, .encrypted = true}}, .device_name = "/dev/xvda"}}, image);
    CHECK(launched.volumes.at("/dev/xvda").encrypted == true);
    CHECK(launched.volumes.at("/dev/xvda").kms_key_id);
    CHECK_FALSE(launched.deleted_on_termination.at("/dev/xvda"));
    CHECK(launched.volumes.at("/dev/sdf").encrypted == false);
  }
}

TEST_CASE("A mapping that cannot be is refused with EC2's code", "[instances][RunInstances][volumes]") {
  World world;
  const std::string image = image_with_data(world);
  struct Row {
    std::string what;
    std::vector<Mapping> mappings;
    std::string code;
  };
  const Row rows[] = {
      {"no name", {{.ebs = {{.volume_size = 1}}}}, "MissingParameter"},
      {"no device name of EC2's",
       {{.ebs = {{.volume_size = 1}}, .device_name = "/dev/disk1"}},
       "InvalidBlockDeviceMapping"},
      {"twice",
       {{.no_device = "", .device_name = "/dev/sdf"}, {.no_device = "", .device_name = "/dev/sdf"}},
       "InvalidBlockDeviceMapping"},
      {"root left out", {{.no_device = "", .device_name = "/dev/xvda"}}, "InvalidBlockDeviceMapping"},
      {"root on instance store",
       {{.device_name = "/dev/xvda", .virtual_name = "ephemeral0"}},
       "InvalidBlockDeviceMapping"},
      {"root from another snapshot",
       {{.ebs = {{.snapshot_id = "snap-00000000000000000"}}, .device_name = "/dev/xvda"}},
       "InvalidBlockDeviceMapping"},
      {"root that cannot boot",
       {{.ebs = {{.volume_size = 500, .volume_type = "st1"}}, .device_name = "/dev/xvda"}},
       "BootForVolumeTypeUnsupported"},
      {"root too small", {{.ebs = {{.volume_size = 1}}, .device_name = "/dev/xvda"}}, "InvalidBlockDeviceMapping"},
      {"both kinds",
       {{.ebs = {{.volume_size = 1}}, .device_name = "/dev/sdi", .virtual_name = "ephemeral0"}},
       "InvalidBlockDeviceMapping"},
      {"virtual name", {{.device_name = "/dev/sdi", .virtual_name = "ephemeral24"}}, "InvalidBlockDeviceMapping"},
      {"virtual name", {{.device_name = "/dev/sdi", .virtual_name = "swap"}}, "InvalidBlockDeviceMapping"},
      {"no size", {{.ebs = {{.volume_type = "gp3"}}, .device_name = "/dev/sdi"}}, "MissingParameter"},
      {"zone",
       {{.ebs = {{.volume_size = 1, .availability_zone = "us-east-1a"}}, .device_name = "/dev/sdi"}},
       "InvalidParameterCombination"},
      {"unknown snapshot",
       {{.ebs = {{.snapshot_id = "snap-00000000000000000"}}, .device_name = "/dev/sdi"}},
       "InvalidSnapshot.NotFound"},
      {"key without encryption",
       {{.ebs = {{.volume_size = 1, .kms_key_id = "alias/mine"}}, .device_name = "/dev/sdi"}},
       "InvalidParameterDependency"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    auto request = launch_request(world);
    request.image_id = image;
    request.block_device_mappings = row.mappings;
    CHECK(world.error_of(request) == row.code);
  }
  handlers::Call call = world.make_call();
  CHECK(call.volumes().count() == 0);
}

TEST_CASE("A type takes only so many volumes", "[instances][RunInstances][volumes]") {
  World world;
  auto request = launch_request(world);
  for (char letter = 'a'; letter <= 'z'; ++letter)
    request.block_device_mappings.push_back(
        {.ebs = {{.volume_size = 1}}, .device_name = std::string("/dev/xvdb") + letter});
  CHECK(world.error_of(request) == "AttachmentLimitExceeded");  // 27 with the root, and one interface: t3.micro has 27
  request.block_device_mappings.pop_back();
  CHECK(world.error_of(request).empty());
}

TEST_CASE("The permission to launch an image lets its volumes be made from another's snapshots",
          "[instances][RunInstances][volumes]") {
  World world;
  const std::string image = image_with_data(world);
  std::string snapshot;
  {
    handlers::Call call = world.make_call();
    auto row = call.images().find(image).value();
    row.launch_permissions = {{.user_id = std::string(kOtherAccount)}};
    call.images().update(row);
    snapshot = *row.image.block_device_mappings.at(1).ebs->snapshot_id;
  }
  world.as(kOtherAccount);
  auto request = launch_request(world);
  request.image_id = image;
  CHECK(world.error_of(request).empty());
  // By itself the snapshot is not to be used.
  request.block_device_mappings = {{.ebs = {{.snapshot_id = snapshot}}, .device_name = "/dev/sdi"}};
  CHECK(world.error_of(request) == "InvalidSnapshot.NotFound");
}

}  // namespace
}  // namespace amity::tests
