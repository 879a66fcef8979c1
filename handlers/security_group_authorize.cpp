#include "handlers/errors.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "handlers/security_group_errors.hpp"
#include "handlers/security_group_permissions.hpp"
#include "handlers/security_group_rules.hpp"
#include "handlers/security_groups.hpp"
#include "handlers/tagging.hpp"

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

// Of one direction, counted for IPv4 and for IPv6; what names no block counts in both.
constexpr std::ptrdiff_t kMaxRules = 60;

void check_rule_count(const std::vector<ec2::SecurityGroupRule>& rules) {
  const auto only_ipv4 = std::ranges::count_if(rules, [](const auto& rule) { return rule.cidr_ipv4.has_value(); });
  const auto only_ipv6 = std::ranges::count_if(rules, [](const auto& rule) { return rule.cidr_ipv6.has_value(); });
  const auto all = std::ssize(rules);
  if (all - only_ipv6 > kMaxRules || all - only_ipv4 > kMaxRules) throw errors::too_many_rules();
}

void check_new(const std::vector<ec2::SecurityGroupRule>& present, const std::vector<ec2::SecurityGroupRule>& added) {
  std::set<std::string> asked_for;
  for (const ec2::SecurityGroupRule& rule : added)
    if (!asked_for.insert(text_of(rule)).second) throw errors::rule_given_twice();
  for (const ec2::SecurityGroupRule& rule : present)
    if (const std::string text = text_of(rule); asked_for.contains(text)) throw errors::rule_exists(text);
}

std::vector<ec2::SecurityGroupRule> authorize(Call& call, const ec2::SecurityGroup& group, bool egress,
                                              const std::vector<ec2::IpPermission>& permissions,
                                              const std::vector<ec2::TagSpecification>& specifications) {
  const auto tags = tags_for(specifications, kSecurityGroupRule.type, {kSecurityGroupRule.type});
  std::vector<ec2::SecurityGroupRule> rules = rules_from(call, group, egress, permissions);
  std::vector<ec2::SecurityGroupRule> all = rules_of(call, *group.group_id, egress);
  check_new(all, rules);
  all.insert(all.end(), rules.begin(), rules.end());
  check_rule_count(all);
  for (ec2::SecurityGroupRule& rule : rules) {
    add_rule(call, group, rule);
    set_tags(call, *rule.security_group_rule_id, kSecurityGroupRule.type, tags);
    rule.tags = tags;
  }
  return rules;
}

// Ignored: GroupName beside a GroupId, which says it all.
ec2::AuthorizeSecurityGroupIngressResult authorize_security_group_ingress(
    Call& call, const ec2::AuthorizeSecurityGroupIngressRequest& request) {
  ensure_default_network(call);
  const auto group = find_own_group(call, request.group_id, request.group_name);
  const auto permissions = ingress_permissions(request.ip_permissions, flat_permission(request));
  return {
      .return_value = true,
      .security_group_rules = authorize(call, group.security_group, false, permissions, request.tag_specifications)};
}

ec2::AuthorizeSecurityGroupEgressResult authorize_security_group_egress(
    Call& call, const ec2::AuthorizeSecurityGroupEgressRequest& request) {
  ensure_default_network(call);
  const auto group = find_own_group(call, request.group_id, std::nullopt);
  const auto permissions = egress_permissions(request.ip_permissions, flat_permission(request));
  return {.return_value = true,
          .security_group_rules = authorize(call, group.security_group, true, permissions, request.tag_specifications)};
}

}  // namespace

std::span<const Operation> security_group_authorize_operations() {
  static constexpr Operation kOperations[] = {
      bind<authorize_security_group_ingress>(),
      bind<authorize_security_group_egress>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
