#include "handlers/arn.hpp"
#include "handlers/errors.hpp"
#include "handlers/network.hpp"
#include "handlers/network_errors.hpp"
#include "handlers/registry.hpp"
#include "handlers/security_group_errors.hpp"
#include "handlers/security_group_rules.hpp"
#include "handlers/security_groups.hpp"
#include "handlers/tagging.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxGroups = 2500;  // of an account in a region

void check_ascii(std::string_view parameter, std::string_view text) {
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x7f; }))
    throw errors::beyond_ascii(parameter, text);
}

// The name as EC2 keeps it: without trailing spaces.
std::string checked_name(const std::string& text) {
  if (text.empty()) throw errors::missing_parameter("GroupName");
  check_ascii("GroupName", text);
  std::string name = text.substr(0, text.find_last_not_of(' ') + 1);
  if (name.empty() || !is_group_text(name)) throw errors::invalid_group_name();
  if (name.starts_with("sg-")) throw errors::group_name_like_id(name);
  if (name == kDefaultGroupName) throw errors::reserved_group_name(name);
  return name;
}

std::string checked_description(const std::string& text) {
  if (text.empty()) throw errors::missing_parameter("GroupDescription");
  check_ascii("GroupDescription", text);
  if (!is_group_text(text)) throw errors::invalid_group_description();
  return text;
}

ec2::Vpc vpc_for_group(Call& call, const std::optional<std::string>& vpc_id) {
  if (vpc_id) return find_owned(call.vpcs(), kVpc, *vpc_id).vpc;
  const auto vpc = default_vpc(call);
  if (!vpc) throw errors::no_default_vpc();
  return vpc->vpc;
}

// A new group lets everything out: over IPv6 too where the VPC has it.
void allow_all_egress(Call& call, const ec2::SecurityGroup& group, const ec2::Vpc& vpc) {
  const ec2::SecurityGroupRule everything{
      .is_egress = true, .ip_protocol = kAllProtocols, .from_port = kAnyPort, .to_port = kAnyPort};
  ec2::SecurityGroupRule ipv4 = everything;
  ipv4.cidr_ipv4 = "0.0.0.0/0";
  add_rule(call, group, ipv4);
  if (vpc.ipv6_cidr_block_association_set.empty()) return;
  ec2::SecurityGroupRule ipv6 = everything;
  ipv6.cidr_ipv6 = "::/0";
  add_rule(call, group, ipv6);
}

ec2::CreateSecurityGroupResult create_security_group(Call& call, const ec2::CreateSecurityGroupRequest& request) {
  ensure_default_network(call);
  const std::string name = checked_name(request.group_name);
  const std::string description = checked_description(request.description);
  const auto tags = tags_for(request.tag_specifications, kSecurityGroup.type, {kSecurityGroup.type});
  const ec2::Vpc vpc = vpc_for_group(call, request.vpc_id);
  if (group_named(call, *vpc.vpc_id, name)) throw errors::group_exists(name, *vpc.vpc_id);
  if (call.security_groups().count() >= kMaxGroups) throw errors::too_many_groups();

  const std::string id = call.ids().make(kSecurityGroup.prefix);
  const ec2::SecurityGroup group{.group_id = id,
                                 .vpc_id = vpc.vpc_id,
                                 .security_group_arn = resource_arn(call, kSecurityGroup, id),
                                 .owner_id = call.account(),
                                 .group_name = name,
                                 .description = description};
  call.security_groups().insert({.security_group = group});
  allow_all_egress(call, group, vpc);
  set_tags(call, id, kSecurityGroup.type, tags);
  return {.group_id = id, .tags = tags, .security_group_arn = group.security_group_arn};
}

// Interfaces in the group, and rules of other groups that refer to it.
bool has_dependents(Call& call, const std::string& group_id) {
  if (call.network_interfaces().count(
          storage::Query().of_any_account().linked(storage::kNetworkInterfaceGroup, group_id)) > 0)
    return true;
  const auto foreign_rule = [&](const state::SecurityGroupRule& row) {
    return row.security_group_rule.group_id != group_id;
  };
  return std::ranges::any_of(
      call.security_group_rules().all(storage::Query().of_any_account().where("referenced_group_id", group_id)),
      foreign_rule);
}

// Ignored: GroupName beside a GroupId, which says it all.
ec2::DeleteSecurityGroupResult delete_security_group(Call& call, const ec2::DeleteSecurityGroupRequest& request) {
  ensure_default_network(call);
  const ec2::SecurityGroup group = find_own_group(call, request.group_id, request.group_name).security_group;
  const std::string& id = *group.group_id;
  if (group.group_name == kDefaultGroupName) throw errors::default_group_stays(id);
  if (has_dependents(call, id)) throw errors::group_has_dependents(id);
  for (const bool egress : {false, true})
    for (const auto& rule : rules_of(call, id, egress)) remove_rule(call, *rule.security_group_rule_id);
  call.security_groups().remove(id);
  call.tags().remove_all(id);
  return {.return_value = true, .group_id = id};
}

}  // namespace

std::span<const Operation> security_group_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_security_group>(),
      bind<delete_security_group>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
