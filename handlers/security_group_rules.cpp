#include "handlers/security_group_rules.hpp"

#include "handlers/arn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace amity::handlers {
namespace {

bool is_icmp(std::string_view protocol) { return protocol.starts_with("icmp"); }

std::string peer_of(const ec2::SecurityGroupRule& rule) {
  if (rule.cidr_ipv4) return *rule.cidr_ipv4;
  if (rule.cidr_ipv6) return *rule.cidr_ipv6;
  if (rule.prefix_list_id) return *rule.prefix_list_id;
  return rule.referenced_group_info ? rule.referenced_group_info->group_id.value_or("") : std::string();
}

std::string icmp_text(std::int32_t number) { return number == kAnyPort ? "ALL" : std::to_string(number); }

std::string traffic_of(const ec2::SecurityGroupRule& rule) {
  const std::string protocol = rule.ip_protocol.value_or(kAllProtocols);
  const std::int32_t from = rule.from_port.value_or(kAnyPort);
  const std::int32_t to = rule.to_port.value_or(kAnyPort);
  std::string name = protocol;
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  if (protocol == kAllProtocols) return "ALL";
  if (is_icmp(protocol)) return fmt::format("{}, type: {}, code: {}", name, icmp_text(from), icmp_text(to));
  if (has_ports(protocol)) return fmt::format("{}, from port: {}, to port: {}", name, from, to);
  return name;
}

bool goes_with(const ec2::IpPermission& permission, const ec2::SecurityGroupRule& rule) {
  return permission.ip_protocol == rule.ip_protocol &&
         (!has_ports(*rule.ip_protocol) ||
          (permission.from_port == rule.from_port && permission.to_port == rule.to_port));
}

void add_to(ec2::IpPermission& permission, const ec2::SecurityGroupRule& rule) {
  if (rule.cidr_ipv4) permission.ip_ranges.push_back({.description = rule.description, .cidr_ip = rule.cidr_ipv4});
  if (rule.cidr_ipv6) permission.ipv6_ranges.push_back({.description = rule.description, .cidr_ipv6 = rule.cidr_ipv6});
  if (rule.prefix_list_id)
    permission.prefix_list_ids.push_back({.description = rule.description, .prefix_list_id = rule.prefix_list_id});
  if (rule.referenced_group_info)
    permission.user_id_group_pairs.push_back({.description = rule.description,
                                              .user_id = rule.referenced_group_info->user_id,
                                              .group_id = rule.referenced_group_info->group_id});
}

}  // namespace

bool has_ports(std::string_view protocol) {
  constexpr std::array<std::string_view, 4> kProtocols = {"tcp", "udp", "icmp", "icmpv6"};
  return std::ranges::find(kProtocols, protocol) != kProtocols.end();
}

std::string text_of(const ec2::SecurityGroupRule& rule) {
  return fmt::format("peer: {}, {}, ALLOW", peer_of(rule), traffic_of(rule));
}

std::vector<ec2::SecurityGroupRule> rules_of(Call& call, std::string_view group_id, bool egress) {
  std::vector<ec2::SecurityGroupRule> rules;
  call.security_group_rules().scan(storage::Query().where("group_id", group_id),
                                   [&](std::int64_t, const state::SecurityGroupRule& row) {
                                     if (row.security_group_rule.is_egress == egress)
                                       rules.push_back(row.security_group_rule);
                                     return true;
                                   });
  return rules;
}

void add_rule(Call& call, const ec2::SecurityGroup& group, ec2::SecurityGroupRule& rule) {
  rule.security_group_rule_id = call.ids().make(kSecurityGroupRule.prefix);
  rule.security_group_rule_arn = resource_arn(call, kSecurityGroupRule, *rule.security_group_rule_id);
  rule.group_id = group.group_id;
  rule.group_owner_id = group.owner_id;
  call.security_group_rules().insert({.security_group_rule = rule});
}

void remove_rule(Call& call, std::string_view rule_id) {
  call.security_group_rules().remove(rule_id);
  call.tags().remove_all(rule_id);
}

std::vector<ec2::IpPermission> as_permissions(const std::vector<ec2::SecurityGroupRule>& rules) {
  std::vector<ec2::IpPermission> permissions;
  for (const ec2::SecurityGroupRule& rule : rules) {
    auto permission =
        std::ranges::find_if(permissions, [&](const ec2::IpPermission& one) { return goes_with(one, rule); });
    if (permission == permissions.end()) {
      permission = permissions.insert(permissions.end(), {.ip_protocol = rule.ip_protocol});
      if (has_ports(*rule.ip_protocol)) {
        permission->from_port = rule.from_port;
        permission->to_port = rule.to_port;
      }
    }
    add_to(*permission, rule);
  }
  return permissions;
}

}  // namespace amity::handlers
