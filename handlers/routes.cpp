#include "handlers/routes.hpp"

#include "handlers/errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/network.hpp"
#include "handlers/prefix_lists.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/vpc_cidrs.hpp"
#include "storage/network_tables.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr char kLocal[] = "local";

// Where a route goes, in one of three forms.
struct Destination {
  std::optional<std::string> ec2::Route::*member;
  std::string_view word;  // in EC2's errors
  std::string value;

  bool is_of(const ec2::Route& route) const { return route.*member == value; }
};

template <class Request>
Destination destination_of(Call& call, const Request& request) {
  const auto& ipv4 = request.destination_cidr_block;
  const auto& ipv6 = request.destination_ipv6_cidr_block;
  const auto& list = request.destination_prefix_list_id;
  const int count = int{ipv4.has_value()} + int{ipv6.has_value()} + int{list.has_value()};
  if (count == 0) throw errors::missing_parameter("destinationCidrBlock");
  if (count > 1) throw errors::cannot_be_combined("destinationCidrBlock", "another destination");
  if (ipv4) {
    const auto block = parse_ipv4_cidr(*ipv4);
    if (!block) throw errors::invalid_cidr_block("destinationCidrBlock", *ipv4);
    return {&ec2::Route::destination_cidr_block, "destination-cidr-block", to_string(block->canonical())};
  }
  if (ipv6) {
    const auto block = parse_ipv6_cidr(*ipv6);
    if (!block) throw errors::invalid_cidr_block("destinationIpv6CidrBlock", *ipv6);
    return {&ec2::Route::destination_ipv6_cidr_block, "destination-ipv6-cidr-block", to_string(block->canonical())};
  }
  check_prefix_list(call, *list);
  return {&ec2::Route::destination_prefix_list_id, "destination-prefix-list-id", *list};
}

// Targets that are never here: what they would be cannot be made.
template <class Request>
void refuse_other_targets(const Request& request) {
  const auto refuse = [](const std::optional<std::string>& id, std::string_view code, std::string_view what) {
    if (id) throw errors::no_route_target(code, what, *id);
  };
  refuse(request.carrier_gateway_id, "InvalidCarrierGatewayID.NotFound", "carrierGateway");
  refuse(request.core_network_arn, "InvalidCoreNetworkArn.NotFound", "coreNetwork");
  refuse(request.egress_only_internet_gateway_id, "InvalidGatewayID.NotFound", "egressOnlyInternetGateway");
  refuse(request.local_gateway_id, "InvalidLocalGatewayID.NotFound", "localGateway");
  refuse(request.odb_network_arn, "InvalidOdbNetworkArn.NotFound", "odbNetwork");
  refuse(request.transit_gateway_id, "InvalidTransitGatewayID.NotFound", "transitGateway");
  refuse(request.vpc_endpoint_id, "InvalidVpcEndpointId.NotFound", "vpcEndpoint");
  refuse(request.vpc_peering_connection_id, "InvalidVpcPeeringConnectionID.NotFound", "vpcPeeringConnection");
}

template <class Request>
int count_targets(const Request& request) {
  return int{request.carrier_gateway_id.has_value()} + int{request.core_network_arn.has_value()} +
         int{request.egress_only_internet_gateway_id.has_value()} + int{request.gateway_id.has_value()} +
         int{request.instance_id.has_value()} + int{request.local_gateway_id.has_value()} +
         int{request.nat_gateway_id.has_value()} + int{request.network_interface_id.has_value()} +
         int{request.odb_network_arn.has_value()} + int{request.transit_gateway_id.has_value()} +
         int{request.vpc_endpoint_id.has_value()} + int{request.vpc_peering_connection_id.has_value()};
}

void lead_to_gateway(Call& call, ec2::Route& route, const ec2::RouteTable& table, const std::string& id) {
  if (!is_well_formed(kInternetGateway, id)) throw errors::no_route_target("InvalidGatewayID.NotFound", "gateway", id);
  const auto gateway = call.internet_gateways().find(id);
  if (!gateway) throw errors::no_route_target("InvalidGatewayID.NotFound", "gateway", id);
  const auto& attachments = gateway->internet_gateway.attachments;
  if (attachments.empty() || attachments.front().vpc_id != table.vpc_id)
    throw errors::different_networks("route table " + *table.route_table_id, "network gateway " + id);
  route.gateway_id = id;
}

void lead_to_interface(ec2::Route& route, const ec2::RouteTable& table, const ec2::NetworkInterface& interface) {
  if (interface.vpc_id != table.vpc_id)
    throw errors::different_networks("route table " + *table.route_table_id,
                                     "interface " + *interface.network_interface_id);
  route.network_interface_id = interface.network_interface_id;
  if (const auto& attachment = interface.attachment; attachment && attachment->instance_id) {
    route.instance_id = attachment->instance_id;
    route.instance_owner_id = attachment->instance_owner_id;
  }
}

void lead_to_instance(Call& call, ec2::Route& route, const ec2::RouteTable& table, const std::string& id) {
  find_own_instance(call, id);
  const auto interfaces = interfaces_of(call, id);
  if (interfaces.empty()) throw errors::invalid_value("instanceId", id, "The instance has no network interface.");
  // "If there is more than one network interface attached, an error": which one is meant is not known.
  if (interfaces.size() > 1)
    throw ApiError("InvalidInstanceID", "There are multiple interfaces attached to instance '" + id +
                                            "'. Please specify an interface ID for the operation instead.");
  lead_to_interface(route, table, interfaces.front().network_interface);
}

void lead_to_nat_gateway(Call& call, ec2::Route& route, const ec2::RouteTable& table, const std::string& id) {
  const auto row = call.table<state::NatGateway>().find(id);
  if (!row || row->nat_gateway.state == ec2::NatGatewayState::deleted)
    throw errors::no_route_target("InvalidNatGatewayID.NotFound", "natGateway", id);
  if (row->nat_gateway.vpc_id != table.vpc_id)
    throw errors::different_networks("route table " + *table.route_table_id, "NAT gateway " + id);
  route.nat_gateway_id = id;
}

template <class Request>
void lead(Call& call, ec2::Route& route, const ec2::RouteTable& table, const Request& request) {
  refuse_other_targets(request);
  if (request.gateway_id) lead_to_gateway(call, route, table, *request.gateway_id);
  if (request.instance_id) lead_to_instance(call, route, table, *request.instance_id);
  if (request.nat_gateway_id) lead_to_nat_gateway(call, route, table, *request.nat_gateway_id);
  if (request.network_interface_id)
    lead_to_interface(
        route, table,
        find_owned(call.network_interfaces(), kNetworkInterface, *request.network_interface_id).network_interface);
}

// An empty route of the origin that goes with it.
ec2::Route new_route(const Destination& destination, const char* origin) {
  ec2::Route route{.origin = origin, .state = ec2::RouteState::active};
  route.*destination.member = destination.value;
  return route;
}

bool is_local_route(const ec2::Route& route) { return route.origin == ec2::RouteOrigin::CreateRouteTable; }

template <class Cidr>
bool is_inside(const std::optional<Cidr>& block, const std::optional<Cidr>& of) {
  return block && of && of->contains(*block);
}

// What stays inside the VPC can be led through an interface or a NAT gateway ("middlebox routing"), not to a gateway
// at the VPC's edge.
void check_leads_out(const std::vector<ec2::Route>& routes, const ec2::Route& route) {
  if (!route.gateway_id || route.gateway_id == kLocal) return;
  const auto ipv4 = parse_ipv4_cidr(route.destination_cidr_block.value_or(""));
  const auto ipv6 = parse_ipv6_cidr(route.destination_ipv6_cidr_block.value_or(""));
  for (const ec2::Route& local : routes)
    if (is_local_route(local) && (is_inside(ipv4, parse_ipv4_cidr(local.destination_cidr_block.value_or(""))) ||
                                  is_inside(ipv6, parse_ipv6_cidr(local.destination_ipv6_cidr_block.value_or("")))))
      throw errors::invalid_parameter_value(
          "Route target is not supported. This route only supports interface and instance targets.");
}

ec2::CreateRouteResult create_route(Call& call, const ec2::CreateRouteRequest& request) {
  ensure_default_network(call);
  auto row = find_owned(call.route_tables(), kRouteTable, request.route_table_id);
  const Destination destination = destination_of(call, request);
  if (count_targets(request) == 0) throw errors::missing_parameter("gatewayId");
  if (count_targets(request) > 1) throw errors::cannot_be_combined("gatewayId", "another target");
  ec2::Route route = new_route(destination, ec2::RouteOrigin::CreateRoute);
  lead(call, route, row.route_table, request);
  auto& routes = row.route_table.routes;
  if (std::ranges::any_of(routes, [&](const ec2::Route& other) { return destination.is_of(other); }))
    throw errors::route_exists(destination.value);
  check_leads_out(routes, route);
  routes.push_back(std::move(route));
  call.route_tables().update(row);
  return {.return_value = true};
}

void replace_route(Call& call, const ec2::ReplaceRouteRequest& request) {
  ensure_default_network(call);
  auto row = find_owned(call.route_tables(), kRouteTable, request.route_table_id);
  const Destination destination = destination_of(call, request);
  const bool to_local = request.local_target.value_or(false);
  const int targets = count_targets(request) + int{to_local};
  if (targets == 0) throw errors::missing_parameter("gatewayId");
  if (targets > 1) throw errors::cannot_be_combined("gatewayId", "another target");
  auto& routes = row.route_table.routes;
  const auto found = std::ranges::find_if(routes, [&](const ec2::Route& other) { return destination.is_of(other); });
  if (found == routes.end()) throw errors::no_route_to_replace(destination.value);
  // "LocalTarget: resets the local route to its default target."
  if (to_local && !is_local_route(*found))
    throw errors::invalid_value("localTarget", "true", "The route is not local.");
  ec2::Route route = new_route(
      destination, is_local_route(*found) ? ec2::RouteOrigin::CreateRouteTable : ec2::RouteOrigin::CreateRoute);
  if (to_local) route.gateway_id = kLocal;
  lead(call, route, row.route_table, request);
  check_leads_out(routes, route);
  *found = std::move(route);
  call.route_tables().update(row);
}

void delete_route(Call& call, const ec2::DeleteRouteRequest& request) {
  ensure_default_network(call);
  auto row = find_owned(call.route_tables(), kRouteTable, request.route_table_id);
  const Destination destination = destination_of(call, request);
  auto& routes = row.route_table.routes;
  const auto found = std::ranges::find_if(routes, [&](const ec2::Route& other) { return destination.is_of(other); });
  if (found == routes.end()) throw errors::no_such_route(destination.word, destination.value, request.route_table_id);
  if (is_local_route(*found)) throw errors::local_route_stays(destination.value, request.route_table_id);
  routes.erase(found);
  call.route_tables().update(row);
}

bool is_gateway_there(Call& call, std::string_view vpc_id, const std::string& id) {
  if (id == kLocal) return true;
  const auto gateway = call.internet_gateways().find(id);
  return gateway && !gateway->internet_gateway.attachments.empty() &&
         gateway->internet_gateway.attachments.front().vpc_id == vpc_id;
}

bool is_interface_there(Call& call, const std::string& id) {
  const auto row = call.network_interfaces().find(id);
  if (!row || !row->network_interface.attachment) return false;
  const auto& instance_id = row->network_interface.attachment->instance_id;
  if (!instance_id) return true;  // of a NAT gateway
  const auto instance = call.instances().find(*instance_id);
  return instance && state_of(*instance) == ec2::InstanceStateName::running;
}

bool is_nat_gateway_there(Call& call, const std::string& id) {
  const auto row = call.table<state::NatGateway>().find(id);
  return row && (row->nat_gateway.state == ec2::NatGatewayState::available ||
                 row->nat_gateway.state == ec2::NatGatewayState::pending);
}

}  // namespace

std::string route_state(Call& call, std::string_view vpc_id, const ec2::Route& route) {
  bool is_there = true;
  if (route.gateway_id) is_there = is_gateway_there(call, vpc_id, *route.gateway_id);
  if (route.network_interface_id) is_there = is_interface_there(call, *route.network_interface_id);
  if (route.nat_gateway_id) is_there = is_nat_gateway_there(call, *route.nat_gateway_id);
  return is_there ? ec2::RouteState::active : ec2::RouteState::blackhole;
}

std::span<const Operation> route_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_route>(),
      bind<delete_route>(),
      bind<replace_route>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
