#include "tests/handlers/ebs_builder.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

ec2::Volume root_of(World& world, const std::string& instance_id) {
  const ec2::Instance instance = describe(world, instance_id);
  for (const auto& mapping : instance.block_device_mappings)
    if (mapping.device_name == instance.root_device_name) return describe_volume(world, *mapping.ebs->volume_id);
  FAIL("no root volume");
  return {};
}

ec2::ReplaceRootVolumeTask start(World& world, const ec2::CreateReplaceRootVolumeTaskRequest& request) {
  return *world.call(request).replace_root_volume_task;
}

ec2::ReplaceRootVolumeTask task_of(World& world, const ec2::ReplaceRootVolumeTask& task) {
  return world
      .call(ec2::DescribeReplaceRootVolumeTasksRequest{
          .replace_root_volume_task_ids = {*task.replace_root_volume_task_id}})
      .replace_root_volume_tasks.at(0);
}

}  // namespace

TEST_CASE("A root volume is replaced by one in its launch state", "[volumes][CreateReplaceRootVolumeTask]") {
  World world;
  const std::string instance = launch(world);
  const ec2::Volume old = root_of(world, instance);
  const auto started = start(
      world,
      {.instance_id = instance,
       .tag_specifications = {{.resource_type = "replace-root-volume-task", .tags = {{.key = "a", .value = "b"}}}}});
  CHECK(started.replace_root_volume_task_id->starts_with("replacevol-"));
  CHECK(started.task_state == "pending");
  CHECK(started.instance_id == instance);
  CHECK(started.snapshot_id == old.snapshot_id);
  CHECK(started.start_time == "2026-01-02T03:04:05.000Z");
  CHECK(started.tags.size() == 1);
  const auto done = task_of(world, started);
  CHECK(done.task_state == "succeeded");
  CHECK(done.complete_time);
  CHECK(done.tags.at(0).key == "a");
  CHECK(done.delete_replaced_root_volume == false);
  const ec2::Volume made = root_of(world, instance);
  CHECK(made.volume_id != old.volume_id);
  CHECK(made.snapshot_id == old.snapshot_id);
  CHECK(made.volume_type == old.volume_type);
  CHECK(made.size == old.size);
  CHECK(made.state == "in-use");
  CHECK(made.attachments.at(0).state == "attached");
  CHECK(made.attachments.at(0).delete_on_termination == old.attachments.at(0).delete_on_termination);
  CHECK(describe_volume(world, *old.volume_id).state == "available");
  CHECK(describe(world, instance).state->name == "running");
  CHECK(world.make_call().instances().find(instance)->reboot_times.size() == 1);
}

TEST_CASE("A root volume is replaced by an earlier state of itself", "[volumes][CreateReplaceRootVolumeTask]") {
  World world;
  const std::string instance = launch(world);
  const std::string old = *root_of(world, instance).volume_id, snapshot = make_snapshot(world, old);
  const auto task =
      start(world, {.instance_id = instance, .snapshot_id = snapshot, .delete_replaced_root_volume = true});
  CHECK(task_of(world, task).task_state == "succeeded");
  CHECK(root_of(world, instance).snapshot_id == snapshot);
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {old}}) == "InvalidVolume.NotFound");
}

TEST_CASE("A root volume is replaced by that of an image which fits", "[volumes][CreateReplaceRootVolumeTask]") {
  World world;
  const std::string instance = launch(world);
  const ec2::Instance running = describe(world, instance);
  const ec2::Image* other = nullptr;
  for (const ec2::Image& image : world.catalogue().images("us-east-1"))
    if (image.image_id != running.image_id && image.architecture == running.architecture &&
        image.usage_operation == running.usage_operation && image.product_codes.empty())
      other = &image;
  REQUIRE(other);
  const auto task = start(world, {.instance_id = instance, .image_id = other->image_id});
  CHECK(task.image_id == other->image_id);
  CHECK(task_of(world, task).task_state == "succeeded");
  CHECK(root_of(world, instance).snapshot_id == task.snapshot_id);
  CHECK(describe(world, instance).image_id == other->image_id);
  CHECK(world.call(ec2::DescribeInstanceImageMetadataRequest{.instance_ids = {instance}})
            .instance_image_metadata.at(0)
            .image_metadata->image_id == other->image_id);
  const ec2::Image& arm = public_image(world, "al2023-ami-2023", "arm64");
  CHECK(world.error_of(ec2::CreateReplaceRootVolumeTaskRequest{.instance_id = instance, .image_id = arm.image_id}) ==
        "InvalidParameterValue");
}

TEST_CASE("A replacement is as large as its image wants, and boots as it does",
          "[volumes][CreateReplaceRootVolumeTask]") {
  World world;
  const std::string instance = launch(world);
  const ec2::Volume old = root_of(world, instance);
  ec2::RegisterImageRequest wanted{
      .name = "larger",
      .architecture = "x86_64",
      .root_device_name = "/dev/xvda",
      .block_device_mappings = {
          {.ebs = {{.snapshot_id = make_snapshot(world, *old.volume_id), .volume_size = *old.size + 5}},
           .device_name = "/dev/xvda"}}};
  wanted.boot_mode = "legacy-bios";
  wanted.virtualization_type = "hvm";
  wanted.sriov_net_support = "simple";
  const auto without_ena = world.call(wanted).image_id;
  CHECK(world.error_of(ec2::CreateReplaceRootVolumeTaskRequest{.instance_id = instance, .image_id = without_ena}) ==
        "InvalidParameterValue");
  wanted.name = "larger with ENA";
  wanted.ena_support = true;
  const auto image = world.call(wanted).image_id;
  CHECK(task_of(world, start(world, {.instance_id = instance, .image_id = image})).task_state == "succeeded");
  CHECK(root_of(world, instance).size == *old.size + 5);
  CHECK(root_of(world, instance).volume_type == old.volume_type);
  CHECK(describe(world, instance).boot_mode == "legacy-bios");
  CHECK(describe(world, instance).current_instance_boot_mode == "legacy-bios");
}

TEST_CASE("What replaces an encrypted root volume has its key", "[volumes][CreateReplaceRootVolumeTask][encryption]") {
  World world;
  const std::string key = "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  ec2::RunInstancesRequest request = launch_request(world);
  request.block_device_mappings = {{.ebs = {{.kms_key_id = key, .encrypted = true}}, .device_name = "/dev/xvda"}};
  const std::string instance = ids_of(world.call(request)).front();
  for (const std::optional<std::string>& image : {std::optional<std::string>(), request.image_id}) {
    CHECK(task_of(world, start(world, {.instance_id = instance, .image_id = image})).task_state == "succeeded");
    CHECK(root_of(world, instance).encrypted == true);
    CHECK(root_of(world, instance).kms_key_id == key);
  }
}

TEST_CASE("A replacement takes its time, one at a time, and fails with its instance",
          "[volumes][CreateReplaceRootVolumeTask]") {
  World world(handlers::realistic_profile());
  const std::string instance = launch(world);
  const ec2::CreateReplaceRootVolumeTaskRequest request{.instance_id = instance};
  CHECK(world.error_of(request) == "IncorrectInstanceState");
  world.advance(1min);
  const auto task = start(world, request);
  CHECK(task_of(world, task).task_state == "pending");
  CHECK(world.error_of(request) == "IncorrectState");
  world.advance(4s);
  CHECK(task_of(world, task).task_state == "in-progress");
  SECTION("it ends well") {
    world.advance(6s);
    CHECK(task_of(world, task).task_state == "succeeded");
    CHECK(world.error_of(request) == "");
  }
  SECTION("the instance is stopped meanwhile") {
    const std::size_t volumes = world.make_call().volumes().count();
    world.call(ec2::StopInstancesRequest{.instance_ids = {instance}});
    world.advance(1min);
    CHECK(task_of(world, task).task_state == "failed");
    CHECK(world.make_call().volumes().count() == volumes - 1);
  }
}

TEST_CASE("A replacement whose key cannot be used fails, and the old volume stays",
          "[volumes][CreateReplaceRootVolumeTask]") {
  World world;
  const std::string instance = launch(world);
  const ec2::Volume old = root_of(world, instance);
  world.call(ec2::EnableEbsEncryptionByDefaultRequest{});
  world.call(ec2::ModifyEbsDefaultKmsKeyIdRequest{.kms_key_id = "no key"});
  const auto task = start(world, {.instance_id = instance});
  CHECK(task_of(world, task).task_state == "failed");
  CHECK(root_of(world, instance).volume_id == old.volume_id);
}

TEST_CASE("CreateReplaceRootVolumeTask refuses bad requests", "[volumes][CreateReplaceRootVolumeTask]") {
  World world;
  const std::string instance = launch(world), foreign = make_snapshot(world);
  const std::string root_snapshot = *root_of(world, instance).snapshot_id;
  struct Row {
    ec2::CreateReplaceRootVolumeTaskRequest request;
    const char* code;
  };
  const Row rows[] = {
      {{.instance_id = "i-1"}, "InvalidInstanceID.Malformed"},
      {{.instance_id = "i-0123456789abcdef0"}, "InvalidInstanceID.NotFound"},
      {{.instance_id = instance, .snapshot_id = "snap-1"}, "InvalidSnapshotID.Malformed"},
      {{.instance_id = instance, .snapshot_id = foreign}, "InvalidParameterValue"},
      {{.instance_id = instance, .image_id = "ami-0123456789abcdef0"}, "InvalidAMIID.NotFound"},
      {{.instance_id = instance, .snapshot_id = root_snapshot, .image_id = "ami-0123456789abcdef0"},
       "InvalidParameterCombination"},
      {{.instance_id = instance, .dry_run = true}, "DryRunOperation"},
      {{.instance_id = put_instance(world)}, "UnsupportedOperation"},
  };
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(row.request) == row.code);
  }
}

TEST_CASE("DescribeReplaceRootVolumeTasks filters by instance, and pages",
          "[volumes][DescribeReplaceRootVolumeTasks]") {
  World world;
  const std::string first = launch(world), second = launch(world);
  for (const std::string& instance : {first, second}) start(world, {.instance_id = instance});
  const auto of_first =
      world.call(ec2::DescribeReplaceRootVolumeTasksRequest{.filters = {{.name = "instance-id", .values = {first}}}});
  REQUIRE(of_first.replace_root_volume_tasks.size() == 1);
  const auto page = world.call(ec2::DescribeReplaceRootVolumeTasksRequest{.max_results = 1});
  CHECK(page.replace_root_volume_tasks.size() == 1);
  CHECK(page.next_token);
  const std::string unknown = "replacevol-0123456789abcdef0";
  CHECK(world.error_of(ec2::DescribeReplaceRootVolumeTasksRequest{.replace_root_volume_task_ids = {unknown}}) ==
        "InvalidReplaceRootVolumeTaskId.NotFound");
  const std::string id = *of_first.replace_root_volume_tasks[0].replace_root_volume_task_id;
  world.call(ec2::CreateTagsRequest{.resources = {id}, .tags = {{.key = "k", .value = "v"}}});
  CHECK(task_of(world, of_first.replace_root_volume_tasks[0]).tags.at(0).value == "v");
}
