#include "tests/handlers/documented_filters.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace amity::tests {
namespace {

using Create = ec2::CreatePlacementGroupRequest;
using Modify = ec2::ModifyInstancePlacementRequest;

ec2::PlacementGroup create(World& world, const std::string& name, const std::string& strategy) {
  return *world.call(Create{.group_name = name, .strategy = strategy}).placement_group;
}

ec2::RunInstancesRequest launch_in(World& world, const std::string& group, std::int32_t count = 1) {
  auto request = launch_request(world, count);
  request.instance_type = "m5.large";
  request.placement = {.group_name = group};
  return request;
}

std::vector<ec2::PlacementGroup> groups(World& world, const ec2::DescribePlacementGroupsRequest& request = {}) {
  return world.call(request).placement_groups;
}

TEST_CASE("A placement group is made, shown and deleted", "[placement-groups][CreatePlacementGroup]") {
  World world;
  const auto made =
      *world
           .call(Create{
               .partition_count = 3,
               .tag_specifications = {{.resource_type = "placement-group", .tags = {{.key = "Name", .value = "x"}}}},
               .group_name = "parts",
               .strategy = "partition"})
           .placement_group;
  CHECK(made.group_id->starts_with("pg-"));
  CHECK(made.state == "available");
  CHECK(made.partition_count == 3);
  CHECK(made.group_arn == "arn:aws:ec2:us-east-1:111111111111:placement-group/parts");
  CHECK(made.tags.size() == 1);
  CHECK(create(world, "cluster", "cluster").partition_count == std::nullopt);
  CHECK(create(world, "spread", "spread").spread_level == "rack");
  CHECK(create(world, "parts too", "partition").partition_count == 2);

  CHECK(groups(world).size() == 4);
  CHECK(groups(world, {.group_names = {"parts"}}).at(0).tags.size() == 1);
  CHECK(groups(world, {.group_ids = {*made.group_id}, .group_names = {"parts"}}).size() == 1);
  CHECK(groups(world, {.filters = {{.name = "tag:Name", .values = {"x"}}}}).size() == 1);
  CHECK(groups(world, {.filters = {{.name = "strategy", .values = {"partition"}}}}).size() == 2);
  check_documented_filters<ec2::DescribePlacementGroupsRequest>(world);

  world.call(ec2::DeletePlacementGroupRequest{.group_name = "parts"});
  CHECK(groups(world).size() == 3);
  CHECK(world.error_of(ec2::DescribePlacementGroupsRequest{.group_names = {"parts"}}) ==
        "InvalidPlacementGroup.Unknown");
  world.as(kOtherAccount);
  CHECK(groups(world).empty());
  CHECK(world.error_of(ec2::DeletePlacementGroupRequest{.group_name = "spread"}) == "InvalidPlacementGroup.Unknown");
}

TEST_CASE("CreatePlacementGroup refuses", "[placement-groups][CreatePlacementGroup]") {
  World world;
  create(world, "taken", "cluster");
  struct Bad {
    Create request;
    std::string code;
  };
  const Bad bads[] = {
      {{.strategy = "cluster"}, "MissingParameter"},
      {{.group_name = "taken", .strategy = "spread"}, "InvalidPlacementGroup.Duplicate"},
      {{.group_name = std::string(256, 'x')}, "InvalidParameterValue"},
      {{.partition_count = 2, .group_name = "x", .strategy = "spread"}, "InvalidParameterCombination"},
      {{.partition_count = 8, .group_name = "x", .strategy = "partition"}, "InvalidParameterValue"},
      {{.spread_level = "rack", .group_name = "x", .strategy = "cluster"}, "InvalidParameterCombination"},
      {{.spread_level = "host", .group_name = "x", .strategy = "spread"}, "UnsupportedOperation"},
      {{.tag_specifications = {{.resource_type = "instance", .tags = {{.key = "a", .value = "b"}}}}, .group_name = "x"},
       "InvalidParameterValue"},
  };
  for (const Bad& bad : bads) CHECK(world.error_of(bad.request) == bad.code);
  CHECK(groups(world).size() == 1);
}

TEST_CASE("Instances are launched into placement groups", "[placement-groups][RunInstances]") {
  World world;
  SECTION("a cluster lies in one zone") {
    const auto group = create(world, "cluster", "cluster");
    auto request = launch_in(world, "cluster", 2);
    request.placement->availability_zone = "us-east-1a";
    const std::string id = ids_of(world.call(request)).front();
    CHECK(describe(world, id).placement->group_name == "cluster");
    CHECK(describe(world, id).placement->group_id == group.group_id);
    request.placement->availability_zone = "us-east-1b";
    CHECK(world.error_of(request) == "InvalidPlacementGroup.InUse");
    request.instance_type = "t3.micro";
    CHECK(world.error_of(request) == "InvalidParameterCombination");
    CHECK(world.error_of(ec2::DeletePlacementGroupRequest{.group_name = "cluster"}) == "InvalidPlacementGroup.InUse");
  }
  SECTION("partitions fill evenly") {
    create(world, "parts", "partition");
    auto request = launch_in(world, "parts", 4);
    std::map<std::int32_t, int> counts;
    for (const auto& instance : world.call(request).instances) ++counts[*instance.placement->partition_number];
    CHECK(counts == std::map<std::int32_t, int>{{1, 2}, {2, 2}});
    request.placement->partition_number = 2;
    CHECK(world.call(request).instances.at(0).placement->partition_number == 2);
    request.placement->partition_number = 3;
    CHECK(world.error_of(request) == "InvalidParameterValue");
  }
  SECTION("seven of a spread group are as many as a zone holds") {
    create(world, "spread", "spread");
    CHECK(world.error_of(launch_in(world, "spread", 8)) == "InstanceLimitExceeded");
    CHECK(world.call(launch_in(world, "spread", 7)).instances.size() == 7);
    CHECK(world.error_of(launch_in(world, "spread")) == "InstanceLimitExceeded");
    auto request = launch_in(world, "spread");
    request.placement->tenancy = "dedicated";
    CHECK(world.error_of(request) == "InvalidParameterCombination");
  }
  SECTION("a group must be there") {
    CHECK(world.error_of(launch_in(world, "none")) == "InvalidPlacementGroup.Unknown");
    auto request = launch_in(world, "");
    request.placement->partition_number = 1;
    CHECK(world.error_of(request) == "InvalidParameterDependency");
  }
}

TEST_CASE("A stopped instance moves between placement groups", "[placement-groups][ModifyInstancePlacement]") {
  World world;
  create(world, "cluster", "cluster");
  const auto parts = create(world, "parts", "partition");
  const std::string id = ids_of(world.call(launch_in(world, "cluster"))).front();
  CHECK(world.error_of(Modify{.group_name = "parts", .instance_id = id}) == "IncorrectInstanceState");
  stop(world, id);
  CHECK(world.call(Modify{.partition_number = 2, .group_id = parts.group_id, .instance_id = id}).return_value == true);
  CHECK(describe(world, id).placement->group_name == "parts");
  CHECK(describe(world, id).placement->partition_number == 2);
  world.call(Modify{.partition_number = 1, .instance_id = id});
  CHECK(describe(world, id).placement->partition_number == 1);
  world.call(Modify{.group_name = "", .instance_id = id});
  CHECK(describe(world, id).placement->group_name == "");
  CHECK_FALSE(describe(world, id).placement->partition_number);
  world.call(Modify{.instance_id = id, .affinity = "default"});
  CHECK(describe(world, id).placement->affinity == "default");

  struct Bad {
    Modify request;
    std::string code;
  };
  const Bad bads[] = {
      {{.instance_id = id}, "MissingParameter"},
      {{.group_name = "none", .instance_id = id}, "InvalidPlacementGroup.Unknown"},
      {{.group_name = "parts", .group_id = parts.group_id, .instance_id = id}, "InvalidParameterCombination"},
      {{.partition_number = 1, .instance_id = id}, "InvalidParameterDependency"},
      {{.group_name = "parts", .partition_number = 9, .instance_id = id}, "InvalidParameterValue"},
      {{.instance_id = id, .tenancy = "dedicated"}, "InvalidRequest"},
      {{.instance_id = id, .tenancy = "host"}, "InsufficientCapacityOnHost"},
      {{.instance_id = id, .host_id = "h-00000000000000000"}, "InvalidHostID.NotFound"},
      {{.instance_id = "i-00000000000000000", .affinity = "default"}, "InvalidInstanceID.NotFound"},
  };
  for (const Bad& bad : bads) CHECK(world.error_of(bad.request) == bad.code);
}

}  // namespace
}  // namespace amity::tests
