#include "handlers/network.hpp"
#include "handlers/network_acl_errors.hpp"
#include "handlers/new_vpc.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_listing.hpp"
#include "handlers/tagging.hpp"
#include "handlers/vpc_errors.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr FilterRule kNetworkAclFilters[] = {
    {"association.association-id", "Associations.NetworkAclAssociationId"},
    {"association.network-acl-id", "Associations.NetworkAclId"},
    {"association.subnet-id", "Associations.SubnetId"},
    {"default", "IsDefault"},
    {"entry.cidr", "Entries.CidrBlock"},
    {"entry.egress", "Entries.Egress"},
    {"entry.icmp.code", "Entries.IcmpTypeCode.Code"},
    {"entry.icmp.type", "Entries.IcmpTypeCode.Type"},
    {"entry.ipv6-cidr", "Entries.Ipv6CidrBlock"},
    {"entry.port-range.from", "Entries.PortRange.From"},
    {"entry.port-range.to", "Entries.PortRange.To"},
    {"entry.protocol", "Entries.Protocol"},
    {"entry.rule-action", "Entries.RuleAction"},
    {"entry.rule-number", "Entries.RuleNumber"},
    {"network-acl-id", "NetworkAclId"},
    {"owner-id", "OwnerId"},
    {"vpc-id", "VpcId"},
};

constexpr ShownResource<state::NetworkAcl, ec2::NetworkAcl> kShownNetworkAcl{
    kNetworkAcl, &state::NetworkAcl::network_acl, &ec2::NetworkAcl::network_acl_id, kNetworkAclFilters,
    "networkAclIds"};

ec2::DescribeNetworkAclsResult describe_network_acls(Call& call, const ec2::DescribeNetworkAclsRequest& request) {
  auto listing = list_resources(call, kShownNetworkAcl, request.network_acl_ids, request.filters, request.max_results,
                                request.next_token);
  return {.network_acls = listing.take(), .next_token = listing.next_token()};
}

// CreateNetworkAcl: a new one lets nothing through.
ec2::CreateNetworkAclResult create_network_acl(Call& call, const ec2::CreateNetworkAclRequest& request) {
  ensure_default_network(call);
  const auto vpc = find_owned(call.vpcs(), kVpc, request.vpc_id).vpc;
  const auto tags = tags_for(request.tag_specifications, kNetworkAcl.type, {kNetworkAcl.type});
  ec2::NetworkAcl acl{.entries = closing_entries(!ipv6_blocks(vpc).empty()),
                      .is_default = false,
                      .network_acl_id = call.ids().make(kNetworkAcl.prefix),
                      .vpc_id = vpc.vpc_id,
                      .owner_id = call.account()};
  sort_entries(acl.entries);
  call.network_acls().insert({.network_acl = acl});
  set_tags(call, *acl.network_acl_id, kNetworkAcl.type, tags);
  acl.tags = tags;
  return {.network_acl = std::move(acl), .client_token = request.client_token};
}

void delete_network_acl(Call& call, const ec2::DeleteNetworkAclRequest& request) {
  ensure_default_network(call);
  const auto acl = find_owned(call.network_acls(), kNetworkAcl, request.network_acl_id).network_acl;
  if (acl.is_default.value_or(false)) throw errors::default_acl_stays(request.network_acl_id);
  if (!acl.associations.empty()) throw errors::has_dependencies("networkAcl", request.network_acl_id);
  remove_resource<state::NetworkAcl>(call, request.network_acl_id);
}

// ReplaceNetworkAclAssociation: a subnet always has one ACL, so that it can only be exchanged.
ec2::ReplaceNetworkAclAssociationResult replace_network_acl_association(
    Call& call, const ec2::ReplaceNetworkAclAssociationRequest& request) {
  ensure_default_network(call);
  const auto is_it = [&](const ec2::NetworkAclAssociation& one) {
    return one.network_acl_association_id == request.association_id;
  };
  auto rows = call.network_acls().all();
  const auto from = std::ranges::find_if(
      rows, [&](const state::NetworkAcl& row) { return std::ranges::any_of(row.network_acl.associations, is_it); });
  if (from == rows.end()) throw errors::no_association(request.association_id);
  const auto wanted = find_owned(call.network_acls(), kNetworkAcl, request.network_acl_id).network_acl;
  ec2::NetworkAclAssociation association = *std::ranges::find_if(from->network_acl.associations, is_it);
  if (wanted.vpc_id != from->network_acl.vpc_id)
    throw errors::different_networks("Network acl " + request.network_acl_id, "subnet " + *association.subnet_id);
  std::erase_if(from->network_acl.associations, is_it);
  call.network_acls().update(*from);
  auto to = *call.network_acls().find(request.network_acl_id);
  association.network_acl_association_id = call.ids().make("aclassoc");
  association.network_acl_id = request.network_acl_id;
  to.network_acl.associations.push_back(association);
  call.network_acls().update(to);
  return {.new_association_id = association.network_acl_association_id};
}

}  // namespace

std::span<const Operation> network_acl_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_network_acl>(),
      bind<delete_network_acl>(),
      bind<describe_network_acls>(),
      bind<replace_network_acl_association>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
