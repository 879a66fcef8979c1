#include "tests/handlers/instance_builder.hpp"
#include "tests/handlers/vpc_builder.hpp"

namespace amity::tests {
namespace {

struct Network {
  std::string vpc_id;
  std::string subnet_id;
};

Network network(World& world) {
  const std::string vpc_id = new_vpc(world);
  return {vpc_id, new_subnet(world, vpc_id)};
}

ec2::NetworkInterface create(World& world, ec2::CreateNetworkInterfaceRequest request) {
  return *world.call(request).network_interface;
}

ec2::NetworkInterface interface_of(World& world, const std::string& id) {
  return world.call(ec2::DescribeNetworkInterfacesRequest{.network_interface_ids = {id}}).network_interfaces.at(0);
}

// In the subnet that the instance is in.
std::string create_beside(World& world, const std::string& instance_id) {
  return *create(world, {.subnet_id = *describe(world, instance_id).subnet_id}).network_interface_id;
}

}  // namespace

TEST_CASE("CreateNetworkInterface gives addresses of its subnet", "[vpc][CreateNetworkInterface]") {
  World world;
  const auto [vpc_id, subnet_id] = network(world);
  const auto made = create(world, {.subnet_id = subnet_id,
                                   .description = "mine",
                                   .private_ip_address = "10.0.1.10",
                                   .private_ip_addresses = {{.primary = false, .private_ip_address = "10.0.1.11"}}});
  CHECK(made.status == "pending");
  const auto shown = interface_of(world, *made.network_interface_id);
  CHECK(shown.status == "available");
  CHECK(shown.private_ip_address == "10.0.1.10");
  CHECK(shown.private_ip_addresses.size() == 2);
  CHECK(shown.description == "mine");
  CHECK(shown.groups.at(0).group_name == "default");
  CHECK(shown.source_dest_check == true);
  CHECK(world.call(ec2::DescribeSubnetsRequest{.subnet_ids = {subnet_id}}).subnets[0].available_ip_address_count ==
        249);

  const std::pair<ec2::CreateNetworkInterfaceRequest, std::string> refused[] = {
      {{.private_ip_address = "10.0.1.10"}, "InvalidIPAddress.InUse"},
      {{.private_ip_address = "10.0.1.2"}, "InvalidParameterValue"},
      {{.private_ip_address = "10.0.2.2"}, "InvalidParameterValue"},
      {{.secondary_private_ip_address_count = -1}, "InvalidParameterValue"},
      {{.ipv6_address_count = 1}, "InvalidParameterValue"},
      {{.ipv4_prefix_count = 1}, "UnsupportedOperation"},
      {{.groups = {"sg-00000000000000000"}}, "InvalidGroup.NotFound"},
  };
  for (auto [request, code] : refused) {
    request.subnet_id = subnet_id;
    CHECK(world.error_of(request) == code);
  }
  CHECK(world.error_of(ec2::CreateNetworkInterfaceRequest{.subnet_id = "subnet-00000000000000000"}) ==
        "InvalidSubnetID.NotFound");

  world.call(ec2::DeleteNetworkInterfaceRequest{.network_interface_id = *made.network_interface_id});
  CHECK(world.error_of(ec2::DeleteNetworkInterfaceRequest{.network_interface_id = *made.network_interface_id}) ==
        "InvalidNetworkInterfaceID.NotFound");
}

TEST_CASE("An interface can be attached to an instance beside its first", "[vpc][AttachNetworkInterface]") {
  World world;
  const std::string instance = launch(world);
  const std::string id = create_beside(world, instance);
  const ec2::AttachNetworkInterfaceRequest attach{
      .network_interface_id = id, .instance_id = instance, .device_index = 1};
  const std::string attachment = *world.call(attach).attachment_id;
  CHECK(interface_of(world, id).status == "in-use");
  CHECK(interface_of(world, id).attachment->delete_on_termination == false);
  const auto shown = describe(world, instance);
  REQUIRE(shown.network_interfaces.size() == 2);
  CHECK(shown.network_interfaces[1].network_interface_id == id);

  CHECK(world.error_of(attach) == "InvalidNetworkInterface.InUse");
  CHECK(world.error_of(ec2::DeleteNetworkInterfaceRequest{.network_interface_id = id}) == "InvalidParameterValue");
  const std::string second = create_beside(world, instance);
  CHECK(world.error_of(ec2::AttachNetworkInterfaceRequest{
            .network_interface_id = second, .instance_id = instance, .device_index = 1}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::AttachNetworkInterfaceRequest{
            .network_interface_id = second, .instance_id = instance, .device_index = 2}) == "AttachmentLimitExceeded");
  CHECK(world.error_of(ec2::DetachNetworkInterfaceRequest{
            .attachment_id = *shown.network_interfaces[0].attachment->attachment_id}) == "OperationNotPermitted");

  SECTION("and detached") {
    world.call(ec2::DetachNetworkInterfaceRequest{.attachment_id = attachment});
    CHECK(interface_of(world, id).status == "available");
    CHECK(describe(world, instance).network_interfaces.size() == 1);
    CHECK(world.error_of(ec2::DetachNetworkInterfaceRequest{.attachment_id = attachment}) ==
          "InvalidAttachmentID.NotFound");
  }
  SECTION("and outlives it, unless told otherwise") {
    const bool goes = GENERATE(false, true);
    world.call(ec2::ModifyNetworkInterfaceAttributeRequest{
        .network_interface_id = id, .attachment = {{.attachment_id = attachment, .delete_on_termination = goes}}});
    world.call(ec2::TerminateInstancesRequest{.instance_ids = {instance}});
    CHECK(world.error_of(ec2::DescribeNetworkInterfacesRequest{.network_interface_ids = {id}}) ==
          (goes ? "InvalidNetworkInterfaceID.NotFound" : ""));
  }
  SECTION("but not in another zone") {
    const auto subnets = world.call(ec2::DescribeSubnetsRequest{}).subnets;
    const auto other =
        std::ranges::find_if(subnets, [&](const ec2::Subnet& subnet) { return subnet.subnet_id != shown.subnet_id; });
    const auto elsewhere = create(world, {.subnet_id = *other->subnet_id});
    CHECK(world.error_of(ec2::AttachNetworkInterfaceRequest{
              .network_interface_id = *elsewhere.network_interface_id, .instance_id = instance, .device_index = 2}) ==
          "InvalidParameterCombination");
  }
}

TEST_CASE("An interface's attributes show on its instance", "[vpc][ModifyNetworkInterfaceAttribute]") {
  World world;
  const std::string instance = launch(world);
  const std::string id = *describe(world, instance).network_interfaces.at(0).network_interface_id;
  const auto modify = [&](ec2::ModifyNetworkInterfaceAttributeRequest request) {
    request.network_interface_id = id;
    return world.error_of(request);
  };
  const auto attribute = [&](const std::string& name) {
    return world.call(ec2::DescribeNetworkInterfaceAttributeRequest{.network_interface_id = id, .attribute = name});
  };
  CHECK(modify({.description = {{.value = "renamed"}}}).empty());
  CHECK(attribute("description").description->value == "renamed");
  CHECK(modify({.source_dest_check = {{.value = false}}}).empty());
  CHECK(attribute("sourceDestCheck").source_dest_check->value == false);
  CHECK(describe(world, instance).source_dest_check == false);
  world.call(ec2::ResetNetworkInterfaceAttributeRequest{.network_interface_id = id, .source_dest_check = "true"});
  CHECK(describe(world, instance).source_dest_check == true);
  const std::string group =
      *world.call(ec2::CreateSecurityGroupRequest{.description = "x", .group_name = "x"}).group_id;
  CHECK(modify({.groups = {group}}).empty());
  CHECK(attribute("groupSet").groups.at(0).group_id == group);
  CHECK(describe(world, instance).security_groups.at(0).group_id == group);
  CHECK(attribute("attachment").attachment->instance_id == instance);
  CHECK(attribute("associatePublicIpAddress").associate_public_ip_address == true);
  CHECK(modify({.associate_public_ip_address = false}).empty());
  CHECK_FALSE(describe(world, instance).public_ip_address);
  CHECK(modify({.associate_public_ip_address = true}).empty());
  CHECK(describe(world, instance).public_ip_address);

  CHECK(modify({}) == "MissingParameter");
  CHECK(modify({.description = {{.value = "x"}}, .groups = {group}}) == "InvalidParameterCombination");
  CHECK(modify({.attachment = {{.attachment_id = "eni-attach-1"}}}) == "InvalidAttachmentID.NotFound");
  CHECK(modify({.groups = {"sg-00000000000000000"}}) == "InvalidGroup.NotFound");
}

TEST_CASE("Private addresses are assigned to an interface and taken from it", "[vpc][AssignPrivateIpAddresses]") {
  World world;
  const auto [vpc_id, subnet_id] = network(world);
  const std::string id = *create(world, {.subnet_id = subnet_id}).network_interface_id;
  const auto named = world.call(
      ec2::AssignPrivateIpAddressesRequest{.network_interface_id = id, .private_ip_addresses = {"10.0.1.20"}});
  CHECK(named.assigned_private_ip_addresses.at(0).private_ip_address == "10.0.1.20");
  CHECK(world
            .call(ec2::AssignPrivateIpAddressesRequest{.network_interface_id = id,
                                                       .secondary_private_ip_address_count = 2})
            .assigned_private_ip_addresses.size() == 2);
  CHECK(interface_of(world, id).private_ip_addresses.size() == 4);

  const std::string other = *create(world, {.subnet_id = subnet_id}).network_interface_id;
  ec2::AssignPrivateIpAddressesRequest take{.network_interface_id = other, .private_ip_addresses = {"10.0.1.20"}};
  CHECK(world.error_of(take) == "InvalidIPAddress.InUse");
  take.allow_reassignment = true;
  CHECK(world.error_of(take).empty());
  CHECK(interface_of(world, id).private_ip_addresses.size() == 3);
  CHECK(interface_of(world, other).private_ip_addresses.size() == 2);

  const auto unassign = [&](const std::string& address) {
    return world.error_of(
        ec2::UnassignPrivateIpAddressesRequest{.network_interface_id = other, .private_ip_addresses = {address}});
  };
  CHECK(unassign(*interface_of(world, other).private_ip_address) == "InvalidParameterValue");
  CHECK(unassign("10.0.1.99") == "InvalidParameterValue");
  CHECK(unassign("10.0.1.20").empty());
  CHECK(world.error_of(ec2::AssignPrivateIpAddressesRequest{.network_interface_id = id}) == "MissingParameter");

  SECTION("as far as the instance's type goes") {
    const std::string instance = launch(world);  // of t3.micro: two
    const std::string primary = *describe(world, instance).network_interfaces.at(0).network_interface_id;
    ec2::AssignPrivateIpAddressesRequest more{.network_interface_id = primary, .secondary_private_ip_address_count = 1};
    CHECK(world.error_of(more).empty());
    CHECK(describe(world, instance).network_interfaces[0].private_ip_addresses.size() == 2);
    CHECK(world.error_of(more) == "PrivateIpAddressLimitExceeded");
  }
}

TEST_CASE("IPv6 addresses are assigned to an interface and taken from it", "[vpc][AssignIpv6Addresses]") {
  World world;
  const auto vpc =
      *world.call(ec2::CreateVpcRequest{.cidr_block = "10.0.0.0/16", .amazon_provided_ipv6_cidr_block = true}).vpc;
  const std::string block = *vpc.ipv6_cidr_block_association_set.at(0).ipv6_cidr_block;
  const std::string prefix = block.substr(0, block.find("::"));
  const auto subnet = *world
                           .call(ec2::CreateSubnetRequest{
                               .cidr_block = "10.0.1.0/24", .ipv6_cidr_block = prefix + "::/64", .vpc_id = *vpc.vpc_id})
                           .subnet;
  const std::string id = *create(world, {.subnet_id = *subnet.subnet_id}).network_interface_id;
  const auto assigned =
      world.call(ec2::AssignIpv6AddressesRequest{.network_interface_id = id, .ipv6_addresses = {prefix + "::0:17"}});
  CHECK(assigned.assigned_ipv6_addresses == std::vector<std::string>{prefix + "::17"});
  CHECK(world.call(ec2::AssignIpv6AddressesRequest{.network_interface_id = id, .ipv6_address_count = 1})
            .assigned_ipv6_addresses.size() == 1);
  CHECK(interface_of(world, id).ipv6_address == prefix + "::17");
  const ec2::UnassignIpv6AddressesRequest unassign{.network_interface_id = id, .ipv6_addresses = {prefix + "::17"}};
  CHECK(world.call(unassign).unassigned_ipv6_addresses.size() == 1);
  CHECK(interface_of(world, id).ipv6_addresses.size() == 1);
  CHECK(world.error_of(unassign) == "InvalidParameterValue");
}

}  // namespace amity::tests
