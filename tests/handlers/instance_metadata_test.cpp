#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace amity::tests {
namespace {

using namespace std::chrono_literals;
using Modify = ec2::ModifyInstanceMetadataOptionsRequest;
using Defaults = ec2::ModifyInstanceMetadataDefaultsRequest;

ec2::InstanceMetadataOptionsResponse options_of(World& world, const std::string& id) {
  return *describe(world, id).metadata_options;
}

TEST_CASE("ModifyInstanceMetadataOptions changes what it names", "[instances][ModifyInstanceMetadataOptions]") {
  World world(handlers::realistic_profile());
  const std::string id = launch(world);
  world.advance(1min);
  const auto before = options_of(world, id);
  const auto answer = world.call(Modify{.instance_id = id, .http_put_response_hop_limit = 5});
  CHECK(answer.instance_id == id);
  CHECK(answer.instance_metadata_options->state == "pending");
  CHECK(answer.instance_metadata_options->http_put_response_hop_limit == 5);
  CHECK(answer.instance_metadata_options->http_tokens == before.http_tokens);
  CHECK(options_of(world, id).state == "pending");
  world.advance(5s);
  CHECK(options_of(world, id).state == "applied");

  world.call(Modify{.instance_id = id, .http_endpoint = "disabled"});
  world.call(Modify{.instance_id = id, .http_protocol_ipv6 = "enabled", .instance_metadata_tags = "enabled"});
  const auto after = options_of(world, id);
  CHECK(after.http_endpoint == "disabled");
  CHECK(after.http_protocol_ipv6 == "enabled");
  CHECK(after.instance_metadata_tags == "enabled");
  CHECK(after.http_put_response_hop_limit == 5);
}

TEST_CASE("A stopped instance takes its metadata options up when it starts",
          "[instances][ModifyInstanceMetadataOptions]") {
  World world;
  const std::string id = stop(world, launch(world));
  world.call(Modify{.instance_id = id, .http_tokens = "required"});
  CHECK(options_of(world, id).state == "pending");
  world.call(ec2::StartInstancesRequest{.instance_ids = {id}});
  CHECK(options_of(world, id).state == "applied");
  CHECK(options_of(world, id).http_tokens == "required");
}

TEST_CASE("ModifyInstanceMetadataOptions refuses", "[instances][ModifyInstanceMetadataOptions]") {
  World world;
  const std::string id = launch(world);
  const std::string gone = launch(world);
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {gone}});
  world.call(ec2::CreateTagsRequest{.resources = {id}, .tags = {{.key = "a key", .value = ""}}});
  struct Bad {
    Modify request;
    std::string code;
  };
  const Bad bads[] = {
      {{.instance_id = id}, "MissingParameter"},
      {{.instance_id = "i-00000000000000000", .http_tokens = "required"}, "InvalidInstanceID.NotFound"},
      {{.instance_id = gone, .http_tokens = "required"}, "IncorrectInstanceState"},
      {{.instance_id = id, .http_put_response_hop_limit = 0}, "InvalidParameterValue"},
      {{.instance_id = id, .http_put_response_hop_limit = 65}, "InvalidParameterValue"},
      {{.instance_id = id, .http_tokens = "required", .http_endpoint = "disabled"}, "InvalidParameterCombination"},
      {{.instance_id = id, .instance_metadata_tags = "enabled"}, "InvalidParameterValue"},
  };
  for (const Bad& bad : bads) CHECK(world.error_of(bad.request) == bad.code);
}

TEST_CASE("Metadata defaults hold for launches that do not say otherwise",
          "[instances][ModifyInstanceMetadataDefaults][GetInstanceMetadataDefaults]") {
  World world;
  const auto defaults = [&] { return *world.call(ec2::GetInstanceMetadataDefaultsRequest{}).account_level; };
  CHECK(defaults().managed_by == "account");
  CHECK_FALSE(defaults().http_tokens);
  CHECK(world
            .call(Defaults{.http_tokens = "optional",
                           .http_put_response_hop_limit = 3,
                           .http_endpoint = "enabled",
                           .instance_metadata_tags = "enabled"})
            .return_value == true);
  CHECK(defaults().http_tokens == "optional");
  CHECK(defaults().http_put_response_hop_limit == 3);

  auto request = launch_request(world);  // the image itself wants IMDSv2
  auto options = *world.call(request).instances.front().metadata_options;
  CHECK(options.http_tokens == "optional");
  CHECK(options.http_put_response_hop_limit == 3);
  CHECK(options.instance_metadata_tags == "enabled");
  request.metadata_options = {.http_tokens = "required"};
  options = *world.call(request).instances.front().metadata_options;
  CHECK(options.http_tokens == "required");
  CHECK(options.http_put_response_hop_limit == 3);

  SECTION("no preference gives the word back to the image") {
    world.call(Defaults{.http_tokens = "no-preference", .http_put_response_hop_limit = -1});
    CHECK_FALSE(defaults().http_tokens);
    CHECK_FALSE(defaults().http_put_response_hop_limit);
    CHECK(world.call(launch_request(world)).instances.front().metadata_options->http_tokens == "required");
  }
  SECTION("enforced IMDSv2 refuses all else") {
    world.call(Defaults{.http_tokens_enforced = "enabled"});
    CHECK(world.error_of(launch_request(world)) == "UnsupportedOperation");
    const std::string id = ids_of(world.call(request)).front();
    CHECK(world.error_of(Modify{.instance_id = id, .http_tokens = "optional"}) == "UnsupportedOperation");
    CHECK(world.error_of(Modify{.instance_id = id, .http_put_response_hop_limit = 1}).empty());
  }
  SECTION("another Region and account have their own") {
    CHECK_FALSE(world.in("eu-west-1").call(ec2::GetInstanceMetadataDefaultsRequest{}).account_level->http_tokens);
    world.in("us-east-1").as(kOtherAccount);
    CHECK_FALSE(world.call(ec2::GetInstanceMetadataDefaultsRequest{}).account_level->http_tokens);
  }
  CHECK(world.error_of(Defaults{.http_put_response_hop_limit = 0}) == "InvalidParameterValue");
}

}  // namespace
}  // namespace amity::tests
