#include "tests/handlers/instance_builder.hpp"
#include "tests/handlers/vpc_builder.hpp"

namespace amity::tests {
namespace {

ec2::RouteTable main_table(World& world, const std::string& vpc_id) {
  return world
      .call(ec2::DescribeRouteTablesRequest{
          .filters = {{.name = "vpc-id", .values = {vpc_id}}, {.name = "association.main", .values = {"true"}}}})
      .route_tables.at(0);
}

ec2::RouteTable table_of(World& world, const std::string& id) {
  return world.call(ec2::DescribeRouteTablesRequest{.route_table_ids = {id}}).route_tables.at(0);
}

}  // namespace

TEST_CASE("An internet gateway is attached to one VPC", "[vpc][AttachInternetGateway]") {
  World world;
  const std::string vpc_id = new_vpc(world);
  const std::string id = new_gateway(world, vpc_id);
  const auto gateway =
      world.call(ec2::DescribeInternetGatewaysRequest{.internet_gateway_ids = {id}}).internet_gateways.at(0);
  CHECK(gateway.attachments.at(0).state == "available");
  CHECK(gateway.attachments.at(0).vpc_id == vpc_id);
  CHECK(gateway.owner_id == kAccount);

  const std::string other = *world.call(ec2::CreateInternetGatewayRequest{}).internet_gateway->internet_gateway_id;
  const std::string other_vpc = new_vpc(world);
  CHECK(world.error_of(ec2::AttachInternetGatewayRequest{.internet_gateway_id = id, .vpc_id = other_vpc}) ==
        "Resource.AlreadyAssociated");
  CHECK(world.error_of(ec2::AttachInternetGatewayRequest{.internet_gateway_id = other, .vpc_id = vpc_id}) ==
        "InvalidParameterValue");
  CHECK(world.error_of(ec2::DetachInternetGatewayRequest{.internet_gateway_id = other, .vpc_id = vpc_id}) ==
        "Gateway.NotAttached");
  CHECK(world.error_of(ec2::DeleteInternetGatewayRequest{.internet_gateway_id = id}) == "DependencyViolation");
  world.call(ec2::DetachInternetGatewayRequest{.internet_gateway_id = id, .vpc_id = vpc_id});
  world.call(ec2::DeleteInternetGatewayRequest{.internet_gateway_id = id});
  CHECK(world.error_of(ec2::DeleteInternetGatewayRequest{.internet_gateway_id = id}) ==
        "InvalidInternetGatewayID.NotFound");

  check_documented_filters("DescribeInternetGateways", [&](const std::vector<ec2::Filter>& filters) {
    return world.call(ec2::DescribeInternetGatewaysRequest{.filters = filters}).internet_gateways.size();
  });
  CHECK(world.call(ec2::DescribeInternetGatewaysRequest{.max_results = 5}).internet_gateways.size() == 2);

  SECTION("and stays while public addresses need it") {
    launch(world);
    const auto used = world.call(ec2::DescribeInternetGatewaysRequest{}).internet_gateways.at(0);
    CHECK(world.error_of(ec2::DetachInternetGatewayRequest{.internet_gateway_id = *used.internet_gateway_id,
                                                           .vpc_id = *used.attachments.at(0).vpc_id}) ==
          "DependencyViolation");
  }
}

TEST_CASE("A subnet uses the route table it is associated with", "[vpc][AssociateRouteTable]") {
  World world;
  const std::string vpc_id = new_vpc(world);
  const std::string subnet_id = new_subnet(world, vpc_id);
  const std::string id = *world.call(ec2::CreateRouteTableRequest{.vpc_id = vpc_id}).route_table->route_table_id;
  const ec2::AssociateRouteTableRequest associate{.subnet_id = subnet_id, .route_table_id = id};
  const auto made = world.call(associate);
  CHECK(made.association_state->state == "associated");
  CHECK(world.call(associate).association_id == made.association_id);
  CHECK(table_of(world, id).associations.at(0).subnet_id == subnet_id);
  CHECK(world.error_of(ec2::DeleteRouteTableRequest{.route_table_id = id}) == "DependencyViolation");

  const std::string other = *world.call(ec2::CreateRouteTableRequest{.vpc_id = vpc_id}).route_table->route_table_id;
  const std::string foreign =
      *world.call(ec2::CreateRouteTableRequest{.vpc_id = new_vpc(world)}).route_table->route_table_id;
  CHECK(world.error_of(ec2::AssociateRouteTableRequest{.subnet_id = subnet_id, .route_table_id = other}) ==
        "Resource.AlreadyAssociated");
  CHECK(world.error_of(ec2::AssociateRouteTableRequest{.subnet_id = subnet_id, .route_table_id = foreign}) ==
        "InvalidParameterValue");
  CHECK(world.error_of(ec2::AssociateRouteTableRequest{.route_table_id = id}) == "MissingParameter");

  const auto replaced = world.call(
      ec2::ReplaceRouteTableAssociationRequest{.association_id = *made.association_id, .route_table_id = other});
  CHECK(replaced.new_association_id != made.association_id);
  CHECK(table_of(world, id).associations.empty());
  CHECK(table_of(world, other).associations.at(0).subnet_id == subnet_id);
  CHECK(world.error_of(ec2::DisassociateRouteTableRequest{.association_id = *made.association_id}) ==
        "InvalidAssociationID.NotFound");
  world.call(ec2::DisassociateRouteTableRequest{.association_id = *replaced.new_association_id});
  CHECK(world.error_of(ec2::DeleteRouteTableRequest{.route_table_id = id}).empty());
  CHECK(world.error_of(ec2::DeleteRouteTableRequest{.route_table_id = id}) == "InvalidRouteTableID.NotFound");

  SECTION("and the main one otherwise, which can be another") {
    const auto main = main_table(world, vpc_id);
    const std::string association = *main.associations.at(0).route_table_association_id;
    CHECK(world.error_of(ec2::DisassociateRouteTableRequest{.association_id = association}) == "InvalidParameterValue");
    CHECK(world.error_of(ec2::DeleteRouteTableRequest{.route_table_id = *main.route_table_id}) ==
          "DependencyViolation");
    world.call(ec2::ReplaceRouteTableAssociationRequest{.association_id = association, .route_table_id = other});
    CHECK(main_table(world, vpc_id).route_table_id == other);
    CHECK(world.error_of(ec2::DeleteRouteTableRequest{.route_table_id = *main.route_table_id}).empty());
  }
  SECTION("and filters find it") {
    check_documented_filters("DescribeRouteTables", [&](const std::vector<ec2::Filter>& filters) {
      return world.call(ec2::DescribeRouteTablesRequest{.filters = filters}).route_tables.size();
    });
  }
}

TEST_CASE("Routes lead to what is in the VPC", "[vpc][CreateRoute]") {
  World world;
  const std::string vpc_id = new_vpc(world);
  const std::string subnet_id = new_subnet(world, vpc_id);
  const std::string gateway = new_gateway(world, vpc_id);
  const std::string id = *main_table(world, vpc_id).route_table_id;
  const std::string interface =
      *world.call(ec2::CreateNetworkInterfaceRequest{.subnet_id = subnet_id}).network_interface->network_interface_id;
  world.call(
      ec2::CreateRouteRequest{.route_table_id = id, .destination_cidr_block = "0.0.0.0/0", .gateway_id = gateway});
  const auto last = [&] { return table_of(world, id).routes.back(); };
  CHECK(last().gateway_id == gateway);
  CHECK(last().state == "active");
  CHECK(last().origin == "CreateRoute");

  const std::string foreign = new_gateway(world, new_vpc(world));
  const std::pair<ec2::CreateRouteRequest, std::string> refused[] = {
      {{.destination_cidr_block = "0.0.0.0/0", .gateway_id = gateway}, "RouteAlreadyExists"},
      {{.destination_cidr_block = "10.0.0.0/16", .gateway_id = gateway}, "RouteAlreadyExists"},
      {{.destination_cidr_block = "10.0.1.0/24", .gateway_id = gateway}, "InvalidParameterValue"},
      {{.destination_cidr_block = "0.0.0.0", .gateway_id = gateway}, "InvalidParameterValue"},
      {{.gateway_id = gateway}, "MissingParameter"},
      {{.destination_cidr_block = "1.0.0.0/8"}, "MissingParameter"},
      {{.destination_cidr_block = "1.0.0.0/8", .gateway_id = gateway, .network_interface_id = interface},
       "InvalidParameterCombination"},
      {{.destination_cidr_block = "1.0.0.0/8", .gateway_id = "igw-00000000000000000"}, "InvalidGatewayID.NotFound"},
      {{.destination_cidr_block = "1.0.0.0/8", .gateway_id = foreign}, "InvalidParameterValue"},
      {{.destination_cidr_block = "1.0.0.0/8", .nat_gateway_id = "nat-00000000000000000"},
       "InvalidNatGatewayID.NotFound"},
      {{.transit_gateway_id = "tgw-00000000000000000", .destination_cidr_block = "1.0.0.0/8"},
       "InvalidTransitGatewayID.NotFound"},
      {{.destination_cidr_block = "1.0.0.0/8", .vpc_peering_connection_id = "pcx-00000000000000000"},
       "InvalidVpcPeeringConnectionID.NotFound"},
  };
  for (auto [request, code] : refused) {
    INFO(request.destination_cidr_block.value_or("none"));
    request.route_table_id = id;
    CHECK(world.error_of(request) == code);
  }

  SECTION("or nowhere, when that is gone") {
    world.call(ec2::DetachInternetGatewayRequest{.internet_gateway_id = gateway, .vpc_id = vpc_id});
    CHECK(last().state == "blackhole");
    world.call(ec2::ReplaceRouteRequest{
        .route_table_id = id, .destination_cidr_block = "0.0.0.0/0", .network_interface_id = interface});
    CHECK(last().network_interface_id == interface);
    CHECK_FALSE(last().gateway_id);
    CHECK(last().state == "blackhole");  // attached to nothing
  }
  SECTION("until they are deleted") {
    const auto remove = [&](const std::string& block) {
      return world.error_of(ec2::DeleteRouteRequest{.route_table_id = id, .destination_cidr_block = block});
    };
    CHECK(remove("0.0.0.0/0").empty());
    CHECK(remove("0.0.0.0/0") == "InvalidRoute.NotFound");
    CHECK(remove("10.0.0.0/16") == "InvalidParameterValue");
    CHECK(world.error_of(ec2::ReplaceRouteRequest{
              .route_table_id = id, .destination_cidr_block = "0.0.0.0/0", .gateway_id = gateway}) ==
          "InvalidParameterValue");
  }
}

TEST_CASE("A route to an instance leads to its interface while it runs", "[vpc][CreateRoute]") {
  World world;
  const std::string instance = launch(world);
  const std::string table = *world.call(ec2::DescribeRouteTablesRequest{}).route_tables.at(0).route_table_id;
  world.call(ec2::CreateRouteRequest{
      .route_table_id = table, .destination_cidr_block = "10.9.0.0/16", .instance_id = instance});
  const auto route = table_of(world, table).routes.back();
  CHECK(route.instance_id == instance);
  CHECK(route.instance_owner_id == kAccount);
  CHECK(route.network_interface_id == describe(world, instance).network_interfaces.at(0).network_interface_id);
  CHECK(route.state == "active");
  stop(world, instance);
  CHECK(table_of(world, table).routes.back().state == "blackhole");
}

TEST_CASE("AWS's own prefix lists are there", "[vpc][DescribePrefixLists]") {
  World world;
  const auto lists = world.call(ec2::DescribePrefixListsRequest{}).prefix_lists;
  REQUIRE(lists.size() == 2);
  CHECK(lists[0].prefix_list_name == "com.amazonaws.us-east-1.s3");
  CHECK_FALSE(lists[0].cidrs.empty());
  const auto managed =
      world.call(ec2::DescribeManagedPrefixListsRequest{.filters = filter("prefix-list-name", "*.dynamodb")})
          .prefix_lists;
  REQUIRE(managed.size() == 1);
  CHECK(managed[0].prefix_list_id == lists[1].prefix_list_id);
  CHECK(managed[0].owner_id == "AWS");
  CHECK(world.in("eu-west-1").call(ec2::DescribePrefixListsRequest{}).prefix_lists[0].prefix_list_id !=
        lists[0].prefix_list_id);
  CHECK(world.error_of(ec2::DescribePrefixListsRequest{.prefix_list_ids = {"pl-00000000"}}) ==
        "InvalidPrefixListID.NotFound");
  check_documented_filters("DescribePrefixLists", [&](const std::vector<ec2::Filter>& filters) {
    return world.call(ec2::DescribePrefixListsRequest{.filters = filters}).prefix_lists.size();
  });
  check_documented_filters("DescribeManagedPrefixLists", [&](const std::vector<ec2::Filter>& filters) {
    return world.call(ec2::DescribeManagedPrefixListsRequest{.filters = filters}).prefix_lists.size();
  });
}

}  // namespace amity::tests
