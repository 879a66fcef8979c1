#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace amity::tests {
namespace {

using namespace std::chrono_literals;

std::string monitoring(World& world, const std::string& id) { return *describe(world, id).monitoring->state; }

TEST_CASE("Detailed monitoring goes on and off", "[instances][MonitorInstances][UnmonitorInstances]") {
  World world(handlers::realistic_profile());
  const std::string id = launch(world);
  world.advance(1min);
  const auto on = world.call(ec2::MonitorInstancesRequest{.instance_ids = {id, id}}).instance_monitorings;
  REQUIRE(on.size() == 1);
  CHECK(on[0].instance_id == id);
  CHECK(on[0].monitoring->state == "pending");
  CHECK(monitoring(world, id) == "pending");
  world.advance(5s);
  CHECK(monitoring(world, id) == "enabled");
  CHECK(world.call(ec2::MonitorInstancesRequest{.instance_ids = {id}}).instance_monitorings[0].monitoring->state ==
        "enabled");
  CHECK(world.call(ec2::UnmonitorInstancesRequest{.instance_ids = {id}}).instance_monitorings[0].monitoring->state ==
        "disabling");
  world.advance(5s);
  CHECK(monitoring(world, id) == "disabled");
}

TEST_CASE("A stopped instance is monitored when it runs again", "[instances][MonitorInstances]") {
  World world;
  const std::string id = stop(world, launch(world));
  world.call(ec2::MonitorInstancesRequest{.instance_ids = {id}});
  CHECK(monitoring(world, id) == "pending");
  world.call(ec2::StartInstancesRequest{.instance_ids = {id}});
  CHECK(monitoring(world, id) == "enabled");
}

TEST_CASE("MonitorInstances and UnmonitorInstances refuse", "[instances][MonitorInstances][UnmonitorInstances]") {
  World world;
  const std::string id = launch(world);
  const std::string gone = launch(world);
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {gone}});
  struct Bad {
    std::vector<std::string> ids;
    std::string code;
  };
  const Bad bads[] = {{{}, "MissingParameter"},
                      {{id, "i-1"}, "InvalidInstanceID.Malformed"},
                      {{id, "i-00000000000000000"}, "InvalidInstanceID.NotFound"},
                      {{id, gone}, "IncorrectInstanceState"}};
  for (const Bad& bad : bads) {
    CHECK(world.error_of(ec2::MonitorInstancesRequest{.instance_ids = bad.ids}) == bad.code);
    CHECK(world.error_of(ec2::UnmonitorInstancesRequest{.instance_ids = bad.ids}) == bad.code);
  }
  CHECK(monitoring(world, id) == "disabled");
  world.as(kOtherAccount);
  CHECK(world.error_of(ec2::MonitorInstancesRequest{.instance_ids = {id}}) == "InvalidInstanceID.NotFound");
}

}  // namespace
}  // namespace amity::tests
