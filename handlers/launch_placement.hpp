// Where a launch puts its instances: RunInstances' Placement.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"

#include <optional>
#include <string>

namespace amity::handlers {

// The zone that the request names, by name or id. Throws InvalidParameterCombination for both, InvalidParameterValue
// for an unknown id.
std::optional<std::string> wanted_zone(Call& call, const std::optional<ec2::Placement>& wanted);

// The first Availability Zone of the region that offers the type. Throws Unsupported when there is none.
std::string zone_offering(Call& call, const std::string& instance_type);

// What the instance shows, but for its zone. Throws for placement groups and Dedicated Hosts: the account has none.
ec2::Placement placement_of(const std::optional<ec2::Placement>& wanted, const ec2::InstanceTypeInfo& type);

}  // namespace amity::handlers
