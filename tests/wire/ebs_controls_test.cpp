#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

using namespace amity::tests;

namespace {

using Texts = std::vector<std::string>;

std::string make_volume(WireWorld& world) {
  return world.ec2("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "8"}})
      .text("CreateVolumeResponse/volumeId");
}

std::string make_snapshot(WireWorld& world) {
  return world.ec2("CreateSnapshot", {{"VolumeId", make_volume(world)}}).text("CreateSnapshotResponse/snapshotId");
}

}  // namespace

TEST_CASE("A snapshot is locked, archived, restored and at last deleted, in XML", "[snapshots][wire]") {
  WireWorld world;
  const std::string id = make_snapshot(world);
  const auto lock = world.ec2("LockSnapshot", {{"SnapshotId", id}, {"LockMode", "governance"}, {"LockDuration", "1"}});
  REQUIRE(lock.status == 200);
  CHECK(lock.text("LockSnapshotResponse/lockState") == "governance");
  CHECK(lock.text("LockSnapshotResponse/lockExpiresOn") == "2026-01-03T03:04:05.000Z");
  CHECK(world.ec2("DeleteSnapshot", {{"SnapshotId", id}}).error_code() == "OperationNotPermitted");
  CHECK(world.ec2("DescribeLockedSnapshots").texts("//snapshotSet/item/snapshotId") == Texts{id});
  CHECK(world.ec2("LockSnapshot", {{"SnapshotId", id}, {"LockMode", "compliance"}, {"CoolOffPeriod", "73"}}).status ==
        400);

  CHECK(world.ec2("ModifySnapshotTier", {{"SnapshotId", id}, {"StorageTier", "archive"}})
            .text("ModifySnapshotTierResponse/tieringStartTime") == "2026-01-02T03:04:05.000Z");
  const auto tier =
      world.ec2("DescribeSnapshotTierStatus", {{"Filter.1.Name", "snapshot-id"}, {"Filter.1.Value.1", id}});
  CHECK(tier.texts("//snapshotTierStatusSet/item/storageTier") == Texts{"archive"});
  CHECK(tier.texts("//snapshotTierStatusSet/item/lastTieringOperationStatus") == Texts{"archival-completed"});
  CHECK(world.ec2("RestoreSnapshotTier", {{"SnapshotId", id}, {"PermanentRestore", "true"}})
            .text("RestoreSnapshotTierResponse/isPermanentRestore") == "true");

  const auto enabled =
      world.ec2("EnableFastSnapshotRestores", {{"AvailabilityZone.1", "us-east-1a"}, {"SourceSnapshotId.1", id}});
  CHECK(enabled.texts("//successful/item/state") == Texts{"enabling"});
  CHECK(world.ec2("DescribeFastSnapshotRestores").texts("//fastSnapshotRestoreSet/item/state") == Texts{"enabled"});
  CHECK(world.ec2("UnlockSnapshot", {{"SnapshotId", id}}).status == 200);
  CHECK(world.ec2("DisableFastSnapshotRestores", {{"AvailabilityZone.1", "us-east-1a"}, {"SourceSnapshotId.1", id}})
            .texts("//successful/item/state") == Texts{"disabling"});
  world.ec2("DescribeFastSnapshotRestores");
  CHECK(world.ec2("DeleteSnapshot", {{"SnapshotId", id}}).text("DeleteSnapshotResponse/return") == "true");
}

TEST_CASE("An account's settings of EBS, in XML", "[snapshots][volumes][wire]") {
  WireWorld world;
  CHECK(world.ec2("GetEbsEncryptionByDefault").text("GetEbsEncryptionByDefaultResponse/ebsEncryptionByDefault") ==
        "false");
  CHECK(world.ec2("EnableEbsEncryptionByDefault").text("EnableEbsEncryptionByDefaultResponse/ebsEncryptionByDefault") ==
        "true");
  CHECK(world.ec2("GetEbsDefaultKmsKeyId").text("GetEbsDefaultKmsKeyIdResponse/kmsKeyId") == "alias/aws/ebs");
  const auto volume = world.ec2("DescribeVolumes", {{"VolumeId.1", make_volume(world)}});
  CHECK(volume.texts("//volumeSet/item/encrypted") == Texts{"true"});
  CHECK(world.ec2("GetSnapshotBlockPublicAccessState").texts("//managedBy") == Texts{"account"});
  CHECK(world.ec2("EnableSnapshotBlockPublicAccess", {{"State", "block-new-sharing"}}).texts("//state") ==
        Texts{"block-new-sharing"});
  CHECK(world
            .ec2("ModifySnapshotAttribute",
                 {{"SnapshotId", make_snapshot(world)}, {"CreateVolumePermission.Add.1.Group", "all"}})
            .error_code() == "OperationNotPermitted");
  CHECK(world.ec2("EnableSnapshotBlockPublicAccess", {{"State", "unblocked"}}).error_code() == "InvalidRequest");
  CHECK(world.ec2("EnableSnapshotBlockPublicAccess").error_code() == "MissingParameter");
}

TEST_CASE("A volume grows, and tells how, in XML", "[volumes][wire]") {
  WireWorld world;
  const std::string id = make_volume(world);
  const auto modified = world.ec2("ModifyVolume", {{"VolumeId", id}, {"Size", "20"}, {"VolumeType", "gp3"}});
  REQUIRE(modified.status == 200);
  const std::string root = "ModifyVolumeResponse/volumeModification/";
  CHECK(modified.text(root + "modificationState") == "modifying");
  CHECK(modified.text(root + "originalIops") == "100");
  CHECK(modified.text(root + "targetThroughput") == "125");
  CHECK(modified.text(root + "progress") == "0");
  const auto shown = world.ec2("DescribeVolumesModifications", {{"VolumeId.1", id}});
  CHECK(shown.texts("//volumeModificationSet/item/modificationState") == Texts{"completed"});
  CHECK(world.ec2("DescribeVolumeStatus", {{"VolumeId.1", id}}).texts("//volumeStatusSet/item/volumeStatus/status") ==
        Texts{"ok"});
  CHECK(world.ec2("ModifyVolumeAttribute", {{"VolumeId", id}, {"AutoEnableIO.Value", "true"}}).status == 200);
  CHECK(world.ec2("DescribeVolumeAttribute", {{"VolumeId", id}, {"Attribute", "autoEnableIO"}})
            .text("DescribeVolumeAttributeResponse/autoEnableIO/value") == "true");
  CHECK(world.ec2("CopyVolumes", {{"SourceVolumeId", id}}).texts("//volumeSet/item/sourceVolumeId") == Texts{id});
}
