#include "tests/handlers/documented_filters.hpp"
#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using tests::World;

TEST_CASE("No VPC has ClassicLink", "[vpc][DescribeVpcClassicLink]") {
  World world;
  const std::string id = *world.call(ec2::CreateVpcRequest{.cidr_block = "10.0.0.0/16"}).vpc->vpc_id;
  world.call(ec2::CreateTagsRequest{.resources = {id}, .tags = {{.key = "Name", .value = "x"}}});
  const auto asked = world.call(ec2::DescribeVpcClassicLinkRequest{.vpc_ids = {id}}).vpcs;
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].vpc_id == id);
  CHECK(asked[0].classic_link_enabled == false);
  CHECK(asked[0].tags.at(0).value == "x");
  CHECK(world.call(ec2::DescribeVpcClassicLinkRequest{}).vpcs.size() == 2);  // with the default VPC
  CHECK(world
            .call(ec2::DescribeVpcClassicLinkRequest{
                .filters = {{.name = "is-classic-link-enabled", .values = {"true"}}}})
            .vpcs.empty());
  tests::check_documented_filters<ec2::DescribeVpcClassicLinkRequest>(world);
  const auto dns = world.call(ec2::DescribeVpcClassicLinkDnsSupportRequest{.vpc_ids = {id}}).vpcs;
  REQUIRE(dns.size() == 1);
  CHECK(dns[0].classic_link_dns_supported == false);
  CHECK(world.error_of(ec2::DescribeVpcClassicLinkRequest{.vpc_ids = {"vpc-0123456789abcdef0"}}) ==
        "InvalidVpcID.NotFound");
  CHECK(world.error_of(ec2::DescribeVpcClassicLinkDnsSupportRequest{.vpc_ids = {"vpc-1"}}) == "InvalidVpcID.Malformed");
}

TEST_CASE("Regions that never had EC2-Classic know nothing of ClassicLink", "[vpc][DescribeVpcClassicLink]") {
  World world;
  world.in("eu-central-1");
  CHECK(world.error_of(ec2::DescribeVpcClassicLinkRequest{}) == "UnsupportedOperation");
  CHECK(world.error_of(ec2::DescribeVpcClassicLinkDnsSupportRequest{}) == "UnsupportedOperation");
}

TEST_CASE("The entries of AWS's prefix lists can be seen", "[vpc][GetManagedPrefixListEntries]") {
  World world;
  const auto lists = world.call(ec2::DescribePrefixListsRequest{}).prefix_lists;
  const auto entries = [&](const ec2::GetManagedPrefixListEntriesRequest& request) {
    std::vector<std::string> blocks;
    for (const auto& entry : world.call(request).entries) blocks.push_back(*entry.cidr);
    return blocks;
  };
  for (const auto& list : lists) CHECK(entries({.prefix_list_id = *list.prefix_list_id}) == list.cidrs);
  const std::string id = *lists.at(0).prefix_list_id;
  const auto page = world.call(ec2::GetManagedPrefixListEntriesRequest{.prefix_list_id = id, .max_results = 2});
  CHECK(page.entries.size() == 2);
  CHECK(entries({.prefix_list_id = id, .max_results = 2, .next_token = page.next_token}).size() == 1);
  CHECK(world.error_of(ec2::GetManagedPrefixListEntriesRequest{.prefix_list_id = id, .target_version = 1}) ==
        "InvalidParameterValue");
  CHECK(world.error_of(ec2::GetManagedPrefixListEntriesRequest{.prefix_list_id = "pl-0123456789abcdef0"}) ==
        "InvalidPrefixListID.NotFound");
  CHECK(world.error_of(ec2::GetManagedPrefixListEntriesRequest{.prefix_list_id = "x"}) ==
        "InvalidPrefixListId.Malformed");
}
