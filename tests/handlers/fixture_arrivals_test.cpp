#include "tests/handlers/fixture_world.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

// Loads one element of a list for the account whose calls follow.
void load_one(World& world, std::string_view list, std::string_view element) {
  load(world, fmt::format(R"({{"Account": "111111111111", "{}": [{}]}})", list, element));
}

}  // namespace

TEST_CASE("Snapshots on their way arrive", "[fixtures][arrivals][snapshots]") {
  World world;
  for (const char* state : {"pending", "recovering"}) {
    load_one(world, "Snapshots",
             fmt::format(R"({{"SnapshotId": "snap-00000001", "VolumeSize": 8, "State": "{}"}})", state));
    CHECK(snapshot(world, "snap-00000001").state == "completed");
  }
  load_one(world, "Snapshots",
           R"({"SnapshotId": "snap-00000001", "VolumeSize": 8, "Tiering": {"Status": "archival-in-progress"}})");
  CHECK(snapshot(world, "snap-00000001").storage_tier == "archive");
  load_one(world, "Snapshots",
           R"({"SnapshotId": "snap-00000001", "VolumeSize": 8, "StorageTier": "archive",
               "Tiering": {"Status": "permanent-restore-in-progress"}})");
  CHECK(snapshot(world, "snap-00000001").storage_tier == "standard");
}

TEST_CASE("A temporary restore ends when the fixture says", "[fixtures][arrivals][snapshots]") {
  World world;
  load_one(world, "Snapshots",
           R"({"SnapshotId": "snap-00000001", "VolumeSize": 8, "RestoreExpiryTime": "2026-01-03T00:00:00Z"})");
  CHECK(snapshot(world, "snap-00000001").storage_tier != "archive");
  world.advance(24h);
  CHECK(snapshot(world, "snap-00000001").storage_tier == "archive");
}

TEST_CASE("Images and volumes on their way arrive", "[fixtures][arrivals]") {
  World world;
  load_one(world, "Snapshots", R"({"SnapshotId": "snap-00000001", "VolumeSize": 8})");
  load_one(world, "Images", R"({"ImageId": "ami-00000001", "State": "pending", "BlockDeviceMappings": [
      {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-00000001", "VolumeSize": 8}}]})");
  CHECK(image(world, "ami-00000001").state == "available");
  load_one(world, "Volumes", R"({"VolumeId": "vol-00000001", "Size": 8, "State": "creating"})");
  CHECK(volume(world, "vol-00000001").state == "available");
  for (const char* state : {"modifying", "optimizing"}) {
    load_one(world, "Volumes",
             fmt::format(R"({{"VolumeId": "vol-00000002", "Size": 8, "Modification": {{"VolumeId": "vol-00000002",
                 "ModificationState": "{}", "OriginalSize": 8, "TargetSize": 9, "TargetVolumeType": "gp3"}}}})",
                         state));
    CHECK(world.call(ec2::DescribeVolumesModificationsRequest{.volume_ids = {"vol-00000002"}})
              .volumes_modifications.at(0)
              .modification_state == "completed");
  }
  load_one(world, "Volumes", R"({"VolumeId": "vol-00000001", "Size": 8, "State": "deleting"})");
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {"vol-00000001"}}) == "InvalidVolume.NotFound");
}

TEST_CASE("What changes about an instance settles", "[fixtures][arrivals][instances]") {
  World world;
  load_one(world, "Images",
           R"({"ImageId": "ami-00000001", "Architecture": "x86_64", "RootDeviceName": "/dev/xvda",
               "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}]})");
  load_one(world, "Instances",
           R"({"InstanceId": "i-00000001", "ImageId": "ami-00000001", "InstanceType": "t3.micro",
               "Monitoring": {"State": "pending"}, "MetadataOptions": {"State": "pending"},
               "IamInstanceProfile": {"Arn": "arn:aws:iam::111111111111:instance-profile/web", "Id": "AIPA1"},
               "ProfileAssociation": {"AssociationId": "iip-assoc-00000001", "State": "associating"}})");
  const auto described = [&] {
    return world.call(ec2::DescribeInstancesRequest{.instance_ids = {"i-00000001"}}).reservations.at(0).instances.at(0);
  };
  const auto instance = described();
  CHECK(instance.state->name == "running");
  CHECK(instance.monitoring->state == "enabled");
  CHECK(instance.metadata_options->state == "applied");
  const auto associations = [&] {
    return world.call(ec2::DescribeIamInstanceProfileAssociationsRequest{}).iam_instance_profile_associations;
  };
  CHECK(associations().at(0).state == "associated");
  load_one(world, "Instances",
           R"({"InstanceId": "i-00000001", "ImageId": "ami-00000001", "InstanceType": "t3.micro",
               "Monitoring": {"State": "disabling"},
               "IamInstanceProfile": {"Arn": "arn:aws:iam::111111111111:instance-profile/web", "Id": "AIPA1"},
               "ProfileAssociation": {"AssociationId": "iip-assoc-00000001", "State": "disassociating"}})");
  CHECK(described().monitoring->state == "disabled");
  CHECK(associations().empty());
}

TEST_CASE("NAT gateways on their way arrive", "[fixtures][arrivals][vpc]") {
  World world;
  const auto load_gateway = [&](std::string_view state) {
    load_one(world, "NatGateways",
             fmt::format(R"({{"NatGatewayId": "nat-00000001", "SubnetId": "subnet-00000001", "VpcId": "vpc-00000001",
                              "State": "{}"}})",
                         state));
  };
  const auto state_of = [&] {
    return *world.call(ec2::DescribeNatGatewaysRequest{.nat_gateway_ids = {"nat-00000001"}}).nat_gateways.at(0).state;
  };
  load_gateway("pending");
  CHECK(state_of() == "available");
  for (const char* state : {"deleting", "deleted", "failed"}) {
    load_gateway(state);
    CHECK(state_of() == (std::string_view(state) == "failed" ? "failed" : "deleted"));
    world.advance(2h);
    CHECK_FALSE(world.error_of(ec2::DescribeNatGatewaysRequest{.nat_gateway_ids = {"nat-00000001"}}).empty());
  }
}

TEST_CASE("Placement groups and Spot requests on their way arrive", "[fixtures][arrivals][instances]") {
  World world;
  load_one(world, "PlacementGroups", R"({"GroupName": "rack", "State": "pending"})");
  CHECK(world.call(ec2::DescribePlacementGroupsRequest{}).placement_groups.at(0).state == "available");
  load_one(world, "SpotInstanceRequests", R"({"SpotInstanceRequestId": "sir-00000001", "State": "cancelled"})");
  const auto requests = [&] { return world.call(ec2::DescribeSpotInstanceRequestsRequest{}).spot_instance_requests; };
  CHECK(requests().size() == 1);
  world.advance(49h);
  CHECK(requests().empty());
}

TEST_CASE("An open Spot request is evaluated", "[fixtures][arrivals][spot]") {
  World world;
  load_one(world, "SpotInstanceRequests",
           R"({"SpotInstanceRequestId": "sir-00000001", "State": "open", "Type": "one-time",
               "LaunchSpecification": {"ImageId": "ami-0000dead", "InstanceType": "t3.micro"}})");
  const auto request = world.call(ec2::DescribeSpotInstanceRequestsRequest{}).spot_instance_requests.at(0);
  CHECK(request.state == "failed");  // there is no such image
}

TEST_CASE("Fast snapshot restores and usage reports on their way arrive", "[fixtures][arrivals]") {
  World world;
  for (const char* state : {"enabling", "optimizing"}) {
    load_one(
        world, "FastSnapshotRestores",
        fmt::format(R"({{"SnapshotId": "snap-00000001", "AvailabilityZone": "us-east-1a", "State": "{}"}})", state));
    CHECK(world.call(ec2::DescribeFastSnapshotRestoresRequest{}).fast_snapshot_restores.at(0).state == "enabled");
  }
  load_one(world, "ImageUsageReports",
           R"({"ReportId": "amiur-00000001", "ImageId": "ami-00000001", "State": "pending",
               "ExpirationTime": "2026-01-10T00:00:00Z"})");
  const auto reports = [&] { return world.call(ec2::DescribeImageUsageReportsRequest{}).image_usage_reports; };
  CHECK(reports().at(0).state == "available");
  world.advance(10 * 24h);
  CHECK(reports().empty());
}

TEST_CASE("Tasks on their way arrive", "[fixtures][arrivals][image-tasks]") {
  World world;
  SECTION("root volume replacements fail without their volumes") {
    load_one(
        world, "ReplaceRootVolumeTasks",
        R"({"ReplaceRootVolumeTaskId": "replacevol-00000001", "InstanceId": "i-00000001", "TaskState": "pending"})");
    CHECK(world.call(ec2::DescribeReplaceRootVolumeTasksRequest{}).replace_root_volume_tasks.at(0).task_state ==
          "failed");
  }
  SECTION("imports of images") {
    load_one(world, "ImportImageTasks",
             R"({"ImportTaskId": "import-ami-00000001", "Status": "active", "StatusMessage": "converting",
                 "Progress": "28", "SnapshotDetails": [{"Format": "VMDK", "DiskImageSize": 1.0, "Status": "active",
                 "UserBucket": {"S3Bucket": "disks", "S3Key": "a.vmdk"}}]})");
    const auto task = world.call(ec2::DescribeImportImageTasksRequest{}).import_image_tasks.at(0);
    CHECK(task.status == "completed");
    CHECK(image(world, *task.image_id).name == "import-ami-00000001");
  }
  SECTION("imports of snapshots, also canceled ones") {
    load_one(world, "ImportSnapshotTasks",
             R"({"ImportTaskId": "import-snap-00000001", "SnapshotTaskDetail": {"Status": "deleting"}})");
    CHECK(world.call(ec2::DescribeImportSnapshotTasksRequest{})
              .import_snapshot_tasks.at(0)
              .snapshot_task_detail->status == "deleted");
  }
  SECTION("exports, which fail without their image") {
    load_one(world, "ExportImageTasks",
             R"({"ExportImageTaskId": "export-ami-00000001", "Status": "active", "StatusMessage": "updating",
                 "ImageId": "ami-00000001", "S3ExportLocation": {"S3Bucket": "disks"}})");
    CHECK(world.call(ec2::DescribeExportImageTasksRequest{}).export_image_tasks.at(0).status == "deleted");
  }
}

TEST_CASE("What a fixture says of the future counts", "[fixtures][arrivals]") {
  World world;
  load(world, R"({"Account": "111111111111",
      "Snapshots": [{"SnapshotId": "snap-00000001", "VolumeSize": 8, "State": "pending"}],
      "Transitions": [{"ResourceId": "snap-00000001", "Transition": "snapshot.completed",
                       "Due": "2026-01-03T00:00:00Z"}]})");
  CHECK(snapshot(world, "snap-00000001").state == "pending");
  world.advance(24h);
  CHECK(snapshot(world, "snap-00000001").state == "completed");
}

TEST_CASE("Import and export tasks are part of a dump, and go on where it is loaded", "[fixtures][image-tasks]") {
  World world(handlers::realistic_profile());
  ec2::ImportImageRequest request;
  request.disk_containers = {{.user_bucket = ec2::UserBucket{.s3_bucket = "disks", .s3_key = "a.vmdk"}}};
  request.tag_specifications = {{.resource_type = "import-image-task", .tags = {{.key = "Team", .value = "x"}}}};
  const std::string id = *world.call(request).import_task_id;
  world.advance(2min);
  world.call(ec2::DescribeImportImageTasksRequest{});
  const std::string text = dump(world);

  World other(handlers::realistic_profile());
  other.advance(2min);
  load(other, text);
  CHECK(dump(other) == text);
  const auto task_of = [&] { return other.call(ec2::DescribeImportImageTasksRequest{}).import_image_tasks.at(0); };
  CHECK(task_of().import_task_id == id);
  CHECK(task_of().status == "active");
  CHECK(task_of().tags.at(0).key == "Team");
  other.advance(1h);
  CHECK(task_of().status == "completed");
}
