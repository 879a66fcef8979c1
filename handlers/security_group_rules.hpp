// Security group rules as stored: one resource for each protocol, port range and peer.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

inline constexpr char kAllProtocols[] = "-1";
inline constexpr std::int32_t kAnyPort = -1;  // also any ICMP type or code

// TCP, UDP and the ICMPs: every other protocol has no ports.
bool has_ports(std::string_view protocol);

// What a rule allows, as EC2's errors write it: "peer: 10.0.0.0/8, TCP, from port: 22, to port: 22, ALLOW". Rules of
// one direction are the same if and only if these texts are.
std::string text_of(const ec2::SecurityGroupRule& rule);

// The group's rules of one direction, oldest first, without their tags.
std::vector<ec2::SecurityGroupRule> rules_of(Call& call, std::string_view group_id, bool egress);

// Gives the rule its id, ARN and group, and inserts it.
void add_rule(Call& call, const ec2::SecurityGroup& group, ec2::SecurityGroupRule& rule);
void remove_rule(Call& call, std::string_view rule_id);

// Rules in the form of DescribeSecurityGroups: those of the same protocol and ports together.
std::vector<ec2::IpPermission> as_permissions(const std::vector<ec2::SecurityGroupRule>& rules);

}  // namespace amity::handlers
