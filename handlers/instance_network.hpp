// Keeping what instances show of their interfaces true while interfaces and addresses change.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <string_view>

namespace amity::handlers {

// Lets the instance that the interface is attached to, if any, repeat its interfaces.
void refresh_instance_of(Call& call, const ec2::NetworkInterface& interface);
void refresh_instance(Call& call, std::string_view instance_id);

// An instance with one interface that got a public address at launch gets another one, if it has none. The caller keeps
// the instance's row.
void renew_public_address(Call& call, state::Instance& instance);

}  // namespace amity::handlers
