#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace amity;
using tests::World;

namespace {

std::map<std::string, std::string> attributes(World& world, std::vector<std::string> names = {}) {
  std::map<std::string, std::string> attributes;
  const auto result = world.call(ec2::DescribeAccountAttributesRequest{.attribute_names = std::move(names)});
  for (const auto& attribute : result.account_attributes) {
    REQUIRE(attribute.attribute_values.size() == 1);
    attributes[*attribute.attribute_name] = *attribute.attribute_values.at(0).attribute_value;
  }
  return attributes;
}

}  // namespace

TEST_CASE("DescribeAccountAttributes tells a new account's attributes", "[account][DescribeAccountAttributes]") {
  World world;
  auto found = attributes(world);
  const std::string vpc = found["default-vpc"];
  CHECK(vpc.starts_with("vpc-"));
  CHECK(found == std::map<std::string, std::string>{{"supported-platforms", "VPC"},
                                                    {"vpc-max-security-groups-per-interface", "5"},
                                                    {"max-elastic-ips", "5"},
                                                    {"max-instances", "20"},
                                                    {"vpc-max-elastic-ips", "5"},
                                                    {"default-vpc", vpc}});
  CHECK(world.make_call().vpcs().find(vpc));
  CHECK(attributes(world.in("eu-west-1")).at("default-vpc") != vpc);
}

TEST_CASE("DescribeAccountAttributes tells only the attributes that are asked for",
          "[account][DescribeAccountAttributes]") {
  World world;
  CHECK(attributes(world, {"max-instances", "supported-platforms"}) ==
        std::map<std::string, std::string>{{"max-instances", "20"}, {"supported-platforms", "VPC"}});
  CHECK(world.error_of(ec2::DescribeAccountAttributesRequest{.attribute_names = {"max-instances", "max-fun"}}) ==
        "InvalidParameterValue");
}

TEST_CASE("An account without a default VPC is told so", "[account][DescribeAccountAttributes]") {
  World world;
  const std::string vpc = attributes(world).at("default-vpc");
  world.make_call().vpcs().remove(vpc);
  CHECK(attributes(world).at("default-vpc") == "none");
}
