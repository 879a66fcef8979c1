#include "tests/handlers/documented_filters.hpp"
#include "tests/handlers/image_world.hpp"

#include <chrono>
#include <vector>

using namespace amity;
using tests::filter;
using tests::ImageWorld;
using tests::kOtherAccount;
using tests::mapping_at;
using tests::tags_on;
using namespace std::chrono_literals;

namespace {

ec2::ImageDiskContainer file(std::string key, std::string format = "VMDK") {
  return {.format = std::move(format),
          .user_bucket = ec2::UserBucket{.s3_bucket = "my-disks", .s3_key = std::move(key)}};
}

ec2::ImportImageRequest import_of(std::vector<ec2::ImageDiskContainer> disks) {
  ec2::ImportImageRequest request;
  request.disk_containers = std::move(disks);
  return request;
}

std::string begin(ImageWorld& world, const ec2::ImportImageRequest& request) {
  return *world.call(request).import_task_id;
}

ec2::ImportImageTask task_of(ImageWorld& world, const std::string& id) {
  const auto tasks = world.call(ec2::DescribeImportImageTasksRequest{.import_task_ids = {id}}).import_image_tasks;
  REQUIRE(tasks.size() == 1);
  return tasks[0];
}

ec2::Image imported(ImageWorld& world, const ec2::ImportImageRequest& request) {
  const auto task = task_of(world, begin(world, request));
  INFO(task.status_message.value_or(""));
  REQUIRE(task.status == "completed");
  return world.describe(*task.image_id);
}

ec2::Snapshot snapshot_at(ImageWorld& world, const ec2::Image& image, std::string_view device) {
  const std::string id = *mapping_at(image, device)->ebs->snapshot_id;
  return world.call(ec2::DescribeSnapshotsRequest{.snapshot_ids = {id}}).snapshots.at(0);
}

}  // namespace

TEST_CASE("ImportImage makes an image of a disk in a bucket", "[image-tasks][ImportImage]") {
  ImageWorld world;
  auto request = import_of({file("vms/server.vmdk", "vmdk")});
  request.description = "a server";
  request.role_name = "vmimport";
  request.tag_specifications = tags_on("import-image-task", "Team", "moving");
  const auto answer = world.call(request);
  CHECK(answer.import_task_id->starts_with("import-ami-"));
  CHECK(answer.description == "a server");
  CHECK(answer.status == "active");
  CHECK(answer.status_message == "pending");
  CHECK(answer.progress == "1");
  REQUIRE(answer.snapshot_details.size() == 1);
  CHECK(answer.snapshot_details[0].format == "VMDK");
  CHECK(answer.snapshot_details[0].disk_image_size == 0.0);
  CHECK(answer.snapshot_details[0].user_bucket->s3_key == "vms/server.vmdk");
  CHECK(answer.tags.at(0).value == "moving");

  const auto task = task_of(world, *answer.import_task_id);
  CHECK(task.status == "completed");
  CHECK_FALSE(task.progress);
  CHECK_FALSE(task.status_message);
  CHECK(task.platform == "Linux");
  CHECK(task.license_type == "BYOL");
  CHECK(task.architecture == "x86_64");
  CHECK(task.tags.at(0).key == "Team");
  REQUIRE(task.snapshot_details.size() == 1);
  CHECK(task.snapshot_details[0].status == "completed");
  CHECK(task.snapshot_details[0].device_name == "/dev/sda1");

  const ec2::Image image = world.describe(*task.image_id);
  CHECK(image.name == *answer.import_task_id);
  CHECK(image.description == "AWS-VMImport service: Linux");
  CHECK(image.state == "available");
  CHECK(image.architecture == "x86_64");
  CHECK(image.virtualization_type == "hvm");
  CHECK(image.platform_details == "Linux/UNIX");
  CHECK(image.usage_operation == "RunInstances");
  CHECK(image.root_device_name == "/dev/sda1");
  CHECK(image.tags.empty());
  const auto root = *mapping_at(image, "/dev/sda1")->ebs;
  CHECK(root.delete_on_termination == false);
  CHECK(root.volume_type == "gp2");
  const ec2::Snapshot snapshot = snapshot_at(world, image, "/dev/sda1");
  CHECK(snapshot.snapshot_id == task.snapshot_details[0].snapshot_id);
  CHECK(snapshot.description == "Created by AWS-VMImport service for " + *answer.import_task_id);
  CHECK(snapshot.state == "completed");
  CHECK(snapshot.volume_id == "vol-ffffffff");
  CHECK(snapshot.encrypted == false);
  CHECK_FALSE(world.launch(*image.image_id).empty());
}

TEST_CASE("An import passes through its stages with the clock", "[image-tasks][DescribeImportImageTasks]") {
  ImageWorld world(handlers::realistic_profile());
  const std::string id = begin(world, import_of({file("server.vmdk")}));
  std::vector<std::string> messages{*task_of(world, id).status_message};
  int progress = std::stoi(*task_of(world, id).progress);
  while (task_of(world, id).status == "active") {
    world.advance(5s);
    const auto task = task_of(world, id);
    if (!task.status_message || task.status_message == messages.back()) continue;
    messages.push_back(*task.status_message);
    CHECK(std::stoi(*task.progress) > progress);
    progress = std::stoi(*task.progress);
    CHECK_FALSE(task.image_id);
  }
  CHECK(messages ==
        std::vector<std::string>{"pending", "validating", "converting", "updating", "booting", "preparing ami"});
  CHECK(task_of(world, id).status == "completed");
  CHECK(world.now() - *model::parse_iso8601("2026-01-02T03:04:05Z") >= 3min);
}

TEST_CASE("ImportImage follows what the request says of system and license", "[image-tasks][ImportImage]") {
  ImageWorld world;
  auto request = import_of({file("server.ova", "OVA")});
  SECTION("Windows Server is licensed by AWS") {
    request.platform = "Windows";
    const ec2::Image image = imported(world, request);
    CHECK(image.platform == "windows");
    CHECK(image.platform_details == "Windows");
    CHECK(image.usage_operation == "RunInstances:0002");
    CHECK(image.description == "AWS-VMImport service: Windows");
  }
  SECTION("or by the customer") {
    request.platform = "Windows";
    request.license_type = "BYOL";
    const ec2::Image image = imported(world, request);
    CHECK(image.platform_details == "Windows BYOL");
    CHECK(image.usage_operation == "RunInstances:0800");
  }
  SECTION("a usage operation tells the platform") {
    request.usage_operation = "RunInstances:0006";
    const ec2::Image image = imported(world, request);
    CHECK(image.platform == "windows");
    CHECK(image.platform_details == "Windows with SQL Server Standard");
  }
  SECTION("Linux with SQL Server") {
    request.usage_operation = "RunInstances:0004";
    const ec2::Image image = imported(world, request);
    CHECK_FALSE(image.platform);
    CHECK(image.platform_details == "Linux with SQL Server Standard");
  }
  SECTION("architecture and boot mode") {
    request.architecture = "arm64";
    request.boot_mode = "uefi";
    const ec2::Image image = imported(world, request);
    CHECK(image.architecture == "arm64");
    CHECK(image.boot_mode == "uefi");
  }
  SECTION("AWS does not license Linux: the task fails") {
    request.platform = "Linux";
    request.license_type = "AWS";
    const auto task = task_of(world, begin(world, request));
    CHECK(task.status == "deleted");
    CHECK(task.status_message->starts_with("ClientError: "));
    CHECK_FALSE(task.image_id);
    CHECK(world.snapshot_count() == 0);
  }
}

TEST_CASE("ImportImage takes several disks, snapshots too", "[image-tasks][ImportImage]") {
  ImageWorld world;
  const std::string data = world.snapshot({.gib = 30});
  const ec2::Image image = imported(world, import_of({file("root.raw", "raw"),
                                                      {.snapshot_id = data},
                                                      {.device_name = "/dev/sdx", .url = "s3://my-disks/c.vhd"}}));
  REQUIRE(image.block_device_mappings.size() == 3);
  CHECK(mapping_at(image, "/dev/sda1"));
  const ec2::Snapshot copy = snapshot_at(world, image, "/dev/sdf");
  CHECK(copy.snapshot_id != data);
  CHECK(copy.volume_size == 30);
  CHECK(mapping_at(image, "/dev/sdx"));
}

TEST_CASE("An import whose result cannot be made fails", "[image-tasks][ImportImage]") {
  ImageWorld world(handlers::realistic_profile());
  const std::string data = world.snapshot();
  const std::string id = begin(world, import_of({{.snapshot_id = data}}));
  const auto failure = [&] {
    world.advance(1h);
    const auto task = task_of(world, id);
    CHECK(task.status == "deleted");
    return task.status_message.value_or("");
  };
  SECTION("because its snapshot has gone") {
    world.call(ec2::DeleteSnapshotRequest{.snapshot_id = data});
    CHECK(failure() == "ClientError: The snapshot " + data + " does not exist.");
  }
  SECTION("because its snapshot was archived") {
    auto call = world.make_call();
    auto row = *call.snapshots().find(data);
    row.snapshot.storage_tier = ec2::StorageTier::archive;
    call.snapshots().update(row);
    CHECK(failure().starts_with("ClientError: "));
  }
  SECTION("because another image has its name") {
    world.image(id);
    CHECK(failure().starts_with("ClientError: "));
  }
}

TEST_CASE("ImportImage encrypts", "[image-tasks][ImportImage]") {
  ImageWorld world;
  auto request = import_of({file("server.vmdk")});
  SECTION("with the account's key") {
    request.encrypted = true;
    const ec2::Image image = imported(world, request);
    CHECK(mapping_at(image, "/dev/sda1")->ebs->encrypted == true);
    CHECK(snapshot_at(world, image, "/dev/sda1").kms_key_id->starts_with("arn:aws:kms:us-east-1:111111111111:key/"));
  }
  SECTION("by default") {
    world.call(ec2::EnableEbsEncryptionByDefaultRequest{});
    CHECK(snapshot_at(world, imported(world, request), "/dev/sda1").encrypted == true);
  }
  SECTION("a key without encryption is an error") {
    request.kms_key_id = "alias/mine";
    CHECK(world.error_of(request) == "InvalidParameterDependency");
  }
  SECTION("a key that cannot be used fails later") {
    request.encrypted = true;
    request.kms_key_id = "arn:aws:kms:us-east-1:333333333333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const auto task = task_of(world, begin(world, request));
    CHECK(task.status == "deleted");
    CHECK(task.status_message->starts_with("ClientError: "));
    CHECK(world.own_ids().empty());
  }
}

TEST_CASE("ImportImage refuses what it cannot read", "[image-tasks][ImportImage]") {
  ImageWorld world;
  const auto with = [](auto change) {
    auto request = import_of({file("server.vmdk")});
    change(request);
    return request;
  };
  const auto code = [&](auto change) { return world.error_of(with(change)); };
  CHECK(code([](auto& r) { r.disk_containers.clear(); }) == "MissingParameter");
  CHECK(code([](auto& r) { r.disk_containers[0].format = "QCOW2"; }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.disk_containers[0].url = "s3://my-disks/a.vmdk"; }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.disk_containers[0].user_bucket.reset(); }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.disk_containers[0].user_bucket->s3_key.reset(); }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.disk_containers[0].user_bucket->s3_bucket = "No Bucket"; }) == "InvalidParameterValue");
  CHECK(code([](auto& r) { r.disk_containers[0] = {.url = "ftp://files/a.vmdk"}; }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.disk_containers[0].snapshot_id = "snap-0123456789abcdef0"; }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.disk_containers[0] = {.snapshot_id = "snap-0123456789abcdef0"}; }) ==
        "InvalidSnapshot.NotFound");
  CHECK(code([](auto& r) { r.architecture = "sparc"; }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.platform = "Plan9"; }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.license_type = "GPL"; }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.hypervisor = "kvm"; }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.usage_operation = "RunInstances:9999"; }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.license_type = "BYOL", r.usage_operation = "RunInstances"; }) == "InvalidParameter");
  CHECK(code([](auto& r) { r.tag_specifications = tags_on("image", "a", "b"); }) == "InvalidParameterValue");
  CHECK(code([](auto& r) { r.dry_run = true; }) == "DryRunOperation");
  CHECK(world.call(ec2::DescribeImportImageTasksRequest{}).import_image_tasks.empty());
}

TEST_CASE("A client token begins one import", "[image-tasks][ImportImage]") {
  ImageWorld world;
  auto request = import_of({file("server.vmdk")});
  request.client_token = "once";
  CHECK(begin(world, request) == begin(world, request));
  request.platform = "Windows";
  CHECK(world.error_of(request) == "IdempotentParameterMismatch");
}

TEST_CASE("At most twenty imports are active", "[image-tasks][ImportImage]") {
  ImageWorld world(handlers::realistic_profile());
  for (int i = 0; i < 20; ++i) begin(world, import_of({file("server.vmdk")}));
  CHECK(world.error_of(import_of({file("server.vmdk")})) == "ResourceLimitExceeded");
  CHECK(world.in("eu-west-1").error_of(import_of({file("server.vmdk")})).empty());
}

TEST_CASE("An active import can be canceled", "[image-tasks][CancelImportTask]") {
  ImageWorld world(handlers::realistic_profile());
  const std::string id = begin(world, import_of({file("server.vmdk")}));
  SECTION("with a reason") {
    const auto canceled = world.call(ec2::CancelImportTaskRequest{.cancel_reason = "wrong file", .import_task_id = id});
    CHECK(canceled.import_task_id == id);
    CHECK(canceled.previous_state == "active");
    CHECK(canceled.state == "deleting");
    CHECK(task_of(world, id).status == "deleting");
    world.advance(1h);
    CHECK(task_of(world, id).status == "deleted");
    CHECK(task_of(world, id).status_message == "wrong file");
    CHECK(world.own_ids().empty());
    CHECK(world.error_of(ec2::CancelImportTaskRequest{.import_task_id = id}) == "IncorrectState");
  }
  SECTION("not when it is completed") {
    world.advance(1h);
    CHECK(world.error_of(ec2::CancelImportTaskRequest{.import_task_id = id}) == "IncorrectState");
    CHECK(task_of(world, id).status == "completed");
  }
  SECTION("not by others") {
    world.as(kOtherAccount);
    CHECK(world.error_of(ec2::CancelImportTaskRequest{.import_task_id = id}) == "InvalidConversionTaskId");
  }
  SECTION("not without a task") {
    CHECK(world.error_of(ec2::CancelImportTaskRequest{}) == "MissingParameter");
    CHECK(world.error_of(ec2::CancelImportTaskRequest{.import_task_id = "ami-1"}) ==
          "InvalidConversionTaskId.Malformed");
    CHECK(world.error_of(ec2::CancelImportTaskRequest{.import_task_id = "import-snap-0123456789abcdef0"}) ==
          "InvalidConversionTaskId");
  }
}

TEST_CASE("Import tasks are listed", "[image-tasks][DescribeImportImageTasks]") {
  ImageWorld world(handlers::realistic_profile());
  const std::string first = begin(world, import_of({file("a.vmdk")}));
  world.advance(1h);
  auto request = import_of({file("b.vmdk")});
  request.tag_specifications = tags_on("import-image-task", "Team", "moving");
  const std::string second = begin(world, request);
  const auto ids = [&](ec2::DescribeImportImageTasksRequest asked) {
    std::vector<std::string> found;
    for (const auto& task : world.call(asked).import_image_tasks) found.push_back(*task.import_task_id);
    return found;
  };
  CHECK(ids({}) == std::vector{first, second});
  CHECK(ids({.filters = {filter("task-state", {"active"})}}) == std::vector{second});
  CHECK(ids({.filters = {filter("task-state", {"completed"})}}) == std::vector{first});
  CHECK(ids({.filters = {filter("tag:Team", {"moving"})}}) == std::vector{second});
  tests::check_documented_filters<ec2::DescribeImportImageTasksRequest>(world);
  for (int i = 0; i < 5; ++i) begin(world, import_of({file("c.vmdk")}));
  const auto page = world.call(ec2::DescribeImportImageTasksRequest{.max_results = 5});
  CHECK(page.import_image_tasks.size() == 5);
  CHECK(ids({.max_results = 5, .next_token = page.next_token}).size() == 2);
  CHECK(world.error_of(ec2::DescribeImportImageTasksRequest{.import_task_ids = {"import-ami-zz"}}) ==
        "InvalidConversionTaskId.Malformed");
  CHECK(world.as(kOtherAccount).error_of(ec2::DescribeImportImageTasksRequest{.import_task_ids = {first}}) ==
        "InvalidConversionTaskId");
  CHECK(ids({}).empty());
}

TEST_CASE("Import tasks are tagged like other resources", "[image-tasks][CreateTags]") {
  ImageWorld world;
  const std::string id = begin(world, import_of({file("a.vmdk")}));
  world.call(ec2::CreateTagsRequest{.resources = {id}, .tags = {{.key = "Team", .value = "moving"}}});
  CHECK(task_of(world, id).tags.at(0).value == "moving");
  const auto tags = world.call(ec2::DescribeTagsRequest{}).tags;
  REQUIRE(tags.size() == 1);
  CHECK(tags[0].resource_type == "import-image-task");
}
