#include "handlers/candidates.hpp"
#include "handlers/listing.hpp"
#include "handlers/network.hpp"
#include "handlers/network_errors.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/security_group_rules.hpp"
#include "handlers/security_groups.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr FilterRule kGroupFilters[] = {
    {"description", "Description"},
    {"egress.ip-permission.cidr", "IpPermissionsEgress.IpRanges.CidrIp"},
    {"egress.ip-permission.from-port", "IpPermissionsEgress.FromPort"},
    {"egress.ip-permission.group-id", "IpPermissionsEgress.UserIdGroupPairs.GroupId"},
    {"egress.ip-permission.group-name", "IpPermissionsEgress.UserIdGroupPairs.GroupName"},
    {"egress.ip-permission.ipv6-cidr", "IpPermissionsEgress.Ipv6Ranges.CidrIpv6"},
    {"egress.ip-permission.prefix-list-id", "IpPermissionsEgress.PrefixListIds.PrefixListId"},
    {"egress.ip-permission.protocol", "IpPermissionsEgress.IpProtocol"},
    {"egress.ip-permission.to-port", "IpPermissionsEgress.ToPort"},
    {"egress.ip-permission.user-id", "IpPermissionsEgress.UserIdGroupPairs.UserId"},
    {"group-id", "GroupId"},
    {"group-name", "GroupName"},
    {"ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"},
    {"ip-permission.from-port", "IpPermissions.FromPort"},
    {"ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"},
    {"ip-permission.group-name", "IpPermissions.UserIdGroupPairs.GroupName"},
    {"ip-permission.ipv6-cidr", "IpPermissions.Ipv6Ranges.CidrIpv6"},
    {"ip-permission.prefix-list-id", "IpPermissions.PrefixListIds.PrefixListId"},
    {"ip-permission.protocol", "IpPermissions.IpProtocol"},
    {"ip-permission.to-port", "IpPermissions.ToPort"},
    {"ip-permission.user-id", "IpPermissions.UserIdGroupPairs.UserId"},
    {"owner-id", "OwnerId"},
    {"vpc-id", "VpcId"},
};

constexpr FilterRule kRuleFilters[] = {
    {"group-id", "GroupId"},
    {"security-group-rule-id", "SecurityGroupRuleId"},
};

// The names of referenced groups: filters ask for them, answers about groups in a VPC do not tell them.
void set_referenced_names(Call& call, std::vector<ec2::IpPermission>& permissions) {
  for (ec2::IpPermission& permission : permissions) {
    for (ec2::UserIdGroupPair& pair : permission.user_id_group_pairs) {
      const auto group = call.security_groups().find(pair.group_id.value_or(""));
      if (group) pair.group_name = group->security_group.group_name;
    }
  }
}

void clear_referenced_names(std::vector<ec2::IpPermission>& permissions) {
  for (ec2::IpPermission& permission : permissions)
    for (ec2::UserIdGroupPair& pair : permission.user_id_group_pairs) pair.group_name.reset();
}

// The ids of the groups that the request names in either way.
std::vector<std::string> named_groups(Call& call, const ec2::DescribeSecurityGroupsRequest& request) {
  std::vector<std::string> ids = request.group_ids;
  for (const std::string& name : request.group_names)
    ids.push_back(*find_own_group(call, std::nullopt, name).security_group.group_id);
  return ids;
}

// DescribeSecurityGroups: several filters on rules may be met by different rules of a group.
ec2::DescribeSecurityGroupsResult describe_security_groups(Call& call,
                                                           const ec2::DescribeSecurityGroupsRequest& request) {
  ensure_default_network(call);
  const bool names_groups = !request.group_ids.empty() || !request.group_names.empty();
  const Page page = page_of(request.max_results, request.next_token, "groupIds", names_groups);
  Listing<ec2::SecurityGroup> listing(kGroupFilters, request.filters, page);
  const bool asks_for_names = std::ranges::any_of(request.filters, [](const ec2::Filter& filter) {
    return filter.name && filter.name->ends_with("ip-permission.group-name");
  });
  const auto offer = [&](std::int64_t row, const state::SecurityGroup& stored) {
    ec2::SecurityGroup group = stored.security_group;
    group.ip_permissions = as_permissions(rules_of(call, *group.group_id, false));
    group.ip_permissions_egress = as_permissions(rules_of(call, *group.group_id, true));
    if (asks_for_names) set_referenced_names(call, group.ip_permissions);
    if (asks_for_names) set_referenced_names(call, group.ip_permissions_egress);
    return listing.offer(row, group, [&] { return call.tags().of(*group.group_id); });
  };
  visit_candidates(call.security_groups(), kSecurityGroup, named_groups(call, request),
                   storage::Query().after(listing.after()), offer);
  ec2::DescribeSecurityGroupsResult result{.next_token = listing.next_token(), .security_groups = listing.take()};
  for (ec2::SecurityGroup& group : result.security_groups) {
    clear_referenced_names(group.ip_permissions);
    clear_referenced_names(group.ip_permissions_egress);
  }
  return result;
}

// Group ids in filters are checked like those in parameters. One alone spares looking at all other groups' rules.
storage::Query rules_query(const std::vector<ec2::Filter>& filters) {
  storage::Query query;
  for (const ec2::Filter& filter : filters) {
    if (filter.name != "group-id") continue;
    check_ids(kSecurityGroup, filter.values);
    if (filter.values.size() == 1) query.where("group_id", filter.values.front());
  }
  return query;
}

ec2::DescribeSecurityGroupRulesResult describe_security_group_rules(
    Call& call, const ec2::DescribeSecurityGroupRulesRequest& request) {
  ensure_default_network(call);
  const Page page = page_of(request.max_results, request.next_token, "securityGroupRuleIds",
                            !request.security_group_rule_ids.empty());
  Listing<ec2::SecurityGroupRule> listing(kRuleFilters, request.filters, page);
  const auto offer = [&](std::int64_t row, const state::SecurityGroupRule& stored) {
    const ec2::SecurityGroupRule& rule = stored.security_group_rule;
    return listing.offer(row, rule, [&] { return call.tags().of(*rule.security_group_rule_id); });
  };
  visit_candidates(call.security_group_rules(), kSecurityGroupRule, request.security_group_rule_ids,
                   rules_query(request.filters).after(listing.after()), offer);
  return {.security_group_rules = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::span<const Operation> security_group_describe_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_security_groups>(),
      bind<describe_security_group_rules>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
