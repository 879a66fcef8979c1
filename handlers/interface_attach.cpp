#include "handlers/errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instance_network.hpp"
#include "handlers/instances.hpp"
#include "handlers/interface_errors.hpp"
#include "handlers/interface_rows.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "storage/catalogue.hpp"

namespace amity::handlers {
namespace {

using Attach = ec2::AttachNetworkInterfaceRequest;

void check_place(const Attach& request, const std::vector<state::NetworkInterface>& attached,
                 const ec2::InstanceTypeInfo& type) {
  const std::int32_t card = request.network_card_index.value_or(0);
  if (card < 0 || card >= type.network_info.value().maximum_network_cards.value_or(1))
    throw errors::invalid_value("networkCardIndex", std::to_string(card));
  if (request.device_index < 0) throw errors::invalid_value("deviceIndex", std::to_string(request.device_index));
  for (const state::NetworkInterface& row : attached) {
    const auto& attachment = *row.network_interface.attachment;
    if (attachment.device_index == request.device_index && attachment.network_card_index.value_or(0) == card)
      throw errors::device_index_taken(request.instance_id, request.device_index);
  }
}

void check_capabilities(const Attach& request, const ec2::NetworkInterface& interface,
                        const ec2::InstanceTypeInfo& type) {
  const auto& network = type.network_info.value();
  if (request.ena_srd_specification && !network.ena_srd_supported.value_or(false))
    throw errors::unsupported_by_type("EnaSrdSpecification", *type.instance_type);
  if (request.ena_queue_count && network.flexible_ena_queues_support != ec2::FlexibleEnaQueuesSupport::supported)
    throw errors::unsupported_by_type("EnaQueueCount", *type.instance_type);
  if (std::ssize(interface.private_ip_addresses) > network.ipv4_addresses_per_interface.value_or(INT32_MAX) ||
      std::ssize(interface.ipv6_addresses) > network.ipv6_addresses_per_interface.value_or(INT32_MAX))
    throw errors::private_address_limit_exceeded();
}

void set_attachment_members(ec2::NetworkInterfaceAttachment& attachment, const Attach& request) {
  attachment.ena_queue_count = request.ena_queue_count;
  const auto& srd = request.ena_srd_specification;
  if (!srd) return;
  attachment.ena_srd_specification = {.ena_srd_enabled = srd->ena_srd_enabled};
  if (const auto& udp = srd->ena_srd_udp_specification)
    attachment.ena_srd_specification->ena_srd_udp_specification = {.ena_srd_udp_enabled = udp->ena_srd_udp_enabled};
}

ec2::AttachNetworkInterfaceResult attach_network_interface(Call& call, const Attach& request) {
  auto row = find_owned(call.network_interfaces(), kNetworkInterface, request.network_interface_id);
  const auto instance = find_own_instance(call, request.instance_id);
  ec2::NetworkInterface& interface = row.network_interface;
  if (interface.attachment) throw errors::interface_already_attached(request.network_interface_id);
  const std::string& state = state_of(instance);
  if (state != ec2::InstanceStateName::running && state != ec2::InstanceStateName::stopped)
    throw errors::instance_state_for_interface(request.instance_id);
  const auto& placement = instance.instance.placement;
  if (placement && placement->availability_zone != interface.availability_zone) throw errors::interface_in_other_zone();
  const auto attached = interfaces_of(call, request.instance_id);
  if (const auto* type = call.catalogue().instance_type(instance.instance.instance_type.value())) {
    check_place(request, attached, *type);
    check_attachments(*type, instance.instance.block_device_mappings.size(), attached.size() + 1);
    check_capabilities(request, interface, *type);
  }
  attach_interface(call, row,
                   {.instance_id = request.instance_id,
                    .device_index = request.device_index,
                    .network_card_index = request.network_card_index.value_or(0),
                    .delete_on_termination = false});
  if (request.ena_srd_specification || request.ena_queue_count) {
    set_attachment_members(*interface.attachment, request);
    call.network_interfaces().update(row);
  }
  refresh_instance(call, request.instance_id);
  return {.attachment_id = interface.attachment->attachment_id,
          .network_card_index = interface.attachment->network_card_index};
}

state::NetworkInterface find_attached(Call& call, const std::string& attachment_id) {
  std::optional<state::NetworkInterface> found;
  call.network_interfaces().scan({}, [&](std::int64_t, state::NetworkInterface& row) {
    const auto& attachment = row.network_interface.attachment;
    if (attachment && attachment->attachment_id == attachment_id) found = std::move(row);
    return !found;
  });
  if (!found) throw errors::no_interface_attachment(attachment_id);
  return *std::move(found);
}

// Ignored: Force, because no operating system is there to hold on to the interface.
void detach_network_interface(Call& call, const ec2::DetachNetworkInterfaceRequest& request) {
  auto row = find_attached(call, request.attachment_id);
  const auto attachment = *row.network_interface.attachment;
  if (!attachment.instance_id) throw errors::foreign_attachment(request.attachment_id);
  if (attachment.device_index == 0) throw errors::primary_interface_stays(0, attachment.network_card_index.value_or(0));
  detach_interface(call, row);
  refresh_instance(call, *attachment.instance_id);
}

}  // namespace

std::span<const Operation> network_interface_attach_operations() {
  static constexpr Operation kOperations[] = {
      bind<attach_network_interface>(),
      bind<detach_network_interface>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
