#include "tests/handlers/vpc_builder.hpp"

namespace amity::tests {
namespace {

std::string new_group(World& world, const std::string& name = "web") {
  return *world.call(ec2::CreateSecurityGroupRequest{.description = name, .group_name = name}).group_id;
}

// Lets the block in on the port.
ec2::IpPermission permission(std::int32_t port, const std::string& block,
                             const std::optional<std::string>& description = {}) {
  return {.ip_protocol = "tcp",
          .from_port = port,
          .to_port = port,
          .ip_ranges = {{.description = description, .cidr_ip = block}}};
}

std::string authorize(World& world, const std::string& group, std::int32_t port) {
  return *world
              .call(ec2::AuthorizeSecurityGroupIngressRequest{.group_id = group,
                                                              .ip_permissions = {permission(port, "10.0.0.0/8")}})
              .security_group_rules.at(0)
              .security_group_rule_id;
}

ec2::SecurityGroupRule rule_of(World& world, const std::string& id) {
  return world.call(ec2::DescribeSecurityGroupRulesRequest{.security_group_rule_ids = {id}}).security_group_rules.at(0);
}

}  // namespace

TEST_CASE("ModifySecurityGroupRules changes rules under their ids", "[security-groups][ModifySecurityGroupRules]") {
  World world;
  const std::string group = new_group(world);
  const std::string ssh = authorize(world, group, 22);
  const std::string http = authorize(world, group, 80);
  const auto modify = [&](const std::string& id, const ec2::SecurityGroupRuleRequest& wanted) {
    return world.error_of(ec2::ModifySecurityGroupRulesRequest{
        .group_id = group, .security_group_rules = {{.security_group_rule_id = id, .security_group_rule = wanted}}});
  };
  CHECK(
      modify(
          ssh,
          {.ip_protocol = "udp", .from_port = 53, .to_port = 54, .cidr_ipv6 = "2001:DB8::/32", .description = "names"})
          .empty());
  const auto rule = rule_of(world, ssh);
  CHECK(rule.ip_protocol == "udp");
  CHECK(rule.to_port == 54);
  CHECK(rule.cidr_ipv6 == "2001:db8::/32");
  CHECK_FALSE(rule.cidr_ipv4);
  CHECK(rule.description == "names");
  CHECK(rule.group_id == group);
  CHECK(rule.is_egress == false);

  const ec2::SecurityGroupRuleRequest same_as_http{
      .ip_protocol = "tcp", .from_port = 80, .to_port = 80, .cidr_ipv4 = "10.0.0.0/8"};
  CHECK(modify(http, same_as_http).empty());
  CHECK(modify(ssh, same_as_http) == "InvalidPermission.Duplicate");
  CHECK(modify(ssh, {.ip_protocol = "tcp", .from_port = 1, .to_port = 2}) == "MissingParameter");
  CHECK(modify(ssh, {.ip_protocol = "-1", .cidr_ipv4 = "10.0.0.0/8", .cidr_ipv6 = "::/0"}) ==
        "InvalidParameterCombination");
  CHECK(modify("sgr-00000000000000000", same_as_http) == "InvalidSecurityGroupRuleId.NotFound");
  const std::string foreign = authorize(world, new_group(world, "other"), 22);
  CHECK(modify(foreign, same_as_http) == "InvalidSecurityGroupRuleId.NotFound");
}

TEST_CASE("Descriptions of rules are set and taken away",
          "[security-groups][UpdateSecurityGroupRuleDescriptionsIngress]") {
  World world;
  const std::string group = new_group(world);
  const std::string ssh = authorize(world, group, 22);
  using Update = ec2::UpdateSecurityGroupRuleDescriptionsIngressRequest;
  world.call(Update{.group_id = group, .ip_permissions = {permission(22, "10.0.0.0/8", "remote")}});
  CHECK(rule_of(world, ssh).description == "remote");
  world.call(Update{.group_id = group, .ip_permissions = {permission(22, "10.0.0.0/8")}});
  CHECK_FALSE(rule_of(world, ssh).description);
  world.call(Update{.group_id = group,
                    .security_group_rule_descriptions = {{.security_group_rule_id = ssh, .description = "again"}}});
  CHECK(rule_of(world, ssh).description == "again");

  CHECK(world.error_of(Update{.group_id = group, .ip_permissions = {permission(23, "10.0.0.0/8")}}) ==
        "InvalidPermission.NotFound");
  CHECK(world.error_of(Update{.group_id = group}) == "MissingParameter");
  CHECK(world.error_of(Update{
            .group_id = group,
            .security_group_rule_descriptions = {{.security_group_rule_id = ssh, .description = "\"quoted\""}}}) ==
        "InvalidParameterValue");
  // It is a rule of the other direction.
  CHECK(world.error_of(ec2::UpdateSecurityGroupRuleDescriptionsEgressRequest{
            .group_id = group, .security_group_rule_descriptions = {{.security_group_rule_id = ssh}}}) ==
        "InvalidSecurityGroupRuleId.NotFound");
  world.call(ec2::UpdateSecurityGroupRuleDescriptionsEgressRequest{
      .group_id = group,
      .ip_permissions = {{.ip_protocol = "-1", .ip_ranges = {{.description = "out", .cidr_ip = "0.0.0.0/0"}}}}});
  const auto groups = world.call(ec2::DescribeSecurityGroupsRequest{.group_ids = {group}}).security_groups;
  CHECK(groups.at(0).ip_permissions_egress.at(0).ip_ranges.at(0).description == "out");
}

TEST_CASE("Groups are found by their VPC; none is referred to from others",
          "[security-groups][GetSecurityGroupsForVpc]") {
  World world;
  const std::string group = new_group(world);
  const std::string vpc_id = *world.call(ec2::DescribeVpcsRequest{}).vpcs.at(0).vpc_id;
  new_vpc(world);
  const auto groups = world.call(ec2::GetSecurityGroupsForVpcRequest{.vpc_id = vpc_id}).security_group_for_vpcs;
  REQUIRE(groups.size() == 2);
  CHECK(groups[1].group_id == group);
  CHECK(groups[1].primary_vpc_id == vpc_id);
  check_documented_filters("GetSecurityGroupsForVpc", [&](const std::vector<ec2::Filter>& filters) {
    return world.call(ec2::GetSecurityGroupsForVpcRequest{.vpc_id = vpc_id, .filters = filters})
        .security_group_for_vpcs.size();
  });
  const std::string nowhere = "vpc-00000000000000000";
  CHECK(world.error_of(ec2::GetSecurityGroupsForVpcRequest{.vpc_id = nowhere}) == "InvalidVpcID.NotFound");
  CHECK(world.call(ec2::DescribeStaleSecurityGroupsRequest{.vpc_id = vpc_id}).stale_security_group_set.empty());
  CHECK(world.error_of(ec2::DescribeStaleSecurityGroupsRequest{.vpc_id = nowhere}) == "InvalidVpcID.NotFound");
  CHECK(world.call(ec2::DescribeSecurityGroupReferencesRequest{.group_id = {group}})
            .security_group_reference_set.empty());
  CHECK(world.error_of(ec2::DescribeSecurityGroupReferencesRequest{.group_id = {"sg-00000000000000000"}}) ==
        "InvalidGroup.NotFound");
}

}  // namespace amity::tests
