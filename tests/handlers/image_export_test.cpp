#include "tests/handlers/documented_filters.hpp"
#include "tests/handlers/image_world.hpp"

#include <chrono>

using namespace amity;
using tests::filter;
using tests::ImageWorld;
using tests::kOtherAccount;
using tests::mapping_at;
using tests::tags_on;
using namespace std::chrono_literals;

namespace {

ec2::ExportImageRequest export_of(const std::string& image_id, std::string format = "VMDK") {
  ec2::ExportImageRequest request;
  request.image_id = image_id;
  request.disk_image_format = std::move(format);
  request.s3_export_location = {.s3_bucket = "my-disks", .s3_prefix = "exports/"};
  return request;
}

ec2::ExportImageTask task_of(ImageWorld& world, const std::string& id) {
  const auto tasks = world.call(ec2::DescribeExportImageTasksRequest{.export_image_task_ids = {id}}).export_image_tasks;
  REQUIRE(tasks.size() == 1);
  return tasks[0];
}

// The key of a completed export.
std::string exported(ImageWorld& world, const ec2::ExportImageRequest& request) {
  const std::string id = *world.call(request).export_image_task_id;
  REQUIRE(task_of(world, id).status == "completed");
  return "exports/" + id + "." + (request.disk_image_format == "VMDK" ? "vmdk" : "vhd");
}

std::string import_image(ImageWorld& world, const std::string& key, std::optional<std::string> format = {}) {
  ec2::ImportImageRequest request;
  request.disk_containers = {
      {.format = std::move(format), .user_bucket = ec2::UserBucket{.s3_bucket = "my-disks", .s3_key = key}}};
  return *world.call(request).import_task_id;
}

ec2::ImportImageTask import_task(ImageWorld& world, const std::string& id) {
  return world.call(ec2::DescribeImportImageTasksRequest{.import_task_ids = {id}}).import_image_tasks.at(0);
}

std::string of_two_volumes(ImageWorld& world) {
  const std::string instance = world.instance({{.device = "/dev/xvda", .gib = 12}, {.device = "/dev/sdf", .gib = 30}});
  const std::string id = *world.call(ec2::CreateImageRequest{.instance_id = instance, .name = "golden"}).image_id;
  world.describe(id);
  return id;
}

}  // namespace

TEST_CASE("ExportImage writes an object", "[image-tasks][ExportImage]") {
  ImageWorld world;
  const std::string image = world.image("golden");
  auto request = export_of(image);
  request.description = "to keep";
  request.role_name = "vmexport";
  request.tag_specifications = tags_on("export-image-task", "Team", "moving");
  const auto answer = world.call(request);
  CHECK(answer.export_image_task_id->starts_with("export-ami-"));
  CHECK(answer.image_id == image);
  CHECK(answer.description == "to keep");
  CHECK(answer.disk_image_format == "VMDK");
  CHECK(answer.role_name == "vmexport");
  CHECK(answer.progress == "0");
  CHECK(answer.status == "active");
  CHECK(answer.status_message == "validating");
  CHECK(answer.s3_export_location->s3_prefix == "exports/");
  CHECK(answer.tags.at(0).value == "moving");
  const auto task = task_of(world, *answer.export_image_task_id);
  CHECK(task.status == "completed");
  CHECK(task.image_id == image);
  CHECK(task.s3_export_location->s3_bucket == "my-disks");
  CHECK(task.tags.at(0).key == "Team");
}

TEST_CASE("What was exported comes back by an import", "[image-tasks][ExportImage][ImportImage]") {
  ImageWorld world;
  const std::string image = of_two_volumes(world);
  const std::string root = *mapping_at(world.describe(image), "/dev/xvda")->ebs->snapshot_id;
  handlers::Call call = world.make_call();
  const std::int64_t root_bytes = call.blocks().full_bytes(root);
  const std::string key = exported(world, export_of(image));
  world.call(ec2::DeregisterImageRequest{.image_id = image, .delete_associated_snapshots = true});

  const auto task = import_task(world, import_image(world, key));
  REQUIRE(task.status == "completed");
  REQUIRE(task.snapshot_details.size() == 2);
  CHECK(task.snapshot_details[0].format == "VMDK");
  CHECK(task.snapshot_details[0].disk_image_size == static_cast<double>(root_bytes));
  const ec2::Image back = world.describe(*task.image_id);
  CHECK(mapping_at(back, "/dev/sda1")->ebs->volume_size == 12);
  CHECK(mapping_at(back, "/dev/sdf")->ebs->volume_size == 30);
  const std::string restored = *mapping_at(back, "/dev/sda1")->ebs->snapshot_id;
  CHECK(call.blocks().full_bytes(restored) == root_bytes);

  SECTION("a file of two disks is no snapshot") {
    ec2::ImportSnapshotRequest request;
    request.disk_container =
        ec2::SnapshotDiskContainer{.user_bucket = ec2::UserBucket{.s3_bucket = "my-disks", .s3_key = key}};
    const std::string id = *world.call(request).import_task_id;
    const auto failed =
        world.call(ec2::DescribeImportSnapshotTasksRequest{.import_task_ids = {id}}).import_snapshot_tasks.at(0);
    CHECK(failed.snapshot_task_detail->status == "deleted");
  }
  SECTION("another format is another file") {
    const auto failed = import_task(world, import_image(world, key, "VHD"));
    CHECK(failed.status == "deleted");
    CHECK(failed.status_message == "ClientError: Disk validation failed [Unsupported VHD File Format]");
  }
  SECTION("it cannot be restored like a stored image") {
    CHECK(world.error_of(ec2::CreateRestoreImageTaskRequest{.bucket = "my-disks", .object_key = key}) ==
          "InvalidParameterValue");
  }
  SECTION("others cannot read it") {
    ec2::ImportImageRequest request;
    request.disk_containers = {{.user_bucket = ec2::UserBucket{.s3_bucket = "my-disks", .s3_key = key}}};
    CHECK(world.as(kOtherAccount).error_of(request) == "InvalidParameter");
  }
}

TEST_CASE("A stored image is no disk", "[image-tasks][ImportImage]") {
  ImageWorld world;
  const std::string image = world.image("golden");
  world.call(ec2::CreateStoreImageTaskRequest{.image_id = image, .bucket = "my-disks"});
  const auto failed = import_task(world, import_image(world, image + ".bin"));
  CHECK(failed.status == "deleted");
  CHECK(failed.status_message->starts_with("ClientError: Disk validation failed"));
}

TEST_CASE("An export takes its time", "[image-tasks][DescribeExportImageTasks]") {
  ImageWorld world(handlers::realistic_profile());
  const std::string image = world.image("golden");
  const std::string id = *world.call(export_of(image)).export_image_task_id;
  world.advance(100s);
  CHECK(task_of(world, id).status_message == "updating");
  CHECK(task_of(world, id).progress == "21");
  CHECK(world.error_of(export_of(image)) == "InvalidParameter");  // one at a time
  SECTION("until it is completed") {
    world.advance(10min);
    CHECK(task_of(world, id).status == "completed");
    CHECK(world.error_of(ec2::CancelExportTaskRequest{.export_task_id = id}) == "IncorrectState");
    CHECK(world.error_of(export_of(image)).empty());
  }
  SECTION("or canceled") {
    world.call(ec2::CancelExportTaskRequest{.export_task_id = id});
    CHECK(task_of(world, id).status == "deleting");
    world.advance(10min);
    CHECK(task_of(world, id).status == "deleted");
    CHECK(import_task(world, import_image(world, "exports/" + id + ".vmdk")).status == "active");
  }
  SECTION("or fails, when the image goes") {
    world.call(ec2::DeregisterImageRequest{.image_id = image});
    world.advance(10min);
    CHECK(task_of(world, id).status == "deleted");
    CHECK(task_of(world, id).status_message->starts_with("ClientError: "));
  }
}

TEST_CASE("ExportImage refuses what AWS does not export", "[image-tasks][ExportImage]") {
  ImageWorld world;
  const std::string image = world.image("golden");
  const auto code_of = [&](auto change) {
    world.change_image(image, change);
    return world.error_of(export_of(image));
  };
  SECTION("systems that AWS licenses") {
    CHECK(code_of([](state::Image& row) { row.image.platform_details = "Windows"; }) == "InvalidParameter");
    CHECK(code_of([](state::Image& row) { row.image.platform_details = "Windows BYOL"; }).empty());
  }
  SECTION("products of the Marketplace") {
    CHECK(code_of([](state::Image& row) {
            row.image.product_codes = {{.product_code_id = "abc", .product_code_type = "marketplace"}};
          }) == "InvalidParameter");
  }
  SECTION("encrypted volumes") {
    CHECK(code_of([](state::Image& row) { row.image.block_device_mappings[0].ebs->encrypted = true; }) ==
          "InvalidParameter");
  }
  SECTION("large volumes") {
    CHECK(code_of([](state::Image& row) { row.image.block_device_mappings[0].ebs->volume_size = 1025; }) ==
          "InvalidParameter");
  }
  SECTION("images that cannot be used") {
    CHECK(code_of([](state::Image& row) { row.image.state = ec2::ImageState::disabled; }) ==
          "InvalidAMIID.Unavailable");
  }
  SECTION("images of others, shared or not") {
    world.share(image, {.user_id = std::string(kOtherAccount)});
    CHECK(world.as(kOtherAccount).error_of(export_of(image)) == "AuthFailure");
  }
  SECTION("no image, no bucket") {
    CHECK(world.error_of(export_of("ami-0123456789abcdef0")) == "InvalidAMIID.NotFound");
    CHECK(world.error_of(export_of("golden")) == "InvalidAMIID.Malformed");
    auto request = export_of(image);
    request.s3_export_location.s3_bucket = "x";
    CHECK(world.error_of(request) == "InvalidParameterValue");
  }
  SECTION("for a dry run") {
    auto request = export_of(image);
    request.dry_run = true;
    CHECK(world.error_of(request) == "DryRunOperation");
  }
}

TEST_CASE("At most five exports are active", "[image-tasks][ExportImage]") {
  ImageWorld world(handlers::realistic_profile());
  for (int i = 0; i < 5; ++i) world.call(export_of(world.image("golden " + std::to_string(i))));
  CHECK(world.error_of(export_of(world.image("one too many"))) == "ResourceLimitExceeded");
}

TEST_CASE("Export tasks are listed", "[image-tasks][DescribeExportImageTasks]") {
  ImageWorld world;
  auto request = export_of(world.image("golden"));
  request.client_token = "once";
  const std::string id = *world.call(request).export_image_task_id;
  CHECK(world.call(request).export_image_task_id == id);
  const auto count = [&](const ec2::DescribeExportImageTasksRequest& asked) {
    return world.call(asked).export_image_tasks.size();
  };
  CHECK(count({}) == 1);
  CHECK(count({.filters = {filter("task-state", {"completed"})}}) == 1);
  CHECK(count({.filters = {filter("task-state", {"active"})}}) == 0);
  tests::check_documented_filters<ec2::DescribeExportImageTasksRequest>(world);
  CHECK(world.error_of(ec2::DescribeExportImageTasksRequest{.export_image_task_ids = {"export-1"}}) ==
        "InvalidExportTaskID.Malformed");
  world.as(kOtherAccount);
  CHECK(count({}) == 0);
  CHECK(world.error_of(ec2::DescribeExportImageTasksRequest{.export_image_task_ids = {id}}) ==
        "InvalidExportTaskID.NotFound");
  CHECK(world.error_of(ec2::CancelExportTaskRequest{.export_task_id = id}) == "InvalidExportTaskID.NotFound");
}
