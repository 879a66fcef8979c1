// Networks for tests, beside the default one.
#pragma once

#include "handlers/network.hpp"
#include "tests/handlers/world.hpp"

#include <string>

namespace amity::tests {

// A call in whose region the default network is there.
inline handlers::Call network_call(World& world) {
  handlers::Call call = world.make_call();
  handlers::ensure_default_network(call);
  return call;
}

inline std::string default_vpc_id(World& world) {
  handlers::Call call = network_call(world);
  return *handlers::default_vpc(call)->vpc.vpc_id;
}

// Another VPC, with its default security group.
inline std::string other_vpc_id(World& world) {
  handlers::Call call = network_call(world);
  const std::string id = call.ids().make("vpc");
  call.vpcs().insert({.vpc = {.owner_id = call.account(), .is_default = false, .vpc_id = id, .state = "available"}});
  call.security_groups().insert({.security_group = {.group_id = call.ids().make("sg"),
                                                    .vpc_id = id,
                                                    .owner_id = call.account(),
                                                    .group_name = "default",
                                                    .description = "default VPC security group"}});
  return id;
}

}  // namespace amity::tests
