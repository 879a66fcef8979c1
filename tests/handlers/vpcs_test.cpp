#include "tests/handlers/network_builder.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace amity::tests {
namespace {

using handlers::Call;

std::vector<ec2::Filter> filter(const std::string& name, const std::string& value) {
  return {{.name = name, .values = {value}}};
}

std::size_t vpcs_where(World& world, const std::string& name, const std::string& value) {
  return world.call(ec2::DescribeVpcsRequest{.filters = filter(name, value)}).vpcs.size();
}
std::size_t subnets_where(World& world, const std::string& name, const std::string& value) {
  return world.call(ec2::DescribeSubnetsRequest{.filters = filter(name, value)}).subnets.size();
}
std::size_t interfaces_where(World& world, const std::string& name, const std::string& value) {
  return world.call(ec2::DescribeNetworkInterfacesRequest{.filters = filter(name, value)}).network_interfaces.size();
}

void tag(World& world, const std::string& id, const std::string& type) {
  Call call = world.make_call();
  call.tags().set(id, type, "Stage", "test");
}

}  // namespace

TEST_CASE("DescribeVpcs shows the default VPC", "[network][DescribeVpcs]") {
  World world;
  const auto vpcs = world.call(ec2::DescribeVpcsRequest{}).vpcs;
  REQUIRE(vpcs.size() == 1);
  const ec2::Vpc& vpc = vpcs[0];
  CHECK(vpc.cidr_block == "172.31.0.0/16");
  CHECK(vpc.state == "available");
  CHECK(vpc.is_default == true);
  CHECK(vpc.owner_id == kAccount);
  CHECK(vpc.instance_tenancy == "default");
  CHECK(vpc.dhcp_options_id.value_or("").starts_with("dopt-"));
  REQUIRE(vpc.cidr_block_association_set.size() == 1);
  CHECK(vpc.cidr_block_association_set[0].association_id.value_or("").starts_with("vpc-cidr-assoc-"));
  CHECK(vpc.cidr_block_association_set[0].cidr_block_state->state == "associated");
  CHECK(vpc.block_public_access_states->internet_gateway_block_mode == "off");
  CHECK(vpc.tags.empty());

  SECTION("which filters find") {
    tag(world, *vpc.vpc_id, "vpc");
    for (const std::string_view name : ec2::service().find("DescribeVpcs")->filters) {
      INFO(name);
      CHECK(vpcs_where(world, name == "tag" ? "tag:x" : std::string(name), "nothing") == 0);
    }
    const std::pair<std::string, std::string> matching[] = {
        {"cidr", "172.31.0.0/16"},
        {"cidr-block", "172.31.0.0/16"},
        {"cidr-block-association.association-id", *vpc.cidr_block_association_set[0].association_id},
        {"cidr-block-association.cidr-block", "172.31.*"},
        {"cidr-block-association.state", "associated"},
        {"dhcp-options-id", *vpc.dhcp_options_id},
        {"is-default", "true"},
        {"isDefault", "true"},
        {"owner-id", std::string(kAccount)},
        {"state", "available"},
        {"tag:Stage", "test"},
        {"tag-key", "Stage"},
        {"vpc-id", *vpc.vpc_id},
    };
    for (const auto& [name, value] : matching) {
      INFO(name);
      CHECK(vpcs_where(world, name, value) == 1);
    }
    CHECK(vpcs_where(world, "is-default", "false") == 0);
  }
  SECTION("by its id, to its owner") {
    CHECK(world.call(ec2::DescribeVpcsRequest{.vpc_ids = {*vpc.vpc_id}}).vpcs.size() == 1);
    CHECK(world.error_of(ec2::DescribeVpcsRequest{.vpc_ids = {"vpc-?"}}) == "InvalidVpcID.Malformed");
    world.as(kOtherAccount);
    CHECK(world.error_of(ec2::DescribeVpcsRequest{.vpc_ids = {*vpc.vpc_id}}) == "InvalidVpcID.NotFound");
  }
  SECTION("in pages") {
    for (int i = 0; i < 6; ++i) other_vpc_id(world);
    const auto first = world.call(ec2::DescribeVpcsRequest{.max_results = 5});
    CHECK(first.vpcs.size() == 5);
    const auto second = world.call(ec2::DescribeVpcsRequest{.next_token = first.next_token, .max_results = 5});
    CHECK(second.vpcs.size() == 2);
    CHECK_FALSE(second.next_token);
    CHECK(world.error_of(ec2::DescribeVpcsRequest{.max_results = 4}) == "InvalidParameterValue");
    CHECK(world.error_of(ec2::DescribeVpcsRequest{.vpc_ids = {*vpc.vpc_id}, .max_results = 5}) ==
          "InvalidParameterCombination");
  }
}

TEST_CASE("A dry run finds the default VPC and leaves nothing behind", "[network][DescribeVpcs]") {
  World world;
  CHECK(world.error_of(ec2::DescribeVpcsRequest{.dry_run = true}) == "DryRunOperation");
  CHECK(world.make_call().vpcs().count() == 0);
}

TEST_CASE("DescribeSubnets shows a default subnet in every Availability Zone", "[network][DescribeSubnets]") {
  World world;
  const auto subnets = world.in("eu-west-1").call(ec2::DescribeSubnetsRequest{}).subnets;
  REQUIRE(subnets.size() == 3);
  const ec2::Subnet& subnet = subnets[1];
  CHECK(subnet.availability_zone == "eu-west-1b");
  CHECK(subnet.availability_zone_id.value_or("").starts_with("euw1-az"));
  CHECK(subnet.cidr_block == "172.31.16.0/20");
  CHECK(subnet.available_ip_address_count == 4091);
  CHECK(subnet.default_for_az == true);
  CHECK(subnet.map_public_ip_on_launch == true);
  CHECK(subnet.assign_ipv6_address_on_creation == false);
  CHECK(subnet.map_customer_owned_ip_on_launch == false);
  CHECK(subnet.ipv6_native == false);
  CHECK(subnet.enable_dns64 == false);
  CHECK(subnet.state == "available");
  CHECK(subnet.owner_id == kAccount);
  CHECK(subnet.vpc_id == default_vpc_id(world));
  CHECK(subnet.subnet_arn == "arn:aws:ec2:eu-west-1:111111111111:subnet/" + subnet.subnet_id.value_or(""));
  CHECK(subnet.private_dns_name_options_on_launch->hostname_type == "ip-name");
  CHECK(subnet.block_public_access_states->internet_gateway_block_mode == "off");

  SECTION("which filters find") {
    tag(world, *subnet.subnet_id, "subnet");
    for (const std::string_view name : ec2::service().find("DescribeSubnets")->filters) {
      INFO(name);
      CHECK(subnets_where(world, name == "tag" ? "tag:x" : std::string(name), "nothing") == 0);
    }
    const std::pair<std::string, std::string> one[] = {
        {"availability-zone", "eu-west-1b"},
        {"availabilityZone", "eu-west-1b"},
        {"availability-zone-id", *subnet.availability_zone_id},
        {"availabilityZoneId", *subnet.availability_zone_id},
        {"cidr", "172.31.16.0/20"},
        {"cidr-block", "172.31.16.0/20"},
        {"cidrBlock", "172.31.16.0/20"},
        {"subnet-arn", *subnet.subnet_arn},
        {"subnet-id", *subnet.subnet_id},
        {"tag:Stage", "test"},
    };
    for (const auto& [name, value] : one) {
      INFO(name);
      CHECK(subnets_where(world, name, value) == 1);
    }
    const std::pair<std::string, std::string> all[] = {
        {"available-ip-address-count", "4091"},
        {"default-for-az", "true"},
        {"defaultForAz", "true"},
        {"enable-dns64", "false"},
        {"ipv6-native", "false"},
        {"map-customer-owned-ip-on-launch", "false"},
        {"map-public-ip-on-launch", "true"},
        {"owner-id", std::string(kAccount)},
        {"private-dns-name-options-on-launch.hostname-type", "ip-name"},
        {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record", "false"},
        {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record", "false"},
        {"state", "available"},
        {"vpc-id", *subnet.vpc_id},
    };
    for (const auto& [name, value] : all) {
      INFO(name);
      CHECK(subnets_where(world, name, value) == 3);
    }
  }
  SECTION("with the addresses that are left") {
    Call call = world.make_call();
    const auto row = *call.subnets().find(*subnet.subnet_id);
    const auto taken =
        handlers::create_network_interface_row(call, {.subnet = row, .secondary_private_ip_address_count = 4});
    const ec2::DescribeSubnetsRequest request{.subnet_ids = {*subnet.subnet_id}};
    CHECK(world.call(request).subnets.at(0).available_ip_address_count == 4086);
    call.network_interfaces().remove(*taken.network_interface.network_interface_id);
    CHECK(world.call(request).subnets.at(0).available_ip_address_count == 4091);
  }
  SECTION("by id, to its owner") {
    CHECK(world.error_of(ec2::DescribeSubnetsRequest{.subnet_ids = {"subnet-?"}}) == "InvalidSubnetID.Malformed");
    world.as(kOtherAccount);
    CHECK(world.error_of(ec2::DescribeSubnetsRequest{.subnet_ids = {*subnet.subnet_id}}) == "InvalidSubnetID.NotFound");
  }
  SECTION("in pages") {
    world.in("us-east-1");
    const auto first = world.call(ec2::DescribeSubnetsRequest{.max_results = 5});
    CHECK(first.subnets.size() == 5);
    const auto second = world.call(ec2::DescribeSubnetsRequest{.next_token = first.next_token, .max_results = 5});
    CHECK(second.subnets.size() == 1);
    CHECK(world.error_of(ec2::DescribeSubnetsRequest{.max_results = 1001}) == "InvalidParameterValue");
  }
}

TEST_CASE("DescribeNetworkInterfaces shows interfaces and their addresses", "[network][DescribeNetworkInterfaces]") {
  World world;
  Call call = network_call(world);
  const auto subnet = handlers::subnet_for_launch(call, std::nullopt, std::nullopt);
  const std::string vpc_id = *subnet.subnet.vpc_id;
  const auto row = handlers::create_network_interface_row(call, {.subnet = subnet,
                                                                 .description = "Primary network interface",
                                                                 .private_ip_address = "172.31.5.6",
                                                                 .groups = handlers::groups_for(call, vpc_id, {}, {}),
                                                                 .tags = {{.key = "Stage", .value = "test"}},
                                                                 .attachment = {{.instance_id = "i-00000000000000001"}},
                                                                 .public_address = true});
  handlers::create_network_interface_row(call, {.subnet = subnet, .private_ip_address = "172.31.5.7"});
  const std::string id = *row.network_interface.network_interface_id;

  const auto shown = world.call(ec2::DescribeNetworkInterfacesRequest{.network_interface_ids = {id}});
  REQUIRE(shown.network_interfaces.size() == 1);
  const ec2::NetworkInterface& interface = shown.network_interfaces[0];
  CHECK(interface.status == "in-use");
  CHECK(interface.availability_zone == "us-east-1a");
  CHECK(interface.availability_zone_id == subnet.subnet.availability_zone_id);
  CHECK(interface.description == "Primary network interface");
  CHECK(interface.interface_type == "interface");
  CHECK(interface.groups.at(0).group_name == "default");
  CHECK(interface.mac_address.value_or("").size() == 17);
  CHECK(interface.owner_id == kAccount);
  CHECK(interface.private_dns_name == "ip-172-31-5-6.ec2.internal");
  CHECK(interface.private_ip_addresses.at(0).primary == true);
  CHECK(interface.requester_managed == false);
  CHECK(interface.source_dest_check == true);
  CHECK(interface.operator_value->managed == false);
  CHECK(interface.attachment->delete_on_termination == true);
  CHECK(interface.attachment->instance_owner_id == kAccount);
  CHECK(interface.tag_set.at(0).value == "test");

  for (const std::string_view name : ec2::service().find("DescribeNetworkInterfaces")->filters) {
    INFO(name);
    CHECK(interfaces_where(world, name == "tag" ? "tag:x" : std::string(name), "nothing") == 0);
  }
  const std::pair<std::string, std::string> one[] = {
      {"addresses.association.owner-id", "amazon"},
      {"addresses.association.public-ip", *interface.association->public_ip},
      {"addresses.private-ip-address", "172.31.5.6"},
      {"association.ip-owner-id", "amazon"},
      {"association.public-dns-name", "ec2-*.compute-1.amazonaws.com"},
      {"association.public-ip", *interface.association->public_ip},
      {"attachment.attach-time", "2026-01-02T03:04:05.000Z"},
      {"attachment.attachment-id", *interface.attachment->attachment_id},
      {"attachment.delete-on-termination", "true"},
      {"attachment.device-index", "0"},
      {"attachment.instance-id", "i-00000000000000001"},
      {"attachment.instance-owner-id", std::string(kAccount)},
      {"attachment.status", "attached"},
      {"description", "Primary*"},
      {"group-id", *interface.groups[0].group_id},
      {"group-name", "default"},
      {"mac-address", *interface.mac_address},
      {"network-interface-id", id},
      {"private-dns-name", "ip-172-31-5-6.*"},
      {"private-ip-address", "172.31.5.6"},
      {"status", "in-use"},
      {"tag:Stage", "test"},
      {"tag-key", "Stage"},
  };
  for (const auto& [name, value] : one) {
    INFO(name);
    CHECK(interfaces_where(world, name, value) == 1);
  }
  const std::pair<std::string, std::string> both[] = {
      {"addresses.primary", "true"},
      {"availability-zone", "us-east-1a"},
      {"availability-zone-id", *subnet.subnet.availability_zone_id},
      {"interface-type", "interface"},
      {"operator.managed", "false"},
      {"owner-id", std::string(kAccount)},
      {"requester-managed", "false"},
      {"source-dest-check", "true"},
      {"subnet-id", *subnet.subnet.subnet_id},
      {"vpc-id", vpc_id},
  };
  for (const auto& [name, value] : both) {
    INFO(name);
    CHECK(interfaces_where(world, name, value) == 2);
  }

  const std::pair<ec2::DescribeNetworkInterfacesRequest, std::string> refused[] = {
      {{.network_interface_ids = {"eni-?"}}, "InvalidNetworkInterfaceId.Malformed"},
      {{.network_interface_ids = {"eni-00000000000000000"}}, "InvalidNetworkInterfaceID.NotFound"},
      {{.max_results = 4}, "InvalidParameterValue"},
      {{.max_results = 5, .network_interface_ids = {id}}, "InvalidParameterCombination"},
      {{.next_token = "later"}, "InvalidNextToken"},
  };
  for (const auto& [request, code] : refused) CHECK(world.error_of(request) == code);
  SECTION("in pages") {
    for (int i = 0; i < 4; ++i) handlers::create_network_interface_row(call, {.subnet = subnet});
    const auto first = world.call(ec2::DescribeNetworkInterfacesRequest{.max_results = 5});
    CHECK(first.network_interfaces.size() == 5);
    const auto second =
        world.call(ec2::DescribeNetworkInterfacesRequest{.next_token = first.next_token, .max_results = 5});
    CHECK(second.network_interfaces.size() == 1);
  }
}

}  // namespace amity::tests
