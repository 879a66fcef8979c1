#include "handlers/security_group_permissions.hpp"

#include "handlers/cidr.hpp"
#include "handlers/errors.hpp"
#include "handlers/network.hpp"
#include "handlers/prefix_lists.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/security_group_errors.hpp"
#include "handlers/security_group_rules.hpp"
#include "handlers/security_groups.hpp"

#include <algorithm>
#include <charconv>

namespace amity::handlers {
namespace {

constexpr std::int32_t kLastPort = 65535;
constexpr std::int32_t kLastIcmpNumber = 255;
constexpr std::int32_t kLastProtocol = 255;

// "TCP", "6" and "tcp" are one protocol.
std::string protocol_name(const std::optional<std::string>& text) {
  if (!text || text->empty()) throw errors::missing_protocol();
  std::string name = *text;
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (name == kAllProtocols || has_ports(name)) return name;
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size() || number < 0 || number > kLastProtocol)
    throw errors::unknown_protocol(*text);
  switch (number) {
    case 1: return "icmp";
    case 6: return "tcp";
    case 17: return "udp";
    case 58: return "icmpv6";
    default: return std::to_string(number);
  }
}

void set_tcp_ports(ec2::SecurityGroupRule& rule, const ec2::IpPermission& permission) {
  if (!permission.from_port || !permission.to_port) throw errors::missing_ports("TCP/UDP");
  for (const std::int32_t port : {*permission.from_port, *permission.to_port})
    if (port < 0 || port > kLastPort) throw errors::port_out_of_range(port);
  if (*permission.from_port > *permission.to_port)
    throw errors::invalid_port_range(*permission.from_port, *permission.to_port);
  rule.from_port = permission.from_port;
  rule.to_port = permission.to_port;
}

void set_icmp_type_and_code(ec2::SecurityGroupRule& rule, const ec2::IpPermission& permission) {
  const bool may_be_absent = *rule.ip_protocol == "icmpv6";
  if (!may_be_absent && (!permission.from_port || !permission.to_port)) throw errors::missing_ports("ICMP");
  const std::int32_t type = permission.from_port.value_or(kAnyPort);
  const std::int32_t code = permission.to_port.value_or(kAnyPort);
  if (type < kAnyPort || type > kLastIcmpNumber) throw errors::icmp_out_of_range("type", type);
  if (code < kAnyPort || code > kLastIcmpNumber || (type == kAnyPort && code != kAnyPort))
    throw errors::icmp_out_of_range("code", code);
  rule.from_port = type;
  rule.to_port = code;
}

// Protocol and ports: what the rules of one permission have in common.
ec2::SecurityGroupRule traffic_from(const ec2::IpPermission& permission, bool egress) {
  ec2::SecurityGroupRule rule{.is_egress = egress, .ip_protocol = protocol_name(permission.ip_protocol)};
  if (*rule.ip_protocol == "tcp" || *rule.ip_protocol == "udp") {
    set_tcp_ports(rule, permission);
  } else if (has_ports(*rule.ip_protocol)) {
    set_icmp_type_and_code(rule, permission);
  } else {
    rule.from_port = rule.to_port = kAnyPort;  // whatever the request says: all traffic of the protocol
  }
  return rule;
}

std::optional<std::string> checked_description(const std::optional<std::string>& text) {
  if (!text || text->empty()) return std::nullopt;
  if (!is_group_text(*text)) throw errors::invalid_rule_description();
  return text;
}

template <class Block>
std::string canonical(const std::optional<Block>& block, const std::optional<std::string>& text) {
  if (!block) throw errors::malformed_cidr_block(text.value_or(""));
  return to_string(block->canonical());
}

// Ignored: PeeringStatus and VpcId, which only describe, and GroupName beside a GroupId, which says it all.
ec2::ReferencedSecurityGroup referenced_group(Call& call, const ec2::SecurityGroup& group,
                                              const ec2::UserIdGroupPair& pair) {
  if (pair.vpc_peering_connection_id) throw errors::no_peering_connection(*pair.vpc_peering_connection_id);
  if (pair.group_id) check_id(kSecurityGroup, *pair.group_id);
  // A group of another account can be reached over a peering connection only.
  if (pair.user_id && *pair.user_id != call.account())
    throw not_found(kSecurityGroup, pair.group_id.value_or(pair.group_name.value_or("")));
  const ec2::SecurityGroup referenced = find_own_group(call, pair.group_id, pair.group_name).security_group;
  if (referenced.vpc_id != group.vpc_id) throw errors::referenced_group_of_another_vpc();
  return {.group_id = referenced.group_id, .user_id = referenced.owner_id};
}

}  // namespace

std::vector<ec2::IpPermission> ingress_permissions(const std::vector<ec2::IpPermission>& permissions,
                                                   const FlatPermission& flat) {
  const bool has_traffic = flat.ip_protocol || flat.from_port || flat.to_port || flat.cidr_ip;
  const bool has_group = flat.source_group_name || flat.source_group_owner_id;
  if (!permissions.empty()) {
    if (has_traffic || has_group) throw errors::flat_beside_permissions();
    return permissions;
  }
  if (has_traffic && has_group) throw errors::source_group_beside_traffic();
  if (has_group) {
    const ec2::UserIdGroupPair source{.user_id = flat.source_group_owner_id, .group_name = flat.source_group_name};
    if (!source.group_name) throw errors::missing_source();
    // "The rule grants full ICMP, UDP, and TCP access."
    return {{.ip_protocol = "tcp", .from_port = 0, .to_port = kLastPort, .user_id_group_pairs = {source}},
            {.ip_protocol = "udp", .from_port = 0, .to_port = kLastPort, .user_id_group_pairs = {source}},
            {.ip_protocol = "icmp", .from_port = kAnyPort, .to_port = kAnyPort, .user_id_group_pairs = {source}}};
  }
  if (!flat.cidr_ip) throw errors::missing_source();
  return {{.ip_protocol = flat.ip_protocol,
           .from_port = flat.from_port,
           .to_port = flat.to_port,
           .ip_ranges = {{.cidr_ip = flat.cidr_ip}}}};
}

std::vector<ec2::IpPermission> egress_permissions(const std::vector<ec2::IpPermission>& permissions,
                                                  const FlatPermission& flat) {
  if (flat.ip_protocol) throw errors::unknown_parameter("IpProtocol");
  if (flat.from_port) throw errors::unknown_parameter("FromPort");
  if (flat.to_port) throw errors::unknown_parameter("ToPort");
  if (flat.cidr_ip) throw errors::unknown_parameter("CidrIp");
  if (flat.source_group_name) throw errors::unknown_parameter("SourceSecurityGroupName");
  if (flat.source_group_owner_id) throw errors::unknown_parameter("SourceSecurityGroupOwnerId");
  if (permissions.empty()) throw errors::missing_source();
  return permissions;
}

std::vector<ec2::SecurityGroupRule> rules_from(Call& call, const ec2::SecurityGroup& group, bool egress,
                                               const std::vector<ec2::IpPermission>& permissions) {
  std::vector<ec2::SecurityGroupRule> rules;
  for (const ec2::IpPermission& permission : permissions) {
    const ec2::SecurityGroupRule traffic = traffic_from(permission, egress);
    const std::size_t before = rules.size();
    const auto add = [&](const std::optional<std::string>& description) -> ec2::SecurityGroupRule& {
      ec2::SecurityGroupRule& rule = rules.emplace_back(traffic);
      rule.description = checked_description(description);
      return rule;
    };
    for (const ec2::IpRange& range : permission.ip_ranges)
      add(range.description).cidr_ipv4 = canonical(parse_ipv4_cidr(range.cidr_ip.value_or("")), range.cidr_ip);
    for (const ec2::Ipv6Range& range : permission.ipv6_ranges)
      add(range.description).cidr_ipv6 = canonical(parse_ipv6_cidr(range.cidr_ipv6.value_or("")), range.cidr_ipv6);
    for (const ec2::PrefixListId& list : permission.prefix_list_ids) {
      check_prefix_list(call, list.prefix_list_id.value_or(""));
      add(list.description).prefix_list_id = list.prefix_list_id;
    }
    for (const ec2::UserIdGroupPair& pair : permission.user_id_group_pairs)
      add(pair.description).referenced_group_info = referenced_group(call, group, pair);
    if (rules.size() == before) throw errors::missing_source();
  }
  return rules;
}

}  // namespace amity::handlers
