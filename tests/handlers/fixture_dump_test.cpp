#include "handlers/fixture_form.hpp"
#include "handlers/transitions.hpp"
#include "tests/handlers/fixture_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace amity;
using namespace amity::tests;

namespace {

// A bit of everything, made by calls.
void fill(World& world) {
  const auto images = world.catalogue().images("us-east-1");
  const std::string base = *std::ranges::find_if(images, [](const ec2::Image& image) {
                              return image.architecture == "x86_64" && image.name->starts_with("al2023-ami-2023");
                            })->image_id;
  const auto run = world.as("111111111111")
                       .in("us-east-1")
                       .call(ec2::RunInstancesRequest{
                           .image_id = base, .instance_type = "t3.micro", .max_count = 2, .min_count = 2});
  world.advance(std::chrono::minutes{1});  // it runs by then, in every profile
  const std::string first = *run.instances.at(0).instance_id;
  world.call(ec2::CreateTagsRequest{.resources = {first, base}, .tags = {{.key = "Name", .value = "\"quoted\"\n"}}});
  const auto made = world.call(ec2::CreateImageRequest{.instance_id = first, .name = "golden"});
  world.advance(std::chrono::minutes{5});
  const auto golden = image(world, *made.image_id);
  world.call(ec2::ModifySnapshotAttributeRequest{
      .create_volume_permission = ec2::CreateVolumePermissionModifications{.add = {{.user_id = "222222222222"}}},
      .snapshot_id = *golden.block_device_mappings.at(0).ebs->snapshot_id});
  world.call(ec2::ModifyImageAttributeRequest{
      .image_id = *made.image_id,
      .launch_permission = ec2::LaunchPermissionModifications{.add = {{.user_id = "222222222222"}}}});
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {*run.instances.at(1).instance_id}});
  const auto volume = world.call(ec2::CreateVolumeRequest{.availability_zone = "us-east-1a", .size = 5});
  world.advance(std::chrono::minutes{1});
  world.call(ec2::ModifyVolumeRequest{.volume_id = *volume.volume_id, .size = 6});
  const std::string snapshot = *golden.block_device_mappings.at(0).ebs->snapshot_id;
  world.call(ec2::LockSnapshotRequest{.snapshot_id = snapshot, .lock_mode = "governance", .lock_duration = 3});
  world.call(
      ec2::EnableFastSnapshotRestoresRequest{.availability_zones = {"us-east-1a"}, .source_snapshot_ids = {snapshot}});
  world.call(ec2::ModifyEbsDefaultKmsKeyIdRequest{.kms_key_id = "alias/mine"});
  world.call(ec2::CreateReplaceRootVolumeTaskRequest{.instance_id = first});
  world.call(ec2::ImportKeyPairRequest{
      .key_name = "me",
      .public_key_material = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl x"});
  const auto group = world.call(ec2::CreateSecurityGroupRequest{.description = "web", .group_name = "web"});
  world.call(ec2::AuthorizeSecurityGroupIngressRequest{
      .group_id = group.group_id,
      .ip_permissions = {
          {.ip_protocol = "tcp", .from_port = 443, .to_port = 443, .ip_ranges = {{.cidr_ip = "0.0.0.0/0"}}}}});
  world.as("222222222222")
      .in("eu-west-1")
      .call(ec2::CopyImageRequest{.name = "copy", .source_image_id = *made.image_id, .source_region = "us-east-1"});
  storage::Organizations(world.store().database())
      .add_member("arn:aws:organizations::111111111111:organization/o-abc", "222222222222");
  storage::Organizations(world.store().database())
      .add_member("arn:aws:organizations::111111111111:ou/o-abc/ou-def", "222222222222");
}

// Layers have numbers that say nothing beyond their own dump.
std::string without_block_maps(std::string text) {
  auto fixtures = handlers::parse_fixtures({.name = {}, .text = std::move(text)});
  for (state::Fixture& fixture : fixtures) {
    fixture.block_layers.clear();
    fixture.block_maps.clear();
  }
  return handlers::write_fixtures(fixtures);
}

}  // namespace

TEST_CASE("In the flat form of rows, no two members have one name", "[fixtures]") {
  for (const model::Member& list : handlers::fixture_shape().members) {
    if (list.kind != model::Kind::List || list.element->kind != model::Kind::Structure) continue;
    std::set<std::string_view> names;
    for (const model::Member& member : list.element->shape->members) {
      INFO(list.name << "." << member.name);
      CHECK(names.insert(member.name).second);
    }
  }
}

TEST_CASE("A dump loads into the same state", "[fixtures][dump]") {
  const auto profile = GENERATE(handlers::instant_profile(), handlers::realistic_profile());
  World world(profile);
  fill(world);
  const std::string before = dump(world);
  World other(profile);
  other.advance(std::chrono::duration_cast<std::chrono::milliseconds>(world.now() - other.now()));
  load(other, before);
  CHECK(dump(other) == before);

  SECTION("also over the state that it was made of") {
    load(world, before);
    CHECK(dump(world) == before);
  }
  SECTION("and what was on its way arrives there as here") {
    for (World* one : {&world, &other}) {
      one->advance(std::chrono::hours{1});
      handlers::apply_due_transitions(one->environment(), one->now());
    }
    CHECK(without_block_maps(dump(other)) == without_block_maps(dump(world)));
  }
}

TEST_CASE("A dump has AWS's own form", "[fixtures][dump]") {
  World world;
  fill(world);
  handlers::apply_due_transitions(world.environment(), world.now());
  const auto fixtures = handlers::parse_fixtures({.name = {}, .text = dump(world)});
  REQUIRE(fixtures.size() == 4);  // the last knows only what the copy cost where it came from
  CHECK(fixtures[0].organizations.at(0).arn == "arn:aws:organizations::111111111111:organization/o-abc");
  CHECK(fixtures[0].organizations.at(0).organizational_units.at(0).accounts ==
        std::vector<std::string>{"222222222222"});
  CHECK(fixtures[1].account == "111111111111");
  CHECK(fixtures[1].region == std::vector<std::string>{"us-east-1"});
  CHECK(fixtures[1].images.at(0).image.name == "golden");
  CHECK(fixtures[1].images.at(0).launch_permissions.size() == 1);
  REQUIRE(fixtures[1].reservations.size() == 1);
  CHECK(fixtures[1].reservations[0].owner_id == "111111111111");
  CHECK(fixtures[1].reservations[0].instances.at(0).instance.tags.at(0).value == "\"quoted\"\n");
  CHECK(fixtures[1].tags.size() == 1);  // of the catalogue's image, which is not the account's to list
  CHECK(fixtures[2].account == "222222222222");
  CHECK(fixtures[2].region == std::vector<std::string>{"eu-west-1"});
}

TEST_CASE("The dump of nothing is an empty list", "[fixtures][dump]") {
  World world;
  CHECK(dump(world) == "[]");
  CHECK(load(world, dump(world)).empty());
}
