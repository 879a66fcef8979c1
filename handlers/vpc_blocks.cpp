#include "handlers/new_vpc.hpp"
#include "handlers/resource_kind.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// Amazon's blocks for VPCs look like this one: 2600:1f18::/32.
constexpr std::uint64_t kAmazonIpv6 = 0x26001f1800000000;
constexpr int kVpcIpv6PrefixLength = 56;

bool is_associated(const std::optional<ec2::VpcCidrBlockState>& state) {
  return state && state->state == ec2::VpcCidrBlockStateCode::associated;
}

ec2::Route local_route() {
  return {.gateway_id = "local", .origin = ec2::RouteOrigin::CreateRouteTable, .state = ec2::RouteState::active};
}

}  // namespace

ec2::VpcCidrBlockAssociation ipv4_association(std::string id, const Ipv4Cidr& block) {
  return {.association_id = std::move(id),
          .cidr_block = to_string(block),
          .cidr_block_state = {{.state = ec2::VpcCidrBlockStateCode::associated}}};
}

ec2::VpcIpv6CidrBlockAssociation ipv6_association(const Call& call, std::string id, const Ipv6Cidr& block) {
  return {.association_id = std::move(id),
          .ipv6_cidr_block = to_string(block),
          .ipv6_cidr_block_state = {{.state = ec2::VpcCidrBlockStateCode::associated}},
          .network_border_group = call.region(),
          .ipv6_pool = "Amazon",
          .ipv6_address_attribute = ec2::Ipv6AddressAttribute::is_public,
          .ip_source = ec2::IpSource::amazon};
}

std::vector<Ipv4Cidr> ipv4_blocks(const ec2::Vpc& vpc) {
  std::vector<Ipv4Cidr> blocks;
  for (const auto& association : vpc.cidr_block_association_set)
    if (const auto block = parse_ipv4_cidr(association.cidr_block.value_or(""));
        block && is_associated(association.cidr_block_state))
      blocks.push_back(*block);
  return blocks;
}

std::vector<Ipv6Cidr> ipv6_blocks(const ec2::Vpc& vpc) {
  std::vector<Ipv6Cidr> blocks;
  for (const auto& association : vpc.ipv6_cidr_block_association_set)
    if (const auto block = parse_ipv6_cidr(association.ipv6_cidr_block.value_or(""));
        block && is_associated(association.ipv6_cidr_block_state))
      blocks.push_back(*block);
  return blocks;
}

Ipv6Cidr free_ipv6_block(Call& call) {
  std::vector<Ipv6Cidr> taken;
  for (const state::Vpc& row : call.vpcs().all(storage::Query().of_any_account()))
    std::ranges::copy(ipv6_blocks(row.vpc), std::back_inserter(taken));
  while (true) {
    const Ipv6Cidr block{{kAmazonIpv6 | call.ids().below(std::uint64_t{1} << 24) << 8, 0}, kVpcIpv6PrefixLength};
    if (std::ranges::find(taken, block) == taken.end()) return block;
  }
}

std::vector<ec2::Route> local_routes(const ec2::Vpc& vpc) {
  std::vector<ec2::Route> routes;
  for (const Ipv4Cidr& block : ipv4_blocks(vpc))
    routes.emplace_back(local_route()).destination_cidr_block = to_string(block);
  for (const Ipv6Cidr& block : ipv6_blocks(vpc))
    routes.emplace_back(local_route()).destination_ipv6_cidr_block = to_string(block);
  return routes;
}

}  // namespace amity::handlers
