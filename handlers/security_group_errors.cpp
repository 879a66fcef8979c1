#include "handlers/security_group_errors.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {
namespace {

constexpr std::string_view kDifferentNetworks = "You have specified two resources that belong to different networks.";
constexpr std::string_view kValidText =
    "strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*";

}  // namespace

ApiError no_group_of_that_name(std::string_view name, std::string_view vpc_id) {
  return {"InvalidGroup.NotFound", fmt::format("The security group '{}' does not exist in VPC '{}'", name, vpc_id)};
}
ApiError group_of_another_vpc() { return {"InvalidParameter", std::string(kDifferentNetworks)}; }
ApiError too_many_groups_per_interface() {
  return {"SecurityGroupsPerInterfaceLimitExceeded",
          "The maximum number of security groups per interface has been reached."};
}
ApiError too_many_groups() {
  return {"SecurityGroupLimitExceeded", "The maximum number of security groups has been reached."};
}
ApiError group_exists(std::string_view name, std::string_view vpc_id) {
  return {"InvalidGroup.Duplicate", fmt::format("The security group '{}' already exists for VPC '{}'", name, vpc_id)};
}
ApiError reserved_group_name(std::string_view name) {
  return {"InvalidGroup.Reserved", fmt::format("Cannot use reserved security group name: {}", name)};
}
ApiError group_name_like_id(std::string_view name) {
  return invalid_value("GroupName", name, "Group names may not be in the format sg-*.");
}
ApiError invalid_group_name() {
  return invalid_parameter_value(fmt::format("Invalid security group name. Valid names are non-empty {}", kValidText));
}
ApiError invalid_group_description() {
  return invalid_parameter_value(
      fmt::format("Invalid security group description. Valid descriptions are {}", kValidText));
}
ApiError beyond_ascii(std::string_view parameter, std::string_view value) {
  return invalid_value(parameter, value, "Character sets beyond ASCII are not supported.");
}
ApiError default_group_stays(std::string_view id) {
  return {"CannotDelete", fmt::format("the specified group: \"{}\" name: \"default\" cannot be deleted by a user", id)};
}
ApiError group_has_dependents(std::string_view id) {
  return {"DependencyViolation", fmt::format("resource {} has a dependent object", id)};
}

ApiError missing_source() {
  return {"MissingParameter", "Missing source specification: include source security group or CIDR information"};
}
ApiError missing_rule_source() {
  return {"MissingParameter",
          "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId"};
}
ApiError flat_beside_permissions() {
  return invalid_parameter_combination(
      "The parameter ipPermissions cannot be used together with parameters that describe a single permission");
}
ApiError source_group_beside_traffic() {
  return invalid_parameter_combination(
      "The parameter sourceSecurityGroupName cannot be used with the parameters cidrIp, ipProtocol, fromPort and "
      "toPort");
}
ApiError rule_ids_beside_permissions() {
  return invalid_parameter_combination(
      "The parameter securityGroupRuleIds cannot be used together with parameters that describe permissions");
}
ApiError missing_protocol() {
  return invalid_parameter_value(
      "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.");
}
ApiError unknown_protocol(std::string_view protocol) {
  return invalid_parameter_value(fmt::format("Invalid value '{}' for IP protocol. Unknown protocol.", protocol));
}
ApiError missing_ports(std::string_view protocols) {
  return invalid_parameter_value(
      fmt::format("Invalid value for portRange. Must specify both from and to ports with {}.", protocols));
}
ApiError port_out_of_range(std::int32_t port) {
  return {"InvalidPermission.Malformed", fmt::format("TCP/UDP port ({}) out of range", port)};
}
ApiError invalid_port_range(std::int32_t from, std::int32_t to) {
  return {"InvalidPermission.Malformed", fmt::format("Invalid TCP/UDP port range ({}:{})", from, to)};
}
ApiError icmp_out_of_range(std::string_view what, std::int32_t number) {
  return invalid_parameter_value(fmt::format("ICMP {} ({}) out of range", what, number));
}
ApiError malformed_cidr_block(std::string_view text) {
  return invalid_parameter_value(fmt::format("CIDR block {} is malformed", text));
}
ApiError invalid_rule_description() {
  return invalid_parameter_value(fmt::format("Invalid rule description. Valid descriptions are {}", kValidText));
}
ApiError referenced_group_of_another_vpc() { return {"InvalidGroup.NotFound", std::string(kDifferentNetworks)}; }
ApiError no_peering_connection(std::string_view id) {
  return {"InvalidVpcPeeringConnectionID.NotFound", fmt::format("The vpcPeeringConnection ID '{}' does not exist", id)};
}

ApiError rule_given_twice() { return invalid_parameter_value("The same permission must not appear multiple times"); }
ApiError rule_exists(std::string_view rule) {
  return {"InvalidPermission.Duplicate", fmt::format("the specified rule \"{}\" already exists", rule)};
}
ApiError no_such_rule() {
  return {"InvalidPermission.NotFound", "The specified rule does not exist in this security group."};
}
ApiError too_many_rules() {
  return {"RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached."};
}

}  // namespace amity::handlers::errors
