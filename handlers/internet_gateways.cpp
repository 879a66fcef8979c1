#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_listing.hpp"
#include "handlers/tagging.hpp"
#include "handlers/vpc_cidrs.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr char kGatewayAttached[] = "available";  // an attachment's state, in EC2's words for gateways

constexpr FilterRule kInternetGatewayFilters[] = {
    {"attachment.state", "Attachments.State"},
    {"attachment.vpc-id", "Attachments.VpcId"},
    {"internet-gateway-id", "InternetGatewayId"},
    {"owner-id", "OwnerId"},
};

constexpr ShownResource<state::InternetGateway, ec2::InternetGateway> kShownInternetGateway{
    kInternetGateway, &state::InternetGateway::internet_gateway, &ec2::InternetGateway::internet_gateway_id,
    kInternetGatewayFilters, "internetGatewayIds"};

ec2::DescribeInternetGatewaysResult describe_internet_gateways(Call& call,
                                                               const ec2::DescribeInternetGatewaysRequest& request) {
  auto listing = list_resources(call, kShownInternetGateway, request.internet_gateway_ids, request.filters,
                                request.max_results, request.next_token);
  return {.internet_gateways = listing.take(), .next_token = listing.next_token()};
}

ec2::CreateInternetGatewayResult create_internet_gateway(Call& call, const ec2::CreateInternetGatewayRequest& request) {
  ensure_default_network(call);
  const auto tags = tags_for(request.tag_specifications, kInternetGateway.type, {kInternetGateway.type});
  const std::string id = call.ids().make(kInternetGateway.prefix);
  ec2::InternetGateway gateway{.internet_gateway_id = id, .owner_id = call.account()};
  call.internet_gateways().insert({.internet_gateway = gateway});
  set_tags(call, id, kInternetGateway.type, tags);
  gateway.tags = tags;
  return {.internet_gateway = std::move(gateway)};
}

void attach_internet_gateway(Call& call, const ec2::AttachInternetGatewayRequest& request) {
  ensure_default_network(call);
  auto row = find_owned(call.internet_gateways(), kInternetGateway, request.internet_gateway_id);
  find_owned(call.vpcs(), kVpc, request.vpc_id);
  auto& attachments = row.internet_gateway.attachments;
  if (!attachments.empty())
    throw errors::gateway_already_attached(request.internet_gateway_id, attachments.front().vpc_id.value_or(""));
  if (attached_gateway(call, request.vpc_id))
    throw errors::vpc_has_gateway(request.internet_gateway_id, request.vpc_id);
  attachments = {{.state = kGatewayAttached, .vpc_id = request.vpc_id}};
  call.internet_gateways().update(row);
}

bool has_public_address(const state::NetworkInterface& row) {
  return std::ranges::any_of(row.network_interface.private_ip_addresses,
                             [](const auto& address) { return address.association.has_value(); });
}

void detach_internet_gateway(Call& call, const ec2::DetachInternetGatewayRequest& request) {
  ensure_default_network(call);
  auto row = find_owned(call.internet_gateways(), kInternetGateway, request.internet_gateway_id);
  find_owned(call.vpcs(), kVpc, request.vpc_id);
  auto& attachments = row.internet_gateway.attachments;
  if (attachments.empty() || attachments.front().vpc_id != request.vpc_id)
    throw errors::gateway_not_attached(request.internet_gateway_id, request.vpc_id);
  const auto interfaces = call.network_interfaces().all(storage::Query().where("vpc_id", request.vpc_id));
  if (std::ranges::any_of(interfaces, has_public_address)) throw errors::mapped_public_addresses(request.vpc_id);
  attachments.clear();
  call.internet_gateways().update(row);
}

void delete_internet_gateway(Call& call, const ec2::DeleteInternetGatewayRequest& request) {
  ensure_default_network(call);
  const auto row = find_owned(call.internet_gateways(), kInternetGateway, request.internet_gateway_id);
  if (!row.internet_gateway.attachments.empty())
    throw errors::has_dependencies("internetGateway", request.internet_gateway_id);
  remove_resource<state::InternetGateway>(call, request.internet_gateway_id);
}

}  // namespace

std::optional<state::InternetGateway> attached_gateway(Call& call, std::string_view vpc_id) {
  for (state::InternetGateway& row : call.internet_gateways().all()) {
    const auto& attachments = row.internet_gateway.attachments;
    if (!attachments.empty() && attachments.front().vpc_id == vpc_id) return std::move(row);
  }
  return std::nullopt;
}

std::span<const Operation> internet_gateway_operations() {
  static constexpr Operation kOperations[] = {
      bind<attach_internet_gateway>(),    bind<create_internet_gateway>(), bind<delete_internet_gateway>(),
      bind<describe_internet_gateways>(), bind<detach_internet_gateway>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
