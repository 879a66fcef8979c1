// The zones of the call's region.
#pragma once

#include "handlers/call.hpp"

#include <string_view>

namespace amity::handlers {

// nullptr when there is none.
const ec2::AvailabilityZone* zone_named(const Call& call, std::string_view name);  // "us-east-1a"
const ec2::AvailabilityZone* zone_with_id(const Call& call, std::string_view id);  // "use1-az1"

bool is_local_zone(const ec2::AvailabilityZone& zone);

}  // namespace amity::handlers
