#include "tests/handlers/instance_builder.hpp"
#include "tests/handlers/vpc_builder.hpp"

namespace amity::tests {
namespace {

ec2::AllocateAddressResult allocate(World& world) { return world.call(ec2::AllocateAddressRequest{}); }

ec2::Address address_of(World& world, const std::string& allocation_id) {
  return world.call(ec2::DescribeAddressesRequest{.allocation_ids = {allocation_id}}).addresses.at(0);
}

ec2::AssociateAddressRequest to_instance(const std::string& allocation_id, const std::string& instance_id) {
  return {.allocation_id = allocation_id, .instance_id = instance_id};
}

}  // namespace

TEST_CASE("AllocateAddress gives an address that nobody has", "[vpc][AllocateAddress]") {
  World world;
  const auto made = world.call(ec2::AllocateAddressRequest{
      .domain = "vpc", .tag_specifications = {{.resource_type = "elastic-ip", .tags = {{.key = "a", .value = "b"}}}}});
  CHECK(made.allocation_id->starts_with("eipalloc-"));
  CHECK(made.domain == "vpc");
  CHECK(made.network_border_group == "us-east-1");
  const auto shown = address_of(world, *made.allocation_id);
  CHECK(shown.public_ip == made.public_ip);
  CHECK(shown.tags.size() == 1);
  CHECK_FALSE(shown.association_id);
  CHECK(world.call(ec2::DescribeAddressesRequest{.public_ips = {*made.public_ip}}).addresses.size() == 1);
  CHECK(world
            .call(ec2::DescribeAddressesAttributeRequest{.allocation_ids = {*made.allocation_id},
                                                         .attribute = "domain-name"})
            .addresses.at(0)
            .public_ip == made.public_ip);
  check_documented_filters("DescribeAddresses", [&](const std::vector<ec2::Filter>& filters) {
    return world.call(ec2::DescribeAddressesRequest{.filters = filters}).addresses.size();
  });
  CHECK(world.call(ec2::DescribeAddressesRequest{.filters = filter("domain", "vpc")}).addresses.size() == 1);

  SECTION("as often as the quota lets it") {
    for (int i = 0; i < 4; ++i) allocate(world);
    CHECK(world.error_of(ec2::AllocateAddressRequest{}) == "AddressLimitExceeded");
  }
  SECTION("until it is released") {
    world.call(ec2::ReleaseAddressRequest{.allocation_id = *made.allocation_id});
    CHECK(world.error_of(ec2::ReleaseAddressRequest{.allocation_id = *made.allocation_id}) ==
          "InvalidAllocationID.NotFound");
    CHECK(world.error_of(ec2::DescribeAddressesRequest{.allocation_ids = {*made.allocation_id}}) ==
          "InvalidAllocationID.NotFound");
    CHECK(world.error_of(ec2::DescribeAddressesRequest{.public_ips = {*made.public_ip}}) == "InvalidAddress.NotFound");
  }
  SECTION("to its account only") {
    world.as(kOtherAccount);
    CHECK(world.error_of(ec2::ReleaseAddressRequest{.allocation_id = *made.allocation_id}) ==
          "InvalidAllocationID.NotFound");
  }
  SECTION("and refuses what it cannot give") {
    const std::pair<ec2::AllocateAddressRequest, std::string> refused[] = {
        {{.domain = "standard"}, "InvalidParameterValue"},
        {{.address = "3.4.5.6"}, "InvalidAddress.NotFound"},
        {{.public_ipv4_pool = "ipv4pool-ec2-1"}, "InvalidPublicIpv4PoolID.NotFound"},
        {{.network_border_group = "eu-west-1"}, "InvalidParameterValue"},
    };
    for (const auto& [request, code] : refused) CHECK(world.error_of(request) == code);
    CHECK(world.error_of(ec2::ReleaseAddressRequest{}) == "MissingParameter");
    CHECK(world.error_of(ec2::ReleaseAddressRequest{.public_ip = *made.public_ip}) == "InvalidParameterValue");
  }
}

TEST_CASE("An instance keeps its Elastic IP address", "[vpc][AssociateAddress]") {
  World world;
  const std::string instance = launch(world);
  const auto launched_with = describe(world, instance).public_ip_address;
  const auto address = allocate(world);
  const auto associate = to_instance(*address.allocation_id, instance);
  const auto association = world.call(associate).association_id;
  CHECK(association->starts_with("eipassoc-"));
  CHECK(world.call(associate).association_id == association);

  const auto running = describe(world, instance);
  CHECK(running.public_ip_address == address.public_ip);
  CHECK(running.public_dns_name->starts_with("ec2-"));
  const auto& on_interface = running.network_interfaces.at(0).association;
  CHECK(on_interface->public_ip == address.public_ip);
  CHECK(on_interface->ip_owner_id == kAccount);
  const auto shown = address_of(world, *address.allocation_id);
  CHECK(shown.instance_id == instance);
  CHECK(shown.private_ip_address == running.private_ip_address);
  CHECK(shown.network_interface_id == running.network_interfaces[0].network_interface_id);
  CHECK(world.call(ec2::DescribeAddressesRequest{.filters = filter("instance-id", instance)}).addresses.size() == 1);

  SECTION("while it is stopped and started") {
    stop(world, instance);
    CHECK(describe(world, instance).public_ip_address == address.public_ip);
    world.call(ec2::StartInstancesRequest{.instance_ids = {instance}});
    CHECK(describe(world, instance).public_ip_address == address.public_ip);
  }
  SECTION("until it is disassociated, and gets another of Amazon's") {
    world.call(ec2::DisassociateAddressRequest{.association_id = *association});
    CHECK_FALSE(address_of(world, *address.allocation_id).association_id);
    const auto now = describe(world, instance).public_ip_address;
    CHECK(now);
    CHECK(now != address.public_ip);
    CHECK(now != launched_with);
    CHECK(world.error_of(ec2::DisassociateAddressRequest{.association_id = *association}) ==
          "InvalidAssociationID.NotFound");
    CHECK(world.error_of(ec2::DisassociateAddressRequest{.public_ip = *address.public_ip}).empty());
  }
  SECTION("until it is terminated") {
    world.call(ec2::TerminateInstancesRequest{.instance_ids = {instance}});
    const auto freed = address_of(world, *address.allocation_id);
    CHECK_FALSE(freed.association_id);
    CHECK_FALSE(freed.instance_id);
    CHECK(freed.public_ip == address.public_ip);
  }
  SECTION("until another instance gets it") {
    const std::string other = launch(world);
    auto carefully = to_instance(*address.allocation_id, other);
    carefully.allow_reassociation = false;
    CHECK(world.error_of(carefully) == "Resource.AlreadyAssociated");
    world.call(to_instance(*address.allocation_id, other));
    CHECK(describe(world, other).public_ip_address == address.public_ip);
    CHECK(describe(world, instance).public_ip_address != address.public_ip);
  }
  SECTION("until another address takes its place") {
    const auto second = allocate(world);
    world.call(to_instance(*second.allocation_id, instance));
    CHECK(describe(world, instance).public_ip_address == second.public_ip);
    CHECK_FALSE(address_of(world, *address.allocation_id).association_id);
  }
  SECTION("until it is released, in the default VPC") {
    world.call(ec2::ReleaseAddressRequest{.allocation_id = *address.allocation_id});
    CHECK(describe(world, instance).public_ip_address != address.public_ip);
  }
}

TEST_CASE("An Elastic IP address needs an interface in a VPC with a gateway", "[vpc][AssociateAddress]") {
  World world;
  const std::string vpc_id = new_vpc(world);
  const auto interface = *world
                              .call(ec2::CreateNetworkInterfaceRequest{.subnet_id = new_subnet(world, vpc_id),
                                                                       .secondary_private_ip_address_count = 1})
                              .network_interface;
  const std::string id = *interface.network_interface_id;
  const std::string allocation = *allocate(world).allocation_id;
  ec2::AssociateAddressRequest request{.allocation_id = allocation, .network_interface_id = id};
  CHECK(world.error_of(request) == "Gateway.NotAttached");
  new_gateway(world, vpc_id);
  request.private_ip_address = interface.private_ip_addresses.at(1).private_ip_address;
  world.call(request);
  CHECK(address_of(world, allocation).private_ip_address == request.private_ip_address);
  const auto shown =
      world.call(ec2::DescribeNetworkInterfacesRequest{.network_interface_ids = {id}}).network_interfaces.at(0);
  CHECK_FALSE(shown.association);
  CHECK(shown.private_ip_addresses.at(1).association->allocation_id == allocation);
  CHECK(world.error_of(ec2::ReleaseAddressRequest{.allocation_id = allocation}) == "InvalidIPAddress.InUse");

  const std::pair<ec2::AssociateAddressRequest, std::string> refused[] = {
      {{.network_interface_id = id}, "MissingParameter"},
      {{.allocation_id = allocation}, "MissingParameter"},
      {{.allocation_id = allocation, .instance_id = "i-00000000000000000"}, "InvalidInstanceID.NotFound"},
      {{.allocation_id = "eipalloc-00000000000000000", .network_interface_id = id}, "InvalidAllocationID.NotFound"},
      {{.public_ip = "1.2.3.4", .network_interface_id = id}, "InvalidAddress.NotFound"},
      {{.allocation_id = allocation, .network_interface_id = id, .private_ip_address = "10.0.1.250"},
       "InvalidParameterValue"},
  };
  for (const auto& [bad, code] : refused) CHECK(world.error_of(bad) == code);

  SECTION("that gives it back when it goes") {
    world.call(ec2::UnassignPrivateIpAddressesRequest{.network_interface_id = id,
                                                      .private_ip_addresses = {*request.private_ip_address}});
    CHECK_FALSE(address_of(world, allocation).association_id);
    world.call(ec2::AssociateAddressRequest{.allocation_id = allocation, .network_interface_id = id});
    world.call(ec2::DeleteNetworkInterfaceRequest{.network_interface_id = id});
    CHECK_FALSE(address_of(world, allocation).association_id);
  }
}

}  // namespace amity::tests
