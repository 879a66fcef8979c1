#include "handlers/network.hpp"

#include "handlers/cidr.hpp"
#include "storage/side_table.hpp"
#include "tests/handlers/network_builder.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace amity::tests {
namespace {

using namespace handlers;

// The code of the ApiError that `action` ends with, "" when there is none.
template <class Action>
std::string code_of(const Action& action) {
  try {
    action();
    return {};
  } catch (const ApiError& error) {
    return error.code();
  }
}

state::Subnet first_subnet(Call& call) { return subnet_for_launch(call, std::nullopt, std::nullopt); }

TEST_CASE("Every account has a default VPC in every region", "[network]") {
  World world;
  Call call = network_call(world);
  const auto vpc = default_vpc(call);
  REQUIRE(vpc);
  CHECK(vpc->vpc.cidr_block == "172.31.0.0/16");
  CHECK(call.subnets().count() == 6);  // Availability Zones of us-east-1, no Local Zones
  CHECK(call.internet_gateways().count() == 1);
  CHECK(call.route_tables().count() == 1);
  CHECK(call.network_acls().count() == 1);
  CHECK(call.dhcp_options().count() == 1);
  CHECK(call.security_groups().count() == 1);
  CHECK(call.security_group_rules().count() == 2);

  SECTION("that is made once") {
    ensure_default_network(call);
    CHECK(call.vpcs().count() == 1);
  }
  SECTION("under the same ids in every process") {
    World another;
    Call elsewhere = network_call(another);
    CHECK(default_vpc(elsewhere)->vpc.vpc_id == vpc->vpc.vpc_id);
    CHECK(first_subnet(elsewhere).subnet.subnet_id == first_subnet(call).subnet.subnet_id);
  }
  SECTION("under other ids elsewhere and for others") {
    Call elsewhere = network_call(world.in("eu-west-1"));
    Call others = network_call(world.as(kOtherAccount));
    const std::set ids{*vpc->vpc.vpc_id, *default_vpc(elsewhere)->vpc.vpc_id, *default_vpc(others)->vpc.vpc_id};
    CHECK(ids.size() == 3);
  }
  SECTION("that does not come back after it was deleted") {
    call.vpcs().remove(*vpc->vpc.vpc_id);
    ensure_default_network(call);
    CHECK_FALSE(default_vpc(call));
    CHECK(code_of([&] { first_subnet(call); }) == "VPCIdNotSpecified");
  }
}

TEST_CASE("A region's default subnets are /20 blocks in the order of its zones", "[network]") {
  World world;
  Call call = network_call(world);
  std::vector<std::string> blocks, zones;
  for (const auto& row : call.subnets().all()) {
    blocks.push_back(*row.subnet.cidr_block);
    zones.push_back(*row.subnet.availability_zone);
  }
  CHECK(blocks == std::vector<std::string>{"172.31.0.0/20", "172.31.16.0/20", "172.31.32.0/20", "172.31.48.0/20",
                                           "172.31.64.0/20", "172.31.80.0/20"});
  CHECK(zones ==
        std::vector<std::string>{"us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e", "us-east-1f"});
}

TEST_CASE("A launch goes to the subnet it names or to a default subnet", "[network]") {
  World world;
  Call call = network_call(world);
  const auto in_zone_c = subnet_for_launch(call, std::nullopt, "us-east-1c");
  CHECK(in_zone_c.subnet.availability_zone == "us-east-1c");
  CHECK(subnet_for_launch(call, in_zone_c.subnet.subnet_id, std::nullopt).subnet.subnet_id ==
        in_zone_c.subnet.subnet_id);
  CHECK(subnet_for_launch(call, in_zone_c.subnet.subnet_id, "us-east-1c").subnet.subnet_id ==
        in_zone_c.subnet.subnet_id);

  const struct {
    std::optional<std::string> subnet, zone;
    std::string code;
  } refused[] = {{"subnet-xyz", {}, "InvalidSubnetID.Malformed"},
                 {"subnet-00000000000000000", {}, "InvalidSubnetID.NotFound"},
                 {{}, "us-east-1z", "InvalidParameterValue"},
                 {{}, "eu-west-1a", "InvalidParameterValue"},
                 {in_zone_c.subnet.subnet_id, "us-east-1a", "InvalidParameterValue"},
                 {{}, "us-east-1-bos-1a", "MissingInput"}};
  for (const auto& row : refused) {
    INFO(row.subnet.value_or("no subnet") << ' ' << row.zone.value_or("no zone"));
    CHECK(code_of([&] { subnet_for_launch(call, row.subnet, row.zone); }) == row.code);
  }
  SECTION("but not to another account's") {
    Call other = network_call(world.as(kOtherAccount));
    CHECK(code_of([&] { subnet_for_launch(other, in_zone_c.subnet.subnet_id, std::nullopt); }) ==
          "InvalidSubnetID.NotFound");
  }
  SECTION("nor to one without room for it, if another has") {
    CHECK(subnet_for_launch(call, std::nullopt, std::nullopt, 4091).subnet.availability_zone == "us-east-1a");
    create_network_interface_row(call, {.subnet = first_subnet(call)});
    CHECK(subnet_for_launch(call, std::nullopt, std::nullopt, 4091).subnet.availability_zone == "us-east-1b");
    CHECK(subnet_for_launch(call, std::nullopt, std::nullopt, 4092).subnet.availability_zone == "us-east-1a");
  }
}

TEST_CASE("An interface gets an address of its subnet that nobody has", "[network]") {
  World world;
  Call call = network_call(world);
  state::Subnet subnet = first_subnet(call);

  SECTION("until the subnet is full") {
    subnet.subnet.cidr_block = "172.31.0.0/27";  // 27 usable addresses
    call.subnets().update(subnet);
    const auto block = *parse_ipv4_cidr("172.31.0.0/27");
    std::set<std::string> addresses;
    for (int i = 0; i < 27; ++i) {
      const auto row = create_network_interface_row(call, {.subnet = subnet});
      const auto address = parse_ipv4_address(*row.network_interface.private_ip_address);
      REQUIRE(address);
      CHECK(*block.nth(4) <= *address);
      CHECK(*address <= *block.nth(30));
      addresses.insert(*row.network_interface.private_ip_address);
    }
    CHECK(addresses.size() == 27);
    CHECK(code_of([&] { create_network_interface_row(call, {.subnet = subnet}); }) ==
          "InsufficientFreeAddressesInSubnet");
  }
  SECTION("which it may choose") {
    const auto row = create_network_interface_row(
        call, {.subnet = subnet, .private_ip_address = "172.31.0.4", .secondary_private_ip_addresses = {"172.31.5.6"}});
    CHECK(row.network_interface.private_ip_address == "172.31.0.4");
    REQUIRE(row.network_interface.private_ip_addresses.size() == 2);
    CHECK(row.network_interface.private_ip_addresses[0].primary == true);
    CHECK(row.network_interface.private_ip_addresses[1].primary == false);
    CHECK(row.network_interface.private_ip_addresses[1].private_dns_name == "ip-172-31-5-6.ec2.internal");

    const std::pair<std::string, std::string> refused[] = {
        {"172.31.0.4", "InvalidIPAddress.InUse"},   {"172.31.5.6", "InvalidIPAddress.InUse"},
        {"172.31.0.3", "InvalidParameterValue"},    {"172.31.0.0", "InvalidParameterValue"},
        {"172.31.15.255", "InvalidParameterValue"}, {"172.31.16.4", "InvalidParameterValue"},
        {"172.31.0.400", "InvalidParameterValue"},  {"", "InvalidParameterValue"},
    };
    for (const auto& [address, code] : refused) {
      INFO(address);
      CHECK(code_of([&] { create_network_interface_row(call, {.subnet = subnet, .private_ip_address = address}); }) ==
            code);
    }
    CHECK(code_of([&] {
            create_network_interface_row(call, {.subnet = subnet,
                                                .private_ip_address = "172.31.0.9",
                                                .secondary_private_ip_addresses = {"172.31.0.9"}});
          }) == "InvalidIPAddress.InUse");
  }
  SECTION("and more when it asks for them") {
    const auto row = create_network_interface_row(call, {.subnet = subnet, .secondary_private_ip_address_count = 3});
    CHECK(row.network_interface.private_ip_addresses.size() == 4);
    for (const std::int32_t count : {4087, 2'000'000'000})
      CHECK(code_of([&] {
              create_network_interface_row(call, {.subnet = subnet, .secondary_private_ip_address_count = count});
            }) == "InsufficientFreeAddressesInSubnet");
  }
  SECTION("of IPv6 only where the subnet has a block") {
    const NewNetworkInterface wanted{.subnet = subnet, .ipv6_address_count = 1};
    CHECK(code_of([&] { create_network_interface_row(call, wanted); }) == "InvalidParameterValue");
    subnet.subnet.ipv6_cidr_block_association_set = {
        {.ipv6_cidr_block = "2600:1f18:0:1::/64", .ipv6_cidr_block_state = {{.state = "associated"}}}};
    const auto row = create_network_interface_row(
        call, {.subnet = subnet, .ipv6_addresses = {"2600:1F18:0:1::5"}, .ipv6_address_count = 1});
    REQUIRE(row.network_interface.ipv6_addresses.size() == 2);
    CHECK(row.network_interface.ipv6_address == "2600:1f18:0:1::5");
    CHECK(parse_ipv6_cidr("2600:1f18:0:1::/64")
              ->contains(*parse_ipv6_address(*row.network_interface.ipv6_addresses[1].ipv6_address)));
    CHECK(code_of([&] {
            create_network_interface_row(call, {.subnet = subnet, .ipv6_addresses = {"2600:1f18:0:1::5"}});
          }) == "InvalidIPAddress.InUse");
  }
}

TEST_CASE("An interface belongs to its instance until that is terminated", "[network]") {
  World world;
  Call call = network_call(world);
  const state::Subnet subnet = first_subnet(call);
  const auto launched = create_network_interface_row(call, {.subnet = subnet,
                                                            .tags = {{.key = "a", .value = "b"}},
                                                            .attachment = {{.instance_id = "i-00000000000000001"}},
                                                            .public_address = true});
  const ec2::NetworkInterface& interface = launched.network_interface;
  CHECK(interface.status == "in-use");
  CHECK(interface.attachment->status == "attached");
  CHECK(interface.attachment->attach_time == call.now());
  CHECK(interface.association->ip_owner_id == "amazon");
  CHECK(interface.private_ip_addresses[0].association->public_ip == interface.association->public_ip);
  CHECK(call.tags().count(*interface.network_interface_id) == 1);

  auto kept = create_network_interface_row(call, {.subnet = subnet});
  CHECK(kept.network_interface.status == "available");
  const auto shown = attach_interface(
      call, kept, {.instance_id = "i-00000000000000001", .device_index = 1, .delete_on_termination = false});
  CHECK(shown.attachment->device_index == 1);
  associate_public_address(call, kept);

  const auto both = interfaces_of(call, "i-00000000000000001");
  REQUIRE(both.size() == 2);
  CHECK(both[0].network_interface.network_interface_id == interface.network_interface_id);
  CHECK(as_instance_shows(both[0]).private_ip_address == interface.private_ip_address);
  CHECK(as_instance_shows(both[0]).association->public_ip == interface.association->public_ip);

  release_interfaces_of(call, "i-00000000000000001");
  CHECK(interfaces_of(call, "i-00000000000000001").empty());
  CHECK_FALSE(call.network_interfaces().find(*interface.network_interface_id));
  CHECK(call.tags().count(*interface.network_interface_id) == 0);
  const auto left = call.network_interfaces().find(*kept.network_interface.network_interface_id);
  REQUIRE(left);
  CHECK(left->network_interface.status == "available");
  CHECK_FALSE(left->network_interface.attachment);
  CHECK_FALSE(left->network_interface.association);
  const storage::SideTable public_addresses(call.store().database(), storage::kNetworkInterfacePublicAddress);
  CHECK(public_addresses.count_with_prefix("") == 0);
}

TEST_CASE("A public address can be taken away and given anew", "[network]") {
  World world;
  Call call = network_call(world);
  auto row = create_network_interface_row(call, {.subnet = first_subnet(call), .public_address = true});
  const std::string dns_name = *row.network_interface.public_dns_name;
  CHECK(dns_name == public_dns_name("us-east-1", *row.network_interface.association->public_ip));
  release_public_address(call, row);
  CHECK(call.network_interfaces().find(*row.network_interface.network_interface_id)->network_interface.association ==
        std::nullopt);
  associate_public_address(call, row);
  CHECK(call.network_interfaces().find(*row.network_interface.network_interface_id)->network_interface.association);
}

TEST_CASE("Host names follow addresses and regions", "[network]") {
  CHECK(private_dns_name("us-east-1", "172.31.5.6") == "ip-172-31-5-6.ec2.internal");
  CHECK(private_dns_name("eu-west-1", "172.31.5.6") == "ip-172-31-5-6.eu-west-1.compute.internal");
  CHECK(public_dns_name("us-east-1", "3.80.1.2") == "ec2-3-80-1-2.compute-1.amazonaws.com");
  CHECK(public_dns_name("eu-west-1", "3.80.1.2") == "ec2-3-80-1-2.eu-west-1.compute.amazonaws.com");
  CHECK(public_dns_name("cn-north-1", "3.80.1.2") == "ec2-3-80-1-2.cn-north-1.compute.amazonaws.com.cn");
}

TEST_CASE("Groups are found by id and name, the default group without either", "[network]") {
  World world;
  Call call = network_call(world);
  const std::string vpc_id = *default_vpc(call)->vpc.vpc_id;
  const auto groups = groups_for(call, vpc_id, {}, {});
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].group_name == "default");
  CHECK(groups_for(call, vpc_id, {*groups[0].group_id}, {"default"}).size() == 1);

  const struct {
    std::vector<std::string> ids, names;
    std::string code;
  } refused[] = {{{"sg-1"}, {}, "InvalidGroupId.Malformed"},
                 {{"sg-00000000000000000"}, {}, "InvalidGroup.NotFound"},
                 {{}, {"nobody"}, "InvalidGroup.NotFound"}};
  for (const auto& row : refused) CHECK(code_of([&] { groups_for(call, vpc_id, row.ids, row.names); }) == row.code);
  CHECK(code_of([&] { groups_for(call, "vpc-00000000000000000", {*groups[0].group_id}, {}); }) == "InvalidParameter");

  std::vector<std::string> names;
  for (int i = 0; i < 6; ++i) {
    names.push_back("group-" + std::to_string(i));
    call.security_groups().insert(
        {.security_group = {
             .group_id = "sg-0000000000000000" + std::to_string(i), .vpc_id = vpc_id, .group_name = names.back()}});
  }
  CHECK(code_of([&] { groups_for(call, vpc_id, {}, names); }) == "SecurityGroupsPerInterfaceLimitExceeded");
  names.pop_back();
  CHECK(groups_for(call, vpc_id, {}, names).size() == 5);
}

}  // namespace
}  // namespace amity::tests
