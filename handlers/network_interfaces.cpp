#include "handlers/elastic_addresses.hpp"
#include "handlers/interface_rows.hpp"
#include "handlers/network.hpp"
#include "handlers/network_addresses.hpp"
#include "handlers/network_errors.hpp"
#include "handlers/public_addresses.hpp"
#include "handlers/tagging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace amity::handlers {
namespace {

// Locally administered unicast addresses, like those that EC2 gives.
std::string new_mac_address(Call& call) {
  constexpr std::array<std::string_view, 6> kFirstBytes = {"02", "06", "0a", "0e", "12", "16"};
  std::string address(kFirstBytes[call.ids().below(kFirstBytes.size())]);
  const std::string digits = call.ids().hex(10);
  for (std::size_t i = 0; i < digits.size(); i += 2) address.append(":").append(digits, i, 2);
  return address;
}

void choose_addresses(Call& call, ec2::NetworkInterface& interface, const NewNetworkInterface& wanted) {
  const ec2::Subnet& subnet = wanted.subnet.subnet;
  if (wanted.secondary_private_ip_address_count > 0 &&
      wanted.secondary_private_ip_address_count >= free_address_count(call, subnet))
    throw errors::not_enough_free_addresses(*subnet.subnet_id);
  AddressChoice choice(call, subnet);
  // Those that are asked for by name come first, so that no random choice takes them.
  std::vector<std::string> secondary;
  for (const std::string& address : wanted.secondary_private_ip_addresses)
    secondary.push_back(choice.this_ipv4(address));
  add_private_address(call, interface,
                      wanted.private_ip_address ? choice.this_ipv4(*wanted.private_ip_address) : choice.any_ipv4());
  for (std::int32_t i = 0; i < wanted.secondary_private_ip_address_count; ++i) secondary.push_back(choice.any_ipv4());
  for (std::string& address : secondary) add_private_address(call, interface, std::move(address));
  interface.private_ip_address = interface.private_ip_addresses.front().private_ip_address;
  interface.private_dns_name = interface.private_ip_addresses.front().private_dns_name;

  for (const std::string& address : wanted.ipv6_addresses)
    interface.ipv6_addresses.push_back({.ipv6_address = choice.this_ipv6(address), .is_primary_ipv6 = false});
  for (std::int32_t i = 0; i < wanted.ipv6_address_count; ++i)
    interface.ipv6_addresses.push_back({.ipv6_address = choice.any_ipv6(), .is_primary_ipv6 = false});
  if (!interface.ipv6_addresses.empty()) interface.ipv6_address = interface.ipv6_addresses.front().ipv6_address;
}

void set_attachment(Call& call, ec2::NetworkInterface& interface, const InterfaceAttachment& how) {
  interface.status = ec2::NetworkInterfaceStatus::in_use;
  interface.attachment = {.attach_time = std::chrono::floor<std::chrono::seconds>(call.now()),
                          .attachment_id = call.ids().make("eni-attach"),
                          .delete_on_termination = how.delete_on_termination,
                          .device_index = how.device_index,
                          .network_card_index = how.network_card_index,
                          .instance_id = how.instance_id,
                          .instance_owner_id = call.account(),
                          .status = ec2::AttachmentStatus::attached};
}

std::optional<ec2::InstanceNetworkInterfaceAssociation> as_instance_shows(
    const std::optional<ec2::NetworkInterfaceAssociation>& association) {
  if (!association) return std::nullopt;
  return ec2::InstanceNetworkInterfaceAssociation{.carrier_ip = association->carrier_ip,
                                                  .customer_owned_ip = association->customer_owned_ip,
                                                  .ip_owner_id = association->ip_owner_id,
                                                  .public_dns_name = association->public_dns_name,
                                                  .public_ip = association->public_ip};
}

std::optional<ec2::InstanceNetworkInterfaceAttachment> as_instance_shows(
    const std::optional<ec2::NetworkInterfaceAttachment>& attachment) {
  if (!attachment) return std::nullopt;
  ec2::InstanceNetworkInterfaceAttachment shown{.attach_time = attachment->attach_time,
                                                .attachment_id = attachment->attachment_id,
                                                .delete_on_termination = attachment->delete_on_termination,
                                                .device_index = attachment->device_index,
                                                .status = attachment->status,
                                                .network_card_index = attachment->network_card_index,
                                                .ena_queue_count = attachment->ena_queue_count};
  if (const auto& srd = attachment->ena_srd_specification) {
    shown.ena_srd_specification = {.ena_srd_enabled = srd->ena_srd_enabled};
    if (const auto& udp = srd->ena_srd_udp_specification)
      shown.ena_srd_specification->ena_srd_udp_specification = {.ena_srd_udp_enabled = udp->ena_srd_udp_enabled};
  }
  return shown;
}

}  // namespace

void add_private_address(Call& call, ec2::NetworkInterface& interface, std::string address) {
  interface.private_ip_addresses.push_back({.primary = interface.private_ip_addresses.empty(),
                                            .private_dns_name = private_dns_name(call.region(), address),
                                            .private_ip_address = std::move(address)});
}

state::NetworkInterface create_network_interface_row(Call& call, const NewNetworkInterface& wanted) {
  const ec2::Subnet& subnet = wanted.subnet.subnet;
  state::NetworkInterface row{
      .network_interface = {.availability_zone = subnet.availability_zone,
                            .description = wanted.description,
                            .groups = wanted.groups,
                            .interface_type = wanted.interface_type.value_or(ec2::NetworkInterfaceType::interface),
                            .mac_address = new_mac_address(call),
                            .network_interface_id = call.ids().make(kNetworkInterface.prefix),
                            .owner_id = call.account(),
                            .requester_managed = false,
                            .source_dest_check = true,
                            .status = ec2::NetworkInterfaceStatus::available,
                            .subnet_id = subnet.subnet_id,
                            .vpc_id = subnet.vpc_id,
                            .operator_value = {{.managed = false}},
                            .availability_zone_id = subnet.availability_zone_id}};
  ec2::NetworkInterface& interface = row.network_interface;
  choose_addresses(call, interface, wanted);
  if (wanted.attachment) set_attachment(call, interface, *wanted.attachment);
  if (wanted.public_address) give_public_address(call, interface);
  call.network_interfaces().insert(row);
  set_tags(call, *interface.network_interface_id, kNetworkInterface.type, wanted.tags);
  return row;
}

ec2::InstanceNetworkInterface attach_interface(Call& call, state::NetworkInterface& interface,
                                               const InterfaceAttachment& how) {
  set_attachment(call, interface.network_interface, how);
  call.network_interfaces().update(interface);
  return as_instance_shows(interface);
}

void detach_interface(Call& call, state::NetworkInterface& row) {
  ec2::NetworkInterface& interface = row.network_interface;
  interface.attachment.reset();
  interface.status = ec2::NetworkInterfaceStatus::available;
  if (has_amazons_address(interface)) set_association(interface, *interface.private_ip_address, std::nullopt);
  call.network_interfaces().update(row);
}

void remove_network_interface_row(Call& call, const ec2::NetworkInterface& interface) {
  free_addresses_of(call, *interface.network_interface_id);
  call.network_interfaces().remove(*interface.network_interface_id);
  call.tags().remove_all(*interface.network_interface_id);
}

void release_interfaces_of(Call& call, std::string_view instance_id) {
  for (state::NetworkInterface& row : interfaces_of(call, instance_id)) {
    ec2::NetworkInterface& interface = row.network_interface;
    if (interface.attachment->delete_on_termination.value_or(false))
      remove_network_interface_row(call, interface);
    else
      detach_interface(call, row);
  }
}

std::vector<state::NetworkInterface> interfaces_of(Call& call, std::string_view instance_id) {
  auto interfaces = call.network_interfaces().all(storage::Query().where("instance_id", instance_id));
  std::ranges::sort(interfaces, {}, [](const state::NetworkInterface& row) {
    const ec2::NetworkInterfaceAttachment& attachment = *row.network_interface.attachment;
    return std::pair(attachment.network_card_index, attachment.device_index);
  });
  return interfaces;
}

ec2::InstanceNetworkInterface as_instance_shows(const state::NetworkInterface& row) {
  const ec2::NetworkInterface& interface = row.network_interface;
  ec2::InstanceNetworkInterface shown{.association = as_instance_shows(interface.association),
                                      .attachment = as_instance_shows(interface.attachment),
                                      .description = interface.description,
                                      .groups = interface.groups,
                                      .mac_address = interface.mac_address,
                                      .network_interface_id = interface.network_interface_id,
                                      .owner_id = interface.owner_id,
                                      .private_dns_name = interface.private_dns_name,
                                      .private_ip_address = interface.private_ip_address,
                                      .source_dest_check = interface.source_dest_check,
                                      .status = interface.status,
                                      .subnet_id = interface.subnet_id,
                                      .vpc_id = interface.vpc_id,
                                      .interface_type = interface.interface_type,
                                      .operator_value = interface.operator_value};
  if (const auto& tracking = interface.connection_tracking_configuration)
    shown.connection_tracking_configuration = {.tcp_established_timeout = tracking->tcp_established_timeout,
                                               .udp_stream_timeout = tracking->udp_stream_timeout,
                                               .udp_timeout = tracking->udp_timeout};
  for (const auto& address : interface.ipv6_addresses)
    shown.ipv6_addresses.push_back({.ipv6_address = address.ipv6_address, .is_primary_ipv6 = address.is_primary_ipv6});
  for (const auto& address : interface.private_ip_addresses)
    shown.private_ip_addresses.push_back({.association = as_instance_shows(address.association),
                                          .primary = address.primary,
                                          .private_dns_name = address.private_dns_name,
                                          .private_ip_address = address.private_ip_address});
  return shown;
}

void associate_public_address(Call& call, state::NetworkInterface& interface) {
  give_public_address(call, interface.network_interface);
  call.network_interfaces().update(interface);
}

void release_public_address(Call& call, state::NetworkInterface& interface) {
  if (!has_amazons_address(interface.network_interface)) return;
  set_association(interface.network_interface, interface.network_interface.private_ip_address.value_or(""),
                  std::nullopt);
  call.network_interfaces().update(interface);
}

}  // namespace amity::handlers
