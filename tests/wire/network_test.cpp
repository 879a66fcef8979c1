#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

using namespace amity::tests;

namespace {

// Calls and expects success.
WireAnswer call(WireWorld& world, const std::string& action, const Parameters& parameters = {}) {
  const auto answer = world.ec2(action, parameters);
  INFO(action << ": " << answer.body);
  REQUIRE(answer.status == 200);
  return answer;
}

std::string base_image(WireWorld& world) {
  return call(world, "DescribeImages",
              {{"Owner.1", "amazon"}, {"Filter.1.Name", "name"}, {"Filter.1.Value.1", "al2023-ami-2023*-x86_64"}})
      .texts("//imagesSet/item/imageId")
      .at(0);
}

}  // namespace

// What provisioning tools do when they make a VPC with a public subnet and an instance in it, and when they take it
// away.
TEST_CASE("A network is built, used and taken away over the wire", "[vpc]") {
  WireWorld world;
  const std::string vpc = call(world, "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}).text("CreateVpcResponse/vpc/vpcId");
  CHECK(call(world, "DescribeVpcs", {{"VpcId.1", vpc}}).text("DescribeVpcsResponse/vpcSet/item/state") == "available");
  call(world, "ModifyVpcAttribute", {{"VpcId", vpc}, {"EnableDnsHostnames.Value", "true"}});
  CHECK(call(world, "DescribeVpcAttribute", {{"VpcId", vpc}, {"Attribute", "enableDnsHostnames"}})
            .text("DescribeVpcAttributeResponse/enableDnsHostnames/value") == "true");
  const std::string subnet =
      call(world, "CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", "10.0.1.0/24"}, {"AvailabilityZone", "us-east-1a"}})
          .text("CreateSubnetResponse/subnet/subnetId");
  const std::string gateway =
      call(world, "CreateInternetGateway").text("CreateInternetGatewayResponse/internetGateway/internetGatewayId");
  CHECK(call(world, "AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}})
            .text("AttachInternetGatewayResponse/return") == "true");
  const std::string table =
      call(world, "CreateRouteTable", {{"VpcId", vpc}}).text("CreateRouteTableResponse/routeTable/routeTableId");
  CHECK(call(world, "CreateRoute",
             {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}})
            .text("CreateRouteResponse/return") == "true");
  const std::string association = call(world, "AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", subnet}})
                                      .text("AssociateRouteTableResponse/associationId");
  const auto routes = call(world, "DescribeRouteTables", {{"RouteTableId.1", table}});
  CHECK(routes.texts("//routeSet/item/gatewayId") == std::vector<std::string>{"local", gateway});

  const std::string instance = call(world, "RunInstances",
                                    {{"ImageId", base_image(world)},
                                     {"InstanceType", "t3.micro"},
                                     {"MinCount", "1"},
                                     {"MaxCount", "1"},
                                     {"SubnetId", subnet}})
                                   .text("RunInstancesResponse/instancesSet/item/instanceId");
  const auto address = call(world, "AllocateAddress", {{"Domain", "vpc"}});
  const std::string allocation = address.text("AllocateAddressResponse/allocationId");
  call(world, "AssociateAddress", {{"AllocationId", allocation}, {"InstanceId", instance}});
  const auto shown = call(world, "DescribeInstances", {{"InstanceId.1", instance}});
  CHECK(shown.texts("//instancesSet/item/ipAddress").at(0) == address.text("AllocateAddressResponse/publicIp"));
  CHECK(shown.texts("//instancesSet/item/dnsName").at(0).starts_with("ec2-"));
  CHECK(call(world, "DescribeAddresses", {{"AllocationId.1", allocation}})
            .text("DescribeAddressesResponse/addressesSet/item/instanceId") == instance);

  CHECK(world.ec2("DeleteVpc", {{"VpcId", vpc}}).error_code() == "DependencyViolation");
  call(world, "TerminateInstances", {{"InstanceId.1", instance}});
  call(world, "ReleaseAddress", {{"AllocationId", allocation}});
  call(world, "DisassociateRouteTable", {{"AssociationId", association}});
  call(world, "DeleteRouteTable", {{"RouteTableId", table}});
  call(world, "DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
  call(world, "DeleteInternetGateway", {{"InternetGatewayId", gateway}});
  call(world, "DeleteSubnet", {{"SubnetId", subnet}});
  call(world, "DeleteVpc", {{"VpcId", vpc}});
  CHECK(world.ec2("DescribeVpcs", {{"VpcId.1", vpc}}).error_code() == "InvalidVpcID.NotFound");
}
