#include "tests/handlers/documented_filters.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

namespace amity::tests {
namespace {

using Describe = ec2::DescribeInstanceTopologyRequest;

TEST_CASE("Instances of a cluster are close to one another", "[instances][DescribeInstanceTopology]") {
  World world;
  world.call(ec2::CreatePlacementGroupRequest{.group_name = "near", .strategy = "cluster"});
  auto request = launch_request(world, 2);
  request.instance_type = "p4d.24xlarge";
  request.placement = {.group_name = "near"};
  const auto ids = ids_of(world.call(request));
  request.placement.reset();
  request.max_count = request.min_count = 1;
  const std::string alone = ids_of(world.call(request)).front();
  launch(world);  // its type tells nothing

  const auto all = world.call(Describe{}).instances;
  REQUIRE(all.size() == 3);
  CHECK(all[0].instance_id == ids[0]);
  CHECK(all[0].group_name == "near");
  CHECK(all[0].network_nodes.size() == 3);
  CHECK(all[0].network_nodes == all[1].network_nodes);
  CHECK(all[2].instance_id == alone);
  CHECK(all[2].network_nodes[2] != all[0].network_nodes[2]);
  CHECK(all[2].zone_id);
  CHECK(world.call(Describe{.instance_ids = {alone}}).instances.size() == 1);
  CHECK(world.call(Describe{.group_names = {"near"}}).instances.size() == 2);
  CHECK(world.call(Describe{.filters = {{.name = "instance-type", .values = {"p4d*"}}}}).instances.size() == 3);
  const auto page = world.call(Describe{.max_results = 2});
  CHECK(page.instances.size() == 2);
  CHECK(world.call(Describe{.next_token = page.next_token, .max_results = 2}).instances.size() == 1);
  check_documented_filters<Describe>(world);
  CHECK(world.error_of(Describe{.instance_ids = {"i-00000000000000000"}}) == "InvalidInstanceID.NotFound");
  CHECK(world.error_of(Describe{.group_names = {"far"}}) == "InvalidPlacementGroup.Unknown");
  CHECK(world.error_of(Describe{.max_results = 101}) == "InvalidParameterValue");
}

}  // namespace
}  // namespace amity::tests
