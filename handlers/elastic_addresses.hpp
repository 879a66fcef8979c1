// Elastic IP addresses and their mappings. An address keeps what it is mapped to; the interface shows the same.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"
#include "storage/network_tables.hpp"

#include <string>
#include <string_view>

namespace amity::handlers {

// The account's own. Throws InvalidAllocationID.NotFound, InvalidAddress.NotFound.
state::Address find_allocation(Call& call, std::string_view allocation_id);
state::Address find_public_ip(Call& call, std::string_view public_ip);

// Maps the address to a private address of the interface, which must have none, under a new association id. Updates the
// rows, and the instance that shows them.
void map_address(Call& call, state::Address& address, state::NetworkInterface& interface,
                 const std::string& private_address);
// Ends the mapping, if there is one. An instance that had an address of Amazon's gets another.
void unmap_address(Call& call, state::Address& address);
// Ends the mapping of the elastic address that the private one has, if any.
void unmap_private_address(Call& call, const std::string& interface_id, std::string_view private_address);
// The interface goes away.
void free_addresses_of(Call& call, std::string_view interface_id);

}  // namespace amity::handlers
