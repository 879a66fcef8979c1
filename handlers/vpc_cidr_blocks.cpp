#include "handlers/network.hpp"
#include "handlers/new_vpc.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/security_group_rules.hpp"
#include "handlers/vpc_cidrs.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr int kWidestVpcBlock = 16;
constexpr int kNarrowestVpcBlock = 28;
constexpr std::size_t kMaxBlocks = 5;             // of either kind
constexpr std::int32_t kLastOpenAclRule = 32766;  // that can be made

constexpr Ipv4Cidr kLinkLocal{{0xa9fe0000}, 16};  // 169.254.0.0: "cannot be assigned to VPCs"

// The ranges of "IPv4 CIDR block association restrictions" in the VPC user guide. A VPC takes further blocks of the one
// that its primary block is from, and publicly routable ones, which are those of no range.
constexpr Ipv4Cidr kRanges[] = {
    {{0x0a000000}, 8},   // 10.0.0.0
    {{0xac100000}, 12},  // 172.16.0.0
    {{0xc0a80000}, 16},  // 192.168.0.0
    {{0xc6130000}, 16},  // 198.19.0.0
};
// What AWS's own services use: blocks of `closed` cannot be added once the VPC has one of `held`.
struct ClosedRange {
  Ipv4Cidr held, closed;
};
constexpr ClosedRange kClosedRanges[] = {
    {{{0x0a000000}, 15}, {{0x0a000000}, 16}},  // 10.0.0.0
    {{{0xac100000}, 12}, {{0xac1f0000}, 16}},  // 172.31.0.0
};

const Ipv4Cidr* range_of(const Ipv4Cidr& block) {
  const auto found = std::ranges::find_if(kRanges, [&](const Ipv4Cidr& range) { return range.contains(block); });
  return found == std::end(kRanges) ? nullptr : &*found;
}

void check_goes_with(const ec2::Vpc& vpc, const Ipv4Cidr& block) {
  const std::vector<Ipv4Cidr> held = ipv4_blocks(vpc);
  const Ipv4Cidr* range = range_of(block);
  bool is_restricted = range && range != range_of(parse_ipv4_cidr(*vpc.cidr_block).value());
  for (const Ipv4Cidr& other : held) is_restricted |= other.overlaps(block);
  for (const auto& [of_held, closed] : kClosedRanges)
    is_restricted |= closed.contains(block) &&
                     std::ranges::any_of(held, [&](const Ipv4Cidr& other) { return of_held.contains(other); });
  if (is_restricted) throw errors::restricted_vpc_range(to_string(block));
}

// "The CIDR block must not be the same or larger than a destination CIDR range in a route in any of the VPC route
// tables": its local route would lead elsewhere what the VPC's owner sends there.
void check_hides_no_route(Call& call, const ec2::Vpc& vpc, const Ipv4Cidr& block) {
  for (const state::RouteTable& row : call.route_tables().all(storage::Query().where("vpc_id", *vpc.vpc_id)))
    for (const ec2::Route& route : row.route_table.routes)
      if (const auto destination = parse_ipv4_cidr(route.destination_cidr_block.value_or(""));
          destination && block.contains(*destination))
        throw errors::restricted_vpc_range(to_string(block));
}

// Every route table of the VPC knows its blocks.
void repeat_local_routes(Call& call, const ec2::Vpc& vpc) {
  const auto is_local = [](const ec2::Route& route) { return route.origin == ec2::RouteOrigin::CreateRouteTable; };
  for (state::RouteTable& row : call.route_tables().all(storage::Query().where("vpc_id", *vpc.vpc_id))) {
    auto& routes = row.route_table.routes;
    std::erase_if(routes, is_local);
    const auto local = local_routes(vpc);
    routes.insert(routes.begin(), local.begin(), local.end());
    call.route_tables().update(row);
  }
}

// Whether the default network ACL's rules of a direction are as EC2 made them: all IPv4 may pass.
bool is_untouched(const std::vector<ec2::NetworkAclEntry>& entries, bool egress) {
  const auto is_own = [&](const ec2::NetworkAclEntry& entry) {
    return entry.egress == egress && entry.rule_number <= kLastOpenAclRule;
  };
  const auto only = std::ranges::find_if(entries, is_own);
  return std::ranges::count_if(entries, is_own) == 1 && only->cidr_block == "0.0.0.0/0" &&
         only->protocol == kAllProtocols && only->rule_action == ec2::RuleAction::allow;
}

void add_entry(std::vector<ec2::NetworkAclEntry>& entries, const ec2::NetworkAclEntry& added) {
  const bool is_there = std::ranges::any_of(entries, [&](const ec2::NetworkAclEntry& entry) {
    return entry.egress == added.egress && entry.rule_number == added.rule_number;
  });
  if (!is_there) entries.push_back(added);
}

// "We automatically add a rule that allows all inbound IPv6 traffic to the default network ACL", and outbound, unless
// its rules were changed. All ACLs end for IPv6 as they do for IPv4.
void let_acls_know_ipv6(Call& call, const ec2::Vpc& vpc) {
  for (state::NetworkAcl& row : call.network_acls().all(storage::Query().where("vpc_id", *vpc.vpc_id))) {
    auto& entries = row.network_acl.entries;
    for (const bool egress : {true, false})
      if (row.network_acl.is_default.value_or(false) && is_untouched(entries, egress))
        add_entry(entries, acl_entry(egress, kFirstIpv6AclRule, ec2::RuleAction::allow, "::/0"));
    for (const ec2::NetworkAclEntry& last : closing_entries(true)) add_entry(entries, last);
    sort_entries(entries);
    call.network_acls().update(row);
  }
}

ec2::AssociateVpcCidrBlockResult associate_vpc_cidr_block(Call& call,
                                                          const ec2::AssociateVpcCidrBlockRequest& request) {
  ensure_default_network(call);
  refuse_address_pools(request);
  const bool wants_ipv6 = request.amazon_provided_ipv6_cidr_block.value_or(false);
  if (wants_ipv6 && request.cidr_block) throw errors::cannot_be_combined("cidrBlock", "amazonProvidedIpv6CidrBlock");
  if (!wants_ipv6 && !request.cidr_block) throw errors::missing_parameter("cidrBlock");
  auto row = find_owned(call.vpcs(), kVpc, request.vpc_id);
  ec2::Vpc& vpc = row.vpc;
  ec2::AssociateVpcCidrBlockResult result{.vpc_id = vpc.vpc_id};
  const std::string id = call.ids().make("vpc-cidr-assoc");
  if (wants_ipv6) {
    auto& blocks = vpc.ipv6_cidr_block_association_set;
    if (blocks.size() == kMaxBlocks) throw errors::too_many_vpc_blocks(request.vpc_id);
    blocks.push_back(ipv6_association(call, id, free_ipv6_block(call)));
    result.ipv6_cidr_block_association = blocks.back();
    result.ipv6_cidr_block_association->ipv6_cidr_block_state->state = ec2::VpcCidrBlockStateCode::associating;
    let_acls_know_ipv6(call, vpc);
  } else {
    auto& blocks = vpc.cidr_block_association_set;
    const Ipv4Cidr block = checked_vpc_block(*request.cidr_block);
    check_goes_with(vpc, block);
    check_hides_no_route(call, vpc, block);
    if (blocks.size() == kMaxBlocks) throw errors::too_many_vpc_blocks(request.vpc_id);
    blocks.push_back(ipv4_association(id, block));
    result.cidr_block_association = blocks.back();
    result.cidr_block_association->cidr_block_state->state = ec2::VpcCidrBlockStateCode::associating;
  }
  call.vpcs().update(row);
  repeat_local_routes(call, vpc);
  return result;
}

// Whether a subnet of the VPC lies in the block.
template <class Block>
bool has_subnet_in(Call& call, const ec2::Vpc& vpc, const Block& block) {
  for (const state::Subnet& row : call.subnets().all(storage::Query().where("vpc_id", *vpc.vpc_id))) {
    if constexpr (std::is_same_v<Block, Ipv4Cidr>) {
      const auto own = parse_ipv4_cidr(row.subnet.cidr_block.value_or(""));
      if (own && block.contains(*own)) return true;
    } else {
      for (const auto& association : row.subnet.ipv6_cidr_block_association_set) {
        const auto own = parse_ipv6_cidr(association.ipv6_cidr_block.value_or(""));
        if (own && block.contains(*own)) return true;
      }
    }
  }
  return false;
}

// The VPC with that association, if the account has one.
std::optional<state::Vpc> vpc_of_association(Call& call, const std::string& id) {
  for (state::Vpc& row : call.vpcs().all()) {
    const auto is_it = [&](const auto& association) { return association.association_id == id; };
    if (std::ranges::any_of(row.vpc.cidr_block_association_set, is_it) ||
        std::ranges::any_of(row.vpc.ipv6_cidr_block_association_set, is_it))
      return std::move(row);
  }
  return std::nullopt;
}

// Removes the association from a list of either kind and tells it as it goes.
template <class Association>
std::optional<Association> take(std::vector<Association>& associations, const std::string& id) {
  const auto found = std::ranges::find(associations, id, &Association::association_id);
  if (found == associations.end()) return std::nullopt;
  Association taken = *found;
  associations.erase(found);
  return taken;
}

ec2::DisassociateVpcCidrBlockResult disassociate_vpc_cidr_block(Call& call,
                                                                const ec2::DisassociateVpcCidrBlockRequest& request) {
  ensure_default_network(call);
  auto row = vpc_of_association(call, request.association_id);
  if (!row) throw errors::no_block_association(request.association_id);
  ec2::Vpc& vpc = row->vpc;
  ec2::DisassociateVpcCidrBlockResult result{.vpc_id = vpc.vpc_id};
  if (auto ipv4 = take(vpc.cidr_block_association_set, request.association_id)) {
    const std::string& block = *ipv4->cidr_block;
    if (block == vpc.cidr_block) throw errors::primary_block_stays(block);
    if (has_subnet_in(call, vpc, *parse_ipv4_cidr(block))) throw errors::block_in_use(*vpc.vpc_id, block);
    ipv4->cidr_block_state->state = ec2::VpcCidrBlockStateCode::disassociating;
    result.cidr_block_association = std::move(ipv4);
  } else if (auto ipv6 = take(vpc.ipv6_cidr_block_association_set, request.association_id)) {
    const std::string& block = *ipv6->ipv6_cidr_block;
    if (has_subnet_in(call, vpc, *parse_ipv6_cidr(block))) throw errors::block_in_use(*vpc.vpc_id, block);
    ipv6->ipv6_cidr_block_state->state = ec2::VpcCidrBlockStateCode::disassociating;
    result.ipv6_cidr_block_association = std::move(ipv6);
  }
  call.vpcs().update(*row);
  repeat_local_routes(call, vpc);
  return result;
}

}  // namespace

Ipv4Cidr checked_vpc_block(std::string_view text) {
  const auto block = parse_ipv4_cidr(text);
  if (!block) throw errors::invalid_cidr_block("cidrBlock", text);
  if (block->prefix_length < kWidestVpcBlock || block->prefix_length > kNarrowestVpcBlock)
    throw errors::invalid_vpc_range(text);
  if (kLinkLocal.contains(*block)) throw errors::invalid_vpc_range(text);
  return block->canonical();
}

std::span<const Operation> vpc_cidr_block_operations() {
  static constexpr Operation kOperations[] = {
      bind<associate_vpc_cidr_block>(),
      bind<disassociate_vpc_cidr_block>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
