// Launching, for those who launch in the name of others: Spot Instance requests.
#pragma once

#include "handlers/call.hpp"
#include "handlers/spot_launch.hpp"
#include "model/ec2.hpp"

#include <optional>

namespace amity::handlers {

// What RunInstances does once it knows its market. Throws what RunInstances throws.
ec2::Reservation launch_instances(Call& call, const ec2::RunInstancesRequest& request,
                                  const std::optional<SpotLaunch>& spot);

}  // namespace amity::handlers
