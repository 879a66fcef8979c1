// Public IPv4 addresses on interfaces, each mapped to one of the private ones: Amazon's, which come and go with the
// instance, and Elastic IP addresses, which stay.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"

#include <optional>
#include <string_view>

namespace amity::handlers {

inline constexpr char kAmazon[] = "amazon";  // owner of the addresses that launches get

bool has_amazons_address(const ec2::NetworkInterface& interface);

// Maps the public address to the private one, or ends the mapping; the interface shows what its primary address has.
void set_association(ec2::NetworkInterface& interface, std::string_view private_address,
                     std::optional<ec2::NetworkInterfaceAssociation> association);

// Names the interface's public addresses, or takes their names away, as its VPC's attribute says. True if any changed.
bool name_public_addresses(Call& call, ec2::NetworkInterface& interface);

// Gives the interface one of Amazon's addresses; the caller keeps the row.
void give_public_address(Call& call, ec2::NetworkInterface& interface);

}  // namespace amity::handlers
