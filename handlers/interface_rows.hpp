// The ways of an interface's row.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <string>

namespace amity::handlers {

// Adds an address of the subnet, the first as the primary one; the caller keeps the row.
void add_private_address(Call& call, ec2::NetworkInterface& interface, std::string address);
// Ends the attachment. Elastic IP addresses stay, an address of Amazon's goes.
void detach_interface(Call& call, state::NetworkInterface& interface);
// Removes the interface with its tags; its Elastic IP addresses are free again.
void remove_network_interface_row(Call& call, const ec2::NetworkInterface& interface);

}  // namespace amity::handlers
