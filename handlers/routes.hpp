// Routes: where they may lead, and whether what they lead to is there.
#pragma once

#include "handlers/call.hpp"
#include "handlers/new_vpc.hpp"
#include "model/ec2.hpp"

#include <string>
#include <string_view>

namespace amity::handlers {

// One of ec2::RouteState: "blackhole" when the target has gone, was detached, or its instance does not run.
std::string route_state(Call& call, std::string_view vpc_id, const ec2::Route& route);

}  // namespace amity::handlers
