#include "handlers/elastic_addresses.hpp"

#include "handlers/instance_network.hpp"
#include "handlers/instances.hpp"
#include "handlers/network.hpp"
#include "handlers/network_kinds.hpp"
#include "handlers/public_addresses.hpp"

namespace amity::handlers {
namespace {

std::vector<state::Address> addresses_of(Call& call, std::string_view interface_id) {
  return call.table<state::Address>().all(storage::Query().where("network_interface_id", interface_id));
}

void forget_mapping(Call& call, state::Address& row) {
  ec2::Address& address = row.address;
  address.association_id.reset();
  address.network_interface_id.reset();
  address.network_interface_owner_id.reset();
  address.private_ip_address.reset();
  call.table<state::Address>().update(row);
}

// "When you disassociate the Elastic IP address, [the instance] receives a new public IP address."
void give_back_public_address(Call& call, const ec2::NetworkInterface& interface) {
  const auto& attachment = interface.attachment;
  if (!attachment || !attachment->instance_id) return;
  auto instance = call.instances().find(*attachment->instance_id);
  if (!instance) return;
  const std::string& state = state_of(*instance);
  if (state == ec2::InstanceStateName::running || state == ec2::InstanceStateName::pending)
    renew_public_address(call, *instance);
  repeat_interfaces(call, *instance, interfaces_of(call, *attachment->instance_id));
  call.instances().update(*instance);
}

}  // namespace

state::Address find_allocation(Call& call, std::string_view allocation_id) {
  return find_owned(call.table<state::Address>(), kElasticIp, allocation_id);
}

state::Address find_public_ip(Call& call, std::string_view public_ip) {
  auto row = call.table<state::Address>().find_by(storage::Query().linked(storage::kAllocatedPublicAddress, public_ip));
  if (!row) throw ApiError("InvalidAddress.NotFound", "Address '" + std::string(public_ip) + "' not found.");
  return *std::move(row);
}

void map_address(Call& call, state::Address& row, state::NetworkInterface& interface_row,
                 const std::string& private_address) {
  ec2::Address& address = row.address;
  ec2::NetworkInterface& interface = interface_row.network_interface;
  address.association_id = call.ids().make("eipassoc");
  address.network_interface_id = interface.network_interface_id;
  address.network_interface_owner_id = interface.owner_id;
  address.private_ip_address = private_address;
  set_association(interface, private_address,
                  ec2::NetworkInterfaceAssociation{.allocation_id = address.allocation_id,
                                                   .association_id = address.association_id,
                                                   .ip_owner_id = call.account(),
                                                   .public_ip = address.public_ip});
  name_public_addresses(call, interface);
  call.table<state::Address>().update(row);
  call.network_interfaces().update(interface_row);
  refresh_instance_of(call, interface);
}

void unmap_address(Call& call, state::Address& row) {
  if (!row.address.association_id) return;
  auto interface_row = call.network_interfaces().find(row.address.network_interface_id.value_or(""));
  const std::string private_address = row.address.private_ip_address.value_or("");
  forget_mapping(call, row);
  if (!interface_row) return;
  ec2::NetworkInterface& interface = interface_row->network_interface;
  set_association(interface, private_address, std::nullopt);
  call.network_interfaces().update(*interface_row);
  give_back_public_address(call, interface);
}

void unmap_private_address(Call& call, const std::string& interface_id, std::string_view private_address) {
  for (state::Address& row : addresses_of(call, interface_id))
    if (row.address.private_ip_address == private_address) unmap_address(call, row);
}

void free_addresses_of(Call& call, std::string_view interface_id) {
  for (state::Address& row : addresses_of(call, interface_id)) forget_mapping(call, row);
}

}  // namespace amity::handlers
