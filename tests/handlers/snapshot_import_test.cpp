#include "tests/handlers/documented_filters.hpp"
#include "tests/handlers/image_world.hpp"

#include <chrono>

using namespace amity;
using tests::filter;
using tests::ImageWorld;
using tests::kOtherAccount;
using tests::tags_on;
using namespace std::chrono_literals;

namespace {

ec2::ImportSnapshotRequest import_of(std::string key, std::optional<std::string> format = "VMDK") {
  ec2::ImportSnapshotRequest request;
  request.disk_container =
      ec2::SnapshotDiskContainer{.description = "the disk",
                                 .format = std::move(format),
                                 .user_bucket = ec2::UserBucket{.s3_bucket = "my-disks", .s3_key = std::move(key)}};
  return request;
}

ec2::ImportSnapshotTask task_of(ImageWorld& world, const std::string& id) {
  const auto tasks = world.call(ec2::DescribeImportSnapshotTasksRequest{.import_task_ids = {id}}).import_snapshot_tasks;
  REQUIRE(tasks.size() == 1);
  return tasks[0];
}

}  // namespace

TEST_CASE("ImportSnapshot makes a snapshot of a disk in a bucket", "[image-tasks][ImportSnapshot]") {
  ImageWorld world;
  auto request = import_of("disks/data.vmdk", "vmdk");
  request.description = "the task";
  request.tag_specifications = tags_on("import-snapshot-task", "Team", "moving");
  const auto answer = world.call(request);
  CHECK(answer.import_task_id->starts_with("import-snap-"));
  CHECK(answer.description == "the task");
  CHECK(answer.tags.at(0).value == "moving");
  const auto& begun = *answer.snapshot_task_detail;
  CHECK(begun.status == "active");
  CHECK(begun.status_message == "pending");
  CHECK(begun.progress == "3");
  CHECK(begun.disk_image_size == 0.0);
  CHECK(begun.format == "VMDK");

  const auto task = task_of(world, *answer.import_task_id);
  CHECK(task.description == "the task");
  const auto& detail = *task.snapshot_task_detail;
  CHECK(detail.status == "completed");
  CHECK_FALSE(detail.progress);
  CHECK(detail.description == "the disk");
  CHECK(*detail.disk_image_size > 0);
  const auto snapshot =
      world.call(ec2::DescribeSnapshotsRequest{.snapshot_ids = {*detail.snapshot_id}}).snapshots.at(0);
  CHECK(snapshot.description == "Created by AWS-VMImport service for " + *answer.import_task_id);
  CHECK(snapshot.state == "completed");
  CHECK_FALSE(world.image("of the import", *detail.snapshot_id).empty());
}

TEST_CASE("A snapshot import takes its time", "[image-tasks][DescribeImportSnapshotTasks]") {
  ImageWorld world(handlers::realistic_profile());
  const std::string id = *world.call(import_of("data.vmdk")).import_task_id;
  CHECK(task_of(world, id).snapshot_task_detail->status_message == "pending");
  world.advance(100s);
  CHECK(task_of(world, id).snapshot_task_detail->status_message == "validated");
  CHECK(*task_of(world, id).snapshot_task_detail->disk_image_size > 0);
  CHECK_FALSE(task_of(world, id).snapshot_task_detail->snapshot_id);
  SECTION("until it is completed") {
    world.advance(10min);
    CHECK(task_of(world, id).snapshot_task_detail->status == "completed");
    CHECK(world.error_of(ec2::CancelImportTaskRequest{.import_task_id = id}) == "IncorrectState");
  }
  SECTION("or canceled") {
    CHECK(world.call(ec2::CancelImportTaskRequest{.import_task_id = id}).state == "deleting");
    world.advance(10min);
    CHECK(task_of(world, id).snapshot_task_detail->status == "deleted");
    CHECK(world.snapshot_count() == 0);
  }
}

TEST_CASE("ImportSnapshot encrypts", "[image-tasks][ImportSnapshot]") {
  ImageWorld world;
  auto request = import_of("data.vmdk");
  request.encrypted = true;
  const auto detail = *task_of(world, *world.call(request).import_task_id).snapshot_task_detail;
  CHECK(detail.encrypted == true);
  CHECK(world.stored_snapshot(*detail.snapshot_id).snapshot.kms_key_id == detail.kms_key_id);
  request.encrypted.reset();
  request.kms_key_id = "alias/mine";
  CHECK(world.error_of(request) == "InvalidParameterDependency");
}

TEST_CASE("ImportSnapshot reads URLs of Amazon S3", "[image-tasks][ImportSnapshot]") {
  ImageWorld world;
  const auto place = [&](const std::string& url) {
    ec2::ImportSnapshotRequest request;
    request.disk_container = ec2::SnapshotDiskContainer{.url = url};
    const auto detail = *world.call(request).snapshot_task_detail;
    CHECK(detail.url == url);
    return detail.user_bucket ? *detail.user_bucket->s3_bucket + " " + *detail.user_bucket->s3_key : "";
  };
  CHECK(place("s3://my-disks/a/b.vmdk") == "my-disks a/b.vmdk");
  CHECK(place("https://s3.amazonaws.com/my-disks/a/b.vmdk?X-Amz-Signature=1") == "my-disks a/b.vmdk");
  CHECK(place("https://my-disks.s3.us-east-1.amazonaws.com/a/b.vmdk") == "my-disks a/b.vmdk");
  CHECK(place("https://my.disks.s3.amazonaws.com/b.raw") == "my.disks b.raw");
  CHECK(place("https://example.com/b.raw").empty());
}

TEST_CASE("ImportSnapshot refuses what it cannot read", "[image-tasks][ImportSnapshot]") {
  ImageWorld world;
  CHECK(world.error_of(ec2::ImportSnapshotRequest{}) == "MissingParameter");
  CHECK(world.error_of(import_of("archive.ova", "OVA")) == "InvalidParameter");
  CHECK(world.error_of(import_of("")) == "InvalidParameter");
  auto request = import_of("data.vmdk");
  request.disk_container->url = "s3://my-disks/data.vmdk";
  CHECK(world.error_of(request) == "InvalidParameter");
  request = import_of("data.vmdk");
  request.dry_run = true;
  CHECK(world.error_of(request) == "DryRunOperation");
}

TEST_CASE("Snapshot import tasks are listed", "[image-tasks][DescribeImportSnapshotTasks]") {
  ImageWorld world;
  const std::string id = *world.call(import_of("data.vmdk")).import_task_id;
  const auto count = [&](const ec2::DescribeImportSnapshotTasksRequest& request) {
    return world.call(request).import_snapshot_tasks.size();
  };
  CHECK(count({.filters = {filter("task-state", {"completed"})}}) == 1);
  CHECK(count({.filters = {filter("task-state", {"active"})}}) == 0);
  tests::check_documented_filters<ec2::DescribeImportSnapshotTasksRequest>(world);
  CHECK(world.error_of(ec2::DescribeImportSnapshotTasksRequest{.import_task_ids = {"import-ami-0123456789abcdef0"}}) ==
        "InvalidConversionTaskId.Malformed");
  world.as(kOtherAccount);
  CHECK(count({}) == 0);
  CHECK(world.error_of(ec2::DescribeImportSnapshotTasksRequest{.import_task_ids = {id}}) == "InvalidConversionTaskId");
}
