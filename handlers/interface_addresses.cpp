#include "handlers/cidr.hpp"
#include "handlers/elastic_addresses.hpp"
#include "handlers/errors.hpp"
#include "handlers/instance_network.hpp"
#include "handlers/interface_errors.hpp"
#include "handlers/interface_rows.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/network.hpp"
#include "handlers/network_addresses.hpp"
#include "handlers/network_errors.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

state::NetworkInterface find_interface(Call& call, const std::string& id) {
  return find_owned(call.network_interfaces(), kNetworkInterface, id);
}

ec2::Subnet subnet_of(Call& call, const ec2::NetworkInterface& interface) {
  return find_owned(call.subnets(), kSubnet, *interface.subnet_id).subnet;
}

void update_interface(Call& call, const state::NetworkInterface& row) {
  call.network_interfaces().update(row);
  refresh_instance_of(call, row.network_interface);
}

// What the type of the instance lets an interface have; without an instance there is no limit.
void check_limits(Call& call, const ec2::NetworkInterface& interface) {
  const auto& attachment = interface.attachment;
  const auto instance = call.instances().find(attachment ? attachment->instance_id.value_or("") : "");
  if (!instance) return;
  const auto* type = call.catalogue().instance_type(instance->instance.instance_type.value());
  if (!type) return;
  const auto& network = type->network_info.value();
  if (std::ssize(interface.private_ip_addresses) > network.ipv4_addresses_per_interface.value_or(INT32_MAX) ||
      std::ssize(interface.ipv6_addresses) > network.ipv6_addresses_per_interface.value_or(INT32_MAX))
    throw errors::private_address_limit_exceeded();
}

void drop_private_address(Call& call, ec2::NetworkInterface& interface, const std::string& text) {
  auto& addresses = interface.private_ip_addresses;
  const auto found = std::ranges::find(addresses, text, &ec2::NetworkInterfacePrivateIpAddress::private_ip_address);
  if (found == addresses.end()) throw errors::address_not_assigned(text, *interface.network_interface_id);
  if (found->primary.value_or(false)) throw errors::primary_address_stays(text);
  addresses.erase(found);
  unmap_private_address(call, *interface.network_interface_id, text);
}

// AllowReassignment: takes a secondary address from the interface of the subnet that has it.
void take_from_other(Call& call, const ec2::NetworkInterface& interface, const std::string& address) {
  auto row = call.network_interfaces().find_by(
      storage::Query().linked(storage::kNetworkInterfaceAddress, *interface.subnet_id + '/' + address));
  if (!row || row->network_interface.network_interface_id == interface.network_interface_id) return;
  drop_private_address(call, row->network_interface, address);
  update_interface(call, *row);
}

ec2::AssignPrivateIpAddressesResult assign_private_ip_addresses(Call& call,
                                                                const ec2::AssignPrivateIpAddressesRequest& request) {
  if (request.ipv4_prefix_count || !request.ipv4_prefixes.empty()) throw errors::prefixes_unsupported();
  const std::int32_t count = request.secondary_private_ip_address_count.value_or(0);
  if (count < 0) throw errors::invalid_value("secondaryPrivateIpAddressCount", std::to_string(count));
  if (count > 0 && !request.private_ip_addresses.empty())
    throw errors::cannot_be_combined("secondaryPrivateIpAddressCount", "privateIpAddresses");
  if (count == 0 && request.private_ip_addresses.empty())
    throw errors::missing_parameter("secondaryPrivateIpAddressCount or privateIpAddresses");
  auto row = find_interface(call, request.network_interface_id);
  ec2::NetworkInterface& interface = row.network_interface;
  const ec2::Subnet subnet = subnet_of(call, interface);
  if (count > free_address_count(call, subnet)) throw errors::not_enough_free_addresses(*subnet.subnet_id);
  if (request.allow_reassignment.value_or(false))
    for (const std::string& address : request.private_ip_addresses) take_from_other(call, interface, address);
  AddressChoice choice(call, subnet);
  ec2::AssignPrivateIpAddressesResult result{.network_interface_id = interface.network_interface_id};
  const auto assign = [&](const std::string& address) {
    add_private_address(call, interface, address);
    result.assigned_private_ip_addresses.push_back({.private_ip_address = address});
  };
  for (const std::string& address : request.private_ip_addresses) assign(choice.this_ipv4(address));
  for (std::int32_t i = 0; i < count; ++i) assign(choice.any_ipv4());
  check_limits(call, interface);
  update_interface(call, row);
  return result;
}

void unassign_private_ip_addresses(Call& call, const ec2::UnassignPrivateIpAddressesRequest& request) {
  if (!request.ipv4_prefixes.empty()) throw errors::prefixes_unsupported();
  if (request.private_ip_addresses.empty()) throw errors::missing_parameter("privateIpAddresses");
  auto row = find_interface(call, request.network_interface_id);
  for (const std::string& address : request.private_ip_addresses)
    drop_private_address(call, row.network_interface, address);
  update_interface(call, row);
}

void tell_first_ipv6(ec2::NetworkInterface& interface) {
  const auto& addresses = interface.ipv6_addresses;
  interface.ipv6_address = addresses.empty() ? std::nullopt : addresses.front().ipv6_address;
}

ec2::AssignIpv6AddressesResult assign_ipv6_addresses(Call& call, const ec2::AssignIpv6AddressesRequest& request) {
  if (request.ipv6_prefix_count || !request.ipv6_prefixes.empty()) throw errors::prefixes_unsupported();
  const std::int32_t count = request.ipv6_address_count.value_or(0);
  if (count < 0) throw errors::invalid_value("ipv6AddressCount", std::to_string(count));
  if (count > 0 && !request.ipv6_addresses.empty())
    throw errors::cannot_be_combined("ipv6AddressCount", "ipv6Addresses");
  if (count == 0 && request.ipv6_addresses.empty())
    throw errors::missing_parameter("ipv6AddressCount or ipv6Addresses");
  auto row = find_interface(call, request.network_interface_id);
  ec2::NetworkInterface& interface = row.network_interface;
  const ec2::Subnet subnet = subnet_of(call, interface);
  AddressChoice choice(call, subnet);
  ec2::AssignIpv6AddressesResult result{.network_interface_id = interface.network_interface_id};
  const auto assign = [&](const std::string& address) {
    interface.ipv6_addresses.push_back({.ipv6_address = address, .is_primary_ipv6 = false});
    check_limits(call, interface);
    result.assigned_ipv6_addresses.push_back(address);
  };
  for (const std::string& address : request.ipv6_addresses) assign(choice.this_ipv6(address));
  for (std::int32_t i = 0; i < count; ++i) assign(choice.any_ipv6());
  tell_first_ipv6(interface);
  update_interface(call, row);
  return result;
}

ec2::UnassignIpv6AddressesResult unassign_ipv6_addresses(Call& call, const ec2::UnassignIpv6AddressesRequest& request) {
  if (!request.ipv6_prefixes.empty()) throw errors::prefixes_unsupported();
  if (request.ipv6_addresses.empty()) throw errors::missing_parameter("ipv6Addresses");
  auto row = find_interface(call, request.network_interface_id);
  ec2::NetworkInterface& interface = row.network_interface;
  ec2::UnassignIpv6AddressesResult result{.network_interface_id = interface.network_interface_id};
  for (const std::string& text : request.ipv6_addresses) {
    const auto address = parse_ipv6_address(text);
    if (!address) throw errors::invalid_address(text);
    const auto dropped = std::erase_if(interface.ipv6_addresses,
                                       [&](const auto& one) { return one.ipv6_address == to_string(*address); });
    if (dropped == 0) throw errors::address_not_assigned(text, request.network_interface_id);
    result.unassigned_ipv6_addresses.push_back(to_string(*address));
  }
  tell_first_ipv6(interface);
  update_interface(call, row);
  return result;
}

}  // namespace

std::span<const Operation> network_interface_address_operations() {
  static constexpr Operation kOperations[] = {
      bind<assign_ipv6_addresses>(),
      bind<assign_private_ip_addresses>(),
      bind<unassign_ipv6_addresses>(),
      bind<unassign_private_ip_addresses>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
