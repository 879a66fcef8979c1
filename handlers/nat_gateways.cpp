#include "handlers/elastic_addresses.hpp"
#include "handlers/errors.hpp"
#include "handlers/interface_rows.hpp"
#include "handlers/network_kinds.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_listing.hpp"
#include "handlers/tagging.hpp"
#include "handlers/transitions.hpp"
#include "handlers/vpc_cidrs.hpp"

#include <fmt/format.h>

namespace amity::handlers {
namespace {

using AddressStatus = ec2::NatGatewayAddressStatus;

// What EC2 answers, and its filter's documentation says; the API model says natGateway.
constexpr char kInterfaceType[] = "nat_gateway";

constexpr FilterRule kNatGatewayFilters[] = {
    {"nat-gateway-id", "NatGatewayId"},
    {"state", "State"},
    {"subnet-id", "SubnetId"},
    {"vpc-id", "VpcId"},
};

constexpr ShownResource<state::NatGateway, ec2::NatGateway> kShownNatGateway{
    kNatGateway, &state::NatGateway::nat_gateway, &ec2::NatGateway::nat_gateway_id, kNatGatewayFilters,
    "natGatewayIds"};

ec2::DescribeNatGatewaysResult describe_nat_gateways(Call& call, const ec2::DescribeNatGatewaysRequest& request) {
  auto listing = list_resources(call, kShownNatGateway, request.nat_gateway_ids, request.filter, request.max_results,
                                request.next_token);
  return {.nat_gateways = listing.take(), .next_token = listing.next_token()};
}

void check_request(const ec2::CreateNatGatewayRequest& request, bool is_public) {
  if (request.availability_mode == ec2::AvailabilityMode::regional || request.vpc_id ||
      !request.availability_zone_addresses.empty())
    throw errors::unsupported_operation("Regional NAT gateways are not supported.");
  if (!request.subnet_id) throw errors::missing_parameter("subnetId");
  if (is_public && !request.allocation_id) throw errors::missing_parameter("allocationId");
  if (!is_public && (request.allocation_id || !request.secondary_allocation_ids.empty()))
    throw errors::invalid_parameter_combination("A private NAT gateway has no Elastic IP addresses.");
  const std::int32_t count = request.secondary_private_ip_address_count.value_or(0);
  if (count < 0) throw errors::invalid_value("secondaryPrivateIpAddressCount", std::to_string(count));
  if (count > 0 && !request.secondary_private_ip_addresses.empty())
    throw errors::cannot_be_combined("secondaryPrivateIpAddressCount", "secondaryPrivateIpAddress");
}

// The interface that NAT gateways work through. It belongs to nobody's instance.
state::NetworkInterface make_interface(Call& call, const ec2::NatGateway& gateway, const state::Subnet& subnet,
                                       const ec2::CreateNatGatewayRequest& request) {
  std::int32_t count = request.secondary_private_ip_address_count.value_or(0);
  if (count == 0 && request.secondary_private_ip_addresses.empty())
    count = static_cast<std::int32_t>(request.secondary_allocation_ids.size());
  auto row =
      create_network_interface_row(call, {.subnet = subnet,
                                          .description = "Interface for NAT Gateway " + *gateway.nat_gateway_id,
                                          .private_ip_address = request.private_ip_address,
                                          .secondary_private_ip_addresses = request.secondary_private_ip_addresses,
                                          .secondary_private_ip_address_count = count,
                                          .interface_type = kInterfaceType});
  ec2::NetworkInterface& interface = row.network_interface;
  interface.requester_managed = true;
  interface.source_dest_check = false;
  interface.status = ec2::NetworkInterfaceStatus::in_use;
  interface.attachment = {.attach_time = std::chrono::floor<std::chrono::seconds>(call.now()),
                          .attachment_id = call.ids().make("ela-attach"),
                          .delete_on_termination = false,
                          .device_index = 1,
                          .instance_owner_id = "amazon-aws",
                          .status = ec2::AttachmentStatus::attached};
  call.network_interfaces().update(row);
  return row;
}

// Maps each Elastic IP address to a private one, in their order.
void map_addresses(Call& call, ec2::NatGateway& gateway, state::NetworkInterface& interface,
                   std::vector<state::Address>& elastic) {
  std::vector<std::string> private_addresses;
  for (const auto& address : interface.network_interface.private_ip_addresses)
    private_addresses.push_back(*address.private_ip_address);
  for (std::size_t i = 0; i < private_addresses.size(); ++i) {
    ec2::NatGatewayAddress& shown = gateway.nat_gateway_addresses.emplace_back(
        ec2::NatGatewayAddress{.network_interface_id = interface.network_interface.network_interface_id,
                               .private_ip = private_addresses[i],
                               .is_primary = i == 0,
                               .status = AddressStatus::associating});
    if (i >= elastic.size()) continue;
    map_address(call, elastic[i], interface, private_addresses[i]);
    shown.allocation_id = elastic[i].address.allocation_id;
    shown.public_ip = elastic[i].address.public_ip;
    shown.association_id = elastic[i].address.association_id;
  }
}

std::vector<state::Address> find_addresses(Call& call, const ec2::CreateNatGatewayRequest& request) {
  std::vector<state::Address> found;
  if (request.allocation_id) found.push_back(find_allocation(call, *request.allocation_id));
  for (const std::string& id : request.secondary_allocation_ids) found.push_back(find_allocation(call, id));
  return found;
}

// What will keep the gateway from becoming available; nullptr when nothing will.
const char* obstacle(Call& call, const std::string& vpc_id, const std::vector<state::Address>& elastic) {
  if (!elastic.empty() && !attached_gateway(call, vpc_id)) return "nat-gateway.gateway-not-attached";
  for (const state::Address& address : elastic)
    if (address.address.association_id) return "nat-gateway.address-associated";
  return nullptr;
}

ec2::CreateNatGatewayResult create_nat_gateway(Call& call, const ec2::CreateNatGatewayRequest& request) {
  ensure_default_network(call);
  const std::string kind = request.connectivity_type.value_or(ec2::ConnectivityType::is_public);
  check_request(request, kind == ec2::ConnectivityType::is_public);
  const auto subnet = find_owned(call.subnets(), kSubnet, *request.subnet_id);
  auto elastic = find_addresses(call, request);
  const auto tags = tags_for(request.tag_specifications, kNatGateway.type, {kNatGateway.type});
  state::NatGateway row{.nat_gateway = {.create_time = call.now(),
                                        .nat_gateway_id = call.ids().make(kNatGateway.prefix),
                                        .state = ec2::NatGatewayState::pending,
                                        .subnet_id = subnet.subnet.subnet_id,
                                        .vpc_id = subnet.subnet.vpc_id,
                                        .connectivity_type = kind,
                                        .availability_mode = ec2::AvailabilityMode::zonal}};
  ec2::NatGateway& gateway = row.nat_gateway;
  const char* what_comes = obstacle(call, *gateway.vpc_id, elastic);
  if (what_comes) {
    for (const state::Address& address : elastic)
      gateway.nat_gateway_addresses.push_back({.allocation_id = address.address.allocation_id,
                                               .is_primary = &address == &elastic.front(),
                                               .status = AddressStatus::associating});
  } else {
    auto interface = make_interface(call, gateway, subnet, request);
    map_addresses(call, gateway, interface, elastic);
    what_comes = "nat-gateway.available";
  }
  call.table<state::NatGateway>().insert(row);
  set_tags(call, *gateway.nat_gateway_id, kNatGateway.type, tags);
  // It takes about as long as starting an instance.
  call.schedule(*gateway.nat_gateway_id, what_comes, call.profile().instance_start);
  gateway.tags = tags;
  return {.client_token = request.client_token, .nat_gateway = std::move(gateway)};
}

// DeleteNatGateway: "doesn't delete any NAT gateway routes in your route tables"; they lead nowhere.
ec2::DeleteNatGatewayResult delete_nat_gateway(Call& call, const ec2::DeleteNatGatewayRequest& request) {
  auto row = find_owned(call.table<state::NatGateway>(), kNatGateway, request.nat_gateway_id);
  ec2::NatGateway& gateway = row.nat_gateway;
  if (gateway.state == ec2::NatGatewayState::deleted) throw not_found(kNatGateway, request.nat_gateway_id);
  if (gateway.state != ec2::NatGatewayState::deleting) {
    gateway.state = ec2::NatGatewayState::deleting;
    call.table<state::NatGateway>().update(row);
    call.unschedule(request.nat_gateway_id);
    call.schedule(request.nat_gateway_id, "nat-gateway.deleted", call.profile().instance_terminate);
  }
  return {.nat_gateway_id = request.nat_gateway_id};
}

// Lets `change` happen to the gateway if it is still in the state that the change begins with.
template <class Change>
void change_from(Call& call, std::string_view id, std::string_view state, const Change& change) {
  auto row = call.table<state::NatGateway>().find(id);
  if (!row || row->nat_gateway.state != state) return;
  change(row->nat_gateway);
  call.table<state::NatGateway>().update(*row);
}

void make_nat_gateway_available(Call& call, std::string_view id) {
  change_from(call, id, ec2::NatGatewayState::pending, [](ec2::NatGateway& gateway) {
    gateway.state = ec2::NatGatewayState::available;
    for (auto& address : gateway.nat_gateway_addresses) address.status = AddressStatus::succeeded;
  });
}

// Failed and deleted gateways can be seen for about an hour.
void end(Call& call, ec2::NatGateway& gateway, const char* state) {
  gateway.state = state;
  gateway.delete_time = call.now();
  call.schedule(*gateway.nat_gateway_id, "nat-gateway.gone", Profile::kTerminatedVisible);
}

void fail(Call& call, std::string_view id, std::string_view code, std::string_view message) {
  change_from(call, id, ec2::NatGatewayState::pending, [&](ec2::NatGateway& gateway) {
    gateway.failure_code = code;
    gateway.failure_message = message;
    for (auto& address : gateway.nat_gateway_addresses) address.status = AddressStatus::failed;
    end(call, gateway, ec2::NatGatewayState::failed);
  });
}

void fail_without_gateway(Call& call, std::string_view id) {
  const auto row = call.table<state::NatGateway>().find(id);
  const std::string vpc_id = row ? row->nat_gateway.vpc_id.value_or("") : "";
  fail(call, id, "Gateway.NotAttached", fmt::format("Network {} has no Internet gateway attached", vpc_id));
}

void fail_without_address(Call& call, std::string_view id) {
  const auto row = call.table<state::NatGateway>().find(id);
  const std::string address = row ? row->nat_gateway.nat_gateway_addresses.at(0).allocation_id.value_or("") : "";
  fail(call, id, "Resource.AlreadyAssociated", fmt::format("Elastic IP address [{}] is already associated", address));
}

void make_nat_gateway_deleted(Call& call, std::string_view id) {
  change_from(call, id, ec2::NatGatewayState::deleting, [&](ec2::NatGateway& gateway) {
    if (!gateway.nat_gateway_addresses.empty())
      if (const auto interface =
              call.network_interfaces().find(gateway.nat_gateway_addresses.front().network_interface_id.value_or("")))
        remove_network_interface_row(call, interface->network_interface);
    end(call, gateway, ec2::NatGatewayState::deleted);
  });
}

void forget_nat_gateway(Call& call, std::string_view id) { remove_resource<state::NatGateway>(call, id); }

constexpr Transition kNatGatewayTransitions[] = {
    {"nat-gateway.available", make_nat_gateway_available},
    {"nat-gateway.gateway-not-attached", fail_without_gateway},
    {"nat-gateway.address-associated", fail_without_address},
    {"nat-gateway.deleted", make_nat_gateway_deleted},
    {"nat-gateway.gone", forget_nat_gateway},
};

}  // namespace

std::span<const Operation> nat_gateway_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_nat_gateway>(),
      bind<delete_nat_gateway>(),
      bind<describe_nat_gateways>(),
  };
  return kOperations;
}

std::span<const Transition> nat_gateway_transitions() { return kNatGatewayTransitions; }

}  // namespace amity::handlers
