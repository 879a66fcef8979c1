#include "handlers/block_maps.hpp"
#include "tests/handlers/image_world.hpp"

#include <algorithm>

using namespace amity;
using tests::ImageWorld;
using tests::kOtherAccount;
using namespace std::chrono_literals;

namespace {

constexpr char kBucket[] = "my-images";

ec2::Image describe(ImageWorld& world, const std::string& id) {
  return world.call(ec2::DescribeImagesRequest{.image_ids = {id}}).images.at(0);
}

ec2::StoreImageTaskResult only_task(ImageWorld& world, ec2::DescribeStoreImageTasksRequest request = {}) {
  const auto tasks = world.call(request).store_image_task_results;
  REQUIRE(tasks.size() == 1);
  return tasks[0];
}

// An image of two volumes, with all that can be restored.
std::string bake(ImageWorld& world, std::string name = "golden") {
  const std::string instance = world.instance(
      {{.device = "/dev/xvda", .gib = 12, .delete_on_termination = true}, {.device = "/dev/sdf", .gib = 30}});
  const auto made = world.call(ec2::CreateImageRequest{
      .tag_specifications = {{.resource_type = "image", .tags = {{.key = "Team", .value = "images"}}},
                             {.resource_type = "snapshot", .tags = {{.key = "Kind", .value = "disk"}}}},
      .instance_id = instance,
      .name = std::move(name),
      .description = "to keep"});
  world.call(ec2::DescribeImagesRequest{});
  return *made.image_id;
}

void lose(ImageWorld& world, const std::string& id) {
  world.call(ec2::DeregisterImageRequest{.image_id = id, .delete_associated_snapshots = true});
}

}  // namespace

TEST_CASE("An image with a snapshot in the archive is not stored or copied, and nothing else suffers",
          "[images][CreateStoreImageTask][CopyImage]") {
  ImageWorld world;
  const std::string id = bake(world);
  world.call(ec2::CreateStoreImageTaskRequest{.image_id = id, .bucket = kBucket});
  CHECK(only_task(world).store_task_state == "Completed");
  const std::string snapshot = *describe(world, id).block_device_mappings.at(1).ebs->snapshot_id;
  world.call(ec2::DisableImageRequest{.image_id = id});
  world.call(ec2::ModifySnapshotTierRequest{.snapshot_id = snapshot, .storage_tier = "archive"});
  world.call(ec2::DescribeSnapshotsRequest{});
  world.call(ec2::EnableImageRequest{.image_id = id});
  world.call(ec2::CreateStoreImageTaskRequest{.image_id = id, .bucket = kBucket});
  const auto tasks = world.call(ec2::DescribeStoreImageTasksRequest{}).store_image_task_results;
  REQUIRE(tasks.size() == 2);
  CHECK(tasks[1].store_task_state == "Failed");
  CHECK(world.error_of(ec2::CopyImageRequest{.name = "copy", .source_image_id = id, .source_region = "us-east-1"}) ==
        "IncorrectState");
  // What was stored before is still there.
  world.call(ec2::CreateRestoreImageTaskRequest{.bucket = kBucket, .object_key = id + ".bin", .name = "restored"});
}

TEST_CASE("A stored image comes back after it was deregistered", "[images][CreateStoreImageTask]") {
  ImageWorld world;
  const std::string id = bake(world);
  const ec2::Image before = describe(world, id);
  const auto stored = world.call(ec2::CreateStoreImageTaskRequest{.image_id = id, .bucket = kBucket});
  CHECK(stored.object_key == id + ".bin");
  CHECK(only_task(world).store_task_state == "Completed");
  lose(world, id);
  CHECK(world.snapshot_count() == 0);

  const auto restored = world.call(ec2::CreateRestoreImageTaskRequest{.bucket = kBucket, .object_key = id + ".bin"});
  const ec2::Image after = describe(world, *restored.image_id);
  CHECK(after.state == "available");
  CHECK(after.image_id != id);
  CHECK(after.name == before.name);
  CHECK(after.description == before.description);
  CHECK(after.architecture == before.architecture);
  CHECK(after.boot_mode == before.boot_mode);
  CHECK(after.root_device_name == before.root_device_name);
  CHECK(after.source_image_id == id);
  CHECK(after.source_image_region == "us-east-1");
  CHECK(after.is_public == false);
  REQUIRE(after.tags.size() == 1);
  CHECK(after.tags[0].value == "images");
  REQUIRE(after.block_device_mappings.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& was = *before.block_device_mappings[i].ebs;
    const auto& is = *after.block_device_mappings[i].ebs;
    CHECK(is.volume_size == was.volume_size);
    CHECK(is.snapshot_id != was.snapshot_id);
    const auto snapshot = world.call(ec2::DescribeSnapshotsRequest{.snapshot_ids = {*is.snapshot_id}}).snapshots.at(0);
    CHECK(snapshot.state == "completed");
    CHECK(snapshot.volume_size == was.volume_size);
    CHECK_FALSE(snapshot.transfer_type);
    REQUIRE(snapshot.tags.size() == 1);
    CHECK(snapshot.tags[0].value == "disk");
    CHECK(world.make_call().blocks().has_snapshot(*is.snapshot_id));
  }
  SECTION("as often as wanted, under other names") {
    CHECK(world.error_of(ec2::CreateRestoreImageTaskRequest{.bucket = kBucket, .object_key = id + ".bin"}) ==
          "InvalidAMIName.Duplicate");
    const auto second = world.call(ec2::CreateRestoreImageTaskRequest{
        .bucket = kBucket,
        .object_key = id + ".bin",
        .name = "golden again",
        .tag_specifications = {{.resource_type = "image", .tags = {{.key = "Team", .value = "others"}}}}});
    const ec2::Image again = describe(world, *second.image_id);
    CHECK(again.name == "golden again");
    REQUIRE(again.tags.size() == 1);
    CHECK(again.tags[0].value == "others");
  }
}

TEST_CASE("A restored snapshot holds what the stored one held", "[images][CreateRestoreImageTask]") {
  ImageWorld world;
  const std::string id = bake(world);
  const std::string snapshot = *describe(world, id).block_device_mappings.at(0).ebs->snapshot_id;
  handlers::Call call = world.make_call();
  const std::int64_t before = call.blocks().full_bytes(snapshot);
  world.call(ec2::CreateStoreImageTaskRequest{.image_id = id, .bucket = kBucket});
  only_task(world);
  lose(world, id);
  const auto restored = world.call(ec2::CreateRestoreImageTaskRequest{.bucket = kBucket, .object_key = id + ".bin"});
  const ec2::Image image = describe(world, *restored.image_id);
  const std::string back = *image.block_device_mappings.at(0).ebs->snapshot_id;
  CHECK(call.blocks().full_bytes(back) == before);
  CHECK(call.blocks().stored_bytes(back) == before);  // nobody shares its blocks
}

TEST_CASE("Storing takes time, and fails when the image goes meanwhile", "[images][DescribeStoreImageTasks]") {
  ImageWorld world(handlers::realistic_profile());
  const std::string id = world.image("golden");
  world.call(ec2::CreateStoreImageTaskRequest{.image_id = id, .bucket = kBucket});
  CHECK(only_task(world).store_task_state == "InProgress");
  CHECK(world.error_of(ec2::CreateRestoreImageTaskRequest{.bucket = kBucket, .object_key = id + ".bin"}) ==
        "InvalidParameterValue");
  SECTION("completed") {
    world.advance(24h);
    const auto task = only_task(world, {.image_ids = {id}});
    CHECK(task.store_task_state == "Completed");
    CHECK(task.progress_percentage == 100);
    CHECK(task.bucket == kBucket);
    CHECK(task.s3object_key == id + ".bin");
    only_task(world, {.filters = {{.name = "task-state", .values = {"Completed"}}}});
    only_task(world, {.filters = {{.name = "bucket", .values = {"my-*"}}}});
    const ec2::DescribeStoreImageTasksRequest other{.filters = {{.name = "bucket", .values = {"x"}}}};
    CHECK(world.call(other).store_image_task_results.empty());
    world.advance(24h * 31);
    CHECK(world.call(ec2::DescribeStoreImageTasksRequest{}).store_image_task_results.empty());
  }
  SECTION("failed") {
    world.call(ec2::DeregisterImageRequest{.image_id = id});
    world.advance(24h);
    const auto task = only_task(world);
    CHECK(task.store_task_state == "Failed");
    CHECK(task.store_task_failure_reason);
  }
}

TEST_CASE("Store and restore tasks refuse what cannot be", "[images][CreateStoreImageTask][CreateRestoreImageTask]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  const auto store = [&](std::string image, std::string bucket, std::vector<ec2::S3ObjectTag> tags = {}) {
    return world.error_of(ec2::CreateStoreImageTaskRequest{
        .image_id = std::move(image), .bucket = std::move(bucket), .s3_object_tags = std::move(tags)});
  };
  for (const char* bucket : {"ab", "../up", "a/b", "Upper", ".dot", "dot.", "a..b", ""})
    CHECK(store(id, bucket) == "InvalidParameterValue");
  CHECK(store("ami-1", kBucket) == "InvalidAMIID.Malformed");
  CHECK(store("ami-12345678", kBucket) == "InvalidAMIID.NotFound");
  CHECK(store(id, kBucket, std::vector<ec2::S3ObjectTag>(11, {.key = "a", .value = "b"})) == "InvalidParameterValue");
  CHECK(store(id, kBucket, {{.key = "", .value = "b"}}) == "InvalidParameterValue");
  for (const char* key : {"x.bin", "../my-images/x", ""})
    CHECK(world.error_of(ec2::CreateRestoreImageTaskRequest{.bucket = kBucket, .object_key = key}) ==
          "InvalidParameterValue");
  CHECK(store(id, kBucket).empty());
  const ec2::CreateRestoreImageTaskRequest restore{.bucket = kBucket, .object_key = id + ".bin", .name = "other"};
  world.call(ec2::DescribeStoreImageTasksRequest{});
  CHECK(world.as(kOtherAccount).error_of(restore) == "InvalidParameterValue");
  CHECK(world.call(ec2::DescribeStoreImageTasksRequest{}).store_image_task_results.empty());
  CHECK(store(id, kBucket) == "AuthFailure");
}
