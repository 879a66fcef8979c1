#include "handlers/errors.hpp"
#include "handlers/instance_network.hpp"
#include "handlers/interface_errors.hpp"
#include "handlers/launch_interface_checks.hpp"
#include "handlers/network.hpp"
#include "handlers/public_addresses.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

using Modify = ec2::ModifyNetworkInterfaceAttributeRequest;

state::NetworkInterface find_own_interface(Call& call, const std::string& id) {
  return find_owned(call.network_interfaces(), kNetworkInterface, id);
}

ec2::DescribeNetworkInterfaceAttributeResult describe_network_interface_attribute(
    Call& call, const ec2::DescribeNetworkInterfaceAttributeRequest& request) {
  const auto row = find_own_interface(call, request.network_interface_id);
  const ec2::NetworkInterface& interface = row.network_interface;
  if (!request.attribute) throw errors::missing_parameter("attribute");
  ec2::DescribeNetworkInterfaceAttributeResult result{.network_interface_id = interface.network_interface_id};
  if (request.attribute == ec2::NetworkInterfaceAttribute::description)
    result.description = {.value = interface.description};
  else if (request.attribute == ec2::NetworkInterfaceAttribute::groupSet)
    result.groups = interface.groups;
  else if (request.attribute == ec2::NetworkInterfaceAttribute::sourceDestCheck)
    result.source_dest_check = {.value = interface.source_dest_check};
  else if (request.attribute == ec2::NetworkInterfaceAttribute::attachment)
    result.attachment = interface.attachment;
  else
    result.associate_public_ip_address = has_amazons_address(interface);
  return result;
}

// "You can specify only one attribute at a time."
void check_one_attribute(const Modify& request) {
  const bool given[] = {request.ena_srd_specification.has_value(),
                        request.enable_primary_ipv6.has_value(),
                        request.connection_tracking_specification.has_value(),
                        request.associate_public_ip_address.has_value(),
                        !request.associated_subnet_ids.empty(),
                        request.description.has_value(),
                        request.source_dest_check.has_value(),
                        !request.groups.empty(),
                        request.attachment.has_value()};
  const auto count = std::ranges::count(given, true);
  if (count == 0) throw errors::missing_parameter("attribute");
  if (count > 1) throw errors::invalid_parameter_combination("Fields for multiple attribute types specified");
  if (!request.associated_subnet_ids.empty())
    throw errors::unsupported_operation("An interface belongs to one subnet.");
}

ec2::NetworkInterfaceAttachment& attachment_of(ec2::NetworkInterface& interface) {
  if (!interface.attachment) throw errors::no_interface_attachment("");
  return *interface.attachment;
}

void change_attachment(ec2::NetworkInterface& interface, const ec2::NetworkInterfaceAttachmentChanges& changes) {
  if (!changes.attachment_id) throw errors::missing_parameter("Attachment.AttachmentId");
  if (!interface.attachment || interface.attachment->attachment_id != changes.attachment_id)
    throw errors::no_interface_attachment(*changes.attachment_id);
  ec2::NetworkInterfaceAttachment& attachment = *interface.attachment;
  if (changes.delete_on_termination) attachment.delete_on_termination = changes.delete_on_termination;
  if (changes.ena_queue_count) attachment.ena_queue_count = changes.ena_queue_count;
  if (changes.default_ena_queue_count.value_or(false)) attachment.ena_queue_count.reset();
}

void set_ena_srd(ec2::NetworkInterface& interface, const ec2::EnaSrdSpecification& wanted) {
  auto& srd = attachment_of(interface).ena_srd_specification;
  if (!srd) srd.emplace();
  if (wanted.ena_srd_enabled) srd->ena_srd_enabled = wanted.ena_srd_enabled;
  if (const auto& udp = wanted.ena_srd_udp_specification)
    srd->ena_srd_udp_specification = {.ena_srd_udp_enabled = udp->ena_srd_udp_enabled};
}

// "After you enable an IPv6 GUA address to be a primary IPv6, you cannot disable it."
void set_primary_ipv6(ec2::NetworkInterface& interface, bool wanted) {
  auto& addresses = interface.ipv6_addresses;
  if (addresses.empty())
    throw errors::invalid_parameter_combination("A primary IPv6 address needs an IPv6 address on the interface.");
  if (!wanted && addresses.front().is_primary_ipv6.value_or(false))
    throw errors::operation_not_permitted("A primary IPv6 address cannot be disabled.");
  addresses.front().is_primary_ipv6 = wanted;
}

// The instance remembers, for when it is started again.
void set_public_address(Call& call, ec2::NetworkInterface& interface, bool wanted) {
  const std::string instance_id = attachment_of(interface).instance_id.value_or("");
  if (wanted && !interface.association) give_public_address(call, interface);
  if (!wanted && has_amazons_address(interface))
    set_association(interface, *interface.private_ip_address, std::nullopt);
  auto instance = call.instances().find(instance_id);
  if (!instance) return;
  instance->associate_public_ip_address = wanted;
  call.instances().update(*instance);
}

void apply(Call& call, ec2::NetworkInterface& interface, const Modify& request) {
  if (request.description) interface.description = request.description->value.value_or("");
  if (request.source_dest_check) interface.source_dest_check = request.source_dest_check->value.value_or(false);
  if (!request.groups.empty()) interface.groups = groups_for(call, *interface.vpc_id, request.groups, {});
  if (request.attachment) change_attachment(interface, *request.attachment);
  if (request.ena_srd_specification) set_ena_srd(interface, *request.ena_srd_specification);
  if (request.enable_primary_ipv6) set_primary_ipv6(interface, *request.enable_primary_ipv6);
  if (request.associate_public_ip_address) set_public_address(call, interface, *request.associate_public_ip_address);
  if (const auto& tracking = request.connection_tracking_specification) {
    check_connection_tracking(tracking);
    interface.connection_tracking_configuration = {.tcp_established_timeout = tracking->tcp_established_timeout,
                                                   .udp_stream_timeout = tracking->udp_stream_timeout,
                                                   .udp_timeout = tracking->udp_timeout};
  }
}

void modify_network_interface_attribute(Call& call, const Modify& request) {
  auto row = find_own_interface(call, request.network_interface_id);
  check_one_attribute(request);
  apply(call, row.network_interface, request);
  call.network_interfaces().update(row);
  refresh_instance_of(call, row.network_interface);
}

// ResetNetworkInterfaceAttribute: what SourceDestCheck says does not matter, only that it is there.
void reset_network_interface_attribute(Call& call, const ec2::ResetNetworkInterfaceAttributeRequest& request) {
  auto row = find_own_interface(call, request.network_interface_id);
  if (!request.source_dest_check) throw errors::missing_parameter("sourceDestCheck");
  row.network_interface.source_dest_check = true;
  call.network_interfaces().update(row);
  refresh_instance_of(call, row.network_interface);
}

}  // namespace

std::span<const Operation> network_interface_attribute_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_network_interface_attribute>(),
      bind<modify_network_interface_attribute>(),
      bind<reset_network_interface_attribute>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
