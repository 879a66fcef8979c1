#include "emulator/query_decoder.hpp"

#include "handlers/api_error.hpp"
#include "model/ec2.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using emulator::QueryDialect;
using emulator::QueryParameters;

namespace {

template <class Request>
Request decode(std::string_view text) {
  QueryParameters parameters;
  REQUIRE(parameters.parse(text));
  Request request;
  decode_query(parameters, QueryDialect::Ec2, Request::shape, &request);
  return request;
}

template <class Request>
std::string error_of(std::string_view text) {
  try {
    decode<Request>(text);
    return {};
  } catch (const handlers::ApiError& error) {
    return error.code() + ": " + error.message();
  }
}

}  // namespace

TEST_CASE("Members are found under their wire names, in any order", "[decoder]") {
  const auto request = decode<ec2::RunInstancesRequest>(
      "MinCount=1&BlockDeviceMapping.1.Ebs.VolumeSize=12&Version=2016-11-15&ImageId=ami-1&BlockDeviceMapping.1."
      "DeviceName=%2Fdev%2Fxvda&"
      "MaxCount=2&Action=RunInstances&SecurityGroupId.1=sg-1&NetworkInterface.1.SecurityGroupId.1=sg-2&"
      "DisableApiTermination=true&"
      "BlockDeviceMapping.2.NoDevice=&NetworkInterface.1.Ipv6Addresses.1.Ipv6Address=%3A%3A1");
  CHECK(request.image_id == "ami-1");
  CHECK(request.min_count == 1);
  CHECK(request.max_count == 2);
  REQUIRE(request.block_device_mappings.size() == 2);
  CHECK(request.block_device_mappings[0].device_name == "/dev/xvda");
  CHECK(request.block_device_mappings[0].ebs->volume_size == 12);
  CHECK(request.block_device_mappings[1].no_device == "");
  CHECK(request.security_group_ids == std::vector<std::string>{"sg-1"});
  REQUIRE(request.network_interfaces.size() == 1);
  CHECK(request.network_interfaces[0].groups == std::vector<std::string>{"sg-2"});
  CHECK(request.network_interfaces[0].ipv6_addresses[0].ipv6_address == "::1");
  CHECK(request.disable_api_termination == true);
}

TEST_CASE("List members are taken in the order of their numbers, which may start at zero and have gaps", "[decoder]") {
  const auto request = decode<ec2::DescribeImagesRequest>("ImageId.10=c&ImageId.2=b&ImageId.0=a");
  CHECK(request.image_ids == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("An empty list, as older JavaScript SDKs write it, has one element of which nothing is said", "[decoder]") {
  const auto request = decode<ec2::DescribeInstancesRequest>("Filter=&InstanceId=");
  REQUIRE(request.filters.size() == 1);
  CHECK_FALSE(request.filters.front().name);
  CHECK(request.instance_ids == std::vector<std::string>{""});
  CHECK(error_of<ec2::DescribeInstancesRequest>("InstanceId=i-1").starts_with("UnknownParameter"));
}

TEST_CASE("Booleans are read as Python and C write them too", "[decoder]") {
  CHECK(decode<ec2::CreateImageRequest>("InstanceId=i&Name=n&NoReboot=True").no_reboot == true);
  CHECK(decode<ec2::CreateImageRequest>("InstanceId=i&Name=n&NoReboot=0").no_reboot == false);
}

TEST_CASE("Attribute names are read in any case and with blanks around them", "[decoder]") {
  CHECK(decode<ec2::DescribeImageAttributeRequest>("ImageId=ami-1&Attribute=LaunchPermission").attribute ==
        "launchPermission");
  CHECK(decode<ec2::DescribeImageAttributeRequest>("ImageId=ami-1&Attribute=Description+").attribute == "description");
}

TEST_CASE("An empty id is no id, an empty description is a description", "[decoder]") {
  const auto group = decode<ec2::CreateSecurityGroupRequest>("GroupName=g&GroupDescription=d&VpcId=");
  CHECK(!group.vpc_id);
  CHECK(decode<ec2::CreateImageRequest>("InstanceId=i&Name=n&Description=").description == "");
}

TEST_CASE("Timestamps and blobs are decoded", "[decoder]") {
  const auto import = decode<ec2::ImportKeyPairRequest>("KeyName=k&PublicKeyMaterial=aGVsbG8%3D");
  CHECK(import.public_key_material == "hello");
}

TEST_CASE("What the model does not allow is refused in AWS's words", "[decoder]") {
  using Describe = ec2::DescribeImagesRequest;
  using Run = ec2::RunInstancesRequest;
  CHECK(error_of<Describe>("Colour=red") == "UnknownParameter: The parameter Colour is not recognized");
  CHECK(error_of<Describe>("Filter.1.Names=x") == "UnknownParameter: The parameter Filter.1.Names is not recognized");
  CHECK(error_of<Describe>("ImageId.one=x") == "UnknownParameter: The parameter ImageId.one is not recognized");
  CHECK(error_of<Describe>("ImageId.-1=x") == "UnknownParameter: The parameter ImageId.-1 is not recognized");
  CHECK(error_of<Describe>("ImageId=x") == "UnknownParameter: The parameter ImageId is not recognized");
  CHECK(error_of<Describe>("ImageId.1.x=x") == "UnknownParameter: The parameter ImageId.1.x is not recognized");
  CHECK(error_of<Run>("MaxCount=1&ImageId=ami-1") ==
        "MissingParameter: The request must contain the parameter MinCount");
  CHECK(error_of<ec2::StopInstancesRequest>("Force=true") == "InvalidParameterCombination: No instances specified");
  CHECK(error_of<ec2::CreateTagsRequest>("Tag.1.Key=a") ==
        "MissingParameter: The request must contain the parameter ResourceId");
  CHECK(error_of<Run>("MinCount=one&MaxCount=1") ==
        "InvalidParameterValue: Value (one) for parameter MinCount is invalid. It must be a number.");
  CHECK(error_of<Run>("MinCount=99999999999&MaxCount=1").starts_with("InvalidParameterValue"));
  CHECK(error_of<Run>("MinCount=&MaxCount=1").starts_with("InvalidParameterValue"));
  CHECK(error_of<Run>("MinCount=1&MaxCount=1&EbsOptimized=maybe").starts_with("InvalidParameterValue"));
  CHECK(error_of<ec2::ImportKeyPairRequest>("KeyName=k&PublicKeyMaterial=***").starts_with("InvalidParameterValue"));
  CHECK(error_of<ec2::CreateVolumeRequest>("AvailabilityZone=us-east-1a&Size=1&VolumeType=gp9")
            .starts_with("InvalidParameterValue"));
}

TEST_CASE("Deep, long and colliding names neither crash nor hang", "[decoder]") {
  std::string deep = "A";
  for (int i = 0; i < 5000; ++i) deep += ".A";
  CHECK(error_of<ec2::DescribeImagesRequest>(deep + "=1").starts_with("UnknownParameter"));
  CHECK(error_of<ec2::DescribeImagesRequest>("ImageId-x=1&ImageId.1=a&ImageId=b").starts_with("UnknownParameter"));
  CHECK(error_of<ec2::DescribeImagesRequest>("=1").starts_with("UnknownParameter"));
  CHECK(error_of<ec2::DescribeImagesRequest>(".=1").starts_with("UnknownParameter"));
  std::string many;
  for (int i = 60000; i > 0; --i) many += "ImageId." + std::to_string(i) + "=a&";
  CHECK(decode<ec2::DescribeImagesRequest>(many).image_ids.size() == 60000);
}

TEST_CASE("The older query protocol has member segments, and empty lists", "[decoder]") {
  QueryParameters parameters;
  REQUIRE(parameters.parse("ImageId.member.2=b&ImageId.member.1=a"));
  ec2::DescribeImagesRequest request;
  decode_query(parameters, QueryDialect::Aws, ec2::DescribeImagesRequest::shape, &request);
  CHECK(request.image_ids == std::vector<std::string>{"a", "b"});
  QueryParameters empty;
  REQUIRE(empty.parse("ImageId="));
  ec2::DescribeImagesRequest none;
  decode_query(empty, QueryDialect::Aws, ec2::DescribeImagesRequest::shape, &none);
  CHECK(none.image_ids.empty());
}
