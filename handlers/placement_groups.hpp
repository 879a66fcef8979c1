// Placement groups as launches and instances use them.
#pragma once

#include "handlers/call.hpp"
#include "handlers/resource_kind.hpp"
#include "model/ec2.hpp"
#include "model/state_instances.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace amity::handlers {

inline constexpr ResourceKind kPlacementGroup{"pg",
                                              "placement-group",
                                              "InvalidPlacementGroupId.Malformed",
                                              "InvalidPlacementGroup.Unknown",
                                              "The Placement Group '{}' is unknown.",
                                              "The Placement Groups '{}' are unknown."};

// The caller's group of that name, or of that id when the name is empty. Throws InvalidPlacementGroup.Unknown,
// InvalidPlacementGroupId.Malformed.
state::PlacementGroup find_placement_group(Call& call, std::string_view name, std::string_view id);

// What an instance wants of its group, and shares with the others that are launched or moved with it.
struct GroupPlacement {
  state::PlacementGroup group;
  std::string tenancy;
  std::optional<std::int32_t> partition{};  // absent: the emptiest one
};

// Whether instances of the type may be in the group. Throws InvalidParameterCombination, InvalidParameterValue.
void check_group_takes(const GroupPlacement& wanted, const ec2::InstanceTypeInfo& type);

// Puts an instance, which has its zone already, into the group. The rows of instances that were put there before must
// be stored. Throws InvalidPlacementGroup.InUse (a cluster spans no zones), InstanceLimitExceeded (of a spread group).
void place_in_group(Call& call, const GroupPlacement& wanted, ec2::Placement& placement);

}  // namespace amity::handlers
