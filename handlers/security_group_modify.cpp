#include "handlers/errors.hpp"
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

// The group's own rule of that id. Throws InvalidSecurityGroupRuleId.Malformed, InvalidSecurityGroupRuleId.NotFound.
ec2::SecurityGroupRule find_rule(Call& call, const ec2::SecurityGroup& group, const std::string& id) {
  auto rule = find_owned(call.security_group_rules(), kSecurityGroupRule, id).security_group_rule;
  if (rule.group_id != group.group_id) throw not_found(kSecurityGroupRule, id);
  return rule;
}

void update_rule(Call& call, ec2::SecurityGroupRule rule) {
  call.security_group_rules().update({.security_group_rule = std::move(rule)});
}

// "You must specify exactly one of: CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId."
ec2::IpPermission permission_from(const ec2::SecurityGroupRuleRequest& wanted) {
  if (!wanted.cidr_ipv4 && !wanted.cidr_ipv6 && !wanted.prefix_list_id && !wanted.referenced_group_id)
    throw errors::missing_rule_source();
  ec2::IpPermission permission{
      .ip_protocol = wanted.ip_protocol, .from_port = wanted.from_port, .to_port = wanted.to_port};
  const auto& text = wanted.description;
  if (wanted.cidr_ipv4) permission.ip_ranges = {{.description = text, .cidr_ip = wanted.cidr_ipv4}};
  if (wanted.cidr_ipv6) permission.ipv6_ranges = {{.description = text, .cidr_ipv6 = wanted.cidr_ipv6}};
  if (wanted.prefix_list_id)
    permission.prefix_list_ids = {{.description = text, .prefix_list_id = wanted.prefix_list_id}};
  if (wanted.referenced_group_id)
    permission.user_id_group_pairs = {{.description = text, .group_id = wanted.referenced_group_id}};
  return permission;
}

ec2::SecurityGroupRule changed_rule(Call& call, const ec2::SecurityGroup& group, const ec2::SecurityGroupRule& rule,
                                    const std::optional<ec2::SecurityGroupRuleRequest>& wanted) {
  if (!wanted) throw errors::missing_parameter("SecurityGroupRule");
  auto rules = rules_from(call, group, *rule.is_egress, {permission_from(*wanted)});
  if (rules.size() > 1)
    throw errors::invalid_parameter_combination(
        "A rule has exactly one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId.");
  ec2::SecurityGroupRule result = std::move(rules.front());
  result.security_group_rule_id = rule.security_group_rule_id;
  result.security_group_rule_arn = rule.security_group_rule_arn;
  result.group_id = rule.group_id;
  result.group_owner_id = rule.group_owner_id;
  return result;
}

// No two rules of a direction may be the same.
void check_distinct(Call& call, const ec2::SecurityGroup& group, const ec2::SecurityGroupRule& rule) {
  for (const ec2::SecurityGroupRule& other : rules_of(call, *group.group_id, *rule.is_egress))
    if (other.security_group_rule_id != rule.security_group_rule_id && text_of(other) == text_of(rule))
      throw errors::rule_exists(text_of(rule));
}

// ModifySecurityGroupRules: all or none; a rule keeps its direction.
ec2::ModifySecurityGroupRulesResult modify_security_group_rules(Call& call,
                                                                const ec2::ModifySecurityGroupRulesRequest& request) {
  ensure_default_network(call);
  const auto group = find_own_group(call, request.group_id, std::nullopt).security_group;
  std::vector<ec2::SecurityGroupRule> rules;
  for (const ec2::SecurityGroupRuleUpdate& wanted : request.security_group_rules) {
    const auto rule = find_rule(call, group, wanted.security_group_rule_id);
    rules.push_back(changed_rule(call, group, rule, wanted.security_group_rule));
  }
  for (const ec2::SecurityGroupRule& rule : rules) update_rule(call, rule);
  for (const ec2::SecurityGroupRule& rule : rules) check_distinct(call, group, rule);
  return {.return_value = true};
}

void describe_permissions(Call& call, const ec2::SecurityGroup& group, bool egress,
                          const std::vector<ec2::IpPermission>& permissions) {
  const auto present = rules_of(call, *group.group_id, egress);
  for (const ec2::SecurityGroupRule& wanted : rules_from(call, group, egress, permissions)) {
    const auto found = std::ranges::find_if(
        present, [&](const ec2::SecurityGroupRule& rule) { return text_of(rule) == text_of(wanted); });
    if (found == present.end()) throw errors::no_such_rule();
    ec2::SecurityGroupRule rule = *found;
    rule.description = wanted.description;
    update_rule(call, std::move(rule));
  }
}

void describe_rules(Call& call, const ec2::SecurityGroup& group, bool egress,
                    const std::vector<ec2::SecurityGroupRuleDescription>& descriptions) {
  for (const ec2::SecurityGroupRuleDescription& wanted : descriptions) {
    if (!wanted.security_group_rule_id) throw errors::missing_parameter("SecurityGroupRuleId");
    auto rule = find_rule(call, group, *wanted.security_group_rule_id);
    if (rule.is_egress != egress) throw not_found(kSecurityGroupRule, *wanted.security_group_rule_id);
    const std::string text = wanted.description.value_or("");
    if (!is_group_text(text)) throw errors::invalid_rule_description();
    rule.description = text.empty() ? std::nullopt : std::optional(text);
    update_rule(call, std::move(rule));
  }
}

// Of either direction. "You can remove a description by omitting the description parameter."
// Ignored: GroupName beside a GroupId, which says it all.
template <class Request>
typename Request::Result update_descriptions(Call& call, const Request& request, bool egress) {
  ensure_default_network(call);
  const auto group = find_own_group(call, request.group_id, request.group_name).security_group;
  const bool names_rules = !request.security_group_rule_descriptions.empty();
  if (names_rules && !request.ip_permissions.empty()) throw errors::rule_ids_beside_permissions();
  if (names_rules)
    describe_rules(call, group, egress, request.security_group_rule_descriptions);
  else if (!request.ip_permissions.empty())
    describe_permissions(call, group, egress, request.ip_permissions);
  else
    throw errors::missing_parameter("ipPermissions or securityGroupRuleDescriptions");
  return {.return_value = true};
}

ec2::UpdateSecurityGroupRuleDescriptionsIngressResult update_security_group_rule_descriptions_ingress(
    Call& call, const ec2::UpdateSecurityGroupRuleDescriptionsIngressRequest& request) {
  return update_descriptions(call, request, false);
}

ec2::UpdateSecurityGroupRuleDescriptionsEgressResult update_security_group_rule_descriptions_egress(
    Call& call, const ec2::UpdateSecurityGroupRuleDescriptionsEgressRequest& request) {
  return update_descriptions(call, request, true);
}

}  // namespace

std::span<const Operation> security_group_modify_operations() {
  static constexpr Operation kOperations[] = {
      bind<modify_security_group_rules>(),
      bind<update_security_group_rule_descriptions_egress>(),
      bind<update_security_group_rule_descriptions_ingress>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
