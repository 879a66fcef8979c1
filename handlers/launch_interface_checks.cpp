#include "handlers/launch_interface_checks.hpp"

#include "handlers/errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/launch_errors.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace amity::handlers {
namespace {

using Specification = ec2::InstanceNetworkInterfaceSpecification;

void refuse_top_level(const ec2::RunInstancesRequest& request) {
  const auto refuse = [](bool given, std::string_view what) {
    if (given) throw errors::interfaces_and_instance_level(what);
  };
  refuse(request.subnet_id.has_value(), "subnet ID");
  refuse(!request.security_group_ids.empty() || !request.security_groups.empty(), "security groups");
  refuse(request.private_ip_address.has_value(), "private IP address");
  refuse(request.ipv6_address_count || !request.ipv6_addresses.empty() || request.enable_primary_ipv6,
         "IPv6 addresses");
}

// What an existing interface already has may not be asked for again.
void check_existing(const Specification& wanted, bool for_many_instances) {
  const auto refuse = [](bool given, std::string_view what) {
    if (given) throw errors::interface_id_and(what);
  };
  refuse(wanted.subnet_id.has_value(), "a subnet");
  refuse(!wanted.groups.empty(), "a security group");
  refuse(wanted.description.has_value(), "a description");
  refuse(wanted.private_ip_address || !wanted.private_ip_addresses.empty() || wanted.secondary_private_ip_address_count,
         "a private IP address");
  refuse(wanted.ipv6_address_count || !wanted.ipv6_addresses.empty(), "an IPv6 address");
  refuse(wanted.associate_public_ip_address.has_value(), "an associate public IP address parameter");
  refuse(wanted.delete_on_termination.value_or(false), "a delete on termination parameter of true");
  refuse(for_many_instances, "more than one instance");
}

void check_addresses(const Specification& wanted, const ec2::InstanceTypeInfo& type, bool for_many_instances) {
  const auto& listed = wanted.private_ip_addresses;
  const auto primaries = std::ranges::count_if(listed, [](const auto& one) { return one.primary.value_or(false); });
  const auto secondaries = std::ssize(listed) - primaries;
  if (primaries > 1) throw errors::invalid_parameter_value("Only one primary private IP address can be specified.");
  if (primaries == 1 && wanted.private_ip_address)
    throw errors::cannot_be_combined("privateIpAddress", "privateIpAddresses.primary");
  const std::int32_t count = wanted.secondary_private_ip_address_count.value_or(0);
  if (count < 0) throw errors::invalid_value("secondaryPrivateIpAddressCount", std::to_string(count));
  if (count > 0 && secondaries > 0)
    throw errors::cannot_be_combined("secondaryPrivateIpAddressCount", "privateIpAddresses");
  if (wanted.ipv6_address_count && !wanted.ipv6_addresses.empty())
    throw errors::cannot_be_combined("ipv6AddressCount", "ipv6Addresses");
  if (for_many_instances && (wanted.private_ip_address || !listed.empty() || !wanted.ipv6_addresses.empty()))
    throw errors::addresses_for_many_instances();

  const auto& network = type.network_info.value();
  if (1 + count + secondaries > network.ipv4_addresses_per_interface.value_or(INT32_MAX))
    throw errors::private_address_limit_exceeded();
  const auto ipv6_count = wanted.ipv6_address_count.value_or(0) + std::ssize(wanted.ipv6_addresses);
  if (ipv6_count < 0) throw errors::invalid_value("ipv6AddressCount", std::to_string(ipv6_count));
  if (ipv6_count > network.ipv6_addresses_per_interface.value_or(INT32_MAX))
    throw errors::private_address_limit_exceeded();
}

void check_capabilities(const Specification& wanted, const ec2::InstanceTypeInfo& type) {
  const auto& network = type.network_info.value();
  const std::string kind = wanted.interface_type.value_or(ec2::NetworkInterfaceType::interface);
  if (kind != ec2::NetworkInterfaceType::interface && kind != ec2::NetworkInterfaceType::efa &&
      kind != ec2::NetworkInterfaceType::efa_only)
    throw errors::invalid_value("interfaceType", kind, "Valid values are interface, efa and efa-only.");
  if (kind == ec2::NetworkInterfaceType::efa_only)
    throw errors::unsupported_operation("Network interfaces without addresses (efa-only) are not emulated.");
  if (kind == ec2::NetworkInterfaceType::efa && !network.efa_supported.value_or(false))
    throw errors::unsupported_by_type("InterfaceType efa", *type.instance_type);
  if (wanted.ena_srd_specification && !network.ena_srd_supported.value_or(false))
    throw errors::unsupported_by_type("EnaSrdSpecification", *type.instance_type);
  if (wanted.ena_queue_count && network.flexible_ena_queues_support != ec2::FlexibleEnaQueuesSupport::supported)
    throw errors::unsupported_by_type("EnaQueueCount", *type.instance_type);
  if (wanted.associate_carrier_ip_address.value_or(false))
    throw errors::invalid_parameter_combination("Carrier IP addresses are for subnets in Wavelength Zones.");
  if (wanted.ipv4_prefix_count || !wanted.ipv4_prefixes.empty() || wanted.ipv6_prefix_count ||
      !wanted.ipv6_prefixes.empty())
    throw errors::unsupported_operation("Prefixes of network interfaces are not emulated.");
}

void check_timeout(const std::optional<std::int32_t>& seconds, std::string_view parameter, std::int32_t least,
                   std::int32_t most) {
  if (seconds && (*seconds < least || *seconds > most))
    throw errors::invalid_value(parameter, std::to_string(*seconds));
}

void check_indexes(const std::vector<Specification>& specifications, const ec2::InstanceTypeInfo& type) {
  std::set<std::pair<std::int32_t, std::int32_t>> places;
  for (const Specification& wanted : specifications) {
    if (!wanted.device_index) throw errors::device_index_required();
    const std::int32_t card = wanted.network_card_index.value_or(0);
    if (card < 0 || card >= type.network_info.value().maximum_network_cards.value_or(1))
      throw errors::invalid_value("networkCardIndex", std::to_string(card));
    if (*wanted.device_index < 0) throw errors::invalid_value("deviceIndex", std::to_string(*wanted.device_index));
    if (!places.emplace(card, *wanted.device_index).second) throw errors::device_index_used_twice(*wanted.device_index);
  }
  if (!places.contains({0, 0})) throw errors::primary_interface_required();
}

// "You cannot specify more than one network interface in the request", and only the primary gets a public address.
void check_public_address(const std::vector<Specification>& specifications) {
  const bool is_given = std::ranges::any_of(
      specifications, [](const Specification& wanted) { return wanted.associate_public_ip_address.has_value(); });
  if (is_given && specifications.size() > 1) throw errors::public_address_with_many_interfaces();
}

}  // namespace

std::vector<Specification> interface_specifications(const ec2::RunInstancesRequest& request) {
  if (!request.network_interfaces.empty()) {
    refuse_top_level(request);
    return request.network_interfaces;
  }
  if (request.subnet_id && !request.security_groups.empty()) throw errors::cannot_be_combined("groupName", "subnet");
  return {{.device_index = 0,
           .ipv6_address_count = request.ipv6_address_count,
           .ipv6_addresses = request.ipv6_addresses,
           .private_ip_address = request.private_ip_address,
           .subnet_id = request.subnet_id,
           .primary_ipv6 = request.enable_primary_ipv6}};
}

void check_interface_specifications(const std::vector<Specification>& specifications, const ec2::InstanceTypeInfo& type,
                                    bool for_many_instances) {
  check_indexes(specifications, type);
  check_attachments(type, 0, specifications.size());
  check_public_address(specifications);
  for (const Specification& wanted : specifications) {
    if (wanted.network_interface_id) check_existing(wanted, for_many_instances);
    check_addresses(wanted, type, for_many_instances);
    check_capabilities(wanted, type);
    check_connection_tracking(wanted.connection_tracking_specification);
  }
}

// The ranges are those of "Connection tracking timeouts" in the EC2 user guide.
void check_connection_tracking(const std::optional<ec2::ConnectionTrackingSpecificationRequest>& wanted) {
  if (!wanted) return;
  check_timeout(wanted->tcp_established_timeout, "tcpEstablishedTimeout", 60, 432000);
  check_timeout(wanted->udp_stream_timeout, "udpStreamTimeout", 60, 180);
  check_timeout(wanted->udp_timeout, "udpTimeout", 30, 60);
}

}  // namespace amity::handlers
