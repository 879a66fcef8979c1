#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_listing.hpp"
#include "handlers/routes.hpp"
#include "handlers/tagging.hpp"
#include "handlers/vpc_cidrs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

using Association = ec2::RouteTableAssociation;
using StateCode = ec2::RouteTableAssociationStateCode;

constexpr FilterRule kRouteTableFilters[] = {
    {"association.gateway-id", "Associations.GatewayId"},
    {"association.main", "Associations.Main"},
    {"association.route-table-association-id", "Associations.RouteTableAssociationId"},
    {"association.route-table-id", "Associations.RouteTableId"},
    {"association.subnet-id", "Associations.SubnetId"},
    {"owner-id", "OwnerId"},
    {"route-table-id", "RouteTableId"},
    {"route.destination-cidr-block", "Routes.DestinationCidrBlock"},
    {"route.destination-ipv6-cidr-block", "Routes.DestinationIpv6CidrBlock"},
    {"route.destination-prefix-list-id", "Routes.DestinationPrefixListId"},
    {"route.egress-only-internet-gateway-id", "Routes.EgressOnlyInternetGatewayId"},
    {"route.gateway-id", "Routes.GatewayId"},
    {"route.instance-id", "Routes.InstanceId"},
    {"route.nat-gateway-id", "Routes.NatGatewayId"},
    {"route.origin", "Routes.Origin"},
    {"route.state", "Routes.State"},
    {"route.transit-gateway-id", "Routes.TransitGatewayId"},
    {"route.vpc-peering-connection-id", "Routes.VpcPeeringConnectionId"},
    {"vpc-id", "VpcId"},
};

constexpr ShownResource<state::RouteTable, ec2::RouteTable> kShownRouteTable{
    kRouteTable, &state::RouteTable::route_table, &ec2::RouteTable::route_table_id, kRouteTableFilters,
    "routeTableIds"};

ec2::DescribeRouteTablesResult describe_route_tables(Call& call, const ec2::DescribeRouteTablesRequest& request) {
  auto listing = list_resources(call, kShownRouteTable, request.route_table_ids, request.filters, request.max_results,
                                request.next_token, [&](ec2::RouteTable& table) {
                                  for (ec2::Route& route : table.routes)
                                    route.state = route_state(call, *table.vpc_id, route);
                                });
  return {.route_tables = listing.take(), .next_token = listing.next_token()};
}

ec2::CreateRouteTableResult create_route_table(Call& call, const ec2::CreateRouteTableRequest& request) {
  ensure_default_network(call);
  const auto vpc = find_owned(call.vpcs(), kVpc, request.vpc_id).vpc;
  const auto tags = tags_for(request.tag_specifications, kRouteTable.type, {kRouteTable.type});
  const std::string id = call.ids().make(kRouteTable.prefix);
  ec2::RouteTable table{
      .route_table_id = id, .routes = local_routes(vpc), .vpc_id = vpc.vpc_id, .owner_id = call.account()};
  call.route_tables().insert({.route_table = table});
  set_tags(call, id, kRouteTable.type, tags);
  table.tags = tags;
  return {.route_table = std::move(table), .client_token = request.client_token};
}

void delete_route_table(Call& call, const ec2::DeleteRouteTableRequest& request) {
  ensure_default_network(call);
  const auto row = find_owned(call.route_tables(), kRouteTable, request.route_table_id);
  if (!row.route_table.associations.empty()) throw errors::has_dependencies("routeTable", request.route_table_id);
  remove_resource<state::RouteTable>(call, request.route_table_id);
}

// The association of the VPC that `is_it` tells, and the table that has it.
struct Found {
  state::RouteTable table;
  Association association;
};
template <class IsIt>
std::optional<Found> find_association(Call& call, const storage::Query& query, IsIt is_it) {
  for (state::RouteTable& row : call.route_tables().all(query)) {
    const auto found = std::ranges::find_if(row.route_table.associations, is_it);
    if (found == row.route_table.associations.end()) continue;
    Association association = *found;
    return Found{std::move(row), std::move(association)};
  }
  return std::nullopt;
}

Found find_named(Call& call, const std::string& id) {
  auto found = find_association(call, {}, [&](const Association& one) { return one.route_table_association_id == id; });
  if (!found) throw errors::no_association(id);
  return *std::move(found);
}

// Puts the association under a new id into the table.
Association add_association(Call& call, state::RouteTable& row, Association association) {
  association.route_table_association_id = call.ids().make("rtbassoc");
  association.route_table_id = row.route_table.route_table_id;
  association.association_state = {.state = StateCode::associated};
  row.route_table.associations.push_back(association);
  call.route_tables().update(row);
  return association;
}

void drop_association(Call& call, Found& found) {
  std::erase_if(found.table.route_table.associations, [&](const Association& one) {
    return one.route_table_association_id == found.association.route_table_association_id;
  });
  call.route_tables().update(found.table);
}

// The VPC of the subnet or gateway that the table is to serve.
std::string vpc_of_target(Call& call, const ec2::AssociateRouteTableRequest& request) {
  if (request.subnet_id) return *find_owned(call.subnets(), kSubnet, *request.subnet_id).subnet.vpc_id;
  const auto gateway = find_owned(call.internet_gateways(), kInternetGateway, *request.gateway_id).internet_gateway;
  if (gateway.attachments.empty()) throw errors::gateway_not_attached(*request.gateway_id, "any");
  return gateway.attachments.front().vpc_id.value_or("");
}

ec2::AssociateRouteTableResult associate_route_table(Call& call, const ec2::AssociateRouteTableRequest& request) {
  ensure_default_network(call);
  if (request.public_ipv4_pool) throw errors::no_address_pool(*request.public_ipv4_pool);
  if (request.subnet_id && request.gateway_id) throw errors::cannot_be_combined("subnetId", "gatewayId");
  if (!request.subnet_id && !request.gateway_id) throw errors::missing_parameter("subnetId or gatewayId");
  auto row = find_owned(call.route_tables(), kRouteTable, request.route_table_id);
  const std::string& target = request.subnet_id ? *request.subnet_id : *request.gateway_id;
  const std::string vpc_id = vpc_of_target(call, request);
  if (vpc_id != row.route_table.vpc_id)
    throw errors::different_networks("Route table " + request.route_table_id,
                                     (request.subnet_id ? "subnet " : "gateway ") + target);
  const auto present = find_association(call, storage::Query().where("vpc_id", vpc_id), [&](const Association& one) {
    return one.subnet_id == target || one.gateway_id == target;
  });
  if (present && present->association.route_table_id != request.route_table_id)
    throw errors::association_conflict(request.route_table_id);
  // Asking again for what is there changes nothing.
  const Association made =
      present ? present->association
              : add_association(call, row,
                                {.main = false, .subnet_id = request.subnet_id, .gateway_id = request.gateway_id});
  return {.association_id = made.route_table_association_id, .association_state = made.association_state};
}

void disassociate_route_table(Call& call, const ec2::DisassociateRouteTableRequest& request) {
  ensure_default_network(call);
  Found found = find_named(call, request.association_id);
  if (found.association.main.value_or(false)) throw errors::main_association_stays(request.association_id);
  drop_association(call, found);
}

// ReplaceRouteTableAssociation: for a main association it makes the other table the VPC's main one.
ec2::ReplaceRouteTableAssociationResult replace_route_table_association(
    Call& call, const ec2::ReplaceRouteTableAssociationRequest& request) {
  ensure_default_network(call);
  Found found = find_named(call, request.association_id);
  auto row = find_owned(call.route_tables(), kRouteTable, request.route_table_id);
  if (row.route_table.vpc_id != found.table.route_table.vpc_id)
    throw errors::different_networks("Route table " + request.route_table_id, "association " + request.association_id);
  drop_association(call, found);
  if (found.association.route_table_id == request.route_table_id) row = found.table;
  const Association made = add_association(call, row, found.association);
  return {.new_association_id = made.route_table_association_id, .association_state = made.association_state};
}

}  // namespace

std::span<const Operation> route_table_operations() {
  static constexpr Operation kOperations[] = {
      bind<associate_route_table>(), bind<create_route_table>(),       bind<delete_route_table>(),
      bind<describe_route_tables>(), bind<disassociate_route_table>(), bind<replace_route_table_association>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
