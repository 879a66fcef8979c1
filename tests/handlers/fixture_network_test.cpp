#include "tests/handlers/fixture_world.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using namespace amity::tests;

namespace {

// As describe-vpcs, describe-subnets and describe-security-groups print them.
constexpr char kNetwork[] = R"([
{"Account": "111111111111", "Region": "us-east-1",
 "Vpcs": [{"OwnerId": "111111111111", "InstanceTenancy": "default", "IsDefault": false, "VpcId": "vpc-0123456789abcdef0",
           "State": "available", "CidrBlock": "10.1.0.0/16", "DhcpOptionsId": "dopt-00000001",
           "Tags": [{"Key": "Name", "Value": "production"}]}]},
{"Account": "111111111111", "Region": "us-east-1",
 "Subnets": [{"AvailabilityZoneId": "use1-az2", "OwnerId": "111111111111", "SubnetId": "subnet-0123456789abcdef0",
              "State": "available", "VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.1.1.0/24",
              "AvailableIpAddressCount": 200, "AvailabilityZone": "us-east-1b", "DefaultForAz": false,
              "MapPublicIpOnLaunch": true}]},
{"Account": "111111111111", "Region": "us-east-1",
 "SecurityGroups": [
   {"GroupId": "sg-0123456789abcdef0", "VpcId": "vpc-0123456789abcdef0", "OwnerId": "111111111111", "GroupName": "web",
    "Description": "web servers",
    "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [],
                       "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "everybody"}], "Ipv6Ranges": [],
                       "PrefixListIds": []},
                      {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [], "UserIdGroupPairs":
                        [{"UserId": "111111111111", "GroupId": "sg-0fedcba9876543210"}]}],
    "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]},
   {"GroupId": "sg-0fedcba9876543210", "VpcId": "vpc-0123456789abcdef0", "OwnerId": "111111111111", "GroupName": "bastion",
    "Description": "bastion"}]}
])";

}  // namespace

TEST_CASE("What describe-vpcs, -subnets and -security-groups print is loaded as it stands", "[fixtures][network]") {
  World world;
  load(world, kNetwork);
  const auto vpcs = world.call(ec2::DescribeVpcsRequest{.vpc_ids = {"vpc-0123456789abcdef0"}}).vpcs;
  REQUIRE(vpcs.size() == 1);
  CHECK(vpcs[0].tags.size() == 1);
  const auto subnets = world.call(ec2::DescribeSubnetsRequest{.subnet_ids = {"subnet-0123456789abcdef0"}}).subnets;
  REQUIRE(subnets.size() == 1);
  CHECK(subnets[0].available_ip_address_count == 251);  // counted, not believed
  const auto groups =
      world.call(ec2::DescribeSecurityGroupsRequest{.group_ids = {"sg-0123456789abcdef0"}}).security_groups;
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].ip_permissions.size() == 2);
  CHECK(groups[0].ip_permissions_egress.size() == 1);

  SECTION("the default network is there beside it") { CHECK(world.call(ec2::DescribeVpcsRequest{}).vpcs.size() == 2); }
  SECTION("loading it twice leaves the same rules") {
    load(world, kNetwork);
    const auto rules = world.call(ec2::DescribeSecurityGroupRulesRequest{}).security_group_rules;
    CHECK(std::count_if(rules.begin(), rules.end(),
                        [](const auto& rule) { return rule.group_id == "sg-0123456789abcdef0"; }) == 3);
  }
}

TEST_CASE("A default VPC that a fixture brings takes the place of Amity's", "[fixtures][network]") {
  World world;
  const std::string text = R"({"Account": "111111111111", "Vpcs": [
      {"VpcId": "vpc-00000001", "CidrBlock": "172.31.0.0/16", "IsDefault": true}]})";
  SECTION("when nobody has looked at the network yet") {
    load(world, text);
    const auto vpcs = world.call(ec2::DescribeVpcsRequest{}).vpcs;
    REQUIRE(vpcs.size() == 1);
    CHECK(vpcs[0].vpc_id == "vpc-00000001");
    CHECK(vpcs[0].is_default == true);
  }
  SECTION("but not when there is one already") {
    const std::string present = *world.call(ec2::DescribeVpcsRequest{}).vpcs.at(0).vpc_id;
    CHECK(refusal(world, text) == "base.json:2: Vpcs[0].IsDefault cannot be true: " + present + " is the default VPC");
  }
}

TEST_CASE("A bad network names its line and field", "[fixtures][network]") {
  World world;
  load(world, kNetwork);
  const std::string before = dump(world);
  const std::pair<const char*, const char*> cases[] = {
      {R"({"Vpcs": [{"VpcId": "vpc-1"}]})", "base.json:1: Vpcs[0].VpcId must be"},
      {R"({"Vpcs": [{"VpcId": "vpc-00000001"}]})", "base.json:1: Vpcs[0].CidrBlock is missing"},
      {R"({"Subnets": [{"SubnetId": "subnet-00000001", "CidrBlock": "10.0.0.0/24"}]})",
       "base.json:1: Subnets[0].VpcId is missing"},
      {R"({"SecurityGroups": [{"GroupId": "sg-00000001", "VpcId": "vpc-00000001"}]})",
       "base.json:1: SecurityGroups[0].GroupName is missing"},
      {R"({"Account": "111111111111", "SecurityGroups": [{"GroupId": "sg-00000001", "VpcId": "vpc-0123456789abcdef0",
           "GroupName": "web"}]})",
       "base.json:2: SecurityGroups[0].GroupName is the name of sg-0123456789abcdef0 already"},
      {R"({"SecurityGroups": [{"GroupId": "sg-00000001", "VpcId": "vpc-00000001", "GroupName": "x", "IpPermissions":
           [{"IpProtocol": "tcp", "FromPort": 70000, "ToPort": 70000, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}]})",
       "base.json:1: SecurityGroups[0].IpPermissions cannot be loaded: "},
      {R"({"NetworkInterfaces": [{"NetworkInterfaceId": "eni-00000001", "SubnetId": "subnet-00000001"}]})",
       "base.json:1: NetworkInterfaces[0].VpcId is missing"},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK_THAT(refusal(world, text), Catch::StartsWith(expected));
    CHECK(dump(world) == before);
  }
}
