#include "handlers/security_group_rules.hpp"

#include "tests/handlers/network_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace amity::tests {
namespace {

using Permissions = std::vector<ec2::IpPermission>;
using Ingress = ec2::AuthorizeSecurityGroupIngressRequest;
using Egress = ec2::AuthorizeSecurityGroupEgressRequest;
using RevokeIngress = ec2::RevokeSecurityGroupIngressRequest;
using RevokeEgress = ec2::RevokeSecurityGroupEgressRequest;

// A world with one group, "web".
struct Rules : World {
  std::string create(const std::string& name, const std::optional<std::string>& vpc_id = {}) {
    return *call(ec2::CreateSecurityGroupRequest{.description = "d", .group_name = name, .vpc_id = vpc_id}).group_id;
  }
  // What the group's rules of one direction allow.
  std::vector<std::string> texts(bool egress = false) {
    handlers::Call one = make_call();
    std::vector<std::string> texts;
    for (const auto& rule : handlers::rules_of(one, web, egress)) texts.push_back(handlers::text_of(rule));
    return texts;
  }
  std::string error(const ec2::IpPermission& permission) {
    return error_of(Ingress{.group_id = web, .ip_permissions = {permission}});
  }
  std::vector<ec2::SecurityGroupRule> authorize(const Permissions& permissions) {
    return call(Ingress{.group_id = web, .ip_permissions = permissions}).security_group_rules;
  }

  const std::string web = create("web");
};

ec2::IpPermission tcp(std::int32_t port, const std::string& cidr) {
  return {.ip_protocol = "tcp", .from_port = port, .to_port = port, .ip_ranges = {{.cidr_ip = cidr}}};
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("AuthorizeSecurityGroupIngress makes a rule of each peer of each permission",
          "[security-groups][AuthorizeSecurityGroupIngress]") {
  Rules world;
  const auto answer = world.call(
      Ingress{.group_id = world.web,
              .ip_permissions = {{.ip_protocol = "tcp",
                                  .from_port = 22,
                                  .to_port = 23,
                                  .user_id_group_pairs = {{.group_id = world.web}},
                                  .ip_ranges = {{.description = "office", .cidr_ip = "100.68.0.18/18"}},
                                  .ipv6_ranges = {{.cidr_ipv6 = "2001:DB8:0::1/64"}}}},
              .tag_specifications = {{.resource_type = "security-group-rule", .tags = {{.key = "k", .value = "v"}}}}});
  CHECK(answer.return_value == true);
  REQUIRE(answer.security_group_rules.size() == 3);
  const ec2::SecurityGroupRule& rule = answer.security_group_rules[0];
  const std::string id = rule.security_group_rule_id.value_or("");
  CHECK(id.starts_with("sgr-"));
  CHECK(rule.security_group_rule_arn == "arn:aws:ec2:us-east-1:111111111111:security-group-rule/" + id);
  CHECK(rule.group_id == world.web);
  CHECK(rule.group_owner_id == kAccount);
  CHECK(rule.is_egress == false);
  CHECK(rule.ip_protocol == "tcp");
  CHECK(rule.from_port == 22);
  CHECK(rule.to_port == 23);
  CHECK(rule.cidr_ipv4 == "100.68.0.0/18");
  CHECK(rule.description == "office");
  REQUIRE(rule.tags.size() == 1);
  CHECK(answer.security_group_rules[1].cidr_ipv6 == "2001:db8::/64");
  REQUIRE(answer.security_group_rules[2].referenced_group_info);
  CHECK(answer.security_group_rules[2].referenced_group_info->group_id == world.web);
  CHECK(answer.security_group_rules[2].referenced_group_info->user_id == kAccount);
  CHECK(world.texts() == Texts{"peer: 100.68.0.0/18, TCP, from port: 22, to port: 23, ALLOW",
                               "peer: 2001:db8::/64, TCP, from port: 22, to port: 23, ALLOW",
                               "peer: " + world.web + ", TCP, from port: 22, to port: 23, ALLOW"});
}

TEST_CASE("Security group rules name protocols and ports as EC2 does",
          "[security-groups][AuthorizeSecurityGroupIngress]") {
  Rules world;
  const struct {
    std::string protocol;
    std::optional<std::int32_t> from, to;
    std::string shown_protocol;
    std::int32_t shown_from, shown_to;
  } rows[] = {
      {"tcp", 0, 65535, "tcp", 0, 65535}, {"TCP", 1, 1, "tcp", 1, 1},       {"6", 2, 2, "tcp", 2, 2},
      {"17", 53, 53, "udp", 53, 53},      {"icmp", 8, 0, "icmp", 8, 0},     {"1", 3, -1, "icmp", 3, -1},
      {"icmp", -1, -1, "icmp", -1, -1},   {"58", {}, {}, "icmpv6", -1, -1}, {"icmpv6", 128, 0, "icmpv6", 128, 0},
      {"-1", 22, 22, "-1", -1, -1},       {"50", {}, {}, "50", -1, -1},     {"051", 1, 2, "51", -1, -1},
  };
  for (const auto& row : rows) {
    INFO(row.protocol);
    const auto rules = world.authorize({{.ip_protocol = row.protocol,
                                         .from_port = row.from,
                                         .to_port = row.to,
                                         .ip_ranges = {{.cidr_ip = "10.0.0.0/8"}}}});
    REQUIRE(rules.size() == 1);
    CHECK(rules[0].ip_protocol == row.shown_protocol);
    CHECK(rules[0].from_port == row.shown_from);
    CHECK(rules[0].to_port == row.shown_to);
  }
}

TEST_CASE("AuthorizeSecurityGroupIngress refuses permissions that make no rule",
          "[security-groups][AuthorizeSecurityGroupIngress]") {
  Rules world;
  const std::string elsewhere = world.create("elsewhere", other_vpc_id(world));
  const ec2::IpPermission good = tcp(22, "10.0.0.0/8");
  const auto with_ports = [&](const std::optional<std::string>& protocol, std::optional<std::int32_t> from,
                              std::optional<std::int32_t> to) {
    ec2::IpPermission permission = good;
    permission.ip_protocol = protocol;
    permission.from_port = from;
    permission.to_port = to;
    return permission;
  };
  const auto of_peer = [&](auto set_peer) {
    ec2::IpPermission permission = good;
    permission.ip_ranges.clear();
    set_peer(permission);
    return permission;
  };
  const auto of_group = [&](const ec2::UserIdGroupPair& pair) {
    return of_peer([&](ec2::IpPermission& permission) { permission.user_id_group_pairs = {pair}; });
  };
  const auto of_cidr = [&](const std::string& cidr) { return tcp(22, cidr); };
  const auto described = [&](const std::string& text) {
    ec2::IpPermission permission = good;
    permission.ip_ranges[0].description = text;
    return permission;
  };
  const std::pair<ec2::IpPermission, std::string> refused[] = {
      {with_ports(std::nullopt, 22, 22), "InvalidParameterValue"},
      {with_ports("all", 22, 22), "InvalidParameterValue"},
      {with_ports("256", 22, 22), "InvalidParameterValue"},
      {with_ports("-2", 22, 22), "InvalidParameterValue"},
      {with_ports("tcp", std::nullopt, std::nullopt), "InvalidParameterValue"},
      {with_ports("udp", 22, std::nullopt), "InvalidParameterValue"},
      {with_ports("tcp", -1, -1), "InvalidPermission.Malformed"},
      {with_ports("tcp", 0, 65536), "InvalidPermission.Malformed"},
      {with_ports("tcp", 80, 22), "InvalidPermission.Malformed"},
      {with_ports("icmp", std::nullopt, std::nullopt), "InvalidParameterValue"},
      {with_ports("icmp", 0, 65535), "InvalidParameterValue"},
      {with_ports("icmp", 256, 0), "InvalidParameterValue"},
      {with_ports("icmp", -1, 0), "InvalidParameterValue"},
      {of_peer([](ec2::IpPermission&) {}), "MissingParameter"},
      {of_cidr("10.0.0.1"), "InvalidParameterValue"},
      {of_cidr("10.0.0.0/33"), "InvalidParameterValue"},
      {of_cidr("2001:db8::/32"), "InvalidParameterValue"},
      {of_cidr(""), "InvalidParameterValue"},
      {of_peer([](ec2::IpPermission& one) { one.ipv6_ranges = {{.cidr_ipv6 = "10.0.0.0/8"}}; }),
       "InvalidParameterValue"},
      {of_peer([](ec2::IpPermission& one) { one.prefix_list_ids = {{.prefix_list_id = "s3"}}; }),
       "InvalidPrefixListId.Malformed"},
      {of_group({.group_id = "web"}), "InvalidGroupId.Malformed"},
      {of_group({.group_id = "sg-00000000000000000"}), "InvalidGroup.NotFound"},
      {of_group({.group_name = "nobody"}), "InvalidGroup.NotFound"},
      {of_group({.group_id = elsewhere}), "InvalidGroup.NotFound"},
      {of_group({.user_id = "222222222222", .group_id = world.web}), "InvalidGroup.NotFound"},
      {of_group({}), "MissingParameter"},
      {of_group({.group_id = world.web, .vpc_peering_connection_id = "pcx-1"}),
       "InvalidVpcPeeringConnectionID.NotFound"},
      {described("it's"), "InvalidParameterValue"},
      {described(std::string(256, 'x')), "InvalidParameterValue"},
  };
  for (const auto& [permission, code] : refused) {
    INFO(permission.ip_protocol.value_or("no protocol")
         << ' ' << permission.from_port.value_or(-9) << '-' << permission.to_port.value_or(-9));
    CHECK(world.error(permission) == code);
    // One bad permission spoils all.
    CHECK(world.error_of(Ingress{.group_id = world.web, .ip_permissions = {good, permission}}) == code);
  }
  CHECK(world.error_of(Ingress{.group_id = world.web}) == "MissingParameter");
  CHECK(world.error_of(Ingress{.ip_permissions = {good}}) == "MissingParameter");
  CHECK(world.error_of(Ingress{.group_id = "sg-00000000000000000", .ip_permissions = {good}}) ==
        "InvalidGroup.NotFound");
  CHECK(world.error_of(Ingress{.group_id = world.web,
                               .ip_permissions = {good},
                               .tag_specifications = {{.resource_type = "security-group"}}}) ==
        "InvalidParameterValue");
  CHECK(world.texts().empty());
  CHECK(world.error(described(std::string(255, 'x'))) == "");
}

TEST_CASE("A security group has no rule twice", "[security-groups][AuthorizeSecurityGroupIngress]") {
  Rules world;
  world.authorize({tcp(22, "10.0.0.0/8")});
  CHECK(world.error(tcp(22, "10.0.0.0/8")) == "InvalidPermission.Duplicate");
  CHECK(world.error(tcp(22, "10.1.2.3/8")) == "InvalidPermission.Duplicate");
  CHECK(world.error_of(
            Ingress{.group_id = world.web, .ip_permissions = {tcp(80, "10.0.0.0/8"), tcp(22, "10.0.0.0/8")}}) ==
        "InvalidPermission.Duplicate");
  CHECK(world.error_of(
            Ingress{.group_id = world.web, .ip_permissions = {tcp(80, "10.0.0.0/8"), tcp(80, "10.0.0.0/8")}}) ==
        "InvalidParameterValue");
  CHECK(world.texts().size() == 1);
  CHECK(world.error(tcp(22, "10.0.0.0/9")) == "");
  CHECK(world.error_of(Egress{.group_id = world.web, .ip_permissions = {tcp(22, "10.0.0.0/8")}}) == "");
  const ec2::IpPermission everything{.ip_protocol = "-1", .ip_ranges = {{.cidr_ip = "0.0.0.0/0"}}};
  try {
    world.call(Egress{.group_id = world.web, .ip_permissions = {everything}});
    FAIL("the rule was there before");
  } catch (const handlers::ApiError& error) {
    CHECK(error.message() == "the specified rule \"peer: 0.0.0.0/0, ALL, ALLOW\" already exists");
  }
}

TEST_CASE("A security group has 60 rules of a direction for each of IPv4 and IPv6",
          "[security-groups][AuthorizeSecurityGroupIngress]") {
  Rules world;
  Permissions ipv4, ipv6;
  for (int port = 1; port <= 60; ++port) {
    ipv4.push_back(tcp(port, "10.0.0.0/8"));
    ipv6.push_back({.ip_protocol = "tcp", .from_port = port, .to_port = port, .ipv6_ranges = {{.cidr_ipv6 = "::/0"}}});
  }
  world.authorize(ipv4);
  world.authorize(ipv6);
  CHECK(world.error(tcp(61, "10.0.0.0/8")) == "RulesPerSecurityGroupLimitExceeded");
  CHECK(world.error({.ip_protocol = "-1", .user_id_group_pairs = {{.group_id = world.web}}}) ==
        "RulesPerSecurityGroupLimitExceeded");
  CHECK(world.error_of(Egress{.group_id = world.web, .ip_permissions = {tcp(61, "10.0.0.0/8")}}) == "");
  world.call(RevokeIngress{.group_id = world.web, .ip_permissions = {ipv4[0]}});
  CHECK(world.error({.ip_protocol = "-1", .user_id_group_pairs = {{.group_id = world.web}}}) ==
        "RulesPerSecurityGroupLimitExceeded");  // it counts for IPv6 too
  CHECK(world.error(tcp(61, "10.0.0.0/8")) == "");
}

TEST_CASE("Ingress rules can be given without a list of permissions",
          "[security-groups][AuthorizeSecurityGroupIngress][RevokeSecurityGroupIngress]") {
  Rules world;
  const auto added = world.call(
      Ingress{.cidr_ip = "10.0.0.0/8", .from_port = 22, .group_name = "web", .ip_protocol = "tcp", .to_port = 22});
  REQUIRE(added.security_group_rules.size() == 1);
  CHECK(world.texts() == Texts{"peer: 10.0.0.0/8, TCP, from port: 22, to port: 22, ALLOW"});
  const auto revoked = world.call(RevokeIngress{
      .cidr_ip = "10.0.0.0/8", .from_port = 22, .group_name = "web", .ip_protocol = "tcp", .to_port = 22});
  CHECK(revoked.revoked_security_group_rules.size() == 1);
  CHECK(world.texts().empty());

  SECTION("a source group alone means all of TCP, UDP and ICMP") {
    world.call(Ingress{.group_id = world.web,
                       .source_security_group_name = "default",
                       .source_security_group_owner_id = std::string(kAccount)});
    const auto texts = world.texts();
    REQUIRE(texts.size() == 3);
    CHECK(texts[0].ends_with(", TCP, from port: 0, to port: 65535, ALLOW"));
    CHECK(texts[1].ends_with(", UDP, from port: 0, to port: 65535, ALLOW"));
    CHECK(texts[2].ends_with(", ICMP, type: ALL, code: ALL, ALLOW"));
    world.call(RevokeIngress{.group_id = world.web, .source_security_group_name = "default"});
    CHECK(world.texts().empty());
  }
  SECTION("but not half of one, or both ways at once") {
    const std::pair<Ingress, std::string> refused[] = {
        {{.from_port = 22, .group_id = world.web, .ip_protocol = "tcp", .to_port = 22}, "MissingParameter"},
        {{.cidr_ip = "10.0.0.0/8", .group_id = world.web}, "InvalidParameterValue"},
        {{.group_id = world.web, .source_security_group_owner_id = std::string(kAccount)}, "MissingParameter"},
        {{.cidr_ip = "10.0.0.0/8", .group_id = world.web, .ip_permissions = {tcp(22, "10.0.0.0/8")}},
         "InvalidParameterCombination"},
        {{.cidr_ip = "10.0.0.0/8", .group_id = world.web, .source_security_group_name = "default"},
         "InvalidParameterCombination"},
        {{.group_id = world.web, .source_security_group_name = "nobody"}, "InvalidGroup.NotFound"},
    };
    for (const auto& [request, code] : refused) CHECK(world.error_of(request) == code);
    CHECK(world.texts().empty());
  }
}

TEST_CASE("Egress rules come in a list of permissions only",
          "[security-groups][AuthorizeSecurityGroupEgress][RevokeSecurityGroupEgress]") {
  Rules world;
  const auto answer = world.call(Egress{.group_id = world.web, .ip_permissions = {tcp(443, "10.0.0.0/8")}});
  CHECK(answer.return_value == true);
  REQUIRE(answer.security_group_rules.size() == 1);
  CHECK(answer.security_group_rules[0].is_egress == true);
  CHECK(world.texts(true).size() == 2);
  CHECK(world.texts().empty());
  const Egress refused[] = {
      {.group_id = world.web, .source_security_group_name = "default"},
      {.group_id = world.web, .source_security_group_owner_id = std::string(kAccount)},
      {.group_id = world.web, .ip_protocol = "tcp"},
      {.group_id = world.web, .from_port = 1},
      {.group_id = world.web, .to_port = 1},
      {.group_id = world.web, .cidr_ip = "10.0.0.0/8"},
  };
  for (const auto& request : refused) CHECK(world.error_of(request) == "UnknownParameter");
  CHECK(world.error_of(RevokeEgress{.group_id = world.web, .cidr_ip = "0.0.0.0/0"}) == "UnknownParameter");
  CHECK(world.error_of(Egress{.group_id = world.web}) == "MissingParameter");
  CHECK(world.error_of(RevokeEgress{.group_id = world.web}) == "MissingParameter");

  const auto revoked = world.call(
      RevokeEgress{.group_id = world.web,
                   .ip_permissions = {
                       {.ip_protocol = "-1", .from_port = 0, .to_port = 0, .ip_ranges = {{.cidr_ip = "0.0.0.0/0"}}}}});
  CHECK(revoked.return_value == true);
  REQUIRE(revoked.revoked_security_group_rules.size() == 1);
  CHECK(revoked.revoked_security_group_rules[0].is_egress == true);
  CHECK(revoked.revoked_security_group_rules[0].cidr_ipv4 == "0.0.0.0/0");
  CHECK(world.texts(true).size() == 1);
}

TEST_CASE("RevokeSecurityGroupIngress removes the rules that the permissions describe",
          "[security-groups][RevokeSecurityGroupIngress]") {
  Rules world;
  const std::string db = world.create("db");
  ec2::IpPermission permission = tcp(22, "10.0.0.0/8");
  permission.ip_ranges[0].description = "office";
  permission.user_id_group_pairs = {{.group_id = db}};
  const auto rules = world.authorize({permission, tcp(80, "10.0.0.0/8")});

  permission.ip_ranges[0].description = "need not match";
  const auto answer = world.call(RevokeIngress{.group_id = world.web, .ip_permissions = {permission}});
  CHECK(answer.return_value == true);
  CHECK(answer.unknown_ip_permissions.empty());
  REQUIRE(answer.revoked_security_group_rules.size() == 2);
  const auto& revoked = answer.revoked_security_group_rules[0];
  CHECK(revoked.security_group_rule_id == rules[0].security_group_rule_id);
  CHECK(revoked.group_id == world.web);
  CHECK(revoked.is_egress == false);
  CHECK(revoked.ip_protocol == "tcp");
  CHECK(revoked.from_port == 22);
  CHECK(revoked.to_port == 22);
  CHECK(revoked.cidr_ipv4 == "10.0.0.0/8");
  CHECK(revoked.description == "office");
  CHECK(answer.revoked_security_group_rules[1].referenced_group_id == db);
  CHECK(world.texts() == Texts{"peer: 10.0.0.0/8, TCP, from port: 80, to port: 80, ALLOW"});
}

TEST_CASE("Revoking what is not there is told in the default VPC and refused in others",
          "[security-groups][RevokeSecurityGroupIngress]") {
  Rules world;
  const Permissions mixed{tcp(22, "10.0.0.0/8"), tcp(80, "10.0.0.0/8"), tcp(22, "10.0.0.0/9")};
  world.authorize({mixed[0]});
  const auto answer = world.call(RevokeIngress{.group_id = world.web, .ip_permissions = mixed});
  CHECK(answer.return_value == true);
  CHECK(answer.revoked_security_group_rules.size() == 1);
  REQUIRE(answer.unknown_ip_permissions.size() == 2);
  CHECK(answer.unknown_ip_permissions[0].from_port == 80);
  CHECK(answer.unknown_ip_permissions[1].ip_ranges.at(0).cidr_ip == "10.0.0.0/9");

  const std::string elsewhere = world.create("web", other_vpc_id(world));
  world.call(Ingress{.group_id = elsewhere, .ip_permissions = {mixed[0]}});
  CHECK(world.error_of(RevokeIngress{.group_id = elsewhere, .ip_permissions = mixed}) == "InvalidPermission.NotFound");
  CHECK(world.error_of(RevokeIngress{.group_id = elsewhere, .ip_permissions = {mixed[0]}}) == "");
}

TEST_CASE("Rules are revoked by their ids", "[security-groups][RevokeSecurityGroupIngress]") {
  Rules world;
  const auto rules = world.authorize({tcp(22, "10.0.0.0/8"), tcp(80, "10.0.0.0/8")});
  const std::string id = *rules[0].security_group_rule_id;
  const auto egress = world.call(Egress{.group_id = world.web, .ip_permissions = {tcp(1, "10.0.0.0/8")}});
  const std::string egress_id = *egress.security_group_rules[0].security_group_rule_id;
  const std::string unknown = "sgr-00000000000000000";
  const std::pair<RevokeIngress, std::string> refused[] = {
      {{.group_id = world.web, .security_group_rule_ids = {"sgr-1"}}, "InvalidSecurityGroupRuleId.Malformed"},
      {{.group_id = world.web, .security_group_rule_ids = {id, unknown}}, "InvalidSecurityGroupRuleId.NotFound"},
      {{.group_id = world.web, .security_group_rule_ids = {egress_id}}, "InvalidSecurityGroupRuleId.NotFound"},
      {{.group_name = "default", .security_group_rule_ids = {id}}, "InvalidSecurityGroupRuleId.NotFound"},
      {{.group_id = world.web, .ip_permissions = {tcp(22, "10.0.0.0/8")}, .security_group_rule_ids = {id}},
       "InvalidParameterCombination"},
      {{.cidr_ip = "10.0.0.0/8", .group_id = world.web, .security_group_rule_ids = {id}},
       "InvalidParameterCombination"},
      {{.security_group_rule_ids = {id}}, "MissingParameter"},
  };
  for (const auto& [request, code] : refused) CHECK(world.error_of(request) == code);
  CHECK(world.texts().size() == 2);

  const auto answer = world.call(RevokeIngress{.group_id = world.web, .security_group_rule_ids = {id, id}});
  REQUIRE(answer.revoked_security_group_rules.size() == 1);
  CHECK(answer.revoked_security_group_rules[0].security_group_rule_id == id);
  CHECK(world.texts().size() == 1);
  CHECK(world.call(RevokeEgress{.security_group_rule_ids = {egress_id}, .group_id = world.web})
            .revoked_security_group_rules.size() == 1);
}

TEST_CASE("A rule's tags go with it", "[security-groups][RevokeSecurityGroupIngress]") {
  Rules world;
  const auto rule =
      world
          .call(Ingress{
              .group_id = world.web,
              .ip_permissions = {tcp(22, "10.0.0.0/8")},
              .tag_specifications = {{.resource_type = "security-group-rule", .tags = {{.key = "k", .value = "v"}}}}})
          .security_group_rules.at(0);
  handlers::Call call = world.make_call();
  CHECK(call.tags().count(*rule.security_group_rule_id) == 1);
  world.call(RevokeIngress{.group_id = world.web, .security_group_rule_ids = {*rule.security_group_rule_id}});
  CHECK(call.tags().count(*rule.security_group_rule_id) == 0);
}

TEST_CASE("DescribeSecurityGroupRules shows each rule", "[security-groups][DescribeSecurityGroupRules]") {
  Rules world;
  const auto rules = world.call(Ingress{
      .group_id = world.web,
      .ip_permissions = {tcp(22, "10.0.0.0/8"), tcp(80, "10.0.0.0/8")},
      .tag_specifications = {{.resource_type = "security-group-rule", .tags = {{.key = "Stage", .value = "test"}}}}});
  const std::string id = *rules.security_group_rules[0].security_group_rule_id;
  const auto ids_where = [&](const std::string& filter, const std::string& value) {
    std::vector<std::string> ids;
    for (const auto& rule :
         world.call(ec2::DescribeSecurityGroupRulesRequest{.filters = {{.name = filter, .values = {value}}}})
             .security_group_rules)
      ids.push_back(*rule.security_group_rule_id);
    return ids;
  };
  const auto answer = world.call(ec2::DescribeSecurityGroupRulesRequest{.security_group_rule_ids = {id}});
  REQUIRE(answer.security_group_rules.size() == 1);
  const ec2::SecurityGroupRule& rule = answer.security_group_rules[0];
  CHECK(rule.group_id == world.web);
  CHECK(rule.cidr_ipv4 == "10.0.0.0/8");
  CHECK(rule.security_group_rule_arn == rules.security_group_rules[0].security_group_rule_arn);
  CHECK(rule.tags.at(0).value == "test");

  CHECK(world.call(ec2::DescribeSecurityGroupRulesRequest{}).security_group_rules.size() == 5);
  CHECK(ids_where("group-id", world.web).size() == 3);  // with the egress rule
  CHECK(ids_where("security-group-rule-id", id) == Texts{id});
  CHECK(ids_where("tag:Stage", "te*").size() == 2);
  for (const std::string_view name : ec2::service().find("DescribeSecurityGroupRules")->filters) {
    INFO(name);
    CHECK(ids_where(name == "tag" ? "tag:x" : std::string(name), "sg-00000000000000000").empty());
  }
  const std::pair<ec2::DescribeSecurityGroupRulesRequest, std::string> refused[] = {
      {{.filters = {{.name = "group-id", .values = {"web"}}}}, "InvalidGroupId.Malformed"},
      {{.filters = {{.name = "colour", .values = {"red"}}}}, "InvalidParameterValue"},
      {{.security_group_rule_ids = {"sgr-1"}}, "InvalidSecurityGroupRuleId.Malformed"},
      {{.security_group_rule_ids = {"sgr-00000000000000000"}}, "InvalidSecurityGroupRuleId.NotFound"},
      {{.max_results = 4}, "InvalidParameterValue"},
      {{.max_results = 1001}, "InvalidParameterValue"},
      {{.security_group_rule_ids = {id}, .max_results = 5}, "InvalidParameterCombination"},
  };
  for (const auto& [request, code] : refused) CHECK(world.error_of(request) == code);

  SECTION("in pages") {
    for (int port = 100; port < 105; ++port) world.authorize({tcp(port, "10.0.0.0/8")});
    const auto first = world.call(ec2::DescribeSecurityGroupRulesRequest{.max_results = 5});
    CHECK(first.security_group_rules.size() == 5);
    REQUIRE(first.next_token);
    const auto second =
        world.call(ec2::DescribeSecurityGroupRulesRequest{.next_token = first.next_token, .max_results = 5});
    CHECK(second.security_group_rules.size() == 5);
    CHECK_FALSE(second.next_token);
  }
}

}  // namespace amity::tests
