// Which network interface specifications of a launch go together, and with which instance types.
#pragma once

#include "model/ec2.hpp"

#include <optional>
#include <vector>

namespace amity::handlers {

// The request's interfaces, or the one that its top-level parameters describe. Throws InvalidParameterCombination for
// both.
std::vector<ec2::InstanceNetworkInterfaceSpecification> interface_specifications(
    const ec2::RunInstancesRequest& request);

// All but what depends on the state: indexes, limits of the type, members that exclude one another.
void check_interface_specifications(const std::vector<ec2::InstanceNetworkInterfaceSpecification>& specifications,
                                    const ec2::InstanceTypeInfo& type, bool for_many_instances);

// Throws InvalidParameterValue for a timeout that connections cannot have.
void check_connection_tracking(const std::optional<ec2::ConnectionTrackingSpecificationRequest>& wanted);

}  // namespace amity::handlers
