#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using tests::World;
using namespace std::chrono_literals;

namespace {

std::string put_image(World& world, const char* platform) {
  handlers::Call call = world.make_call();
  ec2::Image image{.image_id = call.ids().make("ami"), .state = "available", .owner_id = call.account()};
  image.name = image.image_id;
  if (platform) image.platform = platform;
  call.images().insert({.image = image});
  return *image.image_id;
}

std::vector<ec2::DescribeFastLaunchImagesSuccessItem> listed(World& world,
                                                             ec2::DescribeFastLaunchImagesRequest request = {}) {
  return world.call(request).fast_launch_images;
}

}  // namespace

TEST_CASE("Fast launching of a Windows image is enabled and disabled in time", "[images][EnableFastLaunch]") {
  World world;
  const std::string id = put_image(world, "windows");
  const auto enabling = world.call(ec2::EnableFastLaunchRequest{
      .image_id = id, .snapshot_configuration = ec2::FastLaunchSnapshotConfigurationRequest{10}});
  CHECK(enabling.state == "enabling");
  CHECK(enabling.owner_id == "111111111111");
  CHECK(enabling.state_transition_reason == "Client.UserInitiated");
  const auto images = listed(world);
  REQUIRE(images.size() == 1);
  CHECK(images[0].state == "enabled");
  CHECK(images[0].resource_type == "snapshot");
  CHECK(images[0].snapshot_configuration->target_resource_count == 10);
  CHECK(images[0].max_parallel_launches == 6);
  CHECK(listed(world, {.image_ids = {id}}).size() == 1);
  for (const auto& [name, value] :
       {std::pair{"resource-type", "snapshot"}, {"owner-id", "111111111111"}, {"state", "enabled"}}) {
    CHECK(listed(world, {.filters = {{.name = name, .values = {value}}}}).size() == 1);
    CHECK(listed(world, {.filters = {{.name = name, .values = {"x"}}}}).empty());
  }
  SECTION("disabled") {
    CHECK(world.call(ec2::DisableFastLaunchRequest{.image_id = id}).state == "disabling");
    CHECK(listed(world).empty());
    CHECK(world.error_of(ec2::DisableFastLaunchRequest{.image_id = id}) == "IncorrectState");
  }
  SECTION("gone with its image") {
    world.call(ec2::DeregisterImageRequest{.image_id = id});
    CHECK(listed(world).empty());
  }
}

TEST_CASE("Fast launching refuses what it cannot do", "[images][EnableFastLaunch]") {
  World world;
  const std::string linux = put_image(world, nullptr), windows = put_image(world, "windows");
  const auto refusal = [&](ec2::EnableFastLaunchRequest request) { return world.error_of(request); };
  CHECK(refusal({.image_id = linux}) == "InvalidParameterValue");
  CHECK(refusal({.image_id = "ami-12345678"}) == "InvalidAMIID.NotFound");
  CHECK(refusal({.image_id = windows, .resource_type = "volume"}) == "InvalidParameterValue");
  CHECK(refusal({.image_id = windows, .max_parallel_launches = 5}) == "InvalidParameterValue");
  CHECK(refusal({.image_id = windows,
                 .launch_template = ec2::FastLaunchLaunchTemplateSpecificationRequest{.version = "1"}}) ==
        "MissingParameter");
  CHECK(world.as("222222222222").error_of(ec2::EnableFastLaunchRequest{.image_id = windows}) == "AuthFailure");
}
