#include "tests/handlers/vpc_builder.hpp"

namespace amity::tests {
namespace {

ec2::NetworkAcl acl_of(World& world, const std::string& id) {
  return world.call(ec2::DescribeNetworkAclsRequest{.network_acl_ids = {id}}).network_acls.at(0);
}

ec2::NetworkAcl default_acl(World& world, const std::string& vpc_id) {
  return world
      .call(ec2::DescribeNetworkAclsRequest{
          .filters = {{.name = "vpc-id", .values = {vpc_id}}, {.name = "default", .values = {"true"}}}})
      .network_acls.at(0);
}

}  // namespace

TEST_CASE("A subnet is under one network ACL, which can be exchanged", "[vpc][ReplaceNetworkAclAssociation]") {
  World world;
  const std::string vpc_id = new_vpc(world);
  const std::string subnet_id = new_subnet(world, vpc_id);
  const auto first = default_acl(world, vpc_id);
  REQUIRE(first.associations.size() == 1);
  CHECK(first.associations[0].subnet_id == subnet_id);
  CHECK(first.entries.size() == 4);
  const std::string id = *world.call(ec2::CreateNetworkAclRequest{.vpc_id = vpc_id}).network_acl->network_acl_id;
  CHECK(acl_of(world, id).entries.size() == 2);
  const std::string old = *first.associations[0].network_acl_association_id;
  const auto replaced =
      world.call(ec2::ReplaceNetworkAclAssociationRequest{.association_id = old, .network_acl_id = id});
  CHECK(replaced.new_association_id != old);
  CHECK(acl_of(world, id).associations.at(0).subnet_id == subnet_id);
  CHECK(default_acl(world, vpc_id).associations.empty());
  CHECK(world.error_of(ec2::ReplaceNetworkAclAssociationRequest{.association_id = old, .network_acl_id = id}) ==
        "InvalidAssociationID.NotFound");
  const auto foreign = default_acl(world, new_vpc(world));
  CHECK(world.error_of(ec2::ReplaceNetworkAclAssociationRequest{.association_id = *replaced.new_association_id,
                                                                .network_acl_id = *foreign.network_acl_id}) ==
        "InvalidParameterValue");
  CHECK(world.error_of(ec2::DeleteNetworkAclRequest{.network_acl_id = id}) == "DependencyViolation");
  CHECK(world.error_of(ec2::DeleteNetworkAclRequest{.network_acl_id = *first.network_acl_id}) ==
        "InvalidParameterValue");
  world.call(ec2::DeleteSubnetRequest{.subnet_id = subnet_id});
  CHECK(world.error_of(ec2::DeleteNetworkAclRequest{.network_acl_id = id}).empty());
  CHECK(world.error_of(ec2::DeleteNetworkAclRequest{.network_acl_id = id}) == "InvalidNetworkAclID.NotFound");
  check_documented_filters("DescribeNetworkAcls", [&](const std::vector<ec2::Filter>& filters) {
    return world.call(ec2::DescribeNetworkAclsRequest{.filters = filters}).network_acls.size();
  });
}

TEST_CASE("A network ACL's entries are kept by number and direction", "[vpc][CreateNetworkAclEntry]") {
  World world;
  const std::string id = *default_acl(world, new_vpc(world)).network_acl_id;
  ec2::CreateNetworkAclEntryRequest entry{.network_acl_id = id,
                                          .rule_number = 50,
                                          .protocol = "tcp",
                                          .rule_action = "deny",
                                          .egress = false,
                                          .cidr_block = "10.9.9.9/8",
                                          .port_range = {{.from = 22, .to = 22}}};
  world.call(entry);
  const auto shown = acl_of(world, id).entries.at(2);
  CHECK(shown.rule_number == 50);
  CHECK(shown.protocol == "6");
  CHECK(shown.cidr_block == "10.0.0.0/8");
  CHECK(shown.port_range->from == 22);
  CHECK(world.error_of(entry) == "NetworkAclEntryAlreadyExists");
  CHECK(
      world.call(ec2::DescribeNetworkAclsRequest{.filters = filter("entry.port-range.to", "22")}).network_acls.size() ==
      1);

  const auto spoiled = [&](auto spoil) {
    ec2::CreateNetworkAclEntryRequest request = entry;
    request.rule_number = 60;
    spoil(request);
    return world.error_of(request);
  };
  CHECK(spoiled([](auto& request) { request.rule_number = 32767; }) == "InvalidParameterValue");
  CHECK(spoiled([](auto& request) { request.port_range.reset(); }) == "MissingParameter");
  CHECK(spoiled([](auto& request) { request.port_range->to = 21; }) == "InvalidParameterValue");
  CHECK(spoiled([](auto& request) { request.protocol = "icmp"; }) == "MissingParameter");
  CHECK(spoiled([](auto& request) { request.protocol = "carrier pigeon"; }) == "InvalidParameterValue");
  CHECK(spoiled([](auto& request) { request.cidr_block = "10"; }) == "InvalidParameterValue");
  CHECK(spoiled([](auto& request) { request.cidr_block.reset(); }) == "MissingParameter");
  CHECK(spoiled([](auto& request) { request.ipv6_cidr_block = "::/0"; }) == "InvalidParameterCombination");

  SECTION("changed") {
    ec2::ReplaceNetworkAclEntryRequest other{.network_acl_id = id,
                                             .rule_number = 50,
                                             .protocol = "-1",
                                             .rule_action = "allow",
                                             .egress = false,
                                             .ipv6_cidr_block = "::/0"};
    world.call(other);
    CHECK(acl_of(world, id).entries.at(2).ipv6_cidr_block == "::/0");
    CHECK_FALSE(acl_of(world, id).entries.at(2).port_range);
    other.egress = true;
    CHECK(world.error_of(other) == "InvalidNetworkAclEntry.NotFound");
  }
  SECTION("and deleted") {
    const ec2::DeleteNetworkAclEntryRequest remove{.network_acl_id = id, .rule_number = 50, .egress = false};
    CHECK(world.error_of(remove).empty());
    CHECK(world.error_of(remove) == "InvalidNetworkAclEntry.NotFound");
    CHECK(world.error_of(ec2::DeleteNetworkAclEntryRequest{
              .network_acl_id = id, .rule_number = 32767, .egress = false}) == "InvalidParameterValue");
  }
  SECTION("up to twenty") {
    for (std::int32_t number = 200; number < 218; ++number) {
      entry.rule_number = number;
      world.call(entry);
    }
    entry.rule_number = 218;
    CHECK(world.error_of(entry) == "NetworkAclEntryLimitExceeded");
  }
}

TEST_CASE("The default network ACL lets IPv6 pass when the VPC gets it", "[vpc][AssociateVpcCidrBlock]") {
  World world;
  const std::string vpc_id = new_vpc(world);
  const std::string other = *world.call(ec2::CreateNetworkAclRequest{.vpc_id = vpc_id}).network_acl->network_acl_id;
  world.call(ec2::AssociateVpcCidrBlockRequest{.vpc_id = vpc_id, .amazon_provided_ipv6_cidr_block = true});
  const auto entries = default_acl(world, vpc_id).entries;
  REQUIRE(entries.size() == 8);
  CHECK(entries[1].rule_number == 101);
  CHECK(entries[1].ipv6_cidr_block == "::/0");
  CHECK(entries[3].rule_number == 32768);
  CHECK(acl_of(world, other).entries.size() == 4);
}

TEST_CASE("A VPC has a set of DHCP options, or none", "[vpc][AssociateDhcpOptions]") {
  World world;
  const std::string vpc_id = new_vpc(world);
  const auto made =
      *world
           .call(ec2::CreateDhcpOptionsRequest{
               .dhcp_configurations = {{.key = "domain-name", .values = {"example.com"}},
                                       {.key = "domain-name-servers", .values = {"10.0.0.2", "10.0.0.3"}}}})
           .dhcp_options;
  const std::string id = *made.dhcp_options_id;
  CHECK(made.dhcp_configurations.at(1).values.at(1).value == "10.0.0.3");
  CHECK(world.call(ec2::DescribeDhcpOptionsRequest{.filters = filter("value", "example.com")}).dhcp_options.size() ==
        1);
  world.call(ec2::AssociateDhcpOptionsRequest{.dhcp_options_id = id, .vpc_id = vpc_id});
  const auto used = [&] {
    return world.call(ec2::DescribeVpcsRequest{.vpc_ids = {vpc_id}}).vpcs.at(0).dhcp_options_id;
  };
  CHECK(used() == id);
  CHECK(world.error_of(ec2::DeleteDhcpOptionsRequest{.dhcp_options_id = id}) == "DependencyViolation");
  world.call(ec2::AssociateDhcpOptionsRequest{.dhcp_options_id = "default", .vpc_id = vpc_id});
  CHECK(used() == "default");
  CHECK(world.error_of(ec2::DeleteDhcpOptionsRequest{.dhcp_options_id = id}).empty());
  CHECK(world.error_of(ec2::AssociateDhcpOptionsRequest{.dhcp_options_id = id, .vpc_id = vpc_id}) ==
        "InvalidDhcpOptionID.NotFound");
  check_documented_filters("DescribeDhcpOptions", [&](const std::vector<ec2::Filter>& filters) {
    return world.call(ec2::DescribeDhcpOptionsRequest{.filters = filters}).dhcp_options.size();
  });

  const ec2::NewDhcpConfiguration refused[] = {
      {.key = "colour", .values = {"red"}},
      {.key = "ntp-servers", .values = {"time.example.com"}},
      {.key = "netbios-node-type", .values = {"3"}},
      {.key = "ipv6-address-preferred-lease-time", .values = {"10"}},
      {.key = "domain-name-servers", .values = {"1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5"}},
  };
  for (const auto& configuration : refused) {
    INFO(*configuration.key);
    CHECK(world.error_of(ec2::CreateDhcpOptionsRequest{.dhcp_configurations = {configuration}}) ==
          "InvalidParameterValue");
  }
}

}  // namespace amity::tests
