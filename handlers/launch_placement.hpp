// Where a launch puts its instances: RunInstances' Placement.
#pragma once

#include "handlers/call.hpp"
#include "handlers/placement_groups.hpp"
#include "model/ec2.hpp"

#include <optional>
#include <string>

namespace amity::handlers {

// The zone that the request names, by name or id. Throws InvalidParameterCombination for both, InvalidParameterValue
// for an unknown id.
std::optional<std::string> wanted_zone(Call& call, const std::optional<ec2::Placement>& wanted);

// The first Availability Zone of the region that offers the type. Throws Unsupported when there is none.
std::string zone_offering(Call& call, const std::string& instance_type);

// The placement group that the request names. Throws InvalidParameterCombination, InvalidParameterDependency, and what
// find_placement_group and check_group_takes throw.
std::optional<GroupPlacement> wanted_group(Call& call, const std::optional<ec2::Placement>& wanted,
                                           const ec2::InstanceTypeInfo& type);

// What the instance shows, but for its zone and group. Throws for Dedicated Hosts: the account has none.
ec2::Placement placement_of(const std::optional<ec2::Placement>& wanted, const ec2::InstanceTypeInfo& type);

}  // namespace amity::handlers
