#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace amity::tests;

namespace {

constexpr const char* kPartner = "222222222222";

std::string base_image(WireWorld& world) {
  const auto answer = world.ec2("DescribeImages", {{"Owner.1", "amazon"},
                                                   {"Filter.1.Name", "name"},
                                                   {"Filter.1.Value.1", "al2023-ami-2023*-x86_64"},
                                                   {"Filter.2.Name", "state"},
                                                   {"Filter.2.Value.1", "available"}});
  const auto ids = answer.texts("//imagesSet/item/imageId");
  REQUIRE(!ids.empty());
  return ids.back();
}

std::string launch(WireWorld& world, const Parameters& more = {}) {
  Parameters parameters = {
      {"ImageId", base_image(world)}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}};
  parameters.insert(parameters.end(), more.begin(), more.end());
  const auto answer = world.ec2("RunInstances", parameters);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return answer.text("RunInstancesResponse/instancesSet/item/instanceId");
}

std::string bake(WireWorld& world, const std::string& instance, const std::string& name) {
  const auto answer = world.ec2("CreateImage", {{"InstanceId", instance}, {"Name", name}});
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return answer.text("CreateImageResponse/imageId");
}

WireAnswer describe(WireWorld& world, const std::string& image) {
  return world.ec2("DescribeImages", {{"ImageId.1", image}});
}

std::vector<std::string> snapshots_of(WireWorld& world, const std::string& image) {
  return describe(world, image).texts("//blockDeviceMapping/item/ebs/snapshotId");
}

std::string state_of(WireWorld& world, const std::string& image) {
  return describe(world, image).text("DescribeImagesResponse/imagesSet/item/imageState");
}

}  // namespace

TEST_CASE("CreateImage takes a snapshot of the root and of each attached volume", "[images][CreateImage]") {
  WireWorld world;
  const std::string instance = launch(world, {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                              {"BlockDeviceMapping.1.Ebs.VolumeSize", "12"},
                                              {"BlockDeviceMapping.2.DeviceName", "/dev/sdg"},
                                              {"BlockDeviceMapping.2.Ebs.VolumeSize", "3"}});
  const auto created = world.ec2("CreateImage", {{"InstanceId", instance}, {"Name", "golden"}});
  const std::string image = created.text("CreateImageResponse/imageId");
  CHECK(state_of(world, image) == "available");
  const auto snapshots = world.ec2("DescribeSnapshots", {{"Owner.1", "self"}});
  auto sizes = snapshots.texts("//snapshotSet/item/volumeSize");
  std::sort(sizes.begin(), sizes.end());
  CHECK(sizes == std::vector<std::string>{"12", "3", "8"});
  for (const std::string& description : snapshots.texts("//snapshotSet/item/description"))
    CHECK(description == "Created by CreateImage(" + instance + ") for " + image);
}

TEST_CASE("An image is pending in the realistic profile until its time has come", "[images][CreateImage]") {
  WireWorld world(amity::handlers::realistic_profile());
  const std::string instance = launch(world);
  world.advance(std::chrono::minutes{5});
  const std::string image = bake(world, instance, "golden");
  CHECK(state_of(world, image) == "pending");
  CHECK(
      world
          .ec2("RunInstances", {{"ImageId", image}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}})
          .error_code() == "InvalidAMIID.Unavailable");
  world.advance(std::chrono::minutes{30});
  CHECK(state_of(world, image) == "available");
}

TEST_CASE("CopyImage makes new snapshots in the destination region", "[images][CopyImage]") {
  WireWorld world;
  const std::string image = bake(world, launch(world), "golden");
  const auto originals = snapshots_of(world, image);
  world.in("eu-west-1");
  const auto copied =
      world.ec2("CopyImage", {{"SourceRegion", "us-east-1"}, {"SourceImageId", image}, {"Name", "golden"}});
  const std::string copy = copied.text("CopyImageResponse/imageId");
  const auto copies = snapshots_of(world, copy);
  REQUIRE(copies.size() == originals.size());
  CHECK(copies != originals);
  const auto described = describe(world, copy);
  CHECK(described.text("DescribeImagesResponse/imagesSet/item/sourceImageId") == image);
  CHECK(described.text("DescribeImagesResponse/imagesSet/item/sourceImageRegion") == "us-east-1");
  const auto snapshot = world.ec2("DescribeSnapshots", {{"SnapshotId.1", copies.front()}});
  CHECK(snapshot.text("DescribeSnapshotsResponse/snapshotSet/item/volumeId") == "vol-ffffffff");
}

TEST_CASE("Launch permissions decide what another account sees, launches and copies",
          "[images][ModifyImageAttribute]") {
  WireWorld world;
  const std::string image = bake(world, launch(world), "golden");
  const auto snapshots = snapshots_of(world, image);
  const Parameters run = {{"ImageId", image}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}};
  const Parameters copy = {{"SourceRegion", "us-east-1"}, {"SourceImageId", image}, {"Name", "mine"}};

  world.as(kPartner);
  CHECK(describe(world, image).count("//imagesSet/item") == 0);
  CHECK(world.ec2("RunInstances", run).error_code() == "AuthFailure");
  world.as("111111111111");
  REQUIRE(world.ec2("ModifyImageAttribute", {{"ImageId", image}, {"LaunchPermission.Add.1.UserId", kPartner}}).status ==
          200);

  world.as(kPartner);
  CHECK(describe(world, image).count("//imagesSet/item") == 1);
  CHECK(world.ec2("RunInstances", run).status == 200);
  CHECK(world.ec2("CopyImage", copy).error_code() == "InvalidRequest");
  world.as("111111111111");
  for (const std::string& snapshot : snapshots)
    REQUIRE(world
                .ec2("ModifySnapshotAttribute", {{"SnapshotId", snapshot},
                                                 {"Attribute", "createVolumePermission"},
                                                 {"OperationType", "add"},
                                                 {"UserId.1", kPartner}})
                .status == 200);
  world.as(kPartner);
  CHECK(world.ec2("CopyImage", copy).status == 200);
}

TEST_CASE("Deregistering leaves instances running and snapshots behind", "[images][DeregisterImage]") {
  WireWorld world;
  const std::string image = bake(world, launch(world), "golden");
  const auto snapshots = snapshots_of(world, image);
  const auto run = world.ec2("RunInstances",
                             {{"ImageId", image}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  const std::string instance = run.text("RunInstancesResponse/instancesSet/item/instanceId");
  CHECK(world.ec2("DeleteSnapshot", {{"SnapshotId", snapshots.front()}}).error_code() == "InvalidSnapshot.InUse");

  const auto deregistered = world.ec2("DeregisterImage", {{"ImageId", image}});
  CHECK(deregistered.text("DeregisterImageResponse/return") == "true");
  CHECK(world.ec2("DeregisterImage", {{"ImageId", image}}).error_code() == "InvalidAMIID.Unavailable");
  CHECK(
      world
          .ec2("RunInstances", {{"ImageId", image}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}})
          .error_code() == "InvalidAMIID.Unavailable");
  const auto instances = world.ec2("DescribeInstances", {{"InstanceId.1", instance}});
  CHECK(instances.text("DescribeInstancesResponse/reservationSet/item/instancesSet/item/instanceState/name") ==
        "running");
  const auto left = world.ec2("DescribeSnapshots", {{"Owner.1", "self"}});
  CHECK(left.count("//snapshotSet/item") == snapshots.size());
  const auto deleted = world.ec2("DeleteSnapshot", {{"SnapshotId", snapshots.front()}});
  CHECK(deleted.text("DeleteSnapshotResponse/return") == "true");
}

TEST_CASE("A call that fails leaves no row behind", "[RunInstances]") {
  WireWorld world;
  const auto failed = world.ec2("RunInstances", {{"ImageId", base_image(world)},
                                                 {"InstanceType", "t3.micro"},
                                                 {"MinCount", "3"},
                                                 {"MaxCount", "3"},
                                                 {"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                                 {"BlockDeviceMapping.1.Ebs.SnapshotId", "snap-0123456789abcdef0"}});
  CHECK(failed.error_code() == "InvalidSnapshot.NotFound");
  CHECK(world.ec2("DescribeInstances").count("//instancesSet/item") == 0);
  CHECK(world.ec2("DescribeVolumes").count("//volumeSet/item") == 0);
  CHECK(world.ec2("DescribeNetworkInterfaces").count("//networkInterfaceSet/item") == 0);
}

TEST_CASE("User data of any bytes up to 16 KiB comes back as it was", "[RunInstances]") {
  WireWorld world;
  const std::string encoded = "AP8QgA0KCg==";  // 00 ff 10 80 0d 0a 0a
  const std::string instance = launch(world, {{"UserData", "AP8Q\ngA0K\nCg=="}});
  const auto answer = world.ec2("DescribeInstanceAttribute", {{"InstanceId", instance}, {"Attribute", "userData"}});
  CHECK(answer.text("DescribeInstanceAttributeResponse/userData/value") == encoded);
}

TEST_CASE("Libcloud's requests are understood: GET, version 2 signature, zero-based lists, Python's booleans",
          "[clients]") {
  WireWorld world;
  const Parameters host = {{"Host", "localhost"}};
  const std::string signature =
      "&AWSAccessKeyId=111111111111&SignatureVersion=2&SignatureMethod=HmacSHA256&Signature=x&Version=2016-11-15";
  const auto images = world.send(
      "GET",
      "/?Action=DescribeImages&Owner.0=amazon&Filter.0.Name=name&Filter.0.Value.0=al2023-ami-2023*-x86_64" + signature,
      host, "");
  REQUIRE(images.count("//imagesSet/item") > 0);
  CHECK(images.body.find("xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"") != std::string::npos);
  const std::string instance = launch(world);
  const auto image =
      world.send("GET", "/?Action=CreateImage&Name=golden&NoReboot=True&InstanceId=" + instance + signature, host, "");
  CHECK(image.status == 200);
  const auto tagged = world.send(
      "GET", "/?Action=CreateTags&ResourceId.0=" + instance + "&Tag.0.Key=a&Tag.0.Value=b" + signature, host, "");
  CHECK(tagged.text("CreateTagsResponse/return") == "true");
}

TEST_CASE("Packer's empty parameters are as good as absent", "[clients][RunInstances]") {
  WireWorld world;
  const auto group = world.ec2("CreateSecurityGroup", {{"GroupName", "g"}, {"GroupDescription", "d"}, {"VpcId", ""}});
  CHECK(group.status == 200);
  CHECK(
      !launch(world, {{"IamInstanceProfile.Name", ""}, {"SubnetId", ""}, {"Placement.AvailabilityZone", ""}}).empty());
}

TEST_CASE("Packer's doubled form of permissions is understood", "[clients][ModifyImageAttribute]") {
  WireWorld world;
  const std::string image = bake(world, launch(world), "golden");
  CHECK(world
            .ec2("ModifyImageAttribute",
                 {{"ImageId", image}, {"LaunchPermission.Add.1.UserId", kPartner}, {"UserId.1", kPartner}})
            .status == 200);
  const std::string snapshot = snapshots_of(world, image).front();
  CHECK(world
            .ec2("ModifySnapshotAttribute",
                 {{"SnapshotId", snapshot}, {"CreateVolumePermission.Add.1.UserId", kPartner}, {"UserId.1", kPartner}})
            .status == 200);
  CHECK(world.as(kPartner)
            .ec2("CopyImage", {{"SourceRegion", "us-east-1"}, {"SourceImageId", image}, {"Name", "mine"}})
            .status == 200);
}

TEST_CASE("A launch answers with ids and state before any list, as fog's parser needs", "[clients][RunInstances]") {
  WireWorld world;
  const auto answer =
      world.ec2("RunInstances",
                {{"ImageId", base_image(world)}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
  const auto names = answer.names_in("RunInstancesResponse/instancesSet/item");
  const auto position = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) - names.begin();
  };
  CHECK(position("instanceId") < position("blockDeviceMapping"));
  CHECK(position("imageId") < position("groupSet"));
  CHECK(position("instanceState") < position("networkInterfaceSet"));
}

TEST_CASE("Older API versions are answered in the namespace that was asked for", "[gateway]") {
  WireWorld world;
  const auto answer =
      world.send("POST", "/", {{"Host", "localhost"}, {"Content-Type", "application/x-www-form-urlencoded"}},
                 "Action=DescribeRegions&Version=2014-10-01");
  CHECK(answer.body.find("xmlns=\"http://ec2.amazonaws.com/doc/2014-10-01/\"") != std::string::npos);
}

TEST_CASE("Every implemented operation refuses a parameter that it does not have", "[decoder]") {
  WireWorld world;
  for (const char* action :
       {"DescribeImages", "RunInstances", "CreateImage", "CreateVolume", "DescribeSnapshots", "CreateTags"}) {
    INFO(action);
    CHECK(world.ec2(action, {{"Colour", "red"}}).error_code() == "UnknownParameter");
  }
}
