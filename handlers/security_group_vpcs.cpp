#include "handlers/listing.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"

namespace amity::handlers {
namespace {

constexpr FilterRule kGroupForVpcFilters[] = {
    {"description", "Description"},     {"group-id", "GroupId"}, {"group-name", "GroupName"}, {"owner-id", "OwnerId"},
    {"primary-vpc-id", "PrimaryVpcId"},
};

// GetSecurityGroupsForVpc: those that were made in the VPC; groups cannot be associated with others.
ec2::GetSecurityGroupsForVpcResult get_security_groups_for_vpc(Call& call,
                                                               const ec2::GetSecurityGroupsForVpcRequest& request) {
  ensure_default_network(call);
  find_owned(call.vpcs(), kVpc, request.vpc_id);
  Listing<ec2::SecurityGroupForVpc> listing(kGroupForVpcFilters, request.filters,
                                            page_of(request.max_results, request.next_token));
  call.security_groups().scan(storage::Query().where("vpc_id", request.vpc_id).after(listing.after()),
                              [&](std::int64_t row, const state::SecurityGroup& stored) {
                                const ec2::SecurityGroup& group = stored.security_group;
                                return listing.offer(row,
                                                     ec2::SecurityGroupForVpc{.description = group.description,
                                                                              .group_name = group.group_name,
                                                                              .owner_id = group.owner_id,
                                                                              .group_id = group.group_id,
                                                                              .primary_vpc_id = group.vpc_id},
                                                     [&] { return call.tags().of(*group.group_id); });
                              });
  return {.next_token = listing.next_token(), .security_group_for_vpcs = listing.take()};
}

// DescribeSecurityGroupReferences: VPCs "on the other side of a VPC peering or transit gateway connection", which there
// are not.
ec2::DescribeSecurityGroupReferencesResult describe_security_group_references(
    Call& call, const ec2::DescribeSecurityGroupReferencesRequest& request) {
  ensure_default_network(call);
  find_all_owned(call.security_groups(), kSecurityGroup, request.group_id);
  return {};
}

// DescribeStaleSecurityGroups: a rule is stale when it refers to a group behind a peering connection that has gone.
ec2::DescribeStaleSecurityGroupsResult describe_stale_security_groups(
    Call& call, const ec2::DescribeStaleSecurityGroupsRequest& request) {
  ensure_default_network(call);
  page_of(request.max_results, request.next_token, {}, false, {.least = 5, .most = 255});
  find_owned(call.vpcs(), kVpc, request.vpc_id);
  return {};
}

}  // namespace

std::span<const Operation> security_group_vpc_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_security_group_references>(),
      bind<describe_stale_security_groups>(),
      bind<get_security_groups_for_vpc>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
