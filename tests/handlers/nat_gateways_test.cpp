#include "handlers/fixtures.hpp"
#include "storage/database.hpp"
#include "tests/handlers/vpc_builder.hpp"

namespace amity::tests {
namespace {

ec2::NatGateway gateway_of(World& world, const std::string& id) {
  return world.call(ec2::DescribeNatGatewaysRequest{.nat_gateway_ids = {id}}).nat_gateways.at(0);
}

ec2::Address address_of(World& world, const std::string& allocation_id) {
  return world.call(ec2::DescribeAddressesRequest{.allocation_ids = {allocation_id}}).addresses.at(0);
}

}  // namespace

TEST_CASE("A NAT gateway takes an Elastic IP address and an interface", "[vpc][CreateNatGateway]") {
  World world;
  const std::string vpc_id = new_vpc(world);
  const std::string subnet_id = new_subnet(world, vpc_id);
  const std::string internet = new_gateway(world, vpc_id);
  const std::string allocation = *world.call(ec2::AllocateAddressRequest{}).allocation_id;
  const ec2::CreateNatGatewayRequest request{.allocation_id = allocation, .subnet_id = subnet_id};
  const auto made = *world.call(request).nat_gateway;
  CHECK(made.state == "pending");
  const std::string id = *made.nat_gateway_id;
  const auto shown = gateway_of(world, id);
  CHECK(shown.state == "available");
  CHECK(shown.vpc_id == vpc_id);
  CHECK(shown.connectivity_type == "public");
  REQUIRE(shown.nat_gateway_addresses.size() == 1);
  const auto& address = shown.nat_gateway_addresses[0];
  CHECK(address.allocation_id == allocation);
  CHECK(address.status == "succeeded");
  CHECK(address.public_ip == address_of(world, allocation).public_ip);
  const auto interface =
      world.call(ec2::DescribeNetworkInterfacesRequest{.network_interface_ids = {*address.network_interface_id}})
          .network_interfaces.at(0);
  CHECK(interface.interface_type == "nat_gateway");
  CHECK(interface.requester_managed == true);
  CHECK(interface.association->allocation_id == allocation);

  const std::string table = *world.call(ec2::CreateRouteTableRequest{.vpc_id = vpc_id}).route_table->route_table_id;
  world.call(
      ec2::CreateRouteRequest{.route_table_id = table, .destination_cidr_block = "0.0.0.0/0", .nat_gateway_id = id});
  const auto route_state = [&] {
    return world.call(ec2::DescribeRouteTablesRequest{.route_table_ids = {table}})
        .route_tables.at(0)
        .routes.back()
        .state;
  };
  CHECK(route_state() == "active");
  check_documented_filters("DescribeNatGateways", [&](const std::vector<ec2::Filter>& filters) {
    return world.call(ec2::DescribeNatGatewaysRequest{.filter = filters}).nat_gateways.size();
  });

  SECTION("which it holds as long as it lives") {
    CHECK(world.error_of(ec2::DeleteSubnetRequest{.subnet_id = subnet_id}) == "DependencyViolation");
    CHECK(world.error_of(ec2::DetachInternetGatewayRequest{.internet_gateway_id = internet, .vpc_id = vpc_id}) ==
          "DependencyViolation");
    CHECK(world.error_of(ec2::DisassociateAddressRequest{
              .association_id = *address_of(world, allocation).association_id}) == "AuthFailure");
    CHECK(world.error_of(ec2::DetachNetworkInterfaceRequest{.attachment_id = *interface.attachment->attachment_id}) ==
          "OperationNotPermitted");
    const std::string second = *world.call(request).nat_gateway->nat_gateway_id;
    const auto failed = gateway_of(world, second);
    CHECK(failed.state == "failed");
    CHECK(failed.failure_code == "Resource.AlreadyAssociated");
  }
  SECTION("until it is deleted") {
    CHECK(world.call(ec2::DeleteNatGatewayRequest{.nat_gateway_id = id}).nat_gateway_id == id);
    const auto deleted = gateway_of(world, id);
    CHECK(deleted.state == "deleted");
    CHECK(deleted.delete_time);
    CHECK(route_state() == "blackhole");
    CHECK_FALSE(address_of(world, allocation).association_id);
    CHECK(world.error_of(ec2::DeleteSubnetRequest{.subnet_id = subnet_id}).empty());
    CHECK(world.error_of(ec2::DeleteNatGatewayRequest{.nat_gateway_id = id}) == "NatGatewayNotFound");
    world.advance(std::chrono::hours{2});
    CHECK(world.error_of(ec2::DescribeNatGatewaysRequest{.nat_gateway_ids = {id}}) == "NatGatewayNotFound");
  }
}

TEST_CASE("A NAT gateway may have several addresses, or only private ones", "[vpc][CreateNatGateway]") {
  World world;
  const std::string vpc_id = new_vpc(world);
  const std::string subnet_id = new_subnet(world, vpc_id);
  new_gateway(world, vpc_id);
  const std::string first = *world.call(ec2::AllocateAddressRequest{}).allocation_id;
  const std::string second = *world.call(ec2::AllocateAddressRequest{}).allocation_id;
  const auto many = *world
                         .call(ec2::CreateNatGatewayRequest{
                             .allocation_id = first, .subnet_id = subnet_id, .secondary_allocation_ids = {second}})
                         .nat_gateway;
  REQUIRE(many.nat_gateway_addresses.size() == 2);
  CHECK(many.nat_gateway_addresses[1].allocation_id == second);
  CHECK(many.nat_gateway_addresses[1].is_primary == false);
  const auto inner =
      *world
           .call(ec2::CreateNatGatewayRequest{
               .subnet_id = subnet_id, .connectivity_type = "private", .private_ip_address = "10.0.1.77"})
           .nat_gateway;
  CHECK(inner.nat_gateway_addresses.at(0).private_ip == "10.0.1.77");
  CHECK_FALSE(inner.nat_gateway_addresses.at(0).public_ip);
}

TEST_CASE("CreateNatGateway refuses at once, or fails later", "[vpc][CreateNatGateway]") {
  World world;
  const std::string subnet_id = new_subnet(world, new_vpc(world));
  const std::string allocation = *world.call(ec2::AllocateAddressRequest{}).allocation_id;
  const std::pair<ec2::CreateNatGatewayRequest, std::string> refused[] = {
      {{.allocation_id = allocation}, "MissingParameter"},
      {{.subnet_id = subnet_id}, "MissingParameter"},
      {{.allocation_id = allocation, .subnet_id = subnet_id, .connectivity_type = "private"},
       "InvalidParameterCombination"},
      {{.allocation_id = "eipalloc-00000000000000000", .subnet_id = subnet_id}, "InvalidAllocationID.NotFound"},
      {{.allocation_id = allocation, .subnet_id = "subnet-00000000000000000"}, "InvalidSubnetID.NotFound"},
      {{.availability_mode = "regional", .vpc_id = "vpc-00000000000000000"}, "UnsupportedOperation"},
  };
  for (const auto& [request, code] : refused) CHECK(world.error_of(request) == code);

  const auto made =
      *world.call(ec2::CreateNatGatewayRequest{.allocation_id = allocation, .subnet_id = subnet_id}).nat_gateway;
  CHECK(made.state == "pending");
  const auto failed = gateway_of(world, *made.nat_gateway_id);
  CHECK(failed.state == "failed");
  CHECK(failed.failure_code == "Gateway.NotAttached");
  CHECK_FALSE(address_of(world, allocation).association_id);
  CHECK(world.error_of(ec2::DeleteSubnetRequest{.subnet_id = subnet_id}).empty());
}

TEST_CASE("Addresses and NAT gateways are part of a dump", "[vpc][fixtures]") {
  World world;
  const std::string subnet_id = *world.call(ec2::DescribeSubnetsRequest{}).subnets.at(0).subnet_id;
  const std::string allocation = *world.call(ec2::AllocateAddressRequest{}).allocation_id;
  const auto made =
      *world.call(ec2::CreateNatGatewayRequest{.allocation_id = allocation, .subnet_id = subnet_id}).nat_gateway;
  const std::string dump = handlers::dump_fixtures(world.environment());

  World copy;
  storage::Transaction transaction(copy.store().database());
  const handlers::FixtureText texts[] = {{.name = "dump", .text = dump}};
  handlers::load_fixtures(copy.environment(), copy.make_call().scope(), copy.now(), texts);
  transaction.commit();
  CHECK(address_of(copy, allocation).public_ip == address_of(world, allocation).public_ip);
  CHECK(gateway_of(copy, *made.nat_gateway_id).state == "available");
}

}  // namespace amity::tests
