#include "handlers/security_group_rules.hpp"
#include "tests/handlers/network_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace amity::tests {
namespace {

using Names = std::set<std::string>;

std::string create(World& world, const std::string& name, const std::optional<std::string>& vpc_id = {}) {
  return *world.call(ec2::CreateSecurityGroupRequest{.description = "For tests", .group_name = name, .vpc_id = vpc_id})
              .group_id;
}

ec2::SecurityGroup describe(World& world, const std::string& id) {
  const auto result = world.call(ec2::DescribeSecurityGroupsRequest{.group_ids = {id}});
  REQUIRE(result.security_groups.size() == 1);
  return result.security_groups.front();
}

void authorize(World& world, const std::string& id, const ec2::IpPermission& permission) {
  world.call(ec2::AuthorizeSecurityGroupIngressRequest{.group_id = id, .ip_permissions = {permission}});
}

Names names_of(const ec2::DescribeSecurityGroupsResult& result) {
  Names names;
  for (const auto& group : result.security_groups) names.insert(*group.group_name);
  return names;
}

Names names_where(World& world, const std::string& filter, const std::vector<std::string>& values) {
  return names_of(world.call(ec2::DescribeSecurityGroupsRequest{.filters = {{.name = filter, .values = values}}}));
}

}  // namespace

TEST_CASE("CreateSecurityGroup makes a group that lets everything out and nothing in",
          "[security-groups][CreateSecurityGroup]") {
  World world;
  const auto created = world.call(ec2::CreateSecurityGroupRequest{
      .description = "Web servers",
      .group_name = "web ",  // EC2 trims the end
      .tag_specifications = {{.resource_type = "security-group", .tags = {{.key = "Stage", .value = "test"}}}}});
  REQUIRE(created.group_id);
  CHECK(created.security_group_arn ==
        "arn:aws:ec2:us-east-1:111111111111:security-group/" + created.group_id.value_or(""));
  REQUIRE(created.tags.size() == 1);

  const ec2::SecurityGroup group = describe(world, *created.group_id);
  CHECK(group.group_name == "web");
  CHECK(group.description == "Web servers");
  CHECK(group.vpc_id == default_vpc_id(world));
  CHECK(group.owner_id == kAccount);
  CHECK(group.security_group_arn == created.security_group_arn);
  REQUIRE(group.tags.size() == 1);
  CHECK(group.tags[0].value == "test");
  CHECK(group.ip_permissions.empty());
  REQUIRE(group.ip_permissions_egress.size() == 1);
  CHECK(group.ip_permissions_egress[0].ip_protocol == "-1");
  CHECK_FALSE(group.ip_permissions_egress[0].from_port);
  CHECK(group.ip_permissions_egress[0].ip_ranges.at(0).cidr_ip == "0.0.0.0/0");
}

TEST_CASE("CreateSecurityGroup in a VPC with IPv6 lets everything out over both",
          "[security-groups][CreateSecurityGroup]") {
  World world;
  const std::string vpc_id = default_vpc_id(world);
  handlers::Call call = world.make_call();
  auto vpc = *call.vpcs().find(vpc_id);
  vpc.vpc.ipv6_cidr_block_association_set = {{.ipv6_cidr_block = "2600:1f18::/56"}};
  call.vpcs().update(vpc);
  const auto egress = describe(world, create(world, "web")).ip_permissions_egress;
  REQUIRE(egress.size() == 1);
  CHECK(egress[0].ipv6_ranges.at(0).cidr_ipv6 == "::/0");
}

TEST_CASE("CreateSecurityGroup refuses", "[security-groups][CreateSecurityGroup]") {
  World world;
  create(world, "Taken");
  const std::string other_vpc = other_vpc_id(world);
  const struct {
    ec2::CreateSecurityGroupRequest request;
    std::string code;
  } refused[] = {
      {{.description = "d", .group_name = "Taken"}, "InvalidGroup.Duplicate"},
      {{.description = "d", .group_name = "taken"}, "InvalidGroup.Duplicate"},
      {{.description = "d", .group_name = "default"}, "InvalidGroup.Reserved"},
      {{.description = "d", .group_name = "sg-web"}, "InvalidParameterValue"},
      {{.description = "d", .group_name = "web^"}, "InvalidParameterValue"},
      {{.description = "d", .group_name = "wéb"}, "InvalidParameterValue"},
      {{.description = "d", .group_name = " "}, "InvalidParameterValue"},
      {{.description = "d", .group_name = std::string(256, 'x')}, "InvalidParameterValue"},
      {{.description = "d", .group_name = ""}, "MissingParameter"},
      {{.description = "", .group_name = "web"}, "MissingParameter"},
      {{.description = "it's", .group_name = "web"}, "InvalidParameterValue"},
      {{.description = std::string(256, 'x'), .group_name = "web"}, "InvalidParameterValue"},
      {{.description = "d", .group_name = "web", .vpc_id = "vpc-nope"}, "InvalidVpcID.Malformed"},
      {{.description = "d", .group_name = "web", .vpc_id = "vpc-00000000000000000"}, "InvalidVpcID.NotFound"},
      {{.description = "d", .group_name = "web", .tag_specifications = {{.resource_type = "image"}}},
       "InvalidParameterValue"},
  };
  for (const auto& row : refused) {
    INFO(row.request.group_name << " | " << row.request.description << " | " << row.request.vpc_id.value_or(""));
    CHECK(world.error_of(row.request) == row.code);
  }
  CHECK(world.call(ec2::DescribeSecurityGroupsRequest{}).security_groups.size() == 3);

  SECTION("but takes the longest texts, and names that another VPC has") {
    create(world, std::string(255, 'x'));
    create(world, "taken", other_vpc);
  }
  SECTION("when there is no default VPC and none is named") {
    handlers::Call call = world.make_call();
    call.vpcs().remove(default_vpc_id(world));
    CHECK(world.error_of(ec2::CreateSecurityGroupRequest{.description = "d", .group_name = "web"}) ==
          "VPCIdNotSpecified");
    CHECK(world.error_of(ec2::DeleteSecurityGroupRequest{.group_name = "Taken"}) == "VPCIdNotSpecified");
  }
  SECTION("more than 2500 groups") {
    handlers::Call call = world.make_call();
    for (int i = 3; i < 2500; ++i)
      call.security_groups().insert(
          {.security_group = {
               .group_id = call.ids().make("sg"), .vpc_id = other_vpc, .group_name = std::to_string(i)}});
    CHECK(world.error_of(ec2::CreateSecurityGroupRequest{.description = "d", .group_name = "web"}) ==
          "SecurityGroupLimitExceeded");
  }
}

TEST_CASE("DeleteSecurityGroup deletes by id or name, with rules and tags", "[security-groups][DeleteSecurityGroup]") {
  World world;
  const std::string by_id = create(world, "one");
  const std::string by_name = create(world, "two");
  authorize(world, by_id, {.ip_protocol = "-1", .user_id_group_pairs = {{.group_id = by_id}}});  // refers to itself
  world.call(ec2::AuthorizeSecurityGroupIngressRequest{
      .group_id = by_name,
      .ip_permissions = {{.ip_protocol = "-1", .ip_ranges = {{.cidr_ip = "10.0.0.0/8"}}}},
      .tag_specifications = {{.resource_type = "security-group-rule", .tags = {{.key = "k", .value = "v"}}}}});

  auto deleted = world.call(ec2::DeleteSecurityGroupRequest{.group_id = by_id});
  CHECK(deleted.return_value == true);
  CHECK(deleted.group_id == by_id);
  deleted = world.call(ec2::DeleteSecurityGroupRequest{.group_name = "two"});
  CHECK(deleted.group_id == by_name);

  handlers::Call call = world.make_call();
  CHECK(call.security_groups().count() == 1);
  CHECK(call.security_group_rules().count() == 2);  // the default group's
  int tags = 0;
  call.tags().scan(0, {}, [&](std::int64_t, const ec2::TagDescription&) { return ++tags > 0; });
  CHECK(tags == 0);
  CHECK(world.error_of(ec2::DeleteSecurityGroupRequest{.group_id = by_id}) == "InvalidGroup.NotFound");
  CHECK(world.error_of(ec2::DeleteSecurityGroupRequest{.group_name = "two"}) == "InvalidGroup.NotFound");
}

TEST_CASE("DeleteSecurityGroup refuses", "[security-groups][DeleteSecurityGroup]") {
  World world;
  const std::string group = create(world, "web");
  const auto error = [&](const std::optional<std::string>& id, const std::optional<std::string>& name = {}) {
    return world.error_of(ec2::DeleteSecurityGroupRequest{.group_id = id, .group_name = name});
  };
  CHECK(error({}) == "MissingParameter");
  CHECK(error("sg-web") == "InvalidGroupId.Malformed");
  CHECK(error("sg-00000000000000000") == "InvalidGroup.NotFound");
  CHECK(error({}, "default") == "CannotDelete");
  SECTION("another account's group") {
    world.as(kOtherAccount);
    CHECK(error(group) == "InvalidGroup.NotFound");
  }
  SECTION("a group that another's rule refers to") {
    const std::string other = create(world, "db");
    authorize(world, other,
              {.ip_protocol = "tcp", .from_port = 5432, .to_port = 5432, .user_id_group_pairs = {{.group_id = group}}});
    CHECK(error(group) == "DependencyViolation");
    CHECK(error(other) == "");
    CHECK(error(group) == "");
  }
  SECTION("a group that an interface is in") {
    handlers::Call call = world.make_call();
    const auto subnet = handlers::subnet_for_launch(call, std::nullopt, std::nullopt);
    const auto interface = handlers::create_network_interface_row(
        call, {.subnet = subnet, .groups = handlers::groups_for(call, *subnet.subnet.vpc_id, {group}, {})});
    CHECK(error(group) == "DependencyViolation");
    call.network_interfaces().remove(*interface.network_interface.network_interface_id);
    CHECK(error(group) == "");
  }
  SECTION("by the name of a group outside of the default VPC") {
    create(world, "elsewhere", other_vpc_id(world));
    CHECK(error({}, "elsewhere") == "InvalidGroup.NotFound");
  }
}

TEST_CASE("DescribeSecurityGroups shows the default group's rules as AWS makes them",
          "[security-groups][DescribeSecurityGroups]") {
  World world;
  const auto result = world.call(ec2::DescribeSecurityGroupsRequest{.group_names = {"default"}});
  REQUIRE(result.security_groups.size() == 1);
  const ec2::SecurityGroup& group = result.security_groups[0];
  CHECK(group.description == "default VPC security group");
  REQUIRE(group.ip_permissions.size() == 1);
  CHECK(group.ip_permissions[0].ip_protocol == "-1");
  REQUIRE(group.ip_permissions[0].user_id_group_pairs.size() == 1);
  CHECK(group.ip_permissions[0].user_id_group_pairs[0].group_id == group.group_id);
  CHECK(group.ip_permissions[0].user_id_group_pairs[0].user_id == kAccount);
  REQUIRE(group.ip_permissions_egress.size() == 1);
  CHECK(group.ip_permissions_egress[0].ip_ranges.at(0).cidr_ip == "0.0.0.0/0");
}

TEST_CASE("DescribeSecurityGroups gathers the rules of one protocol and port range",
          "[security-groups][DescribeSecurityGroups]") {
  World world;
  const std::string id = create(world, "web");
  authorize(world, id,
            {.ip_protocol = "tcp", .from_port = 80, .to_port = 80, .ip_ranges = {{.cidr_ip = "10.0.0.0/8"}}});
  authorize(world, id,
            {.ip_protocol = "tcp", .from_port = 443, .to_port = 443, .ip_ranges = {{.cidr_ip = "10.0.0.0/8"}}});
  authorize(world, id,
            {.ip_protocol = "TCP",
             .from_port = 80,
             .to_port = 80,
             .user_id_group_pairs = {{.description = "self", .group_name = "web"}},
             .ip_ranges = {{.description = "office", .cidr_ip = "192.0.2.0/24"}},
             .ipv6_ranges = {{.cidr_ipv6 = "2001:DB8::/32"}},
             .prefix_list_ids = {{.prefix_list_id = "pl-63a5400a"}}});
  authorize(world, id, {.ip_protocol = "50", .from_port = 1, .to_port = 2, .ip_ranges = {{.cidr_ip = "10.0.0.0/8"}}});
  const auto permissions = describe(world, id).ip_permissions;
  REQUIRE(permissions.size() == 3);
  CHECK(permissions[0].from_port == 80);
  CHECK(permissions[0].ip_ranges.size() == 2);
  CHECK(permissions[0].ip_ranges.at(1).description == "office");
  CHECK(permissions[0].ipv6_ranges.at(0).cidr_ipv6 == "2001:db8::/32");
  CHECK(permissions[0].prefix_list_ids.at(0).prefix_list_id == "pl-63a5400a");
  CHECK(permissions[0].user_id_group_pairs.at(0).group_id == id);
  CHECK(permissions[0].user_id_group_pairs.at(0).description == "self");
  CHECK_FALSE(permissions[0].user_id_group_pairs.at(0).group_name);
  CHECK(permissions[1].from_port == 443);
  CHECK(permissions[2].ip_protocol == "50");
  CHECK_FALSE(permissions[2].from_port);
  CHECK_FALSE(permissions[2].to_port);
}

TEST_CASE("DescribeSecurityGroups finds groups by id and name", "[security-groups][DescribeSecurityGroups]") {
  World world;
  const std::string web = create(world, "web");
  create(world, "db");
  CHECK(names_of(world.call(ec2::DescribeSecurityGroupsRequest{})) == Names{"default", "web", "db"});
  CHECK(names_of(world.call(ec2::DescribeSecurityGroupsRequest{.group_ids = {web, web}, .group_names = {"db"}})) ==
        Names{"web", "db"});
  CHECK(world.call(ec2::DescribeSecurityGroupsRequest{.group_ids = {web, web}}).security_groups.size() == 1);

  const std::string unknown = "sg-00000000000000000";
  CHECK(world.error_of(ec2::DescribeSecurityGroupsRequest{.group_ids = {"sg-?"}}) == "InvalidGroupId.Malformed");
  CHECK(world.error_of(ec2::DescribeSecurityGroupsRequest{.group_ids = {web, unknown}}) == "InvalidGroup.NotFound");
  CHECK(world.error_of(ec2::DescribeSecurityGroupsRequest{.group_names = {"nobody"}}) == "InvalidGroup.NotFound");
  world.as(kOtherAccount);
  CHECK(names_of(world.call(ec2::DescribeSecurityGroupsRequest{})) == Names{"default"});
  CHECK(world.error_of(ec2::DescribeSecurityGroupsRequest{.group_ids = {web}}) == "InvalidGroup.NotFound");
}

TEST_CASE("DescribeSecurityGroups knows all documented filters", "[security-groups][DescribeSecurityGroups]") {
  World world;
  const std::string web = create(world, "web");
  for (const std::string_view name : ec2::service().find("DescribeSecurityGroups")->filters) {
    INFO(name);
    CHECK(names_where(world, name == "tag" ? "tag:x" : std::string(name), {"nothing"}).empty());
  }
  authorize(world, web,
            {.ip_protocol = "tcp",
             .from_port = 80,
             .to_port = 90,
             .user_id_group_pairs = {{.group_name = "default"}},
             .ip_ranges = {{.cidr_ip = "10.0.0.0/8"}},
             .ipv6_ranges = {{.cidr_ipv6 = "2001:db8::/32"}},
             .prefix_list_ids = {{.prefix_list_id = "pl-63a5400a"}}});
  world.call(ec2::AuthorizeSecurityGroupEgressRequest{
      .group_id = web,
      .ip_permissions = {{.ip_protocol = "udp",
                          .from_port = 53,
                          .to_port = 54,
                          .user_id_group_pairs = {{.group_id = web}},
                          .ipv6_ranges = {{.cidr_ipv6 = "2001:db8::/32"}},
                          .prefix_list_ids = {{.prefix_list_id = "pl-63a5400a"}}}}});
  const std::pair<std::string, std::string> matching[] = {
      {"description", "For*"},
      {"group-id", web},
      {"group-name", "w?b"},
      {"ip-permission.cidr", "10.0.0.0/8"},
      {"ip-permission.from-port", "80"},
      {"ip-permission.to-port", "90"},
      {"ip-permission.protocol", "tcp"},
      {"ip-permission.ipv6-cidr", "2001:db8::/32"},
      {"ip-permission.prefix-list-id", "pl-63a5400a"},
      {"egress.ip-permission.from-port", "53"},
      {"egress.ip-permission.to-port", "54"},
      {"egress.ip-permission.protocol", "udp"},
      {"egress.ip-permission.group-id", web},
      {"egress.ip-permission.group-name", "web"},
      {"egress.ip-permission.ipv6-cidr", "2001:db8::/32"},
      {"egress.ip-permission.prefix-list-id", "pl-63a5400a"},
      {"egress.ip-permission.user-id", std::string(kAccount)},
  };
  for (const auto& [filter, value] : matching) {
    INFO(filter);
    CHECK(names_where(world, filter, {value}) == Names{"web"});
  }
  const Names both{"default", "web"};
  CHECK(names_where(world, "owner-id", {std::string(kAccount)}) == both);
  CHECK(names_where(world, "vpc-id", {default_vpc_id(world)}) == both);
  CHECK(names_where(world, "egress.ip-permission.cidr", {"0.0.0.0/0"}) == both);
  CHECK(names_where(world, "ip-permission.group-name", {"default"}) == both);
  CHECK(names_where(world, "ip-permission.user-id", {std::string(kAccount)}) == both);
  SECTION("and answers names of referenced groups to none") {
    const auto result = world.call(
        ec2::DescribeSecurityGroupsRequest{.filters = {{.name = "ip-permission.group-name", .values = {"default"}}}});
    for (const auto& group : result.security_groups)
      for (const auto& permission : group.ip_permissions)
        for (const auto& pair : permission.user_id_group_pairs) CHECK_FALSE(pair.group_name);
  }
  SECTION("but no others") {
    CHECK(world.error_of(ec2::DescribeSecurityGroupsRequest{.filters = {{.name = "colour", .values = {"red"}}}}) ==
          "InvalidParameterValue");
  }
}

TEST_CASE("DescribeSecurityGroups answers in pages", "[security-groups][DescribeSecurityGroups]") {
  World world;
  for (int i = 0; i < 11; ++i) create(world, "group-" + std::to_string(i));
  Names names;
  std::vector<std::size_t> sizes;
  std::optional<std::string> token;
  do {
    const auto page = world.call(ec2::DescribeSecurityGroupsRequest{.next_token = token, .max_results = 5});
    names.merge(names_of(page));
    sizes.push_back(page.security_groups.size());
    token = page.next_token;
  } while (token);
  CHECK(names.size() == 12);
  CHECK(sizes == std::vector<std::size_t>{5, 5, 2});
  CHECK(world.error_of(ec2::DescribeSecurityGroupsRequest{.max_results = 4}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeSecurityGroupsRequest{.max_results = 1001}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeSecurityGroupsRequest{.group_names = {"default"}, .max_results = 5}) ==
        "InvalidParameterCombination");
}

}  // namespace amity::tests
