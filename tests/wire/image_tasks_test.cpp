#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

Parameters disk(std::string key) {
  return {{"DiskContainer.1.Format", "vmdk"},
          {"DiskContainer.1.UserBucket.S3Bucket", "my-disks"},
          {"DiskContainer.1.UserBucket.S3Key", std::move(key)}};
}

}  // namespace

TEST_CASE("A machine is moved in, changed, and moved out again", "[image-tasks][wire]") {
  WireWorld world(handlers::realistic_profile());
  Parameters request = disk("server.vmdk");
  request.push_back({"Description", "a server"});
  request.push_back({"TagSpecification.1.ResourceType", "import-image-task"});
  request.push_back({"TagSpecification.1.Tag.1.Key", "Team"});
  request.push_back({"TagSpecification.1.Tag.1.Value", "moving"});
  const auto begun = world.ec2("ImportImage", request);
  REQUIRE(begun.status == 200);
  CHECK(begun.text("ImportImageResponse/statusMessage") == "pending");
  CHECK(begun.text("ImportImageResponse/snapshotDetailSet/item/userBucket/s3Key") == "server.vmdk");
  CHECK(begun.text("ImportImageResponse/tagSet/item/value") == "moving");
  const std::string import_id = begun.text("ImportImageResponse/importTaskId");
  const auto task = [&](const std::string& member) {
    return world.ec2("DescribeImportImageTasks", {{"ImportTaskId.1", import_id}})
        .text("DescribeImportImageTasksResponse/importImageTaskSet/item/" + member);
  };
  world.advance(100s);
  CHECK(task("status") == "active");
  CHECK(task("statusMessage") == "converting");
  CHECK(task("progress") == "19");
  world.advance(10min);
  CHECK(task("status") == "completed");
  CHECK(task("licenseType") == "BYOL");
  const std::string image = task("imageId");
  const auto shown = world.ec2("DescribeImages", {{"ImageId.1", image}});
  CHECK(shown.text("DescribeImagesResponse/imagesSet/item/name") == import_id);
  CHECK(shown.text("DescribeImagesResponse/imagesSet/item/imageState") == "available");

  const auto out = world.ec2("ExportImage", {{"ImageId", image},
                                             {"DiskImageFormat", "VMDK"},
                                             {"S3ExportLocation.S3Bucket", "my-disks"},
                                             {"S3ExportLocation.S3Prefix", "out/"}});
  REQUIRE(out.status == 200);
  CHECK(out.text("ExportImageResponse/status") == "active");
  const std::string export_id = out.text("ExportImageResponse/exportImageTaskId");
  world.advance(10min);
  CHECK(world.ec2("DescribeExportImageTasks", {{"ExportImageTaskId.1", export_id}})
            .text("DescribeExportImageTasksResponse/exportImageTaskSet/item/status") == "completed");
  const auto back = world.ec2("ImportSnapshot", {{"DiskContainer.UserBucket.S3Bucket", "my-disks"},
                                                 {"DiskContainer.UserBucket.S3Key", "out/" + export_id + ".vmdk"}});
  CHECK(back.text("ImportSnapshotResponse/snapshotTaskDetail/status") == "active");
  world.advance(10min);
  const std::string detail = "DescribeImportSnapshotTasksResponse/importSnapshotTaskSet/item/snapshotTaskDetail/";
  const auto snapshots = world.ec2("DescribeImportSnapshotTasks");
  CHECK(snapshots.text(detail + "status") == "completed");
  CHECK(world.ec2("DescribeSnapshots", {{"SnapshotId.1", snapshots.text(detail + "snapshotId")}})
            .text("DescribeSnapshotsResponse/snapshotSet/item/status") == "completed");
}

TEST_CASE("Imports and exports are canceled, and refuse", "[image-tasks][wire]") {
  WireWorld world(handlers::realistic_profile());
  const std::string id = world.ec2("ImportImage", disk("a.vmdk")).text("ImportImageResponse/importTaskId");
  const auto canceled = world.ec2("CancelImportTask", {{"ImportTaskId", id}, {"CancelReason", "wrong file"}});
  CHECK(canceled.text("CancelImportTaskResponse/previousState") == "active");
  CHECK(canceled.text("CancelImportTaskResponse/state") == "deleting");
  CHECK(world.ec2("CancelImportTask", {{"ImportTaskId", id}}).error_code() == "IncorrectState");
  CHECK(world.ec2("ImportImage").error_code() == "MissingParameter");
  CHECK(world.ec2("ImportSnapshot").error_code() == "MissingParameter");
  CHECK(world.ec2("ExportImage", {{"ImageId", "ami-0123456789abcdef0"}}).error_code() == "MissingParameter");
  CHECK(world
            .ec2("ExportImage", {{"ImageId", "ami-0123456789abcdef0"},
                                 {"DiskImageFormat", "QCOW2"},
                                 {"S3ExportLocation.S3Bucket", "my-disks"}})
            .error_code() == "InvalidParameterValue");
  CHECK(world.ec2("CancelExportTask", {{"ExportTaskId", "export-ami-0123456789abcdef0"}}).error_code() ==
        "InvalidExportTaskID.NotFound");
  CHECK(world.ec2("DescribeImportImageTasks", {{"Filters.1.Name", "task-state"}, {"Filters.1.Value.1", "deleting"}})
            .count("//importImageTaskSet/item") == 1);
}

TEST_CASE("Clients ask for ClassicLink and for the blocks of prefix lists", "[vpc][wire]") {
  WireWorld world;
  const std::string vpc = world.ec2("DescribeVpcs").text("DescribeVpcsResponse/vpcSet/item/vpcId");
  const auto link = world.ec2("DescribeVpcClassicLink", {{"VpcId.1", vpc}});
  CHECK(link.text("DescribeVpcClassicLinkResponse/vpcSet/item/vpcId") == vpc);
  CHECK(link.text("DescribeVpcClassicLinkResponse/vpcSet/item/classicLinkEnabled") == "false");
  const auto dns = world.ec2("DescribeVpcClassicLinkDnsSupport", {{"VpcIds.1", vpc}});
  CHECK(dns.text("DescribeVpcClassicLinkDnsSupportResponse/vpcs/item/classicLinkDnsSupported") == "false");
  const auto entries = world.ec2("GetManagedPrefixListEntries", {{"PrefixListId", "pl-63a5400a"}});
  CHECK(entries.count("//entrySet/item/cidr") == 3);
}
