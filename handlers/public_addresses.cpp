#include "handlers/public_addresses.hpp"

#include "handlers/network.hpp"
#include "handlers/network_addresses.hpp"

namespace amity::handlers {

bool has_amazons_address(const ec2::NetworkInterface& interface) {
  return interface.association && interface.association->ip_owner_id == kAmazon;
}

void set_association(ec2::NetworkInterface& interface, std::string_view private_address,
                     std::optional<ec2::NetworkInterfaceAssociation> association) {
  for (auto& address : interface.private_ip_addresses)
    if (address.private_ip_address == private_address) address.association = association;
  if (private_address != interface.private_ip_address) return;
  interface.public_dns_name = association ? association->public_dns_name : std::nullopt;
  interface.association = std::move(association);
}

bool name_public_addresses(Call& call, ec2::NetworkInterface& interface) {
  const auto vpc = call.vpcs().find_any(interface.vpc_id.value_or(""));
  const bool has_names = vpc && vpc->enable_dns_hostnames.value_or(false);
  bool has_changed = false;
  for (const auto& address : std::vector(interface.private_ip_addresses)) {
    auto association = address.association;
    if (!association || association->public_dns_name.has_value() == has_names) continue;
    association->public_dns_name.reset();
    if (has_names) association->public_dns_name = public_dns_name(call.region(), association->public_ip.value_or(""));
    set_association(interface, address.private_ip_address.value_or(""), std::move(association));
    has_changed = true;
  }
  return has_changed;
}

void give_public_address(Call& call, ec2::NetworkInterface& interface) {
  set_association(interface, interface.private_ip_address.value_or(""),
                  ec2::NetworkInterfaceAssociation{.ip_owner_id = kAmazon, .public_ip = free_public_address(call)});
  name_public_addresses(call, interface);
}

}  // namespace amity::handlers
