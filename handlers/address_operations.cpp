#include "handlers/address_errors.hpp"
#include "handlers/elastic_addresses.hpp"
#include "handlers/errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/network.hpp"
#include "handlers/network_addresses.hpp"
#include "handlers/network_kinds.hpp"
#include "handlers/public_addresses.hpp"
#include "handlers/registry.hpp"
#include "handlers/tagging.hpp"
#include "handlers/vpc_cidrs.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxAddresses = 5;  // of an account in a region; DescribeAccountAttributes tells it
constexpr char kAmazonsPool[] = "amazon";

// A region has its own group; so have its Local and Wavelength Zones.
void check_border_group(const Call& call, const std::string& group) {
  if (group == call.region()) return;
  const state::Region* region = call.catalogue().region(call.region());
  const auto is_of = [&](const ec2::AvailabilityZone& zone) { return zone.network_border_group == group; };
  if (!region || std::ranges::none_of(region->zones, is_of)) throw errors::invalid_value("networkBorderGroup", group);
}

ec2::AllocateAddressResult allocate_address(Call& call, const ec2::AllocateAddressRequest& request) {
  // EC2-Classic, whose addresses these were, has gone.
  if (request.domain == ec2::DomainType::standard) throw errors::invalid_value("domain", *request.domain);
  if (request.ipam_pool_id) throw errors::no_ipam_pool(*request.ipam_pool_id);
  if (request.customer_owned_ipv4_pool) throw errors::no_address_pool(*request.customer_owned_ipv4_pool);
  if (request.public_ipv4_pool && request.public_ipv4_pool != kAmazonsPool)
    throw errors::no_address_pool(*request.public_ipv4_pool);
  if (request.address) throw errors::address_not_recoverable(*request.address);
  const std::string group = request.network_border_group.value_or(call.region());
  check_border_group(call, group);
  const auto tags = tags_for(request.tag_specifications, kElasticIp.type, {kElasticIp.type});
  if (call.table<state::Address>().count() >= kMaxAddresses) throw errors::too_many_addresses();
  const ec2::Address address{.allocation_id = call.ids().make(kElasticIp.prefix),
                             .domain = ec2::DomainType::vpc,
                             .public_ipv4_pool = kAmazonsPool,
                             .network_border_group = group,
                             .public_ip = free_public_address(call)};
  call.table<state::Address>().insert({.address = address});
  set_tags(call, *address.allocation_id, kElasticIp.type, tags);
  return {.allocation_id = address.allocation_id,
          .public_ipv4_pool = address.public_ipv4_pool,
          .network_border_group = address.network_border_group,
          .domain = address.domain,
          .public_ip = address.public_ip};
}

// The interface that the request means: its own, or the only one of an instance.
state::NetworkInterface target_interface(Call& call, const ec2::AssociateAddressRequest& request) {
  if (request.network_interface_id)
    return find_owned(call.network_interfaces(), kNetworkInterface, *request.network_interface_id);
  const auto instance = find_own_instance(call, *request.instance_id);
  const std::string& state = state_of(instance);
  if (state != ec2::InstanceStateName::running && state != ec2::InstanceStateName::stopped &&
      state != ec2::InstanceStateName::pending)
    throw errors::instance_state_for_address(*request.instance_id, state);
  auto interfaces = interfaces_of(call, *request.instance_id);
  if (interfaces.size() != 1) throw errors::many_interfaces_for_address(*request.instance_id);
  return std::move(interfaces.front());
}

const ec2::NetworkInterfacePrivateIpAddress& target_address(const ec2::NetworkInterface& interface,
                                                            const std::optional<std::string>& wanted) {
  const auto& addresses = interface.private_ip_addresses;
  const auto found = std::ranges::find(addresses, wanted ? wanted : interface.private_ip_address,
                                       &ec2::NetworkInterfacePrivateIpAddress::private_ip_address);
  if (found == addresses.end()) throw errors::no_private_address(*wanted, *interface.network_interface_id);
  return *found;
}

// AssociateAddress: reassociation is automatic, so that only `false` makes what is there an obstacle. "This is an
// idempotent operation."
ec2::AssociateAddressResult associate_address(Call& call, const ec2::AssociateAddressRequest& request) {
  ensure_default_network(call);
  if (!request.allocation_id && !request.public_ip) throw errors::missing_parameter("AllocationId");
  if (request.allocation_id && request.public_ip) throw errors::cannot_be_combined("allocationId", "publicIp");
  if (!request.instance_id && !request.network_interface_id)
    throw errors::missing_parameter("instanceId or networkInterfaceId");
  if (request.instance_id && request.network_interface_id)
    throw errors::cannot_be_combined("instanceId", "networkInterfaceId");
  auto address =
      request.allocation_id ? find_allocation(call, *request.allocation_id) : find_public_ip(call, *request.public_ip);
  auto interface = target_interface(call, request);
  const std::string interface_id = *interface.network_interface.network_interface_id;
  const auto target = target_address(interface.network_interface, request.private_ip_address);
  if (!attached_gateway(call, *interface.network_interface.vpc_id))
    throw errors::gateway_not_attached_for_address(*interface.network_interface.vpc_id);
  const bool is_there = address.address.network_interface_id == interface_id &&
                        address.address.private_ip_address == target.private_ip_address;
  if (is_there) return {.association_id = address.address.association_id};
  if (!request.allow_reassociation.value_or(true)) {
    if (address.address.association_id)
      throw errors::already_associated(*address.address.allocation_id, *address.address.association_id);
    if (target.association && target.association->association_id)
      throw errors::already_associated(interface_id, *target.association->association_id);
  }
  // The instance that loses the address may get one of Amazon's: of this interface, it makes room again.
  unmap_address(call, address);
  unmap_private_address(call, interface_id, *target.private_ip_address);
  interface = *call.network_interfaces().find(interface_id);
  map_address(call, address, interface, *target.private_ip_address);
  return {.association_id = address.address.association_id};
}

// NAT gateways keep their addresses as long as they live.
void check_not_of_service(Call& call, const ec2::Address& address) {
  const auto interface = call.network_interfaces().find(address.network_interface_id.value_or(""));
  if (interface && interface->network_interface.requester_managed.value_or(false))
    throw errors::not_authorized("You do not have permission to access the specified resource.");
}

// DisassociateAddress: "If you perform the operation more than once, Amazon EC2 doesn't return an error": by public
// address, that is, because an association that has ended is not known any more.
void disassociate_address(Call& call, const ec2::DisassociateAddressRequest& request) {
  if (!request.association_id && !request.public_ip) throw errors::missing_parameter("AssociationId");
  if (request.association_id && request.public_ip) throw errors::cannot_be_combined("associationId", "publicIp");
  std::optional<state::Address> address;
  if (request.public_ip)
    address = find_public_ip(call, *request.public_ip);
  else
    address = call.table<state::Address>().find_by(storage::Query().where("association_id", *request.association_id));
  if (!address) throw errors::no_association(*request.association_id);
  check_not_of_service(call, address->address);
  unmap_address(call, *address);
}

bool is_in_default_vpc(Call& call, const ec2::Address& address) {
  const auto interface = call.network_interfaces().find(address.network_interface_id.value_or(""));
  const auto vpc = default_vpc(call);
  return interface && vpc && interface->network_interface.vpc_id == vpc->vpc.vpc_id;
}

// ReleaseAddress: "[Default VPC] Releasing an Elastic IP address automatically disassociates it ... [Nondefault VPC]
// You must disassociate the Elastic IP address before you can release it."
void release_address(Call& call, const ec2::ReleaseAddressRequest& request) {
  ensure_default_network(call);
  if (!request.allocation_id) {
    if (!request.public_ip) throw errors::missing_parameter("AllocationId");
    find_public_ip(call, *request.public_ip);
    throw errors::allocation_id_required();
  }
  auto row = find_allocation(call, *request.allocation_id);
  if (request.network_border_group && request.network_border_group != row.address.network_border_group)
    throw errors::invalid_value("networkBorderGroup", *request.network_border_group);
  if (row.address.association_id) {
    check_not_of_service(call, row.address);
    if (!is_in_default_vpc(call, row.address)) throw errors::address_mapped(*row.address.public_ip);
    unmap_address(call, row);
  }
  call.table<state::Address>().remove(*row.address.allocation_id);
  call.tags().remove_all(*row.address.allocation_id);
}

}  // namespace

std::span<const Operation> address_operations() {
  static constexpr Operation kOperations[] = {
      bind<allocate_address>(),
      bind<associate_address>(),
      bind<disassociate_address>(),
      bind<release_address>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
