#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/security_group_errors.hpp"
#include "handlers/security_group_permissions.hpp"
#include "handlers/security_group_rules.hpp"
#include "handlers/security_groups.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

struct Revocation {
  std::vector<ec2::SecurityGroupRule> rules;    // to be removed
  std::vector<ec2::SecurityGroupRule> unknown;  // asked for, but not there
};

Revocation find_by_id(const std::vector<ec2::SecurityGroupRule>& present, const std::vector<std::string>& ids) {
  check_ids(kSecurityGroupRule, ids);
  Revocation revocation;
  std::vector<std::string> missing;
  for (const std::string& id : ids) {
    const auto has_id = [&](const ec2::SecurityGroupRule& rule) { return rule.security_group_rule_id == id; };
    const auto found = std::ranges::find_if(present, has_id);
    if (found == present.end())
      missing.push_back(id);
    else if (std::ranges::none_of(revocation.rules, has_id))
      revocation.rules.push_back(*found);
  }
  if (!missing.empty()) throw not_found(kSecurityGroupRule, missing);
  return revocation;
}

Revocation find_by_permission(const std::vector<ec2::SecurityGroupRule>& present,
                              const std::vector<ec2::SecurityGroupRule>& wanted) {
  Revocation revocation;
  for (const ec2::SecurityGroupRule& one : wanted) {
    const auto is_same = [&](const ec2::SecurityGroupRule& rule) { return text_of(rule) == text_of(one); };
    if (std::ranges::any_of(revocation.rules, is_same)) continue;
    const auto found = std::ranges::find_if(present, is_same);
    (found == present.end() ? revocation.unknown : revocation.rules).push_back(found == present.end() ? one : *found);
  }
  return revocation;
}

bool is_in_default_vpc(Call& call, const ec2::SecurityGroup& group) {
  const auto vpc = default_vpc(call);
  return vpc && vpc->vpc.vpc_id == group.vpc_id;
}

ec2::RevokedSecurityGroupRule as_revoked(const ec2::SecurityGroupRule& rule) {
  return {.security_group_rule_id = rule.security_group_rule_id,
          .group_id = rule.group_id,
          .is_egress = rule.is_egress,
          .ip_protocol = rule.ip_protocol,
          .from_port = rule.from_port,
          .to_port = rule.to_port,
          .cidr_ipv4 = rule.cidr_ipv4,
          .cidr_ipv6 = rule.cidr_ipv6,
          .prefix_list_id = rule.prefix_list_id,
          .referenced_group_id = rule.referenced_group_info ? rule.referenced_group_info->group_id : std::nullopt,
          .description = rule.description};
}

// `Result` is that of either direction. Ignored: descriptions, which are no part of what a rule is.
template <class Result>
Result revoke(Call& call, const ec2::SecurityGroup& group, bool egress, const std::vector<std::string>& rule_ids,
              const std::vector<ec2::IpPermission>& permissions) {
  const auto present = rules_of(call, *group.group_id, egress);
  const Revocation revocation = permissions.empty()
                                    ? find_by_id(present, rule_ids)
                                    : find_by_permission(present, rules_from(call, group, egress, permissions));
  // In a default VPC what is not there is told, not refused.
  if (!revocation.unknown.empty() && !is_in_default_vpc(call, group)) throw errors::no_such_rule();
  Result result{.return_value = true, .unknown_ip_permissions = as_permissions(revocation.unknown)};
  for (const ec2::SecurityGroupRule& rule : revocation.rules) {
    remove_rule(call, *rule.security_group_rule_id);
    result.revoked_security_group_rules.push_back(as_revoked(rule));
  }
  return result;
}

bool is_empty(const FlatPermission& flat) {
  return !flat.ip_protocol && !flat.from_port && !flat.to_port && !flat.cidr_ip && !flat.source_group_name &&
         !flat.source_group_owner_id;
}

// Whether rules are named by their ids. Throws when they are described as well.
template <class Request>
bool names_rules(const Request& request) {
  if (request.security_group_rule_ids.empty()) return false;
  if (!request.ip_permissions.empty() || !is_empty(flat_permission(request)))
    throw errors::rule_ids_beside_permissions();
  return true;
}

// Ignored: GroupName beside a GroupId, which says it all.
ec2::RevokeSecurityGroupIngressResult revoke_security_group_ingress(
    Call& call, const ec2::RevokeSecurityGroupIngressRequest& request) {
  ensure_default_network(call);
  const auto group = find_own_group(call, request.group_id, request.group_name);
  std::vector<ec2::IpPermission> permissions;
  if (!names_rules(request)) permissions = ingress_permissions(request.ip_permissions, flat_permission(request));
  return revoke<ec2::RevokeSecurityGroupIngressResult>(call, group.security_group, false,
                                                       request.security_group_rule_ids, permissions);
}

ec2::RevokeSecurityGroupEgressResult revoke_security_group_egress(
    Call& call, const ec2::RevokeSecurityGroupEgressRequest& request) {
  ensure_default_network(call);
  const auto group = find_own_group(call, request.group_id, std::nullopt);
  std::vector<ec2::IpPermission> permissions;
  if (!names_rules(request)) permissions = egress_permissions(request.ip_permissions, flat_permission(request));
  return revoke<ec2::RevokeSecurityGroupEgressResult>(call, group.security_group, true, request.security_group_rule_ids,
                                                      permissions);
}

}  // namespace

std::span<const Operation> security_group_revoke_operations() {
  static constexpr Operation kOperations[] = {
      bind<revoke_security_group_ingress>(),
      bind<revoke_security_group_egress>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
