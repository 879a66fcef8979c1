#include "tests/handlers/fixture_world.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace amity;
using namespace amity::tests;

namespace {

// As `aws ec2 describe-instances --output json` prints it.
constexpr char kReservation[] = R"(
        {
            "ReservationId": "r-0123456789abcdef0",
            "OwnerId": "111111111111",
            "RequesterId": "222222222222",
            "Groups": [],
            "Instances": [
                {
                    "Architecture": "x86_64",
                    "BlockDeviceMappings": [
                        {
                            "DeviceName": "/dev/xvda",
                            "Ebs": {
                                "AttachTime": "2024-05-01T12:35:00+00:00",
                                "DeleteOnTermination": true,
                                "Status": "attached",
                                "VolumeId": "vol-0123456789abcdef0"
                            }
                        }
                    ],
                    "ClientToken": "",
                    "EbsOptimized": false,
                    "EnaSupport": true,
                    "Hypervisor": "xen",
                    "NetworkInterfaces": [
                        {
                            "Association": {
                                "IpOwnerId": "amazon",
                                "PublicDnsName": "ec2-3-80-1-2.compute-1.amazonaws.com",
                                "PublicIp": "3.80.1.2"
                            },
                            "Attachment": {
                                "AttachTime": "2024-05-01T12:34:56+00:00",
                                "AttachmentId": "eni-attach-0123456789abcdef0",
                                "DeleteOnTermination": true,
                                "DeviceIndex": 0,
                                "Status": "attached",
                                "NetworkCardIndex": 0
                            },
                            "Description": "",
                            "Groups": [{"GroupId": "sg-0123456789abcdef0", "GroupName": "web"}],
                            "Ipv6Addresses": [],
                            "MacAddress": "0a:1b:2c:3d:4e:5f",
                            "NetworkInterfaceId": "eni-0123456789abcdef0",
                            "OwnerId": "111111111111",
                            "PrivateIpAddress": "10.1.1.25",
                            "PrivateIpAddresses": [
                                {
                                    "Association": {
                                        "IpOwnerId": "amazon",
                                        "PublicDnsName": "ec2-3-80-1-2.compute-1.amazonaws.com",
                                        "PublicIp": "3.80.1.2"
                                    },
                                    "Primary": true,
                                    "PrivateIpAddress": "10.1.1.25"
                                }
                            ],
                            "SourceDestCheck": true,
                            "Status": "in-use",
                            "SubnetId": "subnet-0123456789abcdef0",
                            "VpcId": "vpc-0123456789abcdef0",
                            "InterfaceType": "interface"
                        }
                    ],
                    "RootDeviceName": "/dev/xvda",
                    "RootDeviceType": "ebs",
                    "SecurityGroups": [{"GroupId": "sg-0123456789abcdef0", "GroupName": "web"}],
                    "SourceDestCheck": true,
                    "Tags": [{"Key": "Name", "Value": "web-1"}],
                    "VirtualizationType": "hvm",
                    "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2},
                    "MetadataOptions": {"State": "applied", "HttpTokens": "required", "HttpPutResponseHopLimit": 2,
                                        "HttpEndpoint": "enabled"},
                    "PlatformDetails": "Linux/UNIX",
                    "InstanceId": "i-0123456789abcdef0",
                    "ImageId": "ami-0123456789abcdef0",
                    "State": {"Code": 16, "Name": "running"},
                    "PrivateDnsName": "ip-10-1-1-25.ec2.internal",
                    "PublicDnsName": "ec2-3-80-1-2.compute-1.amazonaws.com",
                    "StateTransitionReason": "",
                    "KeyName": "me",
                    "AmiLaunchIndex": 0,
                    "ProductCodes": [],
                    "InstanceType": "x99.huge",
                    "LaunchTime": "2024-05-01T12:34:56+00:00",
                    "Placement": {"GroupName": "", "Tenancy": "default", "AvailabilityZone": "us-east-1b"},
                    "Monitoring": {"State": "disabled"},
                    "SubnetId": "subnet-0123456789abcdef0",
                    "VpcId": "vpc-0123456789abcdef0",
                    "PrivateIpAddress": "10.1.1.25",
                    "PublicIpAddress": "3.80.1.2"
                }
            ]
        })";

constexpr char kImage[] = R"({"Account": "111111111111", "Images": [{"ImageId": "ami-0123456789abcdef0",
    "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda",
      "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 12, "VolumeType": "gp3"}},
      {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 40, "VolumeType": "gp3", "DeleteOnTermination": false}}]}]})";

std::string described() { return fmt::format(R"({{"Account": "111111111111", "Reservations": [{}]}})", kReservation); }

ec2::Instance instance(World& world, const std::string& id) {
  const auto result = world.call(ec2::DescribeInstancesRequest{.instance_ids = {id}});
  return result.reservations.at(0).instances.at(0);
}

ec2::NetworkInterface network_interface(World& world, const std::string& id) {
  return world.call(ec2::DescribeNetworkInterfacesRequest{.network_interface_ids = {id}}).network_interfaces.at(0);
}

}  // namespace

TEST_CASE("What describe-instances prints is loaded as it stands", "[fixtures][instances]") {
  World world;
  load(world, described());
  const auto result = world.call(ec2::DescribeInstancesRequest{.instance_ids = {"i-0123456789abcdef0"}});
  CHECK(result.reservations.at(0).reservation_id == "r-0123456789abcdef0");
  CHECK(result.reservations.at(0).requester_id == "222222222222");
  const ec2::Instance web = result.reservations.at(0).instances.at(0);
  CHECK(web.state->name == "running");
  CHECK(web.instance_type == "x99.huge");  // a type of next year
  CHECK(web.private_ip_address == "10.1.1.25");
  CHECK(web.public_ip_address == "3.80.1.2");
  CHECK(web.tags.at(0).value == "web-1");
  CHECK(web.network_interfaces.at(0).mac_address == "0a:1b:2c:3d:4e:5f");
  CHECK(web.launch_time == model::parse_iso8601("2024-05-01T12:34:56Z"));

  SECTION("its interface is there") {
    const ec2::NetworkInterface interface = network_interface(world, "eni-0123456789abcdef0");
    CHECK(interface.status == "in-use");
    CHECK(interface.attachment->instance_id == "i-0123456789abcdef0");
    CHECK(interface.private_ip_address == "10.1.1.25");
    CHECK(interface.availability_zone == "us-east-1b");
  }
  SECTION("its volume is there, and attached") {
    const ec2::Volume root = volume(world, "vol-0123456789abcdef0");
    CHECK(root.state == "in-use");
    CHECK(root.availability_zone == "us-east-1b");
    CHECK(root.attachments.at(0).instance_id == "i-0123456789abcdef0");
    CHECK(root.attachments.at(0).device == "/dev/xvda");
    CHECK(root.attachments.at(0).delete_on_termination == true);
  }
  SECTION("it lives on: stopped, started and terminated, it takes its parts along") {
    world.call(ec2::StopInstancesRequest{.instance_ids = {"i-0123456789abcdef0"}});
    CHECK(instance(world, "i-0123456789abcdef0").state->name == "stopped");
    CHECK_FALSE(instance(world, "i-0123456789abcdef0").public_ip_address);
    world.call(ec2::StartInstancesRequest{.instance_ids = {"i-0123456789abcdef0"}});
    CHECK(instance(world, "i-0123456789abcdef0").state->name == "running");
    world.call(ec2::TerminateInstancesRequest{.instance_ids = {"i-0123456789abcdef0"}});
    CHECK(instance(world, "i-0123456789abcdef0").state->name == "terminated");
    CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {"vol-0123456789abcdef0"}}) ==
          "InvalidVolume.NotFound");
    CHECK(world.error_of(ec2::DescribeNetworkInterfacesRequest{.network_interface_ids = {"eni-0123456789abcdef0"}}) ==
          "InvalidNetworkInterfaceID.NotFound");
  }
  SECTION("loading it again changes nothing") {
    const std::string before = dump(world);
    load(world, described());
    CHECK(dump(world) == before);
  }
}

TEST_CASE("A terminated instance still shows its profile, and its dump does not associate it anew",
          "[fixtures][instances]") {
  World world;
  auto request = launch_request(world);
  request.iam_instance_profile = {{.name = "web"}};
  const std::string id = *world.call(request).instances.front().instance_id;
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {id}});
  REQUIRE(instance(world, id).iam_instance_profile);
  const std::string before = dump(world);
  World other;
  load(other, before);
  CHECK(dump(other) == before);
  CHECK(other.call(ec2::DescribeIamInstanceProfileAssociationsRequest{}).iam_instance_profile_associations.empty());
}

TEST_CASE("The volumes of a listed instance are as its image tells, in any order of files", "[fixtures][instances]") {
  World world;
  load(world, {{.name = "instances", .text = described()}, {.name = "images", .text = kImage}});
  const ec2::Volume root = volume(world, "vol-0123456789abcdef0");
  CHECK(root.size == 12);
  CHECK(root.volume_type == "gp3");
  CHECK(root.snapshot_id == "snap-0123456789abcdef0");
}

TEST_CASE("Volumes that a file lists are those of its instances", "[fixtures][instances]") {
  World world;
  const std::string volumes = R"({"Account": "111111111111", "Volumes": [
      {"VolumeId": "vol-0123456789abcdef0", "Size": 33, "AvailabilityZone": "us-east-1b", "State": "in-use",
       "Attachments": [{"InstanceId": "i-0123456789abcdef0", "Device": "/dev/xvda", "DeleteOnTermination": true}]},
      {"VolumeId": "vol-0fedcba9876543210", "Size": 44, "AvailabilityZone": "us-east-1b",
       "Attachments": [{"InstanceId": "i-0123456789abcdef0", "Device": "/dev/sdf"}]}]})";
  const bool volumes_first = GENERATE(true, false);
  if (volumes_first) load(world, volumes);
  load(world, described());
  if (!volumes_first) load(world, volumes);
  CHECK(volume(world, "vol-0123456789abcdef0").size == 33);
  CHECK(volume(world, "vol-0123456789abcdef0").attachments.size() == 1);
  if (volumes_first) CHECK(instance(world, "i-0123456789abcdef0").block_device_mappings.size() == 2);

  SECTION("a volume cannot be attached to two") {
    const std::string other = described();
    CHECK_THAT(refusal(world, R"({"Account": "111111111111", "Instances": [{"InstanceId": "i-00000002",
        "ImageId": "ami-00000001", "InstanceType": "t3.micro", "Hypervisor": "xen",
        "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeId": "vol-0123456789abcdef0"}}]}]})"),
               Catch::Contains("BlockDeviceMappings[0].Ebs.VolumeId is attached to i-0123456789abcdef0"));
  }
}

TEST_CASE("An instance of a few members gets the rest as from a launch", "[fixtures][instances]") {
  World world;
  load(world, kImage);
  load(world, R"({"Account": "111111111111", "Instances": [
      {"InstanceId": "i-00000001", "ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro",
       "UserData": "aGVsbG8=", "DisableApiTermination": true, "Tags": [{"Key": "Name", "Value": "small"}]},
      {"InstanceId": "i-00000002", "ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro",
       "State": {"Name": "stopped"}, "Placement": {"AvailabilityZone": "us-east-1c"}}]})");
  const ec2::Instance small = instance(world, "i-00000001");
  CHECK(small.state->name == "running");
  CHECK(small.state->code == 16);
  CHECK(small.architecture == "x86_64");
  CHECK(small.hypervisor == "xen");
  CHECK(small.metadata_options->http_tokens == "optional");
  CHECK(small.private_ip_address);
  CHECK(small.public_ip_address);
  CHECK(small.network_interfaces.size() == 1);
  REQUIRE(small.block_device_mappings.size() == 2);
  CHECK(volume(world, *small.block_device_mappings[0].ebs->volume_id).size == 12);
  CHECK(volume(world, *small.block_device_mappings[1].ebs->volume_id).size == 40);
  CHECK(world.call(ec2::DescribeInstanceAttributeRequest{.instance_id = "i-00000001", .attribute = "userData"})
            .user_data->value == "aGVsbG8=");
  CHECK(world.error_of(ec2::TerminateInstancesRequest{.instance_ids = {"i-00000001"}}) == "OperationNotPermitted");

  const ec2::Instance stopped = instance(world, "i-00000002");
  CHECK(stopped.state->name == "stopped");
  CHECK(stopped.state->code == 80);
  CHECK_FALSE(stopped.public_ip_address);
  CHECK(stopped.placement->availability_zone == "us-east-1c");
  CHECK(volume(world, *stopped.block_device_mappings.at(0).ebs->volume_id).availability_zone == "us-east-1c");

  SECTION("and can be baked") {
    const auto made = world.call(ec2::CreateImageRequest{.instance_id = "i-00000001", .name = "baked"});
    CHECK(image(world, *made.image_id).block_device_mappings.size() == 2);
  }
  SECTION("loading it again keeps its parts") {
    load(world, R"({"Account": "111111111111", "Instances": [
        {"InstanceId": "i-00000001", "ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro"}]})");
    CHECK(instance(world, "i-00000001").network_interfaces.at(0).network_interface_id ==
          small.network_interfaces.at(0).network_interface_id);
    CHECK(instance(world, "i-00000001").block_device_mappings.size() == 2);
  }
}

TEST_CASE("Instances on their way arrive", "[fixtures][instances]") {
  World world;
  load(world, kImage);
  for (const auto& [state, then] :
       {std::pair{"pending", "running"}, {"stopping", "stopped"}, {"shutting-down", "terminated"}}) {
    load(world, fmt::format(R"({{"Account": "111111111111", "Instances": [{{"InstanceId": "i-00000001",
        "ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro", "State": {{"Name": "{}"}}}}]}})",
                            state));
    CHECK(instance(world, "i-00000001").state->name == then);
  }
  world.advance(std::chrono::hours{2});
  CHECK(world.error_of(ec2::DescribeInstancesRequest{.instance_ids = {"i-00000001"}}) == "InvalidInstanceID.NotFound");
}

TEST_CASE("A bad instance names its line and field", "[fixtures][instances]") {
  World world;
  load(world, described());
  const std::string before = dump(world);
  const std::pair<const char*, const char*> cases[] = {
      {R"({"Instances": [{}]})", "base.json:1: Instances[0].InstanceId is missing"},
      {R"({"Reservations": [{}, {"Instances": [{"InstanceId": "i-1"}]}]})",
       "base.json:1: Reservations[1].Instances[0].InstanceId must be"},
      {R"({"Instances": [{"InstanceId": "i-00000001"}]})", "base.json:1: Instances[0].InstanceType is missing"},
      {R"({"Instances": [{"InstanceId": "i-00000001", "InstanceType": "t3.micro"}]})",
       "base.json:1: Instances[0].ImageId is missing"},
      {R"({"Instances": [{"InstanceId": "i-00000001", "InstanceType": "t3.micro", "ImageId": "ami-00000001"}]})",
       "base.json:1: Instances[0].ImageId is the id of no image that is here"},
      {R"({"Instances": [{"InstanceId": "i-00000001", "InstanceType": "x99.huge", "ImageId": "ami-00000001"}]})",
       "base.json:1: Instances[0].InstanceType is no instance type that Amity knows"},
      {R"({"Instances": [{"InstanceId": "i-00000001", "InstanceType": "t3.micro", "ImageId": "ami-00000001",
           "State": {"Name": "asleep"}}]})",
       "base.json:2: Instances[0].State.Name must be one of pending"},
      {R"({"Instances": [{"InstanceId": "i-00000001", "InstanceType": "t3.micro", "ImageId": "ami-00000001",
           "Hypervisor": "xen", "Placement": {"AvailabilityZone": "mars-1a"}}]})",
       "base.json:2: Instances[0].Placement.AvailabilityZone is no zone of us-east-1"},
      {R"({"Reservations": [{"OwnerId": "me", "Instances": [{"InstanceId": "i-00000001", "InstanceType": "t3.micro",
           "ImageId": "ami-00000001", "Hypervisor": "xen"}]}]})",
       "base.json:1: Reservations[0].Instances[0].OwnerId must be an account id"},
      {R"({"Instances": [{"InstanceId": "i-00000001", "InstanceType": "t3.micro", "ImageId": "ami-00000001",
           "Hypervisor": "xen", "NetworkInterfaces": [{"NetworkInterfaceId": "eni-00000001", "VpcId": "vpc-00000001",
           "SubnetId": "subnet-0123456789abcdef0", "PrivateIpAddresses": [{"PrivateIpAddress": "10.1.1.25"}]}]}]})",
       "base.json:3: Instances[0].NetworkInterfaces[0].PrivateIpAddresses is an address of eni-0123456789abcdef0"},
      {R"({"Instances": [{"InstanceId": "i-00000001", "InstanceType": "t3.micro", "ImageId": "ami-00000001",
           "Hypervisor": "xen", "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {}}]}]})",
       "base.json:2: Instances[0].BlockDeviceMappings[0].Ebs.VolumeId is missing"},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK_THAT(refusal(world, text), Catch::StartsWith(expected));
    CHECK(dump(world) == before);
  }
}
