#include "tests/handlers/instance_builder.hpp"
#include "tests/handlers/vpc_builder.hpp"

#include <set>

namespace amity::tests {
namespace {

ec2::Vpc vpc_of(World& world, const std::string& id) {
  return world.call(ec2::DescribeVpcsRequest{.vpc_ids = {id}}).vpcs.at(0);
}

template <class Request>
auto in_vpc(World& world, const std::string& vpc_id) {
  return world.call(Request{.filters = filter("vpc-id", vpc_id)});
}

bool flag(World& world, const std::string& id, const std::string& attribute) {
  const auto shown = world.call(ec2::DescribeVpcAttributeRequest{.attribute = attribute, .vpc_id = id});
  for (const auto& value :
       {shown.enable_dns_support, shown.enable_dns_hostnames, shown.enable_network_address_usage_metrics})
    if (value) return *value->value;
  throw std::runtime_error("no attribute " + attribute);
}

}  // namespace

TEST_CASE("CreateVpc makes a VPC with what every VPC has", "[vpc][CreateVpc]") {
  World world;
  const auto made = *world
                         .call(ec2::CreateVpcRequest{
                             .cidr_block = "10.1.2.3/16",
                             .tag_specifications = {{.resource_type = "vpc", .tags = {{.key = "a", .value = "b"}}}}})
                         .vpc;
  CHECK(made.state == "pending");
  CHECK(made.tags.size() == 1);
  const std::string id = *made.vpc_id;
  const ec2::Vpc vpc = vpc_of(world, id);
  CHECK(vpc.state == "available");
  CHECK(vpc.cidr_block == "10.1.0.0/16");
  CHECK(vpc.is_default == false);
  CHECK(vpc.dhcp_options_id == world.call(ec2::DescribeVpcsRequest{}).vpcs.at(0).dhcp_options_id);
  CHECK(in_vpc<ec2::DescribeSubnetsRequest>(world, id).subnets.empty());
  const auto groups = in_vpc<ec2::DescribeSecurityGroupsRequest>(world, id).security_groups;
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].group_name == "default");
  CHECK(groups[0].ip_permissions.at(0).user_id_group_pairs.at(0).group_id == groups[0].group_id);
  const auto tables = in_vpc<ec2::DescribeRouteTablesRequest>(world, id).route_tables;
  REQUIRE(tables.size() == 1);
  CHECK(tables[0].associations.at(0).main == true);
  REQUIRE(tables[0].routes.size() == 1);
  CHECK(tables[0].routes[0].destination_cidr_block == "10.1.0.0/16");
  CHECK(tables[0].routes[0].gateway_id == "local");
  CHECK(flag(world, id, "enableDnsSupport"));
  CHECK_FALSE(flag(world, id, "enableDnsHostnames"));
  CHECK_FALSE(flag(world, id, "enableNetworkAddressUsageMetrics"));

  SECTION("which DeleteVpc takes away with it") {
    CHECK(world.error_of(ec2::DeleteVpcRequest{.vpc_id = id}).empty());
    CHECK(world.error_of(ec2::DescribeVpcsRequest{.vpc_ids = {id}}) == "InvalidVpcID.NotFound");
    CHECK(world.error_of(ec2::DeleteVpcRequest{.vpc_id = id}) == "InvalidVpcID.NotFound");
    CHECK(in_vpc<ec2::DescribeSecurityGroupsRequest>(world, id).security_groups.empty());
    CHECK(in_vpc<ec2::DescribeRouteTablesRequest>(world, id).route_tables.empty());
    CHECK(world.make_call().tags().of(id).empty());
  }
  SECTION("but not while something else is in it") {
    SECTION("a subnet") { new_subnet(world, id, "10.1.0.0/24"); }
    SECTION("an internet gateway") { new_gateway(world, id); }
    SECTION("a route table") { world.call(ec2::CreateRouteTableRequest{.vpc_id = id}); }
    SECTION("a security group") {
      world.call(ec2::CreateSecurityGroupRequest{.description = "x", .group_name = "x", .vpc_id = id});
    }
    CHECK(world.error_of(ec2::DeleteVpcRequest{.vpc_id = id}) == "DependencyViolation");
  }
  SECTION("and others do not see") {
    world.as(kOtherAccount);
    CHECK(world.error_of(ec2::DeleteVpcRequest{.vpc_id = id}) == "InvalidVpcID.NotFound");
  }
}

TEST_CASE("CreateVpc refuses what is no block of a VPC", "[vpc][CreateVpc]") {
  World world;
  const std::pair<ec2::CreateVpcRequest, std::string> refused[] = {
      {{}, "MissingParameter"},
      {{.cidr_block = "10.0.0.0"}, "InvalidParameterValue"},
      {{.cidr_block = "10.0.0.0/15"}, "InvalidVpc.Range"},
      {{.cidr_block = "10.0.0.0/29"}, "InvalidVpc.Range"},
      {{.cidr_block = "169.254.0.0/20"}, "InvalidVpc.Range"},
      {{.cidr_block = "10.0.0.0/16", .ipv4_ipam_pool_id = "ipam-pool-1"}, "InvalidIpamPoolId.NotFound"},
      {{.cidr_block = "10.0.0.0/16", .ipv4_netmask_length = 20}, "InvalidParameterDependency"},
      {{.cidr_block = "10.0.0.0/16", .instance_tenancy = "host"}, "InvalidParameterValue"},
  };
  for (const auto& [request, code] : refused) {
    INFO(request.cidr_block.value_or("none"));
    CHECK(world.error_of(request) == code);
  }
}

TEST_CASE("A VPC may have IPv6 and further IPv4 blocks", "[vpc][AssociateVpcCidrBlock]") {
  World world;
  const std::string id = new_vpc(world);
  const auto ipv6 =
      *world.call(ec2::AssociateVpcCidrBlockRequest{.vpc_id = id, .amazon_provided_ipv6_cidr_block = true})
           .ipv6_cidr_block_association;
  CHECK(ipv6.ipv6_cidr_block_state->state == "associating");
  CHECK(ipv6.ipv6_cidr_block->ends_with("00::/56"));
  const auto ipv4 =
      *world.call(ec2::AssociateVpcCidrBlockRequest{.cidr_block = "10.1.0.0/16", .vpc_id = id}).cidr_block_association;
  CHECK(vpc_of(world, id).cidr_block_association_set.at(1).cidr_block_state->state == "associated");
  const auto routes = in_vpc<ec2::DescribeRouteTablesRequest>(world, id).route_tables.at(0).routes;
  CHECK(routes.size() == 3);

  SECTION("that subnets lie in") {
    const std::string block = ipv6.ipv6_cidr_block->substr(0, ipv6.ipv6_cidr_block->find("00::")) + "05::/64";
    const auto subnet =
        *world.call(ec2::CreateSubnetRequest{.cidr_block = "10.1.1.0/24", .ipv6_cidr_block = block, .vpc_id = id})
             .subnet;
    CHECK(subnet.ipv6_cidr_block_association_set.at(0).ipv6_cidr_block == block);
    for (const auto& association : {*ipv6.association_id, *ipv4.association_id})
      CHECK(world.error_of(ec2::DisassociateVpcCidrBlockRequest{.association_id = association}) ==
            "InvalidCidrBlock.InUse");
    CHECK(world.error_of(ec2::CreateSubnetRequest{
              .cidr_block = "10.1.2.0/24", .ipv6_cidr_block = block, .vpc_id = id}) == "InvalidSubnet.Conflict");
    CHECK(world.error_of(ec2::CreateSubnetRequest{
              .cidr_block = "10.1.2.0/24", .ipv6_cidr_block = "2001:db8::/64", .vpc_id = id}) == "InvalidSubnet.Range");
  }
  SECTION("which go again") {
    for (const auto& association : {*ipv6.association_id, *ipv4.association_id}) {
      CHECK(world.error_of(ec2::DisassociateVpcCidrBlockRequest{.association_id = association}).empty());
      CHECK(world.error_of(ec2::DisassociateVpcCidrBlockRequest{.association_id = association}) ==
            "InvalidVpcCidrBlockAssociationID.NotFound");
    }
    CHECK(in_vpc<ec2::DescribeRouteTablesRequest>(world, id).route_tables.at(0).routes.size() == 1);
  }
  SECTION("but not all of them") {
    const auto primary = vpc_of(world, id).cidr_block_association_set.at(0).association_id;
    CHECK(world.error_of(ec2::DisassociateVpcCidrBlockRequest{.association_id = *primary}) == "OperationNotPermitted");
    for (const std::string block : {"10.0.128.0/20", "192.168.0.0/16", "10.1.0.0/24", "198.19.0.0/16"})
      CHECK(world.error_of(ec2::AssociateVpcCidrBlockRequest{.cidr_block = block, .vpc_id = id}) == "InvalidVpc.Range");
    for (const std::string block : {"10.2.0.0/16", "100.64.0.0/16", "10.4.0.0/16"})
      CHECK(world.error_of(ec2::AssociateVpcCidrBlockRequest{.cidr_block = block, .vpc_id = id}).empty());
    CHECK(world.error_of(ec2::AssociateVpcCidrBlockRequest{.cidr_block = "10.5.0.0/16", .vpc_id = id}) ==
          "CidrLimitExceeded");
  }
}

TEST_CASE("Which further blocks a VPC takes follows from its primary one", "[vpc][AssociateVpcCidrBlock]") {
  World world;
  const auto error = [&](const std::string& primary, const std::string& more) {
    const auto vpc = world.call(ec2::CreateVpcRequest{.cidr_block = primary}).vpc;
    return world.error_of(ec2::AssociateVpcCidrBlockRequest{.cidr_block = more, .vpc_id = *vpc->vpc_id});
  };
  for (const auto& [primary, more] : {std::pair{"10.1.0.0/16", "10.0.0.0/24"},
                                      {"172.16.0.0/16", "172.31.0.0/20"},
                                      {"192.168.0.0/20", "10.0.0.0/16"},
                                      {"198.19.0.0/20", "172.16.0.0/16"},
                                      {"100.64.0.0/16", "10.0.0.0/16"},
                                      {"100.64.0.0/16", "198.19.0.0/20"},
                                      {"10.9.0.0/16", "169.254.0.0/20"}}) {
    INFO(primary << " and " << more);
    CHECK(error(primary, more) == "InvalidVpc.Range");
  }
  for (const auto& [primary, more] : {std::pair{"10.2.0.0/16", "10.0.0.0/24"},
                                      {"172.16.0.0/16", "172.20.0.0/20"},
                                      {"192.168.0.0/20", "8.8.0.0/16"},
                                      {"198.19.0.0/20", "100.64.0.0/16"},
                                      {"100.64.0.0/16", "8.8.0.0/16"}}) {
    INFO(primary << " and " << more);
    CHECK(error(primary, more).empty());
  }

  SECTION("also after a block of another range was added") {
    const auto id = *world.call(ec2::CreateVpcRequest{.cidr_block = "10.2.0.0/16"}).vpc->vpc_id;
    for (const std::string more : {"100.64.0.0/16", "10.3.0.0/16"})
      CHECK(world.error_of(ec2::AssociateVpcCidrBlockRequest{.cidr_block = more, .vpc_id = id}).empty());
  }
}

TEST_CASE("A block that would take over a route's destination is refused", "[vpc][AssociateVpcCidrBlock]") {
  World world;
  const std::string id = new_vpc(world);
  const auto gateway = world.call(ec2::CreateInternetGatewayRequest{}).internet_gateway->internet_gateway_id;
  world.call(ec2::AttachInternetGatewayRequest{.internet_gateway_id = *gateway, .vpc_id = id});
  const auto table = in_vpc<ec2::DescribeRouteTablesRequest>(world, id).route_tables.at(0).route_table_id;
  world.call(ec2::CreateRouteRequest{
      .route_table_id = *table, .destination_cidr_block = "10.7.1.0/24", .gateway_id = gateway});
  for (const std::string block : {"10.7.0.0/16", "10.7.1.0/24"})
    CHECK(world.error_of(ec2::AssociateVpcCidrBlockRequest{.cidr_block = block, .vpc_id = id}) == "InvalidVpc.Range");
  CHECK(world.error_of(ec2::AssociateVpcCidrBlockRequest{.cidr_block = "10.7.1.0/25", .vpc_id = id}).empty());
}

TEST_CASE("A VPC's attributes are changed one at a time", "[vpc][ModifyVpcAttribute]") {
  World world;
  const std::string id = new_vpc(world);
  world.call(ec2::ModifyVpcAttributeRequest{.enable_dns_hostnames = {{.value = true}}, .vpc_id = id});
  CHECK(flag(world, id, "enableDnsHostnames"));
  world.call(ec2::ModifyVpcAttributeRequest{.vpc_id = id, .enable_network_address_usage_metrics = {{.value = true}}});
  CHECK(flag(world, id, "enableNetworkAddressUsageMetrics"));
  world.call(ec2::ModifyVpcAttributeRequest{.enable_dns_hostnames = {{.value = false}}, .vpc_id = id});
  world.call(ec2::ModifyVpcAttributeRequest{.enable_dns_support = {{.value = false}}, .vpc_id = id});
  CHECK_FALSE(flag(world, id, "enableDnsSupport"));
  CHECK(world.error_of(ec2::ModifyVpcAttributeRequest{.enable_dns_hostnames = {{.value = true}}, .vpc_id = id}) ==
        "InvalidParameterCombination");
  CHECK(world.error_of(ec2::ModifyVpcAttributeRequest{
            .enable_dns_hostnames = {{.value = true}}, .enable_dns_support = {{.value = true}}, .vpc_id = id}) ==
        "InvalidParameterCombination");
  CHECK(world.error_of(ec2::ModifyVpcAttributeRequest{.vpc_id = id}) == "MissingParameter");
}

TEST_CASE("The default VPC and its subnets can be made anew", "[vpc][CreateDefaultVpc]") {
  World world;
  CHECK(world.error_of(ec2::CreateDefaultVpcRequest{}) == "DefaultVpcAlreadyExists");
  CHECK(world.error_of(ec2::CreateDefaultSubnetRequest{.availability_zone = "us-east-1a"}) ==
        "DefaultSubnetAlreadyExistsInAvailabilityZone");
  const auto subnets = world.call(ec2::DescribeSubnetsRequest{}).subnets;
  const std::string vpc_id = *subnets.at(0).vpc_id;
  world.call(ec2::DeleteSubnetRequest{.subnet_id = *subnets.at(2).subnet_id});
  const auto again =
      *world.call(ec2::CreateDefaultSubnetRequest{.availability_zone = subnets[2].availability_zone}).subnet;
  CHECK(again.cidr_block == subnets[2].cidr_block);
  CHECK(again.default_for_az == true);
  CHECK(again.map_public_ip_on_launch == true);

  for (const auto& subnet : world.call(ec2::DescribeSubnetsRequest{}).subnets)
    world.call(ec2::DeleteSubnetRequest{.subnet_id = *subnet.subnet_id});
  const auto gateway = *world.call(ec2::DescribeInternetGatewaysRequest{}).internet_gateways.at(0).internet_gateway_id;
  CHECK(world.error_of(ec2::DeleteVpcRequest{.vpc_id = vpc_id}) == "DependencyViolation");
  world.call(ec2::DetachInternetGatewayRequest{.internet_gateway_id = gateway, .vpc_id = vpc_id});
  world.call(ec2::DeleteVpcRequest{.vpc_id = vpc_id});
  CHECK(world.error_of(ec2::CreateDefaultSubnetRequest{.availability_zone = "us-east-1a"}) == "DefaultVpcDoesNotExist");
  const auto vpc = *world.call(ec2::CreateDefaultVpcRequest{}).vpc;
  CHECK(vpc.is_default == true);
  CHECK(in_vpc<ec2::DescribeSubnetsRequest>(world, *vpc.vpc_id).subnets.size() == 6);
  CHECK(in_vpc<ec2::DescribeRouteTablesRequest>(world, *vpc.vpc_id).route_tables.at(0).routes.size() == 2);
}

TEST_CASE("CreateSubnet cuts a block out of the VPC's", "[vpc][CreateSubnet]") {
  World world;
  const std::string vpc_id = new_vpc(world);
  const auto subnet = *world
                           .call(ec2::CreateSubnetRequest{
                               .availability_zone = "us-east-1b", .cidr_block = "10.0.1.7/24", .vpc_id = vpc_id})
                           .subnet;
  CHECK(subnet.cidr_block == "10.0.1.0/24");
  CHECK(subnet.available_ip_address_count == 251);
  CHECK(subnet.availability_zone == "us-east-1b");
  CHECK(subnet.state == "available");
  CHECK(subnet.map_public_ip_on_launch == false);
  CHECK(subnet.default_for_az == false);

  const std::pair<ec2::CreateSubnetRequest, std::string> refused[] = {
      {{.vpc_id = vpc_id}, "MissingParameter"},
      {{.cidr_block = "ten", .vpc_id = vpc_id}, "InvalidParameterValue"},
      {{.cidr_block = "10.1.0.0/24", .vpc_id = vpc_id}, "InvalidSubnet.Range"},
      {{.cidr_block = "10.0.0.0/15", .vpc_id = vpc_id}, "InvalidSubnet.Range"},
      {{.cidr_block = "10.0.2.0/29", .vpc_id = vpc_id}, "InvalidSubnet.Range"},
      {{.cidr_block = "10.0.1.128/25", .vpc_id = vpc_id}, "InvalidSubnet.Conflict"},
      {{.cidr_block = "10.0.0.0/16", .vpc_id = vpc_id}, "InvalidSubnet.Conflict"},
      {{.availability_zone = "us-east-1z", .cidr_block = "10.0.2.0/24", .vpc_id = vpc_id}, "InvalidParameterValue"},
      {{.cidr_block = "10.0.2.0/24", .vpc_id = "vpc-00000000000000000"}, "InvalidVpcID.NotFound"},
      {{.cidr_block = "10.0.2.0/24", .vpc_id = vpc_id, .ipv6_native = true}, "UnsupportedOperation"},
  };
  for (const auto& [request, code] : refused) {
    INFO(request.cidr_block.value_or("none"));
    CHECK(world.error_of(request) == code);
  }

  SECTION("which goes when no interface is in it") {
    const auto interface = world.call(ec2::CreateNetworkInterfaceRequest{.subnet_id = *subnet.subnet_id});
    CHECK(world.error_of(ec2::DeleteSubnetRequest{.subnet_id = *subnet.subnet_id}) == "DependencyViolation");
    world.call(
        ec2::DeleteNetworkInterfaceRequest{.network_interface_id = *interface.network_interface->network_interface_id});
    CHECK(world.error_of(ec2::DeleteSubnetRequest{.subnet_id = *subnet.subnet_id}).empty());
    CHECK(world.error_of(ec2::DeleteSubnetRequest{.subnet_id = *subnet.subnet_id}) == "InvalidSubnetID.NotFound");
  }
  SECTION("whose attributes can be changed") {
    const auto modify = [&](ec2::ModifySubnetAttributeRequest request) {
      request.subnet_id = *subnet.subnet_id;
      return world.error_of(request);
    };
    CHECK(modify({.map_public_ip_on_launch = {{.value = true}}}).empty());
    CHECK(modify({.private_dns_hostname_type_on_launch = "resource-name"}).empty());
    CHECK(modify({.enable_resource_name_dns_a_record_on_launch = {{.value = true}}}).empty());
    const auto changed = world.call(ec2::DescribeSubnetsRequest{.subnet_ids = {*subnet.subnet_id}}).subnets.at(0);
    CHECK(changed.map_public_ip_on_launch == true);
    CHECK(changed.private_dns_name_options_on_launch->hostname_type == "resource-name");
    CHECK(changed.private_dns_name_options_on_launch->enable_resource_name_dns_a_record == true);
    CHECK(modify({.assign_ipv6_address_on_creation = {{.value = true}}}) == "InvalidParameterValue");
    CHECK(modify({}) == "MissingParameter");
    CHECK(modify({.map_public_ip_on_launch = {{.value = true}}, .enable_dns64 = {{.value = true}}}) ==
          "InvalidParameterCombination");
    CHECK(modify({.enable_lni_at_device_index = 1}) == "UnsupportedOperation");
  }
}

TEST_CASE("Instances of a dedicated VPC are dedicated", "[vpc][CreateVpc]") {
  World world;
  const auto vpc = *world.call(ec2::CreateVpcRequest{.cidr_block = "10.0.0.0/16", .instance_tenancy = "dedicated"}).vpc;
  CHECK(vpc.instance_tenancy == "dedicated");
  auto request = launch_request(world);
  request.instance_type = "m5.large";
  request.subnet_id = new_subnet(world, *vpc.vpc_id);
  const auto launched = world.call(request).instances.at(0);
  CHECK(launched.placement->tenancy == "dedicated");
  CHECK(launched.public_dns_name == "");
}

}  // namespace amity::tests
