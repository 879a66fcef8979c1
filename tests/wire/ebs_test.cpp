#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace amity::tests;
using Names = std::vector<std::string>;

namespace {

bool contains(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

}  // namespace

TEST_CASE("A volume's life in XML", "[volumes][wire]") {
  WireWorld world;
  const auto made = world.ec2("CreateVolume", {{"AvailabilityZone", "us-east-1a"},
                                               {"Size", "10"},
                                               {"VolumeType", "gp3"},
                                               {"TagSpecification.1.ResourceType", "volume"},
                                               {"TagSpecification.1.Tag.1.Key", "Name"},
                                               {"TagSpecification.1.Tag.1.Value", "a <b> & c"}});
  REQUIRE(made.status == 200);
  const std::string root = "CreateVolumeResponse/";
  const std::string id = made.text(root + "volumeId");
  CHECK(made.text(root + "status") == "creating");
  CHECK(made.text(root + "createTime") == "2026-01-02T03:04:05.000Z");
  CHECK(made.text(root + "iops") == "3000");
  CHECK(made.text(root + "throughput") == "125");
  CHECK(made.text(root + "encrypted") == "false");
  CHECK(made.text(root + "multiAttachEnabled") == "false");
  CHECK(made.text(root + "operator/managed") == "false");
  CHECK(made.text(root + "tagSet/item/value") == "a <b> & c");
  CHECK(contains(made.names_in("CreateVolumeResponse"), "snapshotId"));
  CHECK_FALSE(contains(made.names_in("CreateVolumeResponse"), "kmsKeyId"));

  const auto shown = world.ec2("DescribeVolumes", {{"VolumeId.1", id}});
  CHECK(shown.text("DescribeVolumesResponse/volumeSet/item/status") == "available");
  CHECK(contains(shown.names_in("DescribeVolumesResponse/volumeSet/item"), "attachmentSet"));
  CHECK(world.ec2("DescribeVolumes", {{"VolumeId.1", id}, {"MaxResults", "5"}}).error_code() ==
        "InvalidParameterCombination");
  CHECK(world.ec2("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}, {"VolumeType", "gp9"}}).status ==
        400);

  const auto deleted = world.ec2("DeleteVolume", {{"VolumeId", id}});
  CHECK(deleted.text("DeleteVolumeResponse/return") == "true");
  CHECK(world.ec2("DescribeVolumes", {{"VolumeId.1", id}}).error_code() == "InvalidVolume.NotFound");
  CHECK(contains(world.ec2("DescribeVolumes").names_in("DescribeVolumesResponse"), "volumeSet"));
}

TEST_CASE("A snapshot is shared, copied and deleted in XML, by two accounts", "[snapshots][wire]") {
  WireWorld world;
  const std::string volume = world.ec2("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}})
                                 .text("CreateVolumeResponse/volumeId");
  const auto made = world.ec2("CreateSnapshot", {{"VolumeId", volume}, {"Description", ""}});
  const std::string id = made.text("CreateSnapshotResponse/snapshotId");
  CHECK(made.text("CreateSnapshotResponse/status") == "pending");
  CHECK(made.text("CreateSnapshotResponse/ownerId") == "111111111111");
  CHECK(contains(made.names_in("CreateSnapshotResponse"), "description"));

  const auto describe_as = [&](std::string_view account) {
    return world.as(account).ec2("DescribeSnapshots", {{"SnapshotId.1", id}}).count("//snapshotSet/item");
  };
  CHECK(describe_as("111111111111") == 1);
  CHECK(describe_as("222222222222") == 0);

  world.as("111111111111");
  const auto changed = world.ec2("ModifySnapshotAttribute", {{"SnapshotId", id},
                                                             {"Attribute", "createVolumePermission"},
                                                             {"OperationType", "add"},
                                                             {"UserId.1", "222222222222"},
                                                             {"CreateVolumePermission.Add.1.UserId", "222222222222"}});
  CHECK(changed.text("ModifySnapshotAttributeResponse/return") == "true");
  const auto permissions =
      world.ec2("DescribeSnapshotAttribute", {{"SnapshotId", id}, {"Attribute", "createVolumePermission"}});
  CHECK(permissions.texts("//createVolumePermission/item/userId") == Names{"222222222222"});
  CHECK(describe_as("222222222222") == 1);

  // As SDKs send it, with what is signed for the source region.
  world.as("222222222222").in("eu-west-1");
  const auto copied =
      world.ec2("CopySnapshot", {{"SourceRegion", "us-east-1"},
                                 {"SourceSnapshotId", id},
                                 {"DestinationRegion", "eu-west-1"},
                                 {"PresignedUrl", "https://ec2.us-east-1.amazonaws.com/?Action=x&y=z"}});
  REQUIRE(copied.status == 200);
  const std::string copy = copied.text("CopySnapshotResponse/snapshotId");
  const auto shown = world.ec2("DescribeSnapshots", {{"SnapshotId.1", copy}});
  const std::string item = "DescribeSnapshotsResponse/snapshotSet/item/";
  CHECK(shown.text(item + "status") == "completed");
  CHECK(shown.text(item + "progress") == "100%");
  CHECK(shown.text(item + "volumeId") == "vol-ffffffff");
  CHECK(shown.text(item + "ownerId") == "222222222222");
  CHECK(shown.text(item + "transferType") == "standard");
  CHECK(shown.text(item + "storageTier") == "standard");
  CHECK(shown.text(item + "fullSnapshotSizeInBytes") == "0");
  CHECK(shown.text(item + "completionTime") == "2026-01-02T03:04:05.000Z");

  world.in("us-east-1");
  CHECK(world.ec2("DeleteSnapshot", {{"SnapshotId", id}}).error_code() == "AuthFailure");
  world.as("111111111111");
  CHECK(world.ec2("DeleteSnapshot", {{"SnapshotId", id}}).text("DeleteSnapshotResponse/return") == "true");
  CHECK(world.ec2("DeleteSnapshot", {{"SnapshotId", id}}).error_code() == "InvalidSnapshot.NotFound");
}
