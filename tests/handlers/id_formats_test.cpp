#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace amity;
using tests::World;

TEST_CASE("Every id is a long one, and nobody can change it", "[id-formats]") {
  World world;
  const std::string root = "arn:aws:iam::111111111111:root", user = "arn:aws:iam::111111111111:user/ana";
  const auto all = world.call(ec2::DescribeIdFormatRequest{}).statuses;
  CHECK(all.size() == 31);
  CHECK(std::ranges::all_of(all, [](const ec2::IdFormat& format) { return format.use_long_ids == true; }));
  CHECK(world.call(ec2::DescribeIdFormatRequest{.resource = "image"}).statuses.size() == 1);
  CHECK(world.error_of(ec2::DescribeIdFormatRequest{.resource = "moon"}) == "InvalidParameterValue");
  CHECK(world.call(ec2::DescribeAggregateIdFormatRequest{}).use_long_ids_aggregated == true);
  CHECK(world.call(ec2::DescribeIdentityIdFormatRequest{.principal_arn = root}).statuses.size() == 31);
  CHECK(world.error_of(ec2::DescribeIdentityIdFormatRequest{.principal_arn = "arn:aws:iam::222222222222:root"}) ==
        "InvalidParameterValue");

  CHECK(world.error_of(ec2::ModifyIdFormatRequest{.resource = "image", .use_long_ids = false}) ==
        "UnsupportedOperation");
  CHECK(world.error_of(ec2::ModifyIdFormatRequest{.resource = "moon", .use_long_ids = true}) ==
        "InvalidParameterValue");
  CHECK(world.call(ec2::DescribePrincipalIdFormatRequest{}).principals.empty());
  world.call(ec2::ModifyIdFormatRequest{.resource = "image", .use_long_ids = true});
  world.call(
      ec2::ModifyIdentityIdFormatRequest{.resource = "all-current", .use_long_ids = true, .principal_arn = user});
  const auto principals = world.call(ec2::DescribePrincipalIdFormatRequest{}).principals;
  REQUIRE(principals.size() == 2);
  CHECK(principals[0].arn == root);
  CHECK(principals[0].statuses.size() == 1);
  CHECK(principals[1].statuses.size() == 31);
  CHECK(world.call(ec2::DescribePrincipalIdFormatRequest{.resources = {"vpc"}}).principals.size() == 1);
  const auto page = world.call(ec2::DescribePrincipalIdFormatRequest{.max_results = 1});
  CHECK(page.principals.at(0).arn == root);
  CHECK(world.call(ec2::DescribePrincipalIdFormatRequest{.next_token = page.next_token}).principals.at(0).arn == user);
  CHECK(world.in("eu-west-1").call(ec2::DescribePrincipalIdFormatRequest{}).principals.empty());
}

TEST_CASE("Serial console access is switched for an account and a region", "[serial-console]") {
  World world;
  const auto is_enabled = [&] {
    return *world.call(ec2::GetSerialConsoleAccessStatusRequest{}).serial_console_access_enabled;
  };
  CHECK(!is_enabled());
  CHECK(world.call(ec2::EnableSerialConsoleAccessRequest{}).serial_console_access_enabled == true);
  CHECK(is_enabled());
  CHECK(world.error_of(ec2::DisableSerialConsoleAccessRequest{.dry_run = true}) == "DryRunOperation");
  CHECK(is_enabled());
  CHECK(world.call(ec2::GetSerialConsoleAccessStatusRequest{}).managed_by == "account");
  CHECK(!*world.in("eu-west-1").call(ec2::GetSerialConsoleAccessStatusRequest{}).serial_console_access_enabled);
  world.in("us-east-1").call(ec2::DisableSerialConsoleAccessRequest{});
  CHECK(!is_enabled());
}

TEST_CASE("A zone group that the account has opted in to shows its zones", "[regions][ModifyAvailabilityZoneGroup]") {
  World world;
  world.in("us-west-2");
  const auto groups_shown = [&] {
    std::vector<std::string> groups;
    for (const auto& zone : world.call(ec2::DescribeAvailabilityZonesRequest{}).availability_zones)
      if (zone.opt_in_status == "opted-in") groups.push_back(*zone.group_name);
    return groups;
  };
  std::string group, plain;
  for (const auto& zone :
       world.call(ec2::DescribeAvailabilityZonesRequest{.all_availability_zones = true}).availability_zones)
    (zone.opt_in_status == "not-opted-in" ? group : plain) = *zone.group_name;
  REQUIRE(!group.empty());
  CHECK(groups_shown().empty());
  CHECK(world.call(ec2::ModifyAvailabilityZoneGroupRequest{.group_name = group, .opt_in_status = "opted-in"})
            .return_value == true);
  const auto shown = groups_shown();
  CHECK(!shown.empty());
  CHECK(std::ranges::all_of(shown, [&](const std::string& name) { return name == group; }));
  for (const auto& [name, status] :
       {std::pair{group, "not-opted-in"}, {plain, "opted-in"}, {std::string("x"), "opted-in"}})
    CHECK(world.error_of(ec2::ModifyAvailabilityZoneGroupRequest{.group_name = name, .opt_in_status = status}) ==
          "InvalidParameterValue");
  CHECK(world.as(tests::kOtherAccount)
            .error_of(ec2::ModifyAvailabilityZoneGroupRequest{.group_name = group, .opt_in_status = "opted-in"}) == "");
}
