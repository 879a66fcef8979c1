#include "tests/handlers/image_world.hpp"

#include <chrono>
#include <map>

using namespace amity;
using tests::ImageWorld;
using tests::kAccount;
using tests::kOtherAccount;
using namespace std::chrono_literals;

TEST_CASE("DeregisterImage leaves instances and snapshots alone", "[images][DeregisterImage]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  world.source_image_id = id;
  const std::string instance = world.instance();
  const auto result = world.call(ec2::DeregisterImageRequest{.image_id = id});
  CHECK(result.return_value == true);
  CHECK(result.delete_snapshot_results.empty());
  CHECK(world.own_ids().empty());
  CHECK(world.snapshot_count() == 1);
  CHECK(world.make_call().instances().find(instance)->instance.state->name == "running");
}

TEST_CASE("A deregistered image can no longer be used", "[images][DeregisterImage]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  world.make_call().tags().set(id, "image", "Name", "golden");
  world.call(ec2::DeregisterImageRequest{.image_id = id});
  CHECK(world.make_call().tags().of(id).empty());
  CHECK(world.error_of(ec2::DeregisterImageRequest{.image_id = id}) == "InvalidAMIID.Unavailable");
  CHECK(world.error_of(ec2::ResetImageAttributeRequest{.attribute = "launchPermission", .image_id = id}) ==
        "InvalidAMIID.Unavailable");
  CHECK(world.error_of(ec2::DescribeImageAttributeRequest{.attribute = "description", .image_id = id}) ==
        "InvalidAMIID.Unavailable");
}

TEST_CASE("EC2 remembers a deregistered image for a while", "[images][DeregisterImage]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  world.source_image_id = id;
  SECTION("describing it gives nothing, an hour later an error") {
    world.call(ec2::DeregisterImageRequest{.image_id = id});
    CHECK(world.ids_of({.image_ids = {id}}).empty());
    world.as(kOtherAccount);
    CHECK(world.ids_of({.image_ids = {id}}).empty());
    world.as(kAccount).advance(59min);
    CHECK(world.ids_of({.image_ids = {id}}).empty());
    world.advance(1min);
    CHECK(world.error_of(ec2::DescribeImagesRequest{.image_ids = {id}}) == "InvalidAMIID.NotFound");
    CHECK(world.error_of(ec2::DeregisterImageRequest{.image_id = id}) == "InvalidAMIID.NotFound");
  }
  SECTION("for as long as an instance names it") {
    const std::string instance = world.instance();
    world.call(ec2::DeregisterImageRequest{.image_id = id});
    world.advance(48h);
    CHECK(world.ids_of({.image_ids = {id}}).empty());
    world.make_call().instances().remove(instance);
    world.advance(1h);
    CHECK(world.error_of(ec2::DescribeImagesRequest{.image_ids = {id}}) == "InvalidAMIID.NotFound");
  }
}

TEST_CASE("DeregisterImage refuses images that are not the caller's", "[images][DeregisterImage]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  world.share(id, {.group = "all"});
  world.as(kOtherAccount);
  CHECK(world.error_of(ec2::DeregisterImageRequest{.image_id = id}) == "AuthFailure");
  CHECK(world.error_of(ec2::DeregisterImageRequest{.image_id = "ami-1"}) == "InvalidAMIID.Malformed");
  CHECK(world.error_of(ec2::DeregisterImageRequest{.image_id = "ami-00000000000000000"}) == "InvalidAMIID.NotFound");
  const std::string public_id = *world.catalogue().images("us-east-1").front().image_id;
  CHECK(world.error_of(ec2::DeregisterImageRequest{.image_id = public_id}) == "AuthFailure");
  world.as(*world.catalogue().images("us-east-1").front().owner_id);
  CHECK(world.error_of(ec2::DeregisterImageRequest{.image_id = public_id}) == "AuthFailure");
}

TEST_CASE("DeregisterImage respects deregistration protection", "[images][DeregisterImage]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  const auto error_with = [&](const std::string& protection) {
    world.change_image(id, [&](state::Image& image) { image.image.deregistration_protection = protection; });
    return world.error_of(ec2::DeregisterImageRequest{.image_id = id});
  };
  CHECK(error_with("enabled-with-cooldown") == "OperationNotPermitted");
  CHECK(error_with("enabled-without-cooldown") == "OperationNotPermitted");
  CHECK(error_with("disabled after 2026-01-03T03:04:05.000Z") == "OperationNotPermitted");
  CHECK(error_with("disabled after 2026-01-02T03:04:05.000Z") == "");
}

TEST_CASE("DeregisterImage deletes the snapshots that only this image needs", "[images][DeregisterImage]") {
  ImageWorld world;
  const std::string mine = world.snapshot();
  const std::string used_twice = world.snapshot();
  world.image("other", used_twice);
  world.as(kOtherAccount);
  const std::string foreign = world.snapshot({.permissions = {{.user_id = std::string(kAccount), .group = {}}}});
  world.as(kAccount);
  auto request = ImageWorld::registration("golden", mine);
  for (const auto& [device, snapshot] :
       std::map<std::string, std::string>{{"/dev/sdf", used_twice}, {"/dev/sdg", foreign}, {"/dev/sdh", mine}})
    request.block_device_mappings.push_back(
        {.ebs = ec2::EbsBlockDevice{.snapshot_id = snapshot}, .device_name = device});
  const std::string id = *world.call(request).image_id;

  const auto result = world.call(ec2::DeregisterImageRequest{.image_id = id, .delete_associated_snapshots = true});
  std::map<std::string, std::string> codes;
  for (const auto& one : result.delete_snapshot_results) codes[*one.snapshot_id] = *one.return_code;
  CHECK(result.delete_snapshot_results.size() == 3);
  CHECK(codes[mine] == "success");
  CHECK(codes[used_twice] == "skipped");
  CHECK(codes[foreign] == "missing-permissions");
  CHECK_FALSE(world.make_call().snapshots().find(mine));
  CHECK(world.make_call().snapshots().find(used_twice));
  CHECK(world.make_call().snapshots().find_any(foreign));
}

TEST_CASE("A snapshot cannot be deleted while a registered image needs it", "[images][snapshots][DeleteSnapshot]") {
  ImageWorld world;
  const std::string snapshot = world.snapshot();
  const std::string id = world.image("golden", snapshot);
  const ec2::DeleteSnapshotRequest request{.snapshot_id = snapshot};
  CHECK(world.error_of(request) == "InvalidSnapshot.InUse");
  world.change_image(id, [](state::Image& image) { image.image.state = ec2::ImageState::disabled; });
  CHECK(world.error_of(request) == "InvalidSnapshot.InUse");
  world.call(ec2::DeregisterImageRequest{.image_id = id});
  CHECK(world.error_of(request) == "");
}

TEST_CASE("A dry run of DeregisterImage changes nothing", "[images][DeregisterImage]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  CHECK(world.error_of(ec2::DeregisterImageRequest{.image_id = id, .dry_run = true}) == "DryRunOperation");
  CHECK(world.own_ids() == std::vector{id});
}
