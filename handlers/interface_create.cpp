#include "handlers/errors.hpp"
#include "handlers/interface_errors.hpp"
#include "handlers/interface_rows.hpp"
#include "handlers/launch_interface_checks.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/tagging.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

using NewInterface = ec2::CreateNetworkInterfaceRequest;

constexpr char kPending[] = "pending";  // what the answer shows; the model's enum does not know it

void check_addresses(const NewInterface& request) {
  const auto& listed = request.private_ip_addresses;
  const auto primaries = std::ranges::count_if(listed, [](const auto& one) { return one.primary.value_or(false); });
  if (primaries > 1) throw errors::invalid_parameter_value("Only one primary private IP address can be specified.");
  if (primaries == 1 && request.private_ip_address)
    throw errors::cannot_be_combined("privateIpAddress", "privateIpAddresses.primary");
  const std::int32_t count = request.secondary_private_ip_address_count.value_or(0);
  if (count < 0) throw errors::invalid_value("secondaryPrivateIpAddressCount", std::to_string(count));
  if (count > 0 && std::ssize(listed) > primaries)
    throw errors::cannot_be_combined("secondaryPrivateIpAddressCount", "privateIpAddresses");
  const std::int32_t ipv6_count = request.ipv6_address_count.value_or(0);
  if (ipv6_count < 0) throw errors::invalid_value("ipv6AddressCount", std::to_string(ipv6_count));
  if (request.ipv6_address_count && !request.ipv6_addresses.empty())
    throw errors::cannot_be_combined("ipv6AddressCount", "ipv6Addresses");
  if (request.ipv4_prefix_count || !request.ipv4_prefixes.empty() || request.ipv6_prefix_count ||
      !request.ipv6_prefixes.empty())
    throw errors::prefixes_unsupported();
  if (request.interface_type == ec2::NetworkInterfaceCreationType::efa_only)
    throw errors::unsupported_operation("Network interfaces without addresses (efa-only) are not emulated.");
}

void divide_addresses(const NewInterface& request, NewNetworkInterface& wanted) {
  wanted.private_ip_address = request.private_ip_address;
  for (const auto& address : request.private_ip_addresses) {
    if (address.primary.value_or(false))
      wanted.private_ip_address = address.private_ip_address;
    else
      wanted.secondary_private_ip_addresses.push_back(address.private_ip_address.value_or(""));
  }
  wanted.secondary_private_ip_address_count = request.secondary_private_ip_address_count.value_or(0);
  for (const auto& address : request.ipv6_addresses) wanted.ipv6_addresses.push_back(address.ipv6_address.value_or(""));
  const bool gets_one = wanted.subnet.subnet.assign_ipv6_address_on_creation.value_or(false);
  wanted.ipv6_address_count = request.ipv6_address_count.value_or(gets_one && wanted.ipv6_addresses.empty() ? 1 : 0);
  if (request.enable_primary_ipv6.value_or(false) && wanted.ipv6_addresses.empty() && wanted.ipv6_address_count == 0)
    throw errors::invalid_parameter_combination("A primary IPv6 address needs an IPv6 address on the interface.");
}

// What rows of launches do not have. True when something was set.
bool set_further_members(ec2::NetworkInterface& interface, const NewInterface& request) {
  const bool has_primary = request.enable_primary_ipv6.value_or(false);
  if (has_primary) interface.ipv6_addresses.front().is_primary_ipv6 = true;
  const auto& tracking = request.connection_tracking_specification;
  if (tracking)
    interface.connection_tracking_configuration = {.tcp_established_timeout = tracking->tcp_established_timeout,
                                                   .udp_stream_timeout = tracking->udp_stream_timeout,
                                                   .udp_timeout = tracking->udp_timeout};
  return has_primary || tracking;
}

// Ignored: Operator, because EC2 reserves it for itself.
ec2::CreateNetworkInterfaceResult create_network_interface(Call& call, const NewInterface& request) {
  ensure_default_network(call);
  check_addresses(request);
  check_connection_tracking(request.connection_tracking_specification);
  NewNetworkInterface wanted{.subnet = find_owned(call.subnets(), kSubnet, request.subnet_id),
                             .description = request.description.value_or("")};
  wanted.groups = groups_for(call, *wanted.subnet.subnet.vpc_id, request.groups, {});
  wanted.tags = tags_for(request.tag_specifications, kNetworkInterface.type, {kNetworkInterface.type});
  wanted.interface_type = request.interface_type;
  divide_addresses(request, wanted);
  auto row = create_network_interface_row(call, wanted);
  ec2::NetworkInterface& interface = row.network_interface;
  if (set_further_members(interface, request)) call.network_interfaces().update(row);
  interface.status = kPending;
  interface.tag_set = wanted.tags;
  return {.network_interface = std::move(interface), .client_token = request.client_token};
}

void delete_network_interface(Call& call, const ec2::DeleteNetworkInterfaceRequest& request) {
  const auto row = find_owned(call.network_interfaces(), kNetworkInterface, request.network_interface_id);
  if (row.network_interface.attachment) throw errors::interface_cannot_be_deleted(request.network_interface_id);
  remove_network_interface_row(call, row.network_interface);
}

}  // namespace

std::span<const Operation> network_interface_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_network_interface>(),
      bind<delete_network_interface>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
