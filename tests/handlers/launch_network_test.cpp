#include "tests/handlers/instance_builder.hpp"
#include "tests/handlers/network_builder.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace amity::tests {
namespace {

using Specification = ec2::InstanceNetworkInterfaceSpecification;

std::vector<state::Subnet> subnets(World& world) { return network_call(world).subnets().all(); }
std::string subnet_in(World& world, std::string_view zone) {
  for (const auto& row : subnets(world))
    if (row.subnet.availability_zone == zone) return *row.subnet.subnet_id;
  return {};
}

ec2::RunInstancesRequest with_interfaces(World& world, std::vector<Specification> interfaces) {
  auto request = launch_request(world);
  request.network_interfaces = std::move(interfaces);
  return request;
}

ec2::Instance launch_with(World& world, const ec2::RunInstancesRequest& request) {
  return describe(world, ids_of(world.call(request)).front());
}

std::string new_group(World& world, const std::string& name) {
  return *world.call(ec2::CreateSecurityGroupRequest{.description = "d", .group_name = name}).group_id;
}

std::string new_interface(World& world, std::string_view zone = "us-east-1a") {
  handlers::Call call = network_call(world);
  const auto subnet = call.subnets().find(subnet_in(world, zone)).value();
  return *handlers::create_network_interface_row(call, {.subnet = subnet}).network_interface.network_interface_id;
}

TEST_CASE("A launch goes into the named subnet with the named groups", "[instances][RunInstances][network]") {
  World world;
  const std::string by_id = new_group(world, "by-id");
  const std::string by_name = new_group(world, "by-name");
  auto request = launch_request(world);
  request.subnet_id = subnet_in(world, "us-east-1c");
  request.security_group_ids = {by_id};
  request.private_ip_address = "172.31.40.40";
  const auto instance = launch_with(world, request);
  CHECK(instance.subnet_id == request.subnet_id);
  CHECK(instance.placement->availability_zone == "us-east-1c");
  CHECK(instance.private_ip_address == "172.31.40.40");
  CHECK(instance.private_dns_name == "ip-172-31-40-40.ec2.internal");
  CHECK(instance.security_groups.at(0).group_id == by_id);

  auto named = launch_request(world);
  named.security_groups = {"by-name"};
  named.placement = {{.availability_zone_id = "use1-az6"}};
  const auto other = launch_with(world, named);
  CHECK(other.security_groups.at(0).group_id == by_name);
  CHECK(other.placement->availability_zone == "us-east-1c");
}

TEST_CASE("A public address comes with a default subnet, on request, or not at all",
          "[instances][RunInstances][network]") {
  World world;
  CHECK(launch_with(world, launch_request(world)).public_ip_address);
  CHECK_FALSE(launch_with(world, with_interfaces(world, {{.associate_public_ip_address = false, .device_index = 0}}))
                  .public_ip_address);
  {
    handlers::Call call = network_call(world);
    for (auto& row : call.subnets().all()) {
      row.subnet.map_public_ip_on_launch = false;
      call.subnets().update(row);
    }
  }
  CHECK_FALSE(launch_with(world, launch_request(world)).public_ip_address);
  CHECK(launch_with(world, with_interfaces(world, {{.associate_public_ip_address = true, .device_index = 0}}))
            .public_ip_address);
}

TEST_CASE("A public address shows when the instance runs", "[instances][RunInstances][network]") {
  World world(handlers::realistic_profile());
  const std::string id = launch(world);
  auto instance = describe(world, id);
  CHECK(instance.state->name == "pending");
  CHECK_FALSE(instance.public_ip_address);
  CHECK(instance.public_dns_name == "");
  CHECK(instance.block_device_mappings.size() == 1);
  world.advance(std::chrono::seconds(12));
  instance = describe(world, id);
  CHECK(instance.state->name == "running");
  CHECK(instance.public_ip_address);
}

TEST_CASE("Interfaces are listed by device index, the first being the instance's own",
          "[instances][RunInstances][network]") {
  World world;
  const std::string group = new_group(world, "second");
  const std::string zone = "us-east-1a";
  const auto instance = launch_with(
      world,
      with_interfaces(
          world, {{.description = "second", .device_index = 1, .groups = {group}, .subnet_id = subnet_in(world, zone)},
                  {.delete_on_termination = false,
                   .description = "first",
                   .device_index = 0,
                   .private_ip_addresses = {{.primary = true, .private_ip_address = "172.31.5.5"},
                                            {.private_ip_address = "172.31.5.6"}},
                   .subnet_id = subnet_in(world, zone)}}));
  REQUIRE(instance.network_interfaces.size() == 2);
  const auto& first = instance.network_interfaces.at(0);
  CHECK(first.description == "first");
  CHECK(first.attachment->device_index == 0);
  CHECK(first.attachment->delete_on_termination == false);
  CHECK(first.private_ip_addresses.size() == 2);
  CHECK(instance.private_ip_address == "172.31.5.5");
  CHECK(instance.network_interfaces.at(1).groups.at(0).group_id == group);
  CHECK(instance.security_groups.at(0).group_name == "default");
  CHECK_FALSE(instance.public_ip_address);  // never with two interfaces
}

TEST_CASE("An existing interface is taken and stays after termination", "[instances][RunInstances][network]") {
  World world;
  const std::string interface = new_interface(world);
  const auto instance =
      launch_with(world, with_interfaces(world, {{.device_index = 0, .network_interface_id = interface}}));
  CHECK(instance.network_interfaces.at(0).network_interface_id == interface);
  CHECK(instance.network_interfaces.at(0).attachment->delete_on_termination == false);
  CHECK_FALSE(instance.public_ip_address);
  CHECK(world.error_of(with_interfaces(world, {{.device_index = 0, .network_interface_id = interface}})) ==
        "InvalidNetworkInterface.InUse");
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {*instance.instance_id}});
  CHECK(state_of(world, *instance.instance_id) == "terminated");
  handlers::Call call = world.make_call();
  const auto row = call.network_interfaces().find(interface);
  REQUIRE(row);
  CHECK(row->network_interface.status == "available");
}

TEST_CASE("Launch-time members of an interface are kept", "[instances][RunInstances][network]") {
  World world;
  auto request = with_interfaces(
      world, {{.device_index = 0,
               .ena_srd_specification = {{.ena_srd_enabled = true,
                                          .ena_srd_udp_specification = {{.ena_srd_udp_enabled = true}}}},
               .connection_tracking_specification = {{.tcp_established_timeout = 600, .udp_timeout = 45}}}});
  CHECK(world.error_of(request) == "InvalidParameterCombination");  // t3.micro knows no ENA Express
  request.instance_type = "c6gn.16xlarge";
  request.image_id = public_image(world, "al2023-ami-2023", "arm64").image_id;
  const auto interface = launch_with(world, request).network_interfaces.at(0);
  CHECK(interface.attachment->ena_srd_specification->ena_srd_enabled == true);
  CHECK(interface.attachment->ena_srd_specification->ena_srd_udp_specification->ena_srd_udp_enabled == true);
  CHECK(interface.connection_tracking_configuration->tcp_established_timeout == 600);
}

TEST_CASE("A host name may be the instance's id", "[instances][RunInstances][network]") {
  World world;
  world.in("eu-west-1");
  auto request = launch_request(world);
  request.private_dns_name_options = {{.hostname_type = "resource-name", .enable_resource_name_dns_a_record = true}};
  const auto instance = launch_with(world, request);
  CHECK(instance.private_dns_name == *instance.instance_id + ".eu-west-1.compute.internal");
  CHECK(instance.private_dns_name_options->enable_resource_name_dns_a_record == true);
}

TEST_CASE("Addresses of version 6 need a subnet that has some", "[instances][RunInstances][network]") {
  World world;
  auto request = launch_request(world);
  request.ipv6_address_count = 1;
  CHECK(world.error_of(request) == "InvalidParameterValue");
  request.ipv6_address_count.reset();
  request.enable_primary_ipv6 = true;
  CHECK(world.error_of(request) == "InvalidParameterCombination");
  {
    handlers::Call call = network_call(world);
    auto row = call.subnets().find(subnet_in(world, "us-east-1a")).value();
    row.subnet.assign_ipv6_address_on_creation = true;
    row.subnet.ipv6_cidr_block_association_set = {
        {.ipv6_cidr_block = "2600:1f18:abc::/64", .ipv6_cidr_block_state = {{.state = "associated"}}}};
    call.subnets().update(row);
  }
  const auto instance = launch_with(world, request);
  REQUIRE(instance.ipv6_address);
  CHECK(instance.ipv6_address->starts_with("2600:1f18:abc:"));
  CHECK(instance.network_interfaces.at(0).ipv6_addresses.at(0).is_primary_ipv6 == true);
}

TEST_CASE("Interfaces that do not go together are refused with EC2's code", "[instances][RunInstances][network]") {
  World world;
  const std::string subnet = subnet_in(world, "us-east-1a");
  const std::string elsewhere = subnet_in(world, "us-east-1b");
  const std::string interface = new_interface(world);
  const std::string interface_elsewhere = new_interface(world, "us-east-1b");
  using Spoil = std::function<void(ec2::RunInstancesRequest&)>;
  struct Row {
    std::string what;
    std::vector<Specification> interfaces;
    std::string code;
    Spoil spoil = [](auto&) {};
  };
  const Row rows[] = {
      {"subnet twice", {{.device_index = 0}}, "InvalidParameterCombination", [&](auto& r) { r.subnet_id = subnet; }},
      {"groups twice",
       {{.device_index = 0}},
       "InvalidParameterCombination",
       [](auto& r) { r.security_groups = {"default"}; }},
      {"address twice",
       {{.device_index = 0}},
       "InvalidParameterCombination",
       [](auto& r) { r.private_ip_address = "172.31.5.5"; }},
      {"groups by name in a subnet",
       {},
       "InvalidParameterCombination",
       [&](auto& r) {
         r.subnet_id = subnet;
         r.security_groups = {"default"};
       }},
      {"no device index", {{.subnet_id = subnet}}, "InvalidParameterValue"},
      {"no primary", {{.device_index = 1}}, "InvalidParameterCombination"},
      {"index twice", {{.device_index = 0}, {.device_index = 0}}, "InvalidParameterValue"},
      {"card", {{.device_index = 0, .network_card_index = 1}}, "InvalidParameterValue"},
      {"too many", {{.device_index = 0}, {.device_index = 1}, {.device_index = 2}}, "AttachmentLimitExceeded"},
      {"public with two",
       {{.associate_public_ip_address = true, .device_index = 0}, {.device_index = 1}},
       "InvalidParameterCombination"},
      {"two zones",
       {{.device_index = 0, .subnet_id = subnet}, {.device_index = 1, .subnet_id = elsewhere}},
       "InvalidParameterValue"},
      {"interface in another zone",
       {{.device_index = 0, .subnet_id = subnet}, {.device_index = 1, .network_interface_id = interface_elsewhere}},
       "InvalidParameterCombination"},
      {"interface and subnet",
       {{.device_index = 0, .network_interface_id = interface, .subnet_id = subnet}},
       "InvalidParameterCombination"},
      {"interface deleted",
       {{.delete_on_termination = true, .device_index = 0, .network_interface_id = interface}},
       "InvalidParameterCombination"},
      {"interface for two",
       {{.device_index = 0, .network_interface_id = interface}},
       "InvalidParameterCombination",
       [](auto& r) { r.max_count = 2; }},
      {"unknown interface",
       {{.device_index = 0, .network_interface_id = "eni-00000000000000000"}},
       "InvalidNetworkInterfaceID.NotFound"},
      {"address for two",
       {{.device_index = 0, .private_ip_address = "172.31.5.5"}},
       "InvalidParameterCombination",
       [](auto& r) { r.max_count = 2; }},
      {"two primary addresses",
       {{.device_index = 0,
         .private_ip_addresses = {{.primary = true, .private_ip_address = "172.31.5.5"},
                                  {.primary = true, .private_ip_address = "172.31.5.6"}}}},
       "InvalidParameterValue"},
      {"too many addresses",
       {{.device_index = 0, .secondary_private_ip_address_count = 2}},
       "PrivateIpAddressLimitExceeded"},
      {"address outside", {{.device_index = 0, .private_ip_address = "10.0.0.1"}}, "InvalidParameterValue"},
      {"type of interface", {{.device_index = 0, .interface_type = "trunk"}}, "InvalidParameterValue"},
      {"efa", {{.device_index = 0, .interface_type = "efa"}}, "InvalidParameterCombination"},
      {"prefixes", {{.device_index = 0, .ipv4_prefix_count = 1}}, "UnsupportedOperation"},
      {"carrier address", {{.device_index = 0, .associate_carrier_ip_address = true}}, "InvalidParameterCombination"},
      {"timeout",
       {{.device_index = 0, .connection_tracking_specification = {{.udp_timeout = 10}}}},
       "InvalidParameterValue"},
      {"unknown group", {{.device_index = 0, .groups = {"sg-00000000000000000"}}}, "InvalidGroup.NotFound"},
      {"unknown subnet", {{.device_index = 0, .subnet_id = "subnet-00000000000000000"}}, "InvalidSubnetID.NotFound"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    auto request = with_interfaces(world, row.interfaces);
    row.spoil(request);
    CHECK(world.error_of(request) == row.code);
  }
  handlers::Call call = world.make_call();
  CHECK(call.instances().count() == 0);
  CHECK(call.network_interfaces().count() == 2);
}

}  // namespace
}  // namespace amity::tests
