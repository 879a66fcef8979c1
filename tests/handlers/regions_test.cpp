#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace amity;
using tests::World;
using Names = std::vector<std::string>;

namespace {

Names region_names(World& world, const ec2::DescribeRegionsRequest& request = {}) {
  Names names;
  for (const auto& region : world.call(request).regions) names.push_back(*region.region_name);
  return names;
}

Names zone_names(World& world, const ec2::DescribeAvailabilityZonesRequest& request = {}) {
  Names names;
  for (const auto& zone : world.call(request).availability_zones) names.push_back(*zone.zone_name);
  return names;
}

bool contains(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

template <class Request>
std::string message_of(World& world, const Request& request) {
  try {
    world.call(request);
    return {};
  } catch (const handlers::ApiError& error) {
    CHECK(error.code() == "InvalidParameterValue");
    return error.message();
  }
}

}  // namespace

TEST_CASE("DescribeRegions shows the regions that an account has without asking", "[regions][DescribeRegions]") {
  World world;
  const Names names = region_names(world);
  CHECK(names.size() == 17);
  CHECK(contains(names, "us-east-1"));
  CHECK_FALSE(contains(names, "af-south-1"));

  const auto region = world.call(ec2::DescribeRegionsRequest{.region_names = {"eu-west-1"}}).regions.at(0);
  CHECK(region.endpoint == "ec2.eu-west-1.amazonaws.com");
  CHECK(region.opt_in_status == "opt-in-not-required");
  CHECK(region.geography.at(0).name == "Ireland");
}

TEST_CASE("DescribeRegions shows the others when all or they are asked for", "[regions][DescribeRegions]") {
  World world;
  const Names all = region_names(world, {.all_regions = true});
  CHECK(all.size() > 30);
  CHECK(contains(all, "af-south-1"));
  CHECK(region_names(world, {.region_names = {"af-south-1", "us-east-1"}}) == Names{"af-south-1", "us-east-1"});
  CHECK(region_names(world, {.filters = {{.name = "opt-in-status", .values = {"not-opted-in"}}}}).empty());
}

TEST_CASE("Regions of another partition do not exist", "[regions][DescribeRegions]") {
  World world;
  world.in("cn-north-1");
  CHECK(region_names(world, {.all_regions = true}) == Names{"cn-north-1", "cn-northwest-1"});
  CHECK(message_of(world, ec2::DescribeRegionsRequest{.region_names = {"us-east-1"}}) == "Invalid region: [us-east-1]");
  world.in("us-gov-west-1");
  CHECK(region_names(world) == Names{"us-gov-east-1", "us-gov-west-1"});
  world.in("us-east-1");
  CHECK(message_of(world, ec2::DescribeRegionsRequest{.region_names = {"eu-west-1", "mars-1", "moon-1"}}) ==
        "Invalid region: [mars-1]");
}

TEST_CASE("DescribeRegions knows all documented filters", "[regions][DescribeRegions]") {
  World world;
  for (const std::string_view name : ec2::service().find("DescribeRegions")->filters)
    CHECK(region_names(world, {.filters = {{.name = std::string(name), .values = {"nothing"}}}}).empty());
  CHECK(region_names(world, {.filters = {{.name = "endpoint", .values = {"ec2.eu-west-?.*"}}}}) ==
        Names{"eu-west-1", "eu-west-2", "eu-west-3"});
  CHECK(region_names(world, {.filters = {{.name = "region-name", .values = {"us-*-1", "sa-east-1"}}}}) ==
        Names{"sa-east-1", "us-east-1", "us-west-1"});
  CHECK(world.error_of(ec2::DescribeRegionsRequest{.filters = {{.name = "tag:a", .values = {"b"}}}}) ==
        "InvalidParameterValue");
}

TEST_CASE("DescribeAvailabilityZones shows the zones of its region", "[zones][DescribeAvailabilityZones]") {
  World world;
  const auto zones = world.in("us-west-2").call(ec2::DescribeAvailabilityZonesRequest{}).availability_zones;
  REQUIRE(zones.size() == 4);
  const auto& zone = zones.front();
  CHECK(zone.zone_name == "us-west-2a");
  CHECK(zone.zone_id->starts_with("usw2-az"));
  CHECK(zone.region_name == "us-west-2");
  CHECK(zone.group_name == "us-west-2-zg-1");
  CHECK(zone.group_long_name == "US West (Oregon) 1");
  CHECK(zone.network_border_group == "us-west-2");
  CHECK(zone.zone_type == "availability-zone");
  CHECK(zone.opt_in_status == "opt-in-not-required");
  CHECK(zone.state == "available");
  CHECK(zone.geography.at(0).name == "United States of America");
  CHECK(zone.sub_geography.at(0).name == "Oregon");
  // A region that an account has to ask for still tells its zones.
  CHECK(zone_names(world.in("af-south-1")).size() == 3);
}

TEST_CASE("Local and Wavelength Zones show only when all zones are asked for", "[zones][DescribeAvailabilityZones]") {
  World world;
  CHECK(zone_names(world).size() == 6);
  const ec2::DescribeAvailabilityZonesRequest local{.zone_names = {"us-east-1-bos-1a"}};
  CHECK(message_of(world, local) == "Invalid availability zone: [us-east-1-bos-1a]");
  const auto zone = world
                        .call(ec2::DescribeAvailabilityZonesRequest{.zone_names = {"us-east-1-bos-1a"},
                                                                    .all_availability_zones = true})
                        .availability_zones.at(0);
  CHECK(zone.zone_type == "local-zone");
  CHECK(zone.opt_in_status == "not-opted-in");
  CHECK(zone.parent_zone_id == "use1-az4");
  CHECK(zone_names(world, {.all_availability_zones = true}).size() == 12);
}

TEST_CASE("DescribeAvailabilityZones finds by names and ids, or names what is unknown",
          "[zones][DescribeAvailabilityZones]") {
  World world;
  CHECK(zone_names(world, {.zone_names = {"us-east-1b", "us-east-1a"}}) == Names{"us-east-1a", "us-east-1b"});
  CHECK(zone_names(world, {.zone_ids = {"use1-az1"}}) == Names{"us-east-1d"});
  CHECK(zone_names(world, {.zone_names = {"us-east-1a"}, .zone_ids = {"use1-az1"}}).empty());
  CHECK(message_of(world, ec2::DescribeAvailabilityZonesRequest{.zone_names = {"us-east-1a", "eu-west-1a"}}) ==
        "Invalid availability zone: [eu-west-1a]");
  CHECK(message_of(world, ec2::DescribeAvailabilityZonesRequest{.zone_ids = {"use1-az9"}}) ==
        "Invalid availability zone-id: [use1-az9]");
}

TEST_CASE("DescribeAvailabilityZones knows all documented filters", "[zones][DescribeAvailabilityZones]") {
  World world;
  for (const std::string_view name : ec2::service().find("DescribeAvailabilityZones")->filters)
    CHECK(zone_names(world, {.filters = {{.name = std::string(name), .values = {"nothing"}}}}).empty());

  const std::pair<const char*, const char*> matching[] = {
      {"group-long-name", "US East (Boston)"}, {"group-name", "us-east-1-bos-1"}, {"parent-zone-id", "use1-az4"},
      {"parent-zone-name", "us-east-1b"},      {"zone-id", "use1-bos1-az1"},      {"zone-name", "*-bos-1a"},
  };
  std::vector<ec2::Filter> filters;
  for (const auto& [name, value] : matching) {
    filters.push_back({.name = name, .values = {value}});
    INFO(name);
    CHECK(
        contains(zone_names(world, {.all_availability_zones = true, .filters = {filters.back()}}), "us-east-1-bos-1a"));
  }
  CHECK(zone_names(world, {.all_availability_zones = true, .filters = filters}) == Names{"us-east-1-bos-1a"});
  CHECK(zone_names(world, {.all_availability_zones = true,
                           .filters = {{.name = "zone-type", .values = {"wavelength-zone"}},
                                       {.name = "opt-in-status", .values = {"not-opted-in"}},
                                       {.name = "region-name", .values = {"us-east-1"}},
                                       {.name = "state", .values = {"available"}}}})
            .size() == 2);
}
