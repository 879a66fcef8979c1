#include "tests/handlers/image_world.hpp"

#include <functional>

using namespace amity;
using tests::ImageWorld;
using tests::kAccount;
using tests::kOtherAccount;
using tests::mapping_at;

TEST_CASE("RegisterImage keeps what the request says", "[images][RegisterImage]") {
  ImageWorld world;
  const std::string root = world.snapshot({.gib = 8});
  const std::string data = world.snapshot({.gib = 4});
  const ec2::RegisterImageRequest request{
      .boot_mode = "uefi",
      .tpm_support = "v2.0",
      .uefi_data = "QU1aTg==",
      .imds_support = "v2.0",
      .tag_specifications = tests::tags_on("image", "Name", "golden"),
      .name = "golden (1) [x] a.b/c-d'e@f_g",
      .description = "Built elsewhere",
      .architecture = "arm64",
      .root_device_name = "/dev/sda1",
      .block_device_mappings =
          {{.ebs = ec2::EbsBlockDevice{.snapshot_id = root, .volume_size = 10, .volume_type = "gp3"},
            .device_name = "/dev/sda1"},
           {.ebs =
                ec2::EbsBlockDevice{
                    .delete_on_termination = true, .iops = 200, .snapshot_id = data, .volume_type = "io1"},
            .device_name = "/dev/sdf"},
           {.ebs = ec2::EbsBlockDevice{.volume_size = 3, .encrypted = true}, .device_name = "/dev/sdg"},
           {.device_name = "/dev/sdb", .virtual_name = "ephemeral0"},
           {.no_device = "", .device_name = "/dev/sdc"}},
      .virtualization_type = "hvm",
      .sriov_net_support = "simple",
      .ena_support = true};
  const auto image = world.describe(*world.call(request).image_id);
  CHECK(image.state == "available");
  CHECK(image.name == request.name);
  CHECK(image.description == "Built elsewhere");
  CHECK(image.architecture == "arm64");
  CHECK(image.virtualization_type == "hvm");
  CHECK(image.root_device_name == "/dev/sda1");
  CHECK(image.boot_mode == "uefi");
  CHECK(image.tpm_support == "v2.0");
  CHECK(image.imds_support == "v2.0");
  CHECK(image.sriov_net_support == "simple");
  CHECK(image.ena_support == true);
  CHECK(image.platform_details == "Linux/UNIX");
  CHECK(image.usage_operation == "RunInstances");
  CHECK_FALSE(image.platform);
  CHECK_FALSE(image.source_instance_id);
  CHECK_FALSE(image.source_image_id);
  REQUIRE(image.tags.size() == 1);

  REQUIRE(image.block_device_mappings.size() == 4);
  const auto first = mapping_at(image, "/dev/sda1")->ebs.value();
  CHECK(first.snapshot_id == root);
  CHECK(first.volume_size == 10);
  CHECK(first.delete_on_termination == true);
  CHECK(first.encrypted == false);
  const auto second = mapping_at(image, "/dev/sdf")->ebs.value();
  CHECK(second.volume_size == 4);
  CHECK(second.iops == 200);
  CHECK(second.delete_on_termination == true);
  const auto third = mapping_at(image, "/dev/sdg")->ebs.value();
  CHECK(third.encrypted == true);
  CHECK(third.volume_type == "gp2");
  CHECK(third.delete_on_termination == false);
  CHECK(mapping_at(image, "/dev/sdb")->virtual_name == "ephemeral0");
  CHECK(world.snapshot_count() == 2);
}

TEST_CASE("RegisterImage has EC2's old-fashioned defaults", "[images][RegisterImage]") {
  ImageWorld world;
  auto request = ImageWorld::registration("plain", world.snapshot());
  request.architecture.reset();
  request.virtualization_type.reset();
  // Terraform sends members that it does not mean as empty texts.
  request.image_location = "";
  request.kernel_id = "";
  request.ramdisk_id = "";
  request.sriov_net_support = "";
  request.description = "";
  const auto image = world.describe(*world.call(request).image_id);
  CHECK(image.architecture == "i386");
  CHECK(image.virtualization_type == "paravirtual");
  CHECK_FALSE(image.kernel_id);
  CHECK_FALSE(image.ramdisk_id);
  CHECK_FALSE(image.sriov_net_support);
  CHECK_FALSE(image.description);
  CHECK_FALSE(image.boot_mode);
  CHECK_FALSE(image.ena_support);
}

TEST_CASE("RegisterImage takes licensing from the snapshot", "[images][RegisterImage]") {
  ImageWorld world;
  const std::string id = world.snapshot();
  auto call = world.make_call();
  auto snapshot = world.stored_snapshot(id);
  snapshot.platform_details = "Windows";
  snapshot.usage_operation = "RunInstances:0002";
  snapshot.product_codes = {{.product_code_id = "abc", .product_code_type = "marketplace"}};
  call.snapshots().update(snapshot);
  const auto image = world.describe(world.image("licensed", id));
  CHECK(image.platform == "windows");
  CHECK(image.platform_details == "Windows");
  CHECK(image.usage_operation == "RunInstances:0002");
  REQUIRE(image.product_codes.size() == 1);
  CHECK(image.product_codes.front().product_code_id == "abc");
}

TEST_CASE("An image registered from CreateImage's root snapshot keeps its licensing", "[images][RegisterImage]") {
  ImageWorld world;
  const std::string instance = world.instance();
  {
    auto call = world.make_call();
    auto windows = *call.instances().find(instance);
    windows.instance.platform = "windows";
    windows.instance.platform_details = "Windows with SQL Server Web";
    windows.instance.usage_operation = "RunInstances:0202";
    call.instances().update(windows);
  }
  const auto made =
      world.describe(*world.call(ec2::CreateImageRequest{.instance_id = instance, .name = "made"}).image_id);
  CHECK(made.platform == "windows");
  const auto again = world.describe(world.image("again", *made.block_device_mappings.front().ebs->snapshot_id));
  CHECK(again.platform == "windows");
  CHECK(again.usage_operation == "RunInstances:0202");
}

TEST_CASE("RegisterImage accepts snapshots that are shared with the caller", "[images][RegisterImage]") {
  ImageWorld world;
  world.as(kOtherAccount);
  const std::string foreign = world.snapshot();
  world.as(kAccount);
  CHECK(world.error_of(ImageWorld::registration("golden", foreign)) == "InvalidSnapshot.NotFound");
  world.as(kOtherAccount).share_snapshot(foreign, {.user_id = std::string(kAccount)});
  world.as(kAccount);
  CHECK(world.error_of(ImageWorld::registration("golden", foreign)) == "");
}

TEST_CASE("RegisterImage refuses what EC2 refuses, and leaves no trace", "[images][RegisterImage]") {
  ImageWorld world;
  const std::string good = world.snapshot({.gib = 8});
  const std::string pending = world.snapshot({.state = "pending"});
  const std::string failed = world.snapshot({.state = "error"});
  const std::string taken = world.image("taken");

  struct Row {
    std::string code;
    std::function<void(ec2::RegisterImageRequest&)> spoil;
  };
  const auto root = [](ec2::EbsBlockDevice ebs) {
    return [=](ec2::RegisterImageRequest& request) { request.block_device_mappings.front().ebs = ebs; };
  };
  const auto more = [](ec2::BlockDeviceMapping mapping) {
    return [=](ec2::RegisterImageRequest& request) { request.block_device_mappings.push_back(mapping); };
  };
  const Row rows[] = {
      {"InvalidAMIName.Duplicate", [](auto& request) { request.name = "taken"; }},
      {"InvalidAMIName.Malformed", [](auto& request) { request.name = "a,b"; }},
      {"InvalidManifest", [](auto& request) { request.image_location = "bucket/image.manifest.xml"; }},
      {"MissingParameter", [](auto& request) { request.root_device_name.reset(); }},
      {"InvalidBlockDeviceMapping", [](auto& request) { request.root_device_name = "/dev/sda1"; }},
      {"InvalidBlockDeviceMapping", [](auto& request) { request.block_device_mappings.clear(); }},
      {"InvalidBlockDeviceMapping", root({.volume_size = 8})},
      {"InvalidBlockDeviceMapping", root({.snapshot_id = good, .volume_size = 7})},
      {"InvalidBlockDeviceMapping", root({.snapshot_id = good, .encrypted = true})},
      {"InvalidBlockDeviceMapping", root({.snapshot_id = good, .encrypted = false})},
      {"InvalidParameterValue", root({.snapshot_id = good, .volume_size = 20000, .volume_type = "gp2"})},
      {"InvalidSnapshotID.Malformed", root({.snapshot_id = "snap-1"})},
      {"InvalidSnapshot.NotFound", root({.snapshot_id = "snap-00000000000000000"})},
      {"IncorrectState", root({.snapshot_id = pending})},
      {"IncorrectState", root({.snapshot_id = failed})},
      {"InvalidBlockDeviceMapping", more({.ebs = ec2::EbsBlockDevice{.volume_size = 1}, .device_name = "/dev/xvda"})},
      {"InvalidBlockDeviceMapping", more({.ebs = ec2::EbsBlockDevice{.volume_size = 1}, .device_name = "/dev/floppy"})},
      {"InvalidBlockDeviceMapping", more({.ebs = ec2::EbsBlockDevice{.volume_size = 1}})},
      {"InvalidBlockDeviceMapping", more({.ebs = ec2::EbsBlockDevice{}, .device_name = "/dev/sdf"})},
      {"InvalidBlockDeviceMapping",
       more({.ebs = ec2::EbsBlockDevice{.volume_size = 1}, .device_name = "/dev/sdf", .virtual_name = "ephemeral0"})},
      {"InvalidParameterValue", [](auto& request) { request.virtualization_type = "xen"; }},
      {"InvalidParameterValue", [](auto& request) { request.sriov_net_support = "none"; }},
      {"InvalidParameterValue", [](auto& request) { request.uefi_data = "***"; }},
      {"InvalidParameterCombination", [](auto& request) { request.tpm_support = "v2.0"; }},
      {"InvalidAMIID.Malformed", [](auto& request) { request.kernel_id = "ami-0123456789abcdef0"; }},
      {"InvalidAMIID.Malformed", [](auto& request) { request.ramdisk_id = "ari"; }},
      {"InvalidParameterValue",
       [](auto& request) { request.tag_specifications = tests::tags_on("snapshot", "a", "b"); }},
  };
  for (const Row& row : rows) {
    auto request = ImageWorld::registration("golden", good);
    row.spoil(request);
    INFO(row.code);
    CHECK(world.error_of(request) == row.code);
  }
  CHECK(world.own_ids() == std::vector{taken});
}

TEST_CASE("Names of images are unique in an account and region only", "[images][RegisterImage]") {
  ImageWorld world;
  world.image("golden");
  CHECK(world.error_of(ImageWorld::registration("Golden", world.snapshot())) == "");
  world.in("eu-west-1");
  CHECK(world.error_of(ImageWorld::registration("golden", world.snapshot())) == "");
  world.in("us-east-1").as(kOtherAccount);
  CHECK(world.error_of(ImageWorld::registration("golden", world.snapshot())) == "");
}
