// VPCs and what is in them for tests, made by the operations themselves.
#pragma once

#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace amity::tests {

inline std::string new_vpc(World& world, const std::string& block = "10.0.0.0/16") {
  return *world.call(ec2::CreateVpcRequest{.cidr_block = block}).vpc->vpc_id;
}

inline std::string new_subnet(World& world, const std::string& vpc_id, const std::string& block = "10.0.1.0/24") {
  return *world.call(ec2::CreateSubnetRequest{.cidr_block = block, .vpc_id = vpc_id}).subnet->subnet_id;
}

// An internet gateway attached to the VPC.
inline std::string new_gateway(World& world, const std::string& vpc_id) {
  const std::string id = *world.call(ec2::CreateInternetGatewayRequest{}).internet_gateway->internet_gateway_id;
  world.call(ec2::AttachInternetGatewayRequest{.internet_gateway_id = id, .vpc_id = vpc_id});
  return id;
}

inline std::vector<ec2::Filter> filter(const std::string& name, const std::string& value) {
  return {{.name = name, .values = {value}}};
}

// Every documented filter is known, and finds nothing by a value that nothing has.
template <class Count>
void check_documented_filters(std::string_view operation, const Count& count) {
  const auto& names = ec2::service().find(operation)->filters;
  CHECK_FALSE(names.empty());
  for (const std::string_view name : names) {
    INFO(name);
    CHECK(count(filter(name == "tag" ? "tag:x" : std::string(name), "nothing")) == 0);
  }
}

}  // namespace amity::tests
