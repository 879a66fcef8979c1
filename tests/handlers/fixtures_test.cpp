#include "tests/handlers/fixture_world.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using namespace amity::tests;

namespace {

// As `aws ec2 describe-images --output json` prints it, with Account and Region added.
constexpr char kDescribeImages[] = R"({
    "Account": "111111111111",
    "Region": "eu-west-1",
    "Images": [
        {
            "PlatformDetails": "Linux/UNIX",
            "UsageOperation": "RunInstances",
            "BlockDeviceMappings": [
                {
                    "Ebs": {
                        "DeleteOnTermination": true,
                        "Iops": 3000,
                        "SnapshotId": "snap-0aaaaaaaaaaaaaaa1",
                        "VolumeSize": 12,
                        "VolumeType": "gp3",
                        "Throughput": 125,
                        "Encrypted": false
                    },
                    "DeviceName": "/dev/xvda"
                },
                {
                    "DeviceName": "/dev/sdb",
                    "VirtualName": "ephemeral0"
                }
            ],
            "EnaSupport": true,
            "Hypervisor": "xen",
            "Name": "golden-2024-05",
            "RootDeviceName": "/dev/xvda",
            "RootDeviceType": "ebs",
            "Tags": [
                {
                    "Key": "Team",
                    "Value": "images"
                },
                {
                    "Key": "aws:cloudformation:stack-name",
                    "Value": "bake"
                }
            ],
            "VirtualizationType": "hvm",
            "BootMode": "uefi-preferred",
            "SomethingOfNextYear": {"Nested": [1, 2, {"Deep": null}]},
            "ImageId": "ami-0123456789abcdef0",
            "ImageLocation": "111111111111/golden-2024-05",
            "State": "available",
            "OwnerId": "111111111111",
            "CreationDate": "2024-05-01T12:34:56.000Z",
            "Public": false,
            "Architecture": "arm64",
            "ImageType": "machine"
        },
        {
            "ImageId": "ami-1a2b3c4d",
            "Name": "old-and-public",
            "OwnerId": "333333333333",
            "Public": true,
            "State": "available",
            "RootDeviceName": "/dev/sda1",
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-1a2b3c4d", "VolumeSize": 8, "Encrypted": false}}
            ]
        },
        {
            "ImageId": "ami-5a5a5a5a",
            "Name": "shared-with-us",
            "OwnerId": "333333333333",
            "Public": false,
            "State": "available"
        }
    ],
    "NextToken": null,
    "ResponseMetadata": {"RequestId": "0", "HTTPStatusCode": 200, "HTTPHeaders": {"date": "x"}, "RetryAttempts": 0}
})";

std::size_t count_of(const std::vector<handlers::FixtureCount>& counts, std::string_view member) {
  for (const handlers::FixtureCount& count : counts)
    if (count.member == member) return count.count;
  return 0;
}

bool sees_image(World& world, const std::string& id) {
  return !world.call(ec2::DescribeImagesRequest{.filters = {{.name = "image-id", .values = {id}}}}).images.empty();
}

}  // namespace

TEST_CASE("What describe-images prints is loaded as it stands", "[fixtures][images]") {
  World world;
  CHECK(count_of(load(world, kDescribeImages), "Images") == 3);

  const ec2::Image golden = image(world.in("eu-west-1"), "ami-0123456789abcdef0");
  CHECK(golden.name == "golden-2024-05");
  CHECK(golden.owner_id == "111111111111");
  CHECK(golden.architecture == "arm64");
  CHECK(golden.boot_mode == "uefi-preferred");
  CHECK(golden.creation_date == "2024-05-01T12:34:56.000Z");
  CHECK(golden.is_public == false);
  REQUIRE(golden.block_device_mappings.size() == 2);
  CHECK(golden.block_device_mappings[0].ebs->volume_size == 12);
  CHECK(golden.block_device_mappings[1].virtual_name == "ephemeral0");
  REQUIRE(golden.tags.size() == 2);
  CHECK(golden.tags[0].key == "Team");
  CHECK(golden.tags[1].key == "aws:cloudformation:stack-name");
}

TEST_CASE("OwnerId decides who owns an image, Account who sees it", "[fixtures][images]") {
  World world;
  load(world, kDescribeImages);
  world.in("eu-west-1");
  CHECK(image(world, "ami-1a2b3c4d").owner_id == "333333333333");
  CHECK(image(world, "ami-1a2b3c4d").is_public == true);
  CHECK(image(world, "ami-5a5a5a5a").owner_id == "333333333333");

  SECTION("a public image is everybody's") { CHECK(sees_image(world.as("444444444444"), "ami-1a2b3c4d")); }
  SECTION("a private one in the list is shared with the account") {
    CHECK_FALSE(sees_image(world.as("444444444444"), "ami-5a5a5a5a"));
    const auto permissions =
        world.as("333333333333")
            .call(ec2::DescribeImageAttributeRequest{.attribute = "launchPermission", .image_id = "ami-5a5a5a5a"})
            .launch_permissions;
    REQUIRE(permissions.size() == 1);
    CHECK(permissions[0].user_id == "111111111111");
  }
  SECTION("an own one is nobody else's") { CHECK_FALSE(sees_image(world.as("333333333333"), "ami-0123456789abcdef0")); }
  SECTION("nothing is in other regions") { CHECK_FALSE(sees_image(world.in("us-east-1"), "ami-0123456789abcdef0")); }
  SECTION("without Account, nothing is shared with anybody") {
    load(world, R"({"Images": [{"ImageId": "ami-6b6b6b6b", "OwnerId": "333333333333", "Public": false,
                                "Tags": [{"Key": "a", "Value": "b"}]}]})");
    world.in("us-east-1");
    CHECK_FALSE(sees_image(world.as("000000000000"), "ami-6b6b6b6b"));
    CHECK(image(world.as("333333333333"), "ami-6b6b6b6b").tags.size() == 1);
  }
}

TEST_CASE("Snapshots that images name and no file holds are made", "[fixtures][snapshots]") {
  World world;
  load(world, kDescribeImages);
  world.in("eu-west-1");
  const ec2::Snapshot made = snapshot(world, "snap-0aaaaaaaaaaaaaaa1");
  CHECK(made.owner_id == "111111111111");
  CHECK(made.volume_size == 12);
  CHECK(made.encrypted == false);
  CHECK(made.state == "completed");
  CHECK(made.progress == "100%");
  CHECK(made.start_time == model::parse_iso8601("2024-05-01T12:34:56Z"));
  CHECK(made.full_snapshot_size_in_bytes == 12LL << 30);
  CHECK(snapshot(world.as("444444444444"), "snap-1a2b3c4d").owner_id == "333333333333");

  SECTION("one that a later file holds is told better there") {
    const std::string images =
        R"({"Account": "111111111111", "Images": [{"ImageId": "ami-00000001", "BlockDeviceMappings":
        [{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-00000001", "VolumeSize": 9}}]}]})";
    const std::string snapshots = R"({"Account": "111111111111", "Snapshots":
        [{"SnapshotId": "snap-00000001", "VolumeSize": 7, "Description": "told"}]})";
    World both;
    load(both, {{.name = "a", .text = images}, {.name = "b", .text = snapshots}});
    CHECK(snapshot(both, "snap-00000001").description == "told");
    CHECK(snapshot(both, "snap-00000001").volume_size == 7);
  }
  SECTION("a root device without a snapshot gets one") {
    load(world,
         R"({"Account": "111111111111", "Region": ["us-east-1", "eu-west-1"], "Images": [{"ImageId": "ami-0a1b2c3d",
        "Name": "base-2024", "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}},
                                {"DeviceName": "/dev/xvdb", "Ebs": {"VolumeSize": 20}}]}]})");
    const ec2::Image base = image(world.as("111111111111").in("us-east-1"), "ami-0a1b2c3d");
    REQUIRE(base.block_device_mappings[0].ebs->snapshot_id);
    CHECK(snapshot(world, *base.block_device_mappings[0].ebs->snapshot_id).volume_size == 8);
    CHECK_FALSE(base.block_device_mappings[1].ebs->snapshot_id);  // an empty volume
  }
}

TEST_CASE("An image of a few members gets those that AWS always answers", "[fixtures][images]") {
  World world;
  load(world, R"({"Account": "111111111111", "Images": {"ImageId": "ami-00000001", "Name": "small"}})");
  const ec2::Image small = image(world, "ami-00000001");
  CHECK(small.state == "available");
  CHECK(small.image_location == "111111111111/small");
  CHECK(small.creation_date == "2026-01-02T03:04:05.000Z");
  CHECK(small.image_type == "machine");
  CHECK(small.architecture == "x86_64");
  CHECK(small.hypervisor == "xen");
  CHECK(small.virtualization_type == "hvm");
  CHECK(small.root_device_type == "ebs");
  CHECK(small.platform_details == "Linux/UNIX");
  CHECK(small.usage_operation == "RunInstances");
  CHECK(small.is_public == false);
}

TEST_CASE("Region names one region, several, or all", "[fixtures]") {
  World world;
  load(world,
       R"([{"Account": "111111111111", "Region": ["us-east-1", "ap-south-1"], "Images": [{"ImageId": "ami-00000001"}]},
                  {"Account": "111111111111", "Region": "*", "Images": [{"ImageId": "ami-00000002"}]}])");
  CHECK(sees_image(world.in("us-east-1"), "ami-00000001"));
  CHECK(sees_image(world.in("ap-south-1"), "ami-00000001"));
  CHECK_FALSE(sees_image(world.in("eu-west-1"), "ami-00000001"));
  for (const state::Region& region : world.catalogue().regions())
    CHECK(sees_image(world.in(region.region_name), "ami-00000002"));
}

TEST_CASE("What describe-snapshots prints is loaded as it stands", "[fixtures][snapshots]") {
  World world;
  load(world, R"({"Account": "111111111111", "Snapshots": [
      {"StorageTier": "standard", "TransferType": "standard", "CompletionTime": "2024-05-01T12:40:00.000000+00:00",
       "FullSnapshotSizeInBytes": 1048576, "SnapshotId": "snap-0123456789abcdef0", "VolumeId": "vol-0123456789abcdef0",
       "State": "completed", "StartTime": "2024-05-01T14:34:56.789+02:00", "Progress": "100%", "OwnerId": "111111111111",
       "Description": "nightly", "VolumeSize": 30, "Encrypted": true,
       "KmsKeyId": "arn:aws:kms:us-east-1:111111111111:key/1234", "Tags": [{"Key": "Name", "Value": "nightly"}]},
      {"SnapshotId": "snap-0fedcba9876543210", "OwnerId": "333333333333", "VolumeSize": 4, "State": "pending"}]})");
  const ec2::Snapshot own = snapshot(world, "snap-0123456789abcdef0");
  CHECK(own.start_time == model::parse_iso8601("2024-05-01T12:34:56.789Z"));
  CHECK(own.full_snapshot_size_in_bytes == 1048576);
  CHECK(own.volume_id == "vol-0123456789abcdef0");
  CHECK(own.encrypted == true);
  CHECK(own.tags.size() == 1);
  SECTION("another's is shared with the account") {
    CHECK(snapshot(world, "snap-0fedcba9876543210").owner_id == "333333333333");
    const ec2::DescribeSnapshotsRequest request{.snapshot_ids = {"snap-0fedcba9876543210"}};
    CHECK(world.as("444444444444").call(request).snapshots.empty());
  }
  SECTION("what was pending is completed meanwhile") {
    CHECK(snapshot(world, "snap-0fedcba9876543210").state == "completed");
  }
}

TEST_CASE("What describe-volumes prints is loaded as it stands", "[fixtures][volumes]") {
  World world;
  load(world, R"({"Account": "111111111111", "Volumes": [
      {"Iops": 3000, "Tags": [{"Key": "Name", "Value": "data"}], "VolumeType": "gp3", "MultiAttachEnabled": false,
       "Throughput": 125, "Operator": {"Managed": false}, "VolumeId": "vol-0123456789abcdef0", "Size": 50,
       "SnapshotId": "", "AvailabilityZone": "us-east-1b", "State": "in-use", "CreateTime": "2024-05-01T12:34:56.789000+00:00",
       "Attachments": [{"DeleteOnTermination": false, "VolumeId": "vol-0123456789abcdef0",
                        "InstanceId": "i-0123456789abcdef0", "Device": "/dev/sdf", "State": "attached",
                        "AttachTime": "2024-05-01T12:35:00+00:00"}],
       "Encrypted": false},
      {"VolumeId": "vol-00000001", "Size": 100}]})");
  const ec2::Volume data = volume(world, "vol-0123456789abcdef0");
  CHECK(data.state == "in-use");
  CHECK(data.attachments.at(0).instance_id == "i-0123456789abcdef0");
  CHECK(data.tags.size() == 1);
  CHECK(data.availability_zone == "us-east-1b");
  const ec2::Volume small = volume(world, "vol-00000001");
  CHECK(small.state == "available");
  CHECK(small.volume_type == "gp2");
  CHECK(small.iops == 300);
  CHECK(small.availability_zone == "us-east-1a");
  CHECK(small.create_time == world.now());
}

TEST_CASE("What describe-key-pairs prints is loaded as it stands", "[fixtures][key-pairs]") {
  World world;
  const std::string text = R"({"Account": "111111111111", "KeyPairs": [
      {"KeyPairId": "key-0123456789abcdef0", "KeyType": "ed25519", "Tags": [{"Key": "a", "Value": "b"}],
       "CreateTime": "2024-05-01T12:34:56.789Z", "KeyName": "me", "KeyFingerprint": "abc="},
      {"KeyName": "without-id", "KeyFingerprint": "00:11"}]})";
  load(world, text);
  const auto pairs = world.call(ec2::DescribeKeyPairsRequest{}).key_pairs;
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0].key_pair_id == "key-0123456789abcdef0");
  CHECK(pairs[0].key_type == "ed25519");
  CHECK(pairs[0].tags.size() == 1);
  CHECK(pairs[1].key_type == "rsa");
  SECTION("a name means one pair: the later one") {
    load(world, R"({"Account": "111111111111",
                    "KeyPairs": [{"KeyPairId": "key-00000001", "KeyName": "me", "KeyFingerprint": "new"}]})");
    const auto named = world.call(ec2::DescribeKeyPairsRequest{.key_names = {"me"}}).key_pairs;
    REQUIRE(named.size() == 1);
    CHECK(named[0].key_pair_id == "key-00000001");
    CHECK(named[0].tags.empty());
  }
  SECTION("loading twice changes nothing") {
    const std::string before = dump(world);
    load(world, text);
    CHECK(dump(world) == before);
  }
}

TEST_CASE("What describe-tags prints is loaded as it stands, for resources that are not there too",
          "[fixtures][tags]") {
  World world;
  load(world, R"({"Account": "111111111111", "Tags": [
      {"Key": "Name", "ResourceId": "eipalloc-0123456789abcdef0", "ResourceType": "elastic-ip", "Value": "front"},
      {"Key": "Name", "ResourceId": "vol-0123456789abcdef0", "Value": "data"}]})");
  std::vector<ec2::TagDescription> tags;
  world.make_call().tags().scan(0, {}, [&](std::int64_t, const ec2::TagDescription& tag) {
    tags.push_back(tag);
    return true;
  });
  REQUIRE(tags.size() == 2);
  CHECK(tags[0].resource_type == "elastic-ip");
  CHECK(tags[1].resource_type == "volume");
}

TEST_CASE("Organizations say who may use what is shared with their ARNs", "[fixtures][organizations]") {
  World world;
  const std::string organization = "arn:aws:organizations::111111111111:organization/o-abc";
  const std::string unit = "arn:aws:organizations::111111111111:ou/o-abc/ou-def";
  load(world, R"([{"Organizations": [{"Arn": ")" + organization + R"(", "Accounts": ["222222222222"],
      "OrganizationalUnits": [{"Arn": ")" +
                  unit + R"(", "Accounts": ["333333333333"]}]}]},
    {"Account": "111111111111", "Images": [
      {"ImageId": "ami-00000001", "LaunchPermissions": [{"OrganizationArn": ")" +
                  organization + R"("}]},
      {"ImageId": "ami-00000002", "LaunchPermissions": [{"OrganizationalUnitArn": ")" +
                  unit + R"("}]}]}])");
  CHECK(sees_image(world.as("222222222222"), "ami-00000001"));
  CHECK_FALSE(sees_image(world.as("222222222222"), "ami-00000002"));
  CHECK(sees_image(world.as("333333333333"), "ami-00000001"));
  CHECK(sees_image(world.as("333333333333"), "ami-00000002"));
  CHECK_FALSE(sees_image(world.as("444444444444"), "ami-00000001"));
}

TEST_CASE("A resource that is loaded again is replaced", "[fixtures]") {
  World world;
  load(world, R"({"Account": "111111111111", "Images": [
      {"ImageId": "ami-00000001", "Name": "before", "Description": "old", "Tags": [{"Key": "a", "Value": "b"}]}]})");
  world.call(ec2::ModifyImageAttributeRequest{
      .image_id = "ami-00000001",
      .launch_permission = ec2::LaunchPermissionModifications{.add = {{.user_id = "222222222222"}}}});
  load(world, R"({"Account": "111111111111", "Images": [{"ImageId": "ami-00000001", "Name": "after"}]})");
  CHECK(image(world, "ami-00000001").name == "after");
  CHECK_FALSE(image(world, "ami-00000001").description);
  CHECK(image(world, "ami-00000001").tags.empty());

  SECTION("permissions, which lists do not print, stay") {
    CHECK(sees_image(world.as("222222222222"), "ami-00000001"));
  }
  SECTION("in one file, the last one counts") {
    load(world, R"({"Account": "111111111111", "Images": [
        {"ImageId": "ami-00000002", "Name": "x"}, {"ImageId": "ami-00000002", "Name": "y"}]})");
    CHECK(image(world, "ami-00000002").name == "y");
  }
  SECTION("the owner may change") {
    load(world, R"({"Account": "333333333333", "Images": [{"ImageId": "ami-00000001", "Name": "theirs"}]})");
    CHECK(image(world.as("333333333333"), "ami-00000001").owner_id == "333333333333");
    CHECK(world.as("111111111111").call(ec2::DescribeImagesRequest{.owners = {"self"}}).images.empty());
  }
  SECTION("the lists of two accounts that share one image are both true") {
    for (const std::string account : {"444444444444", "555555555555"})
      load(world, R"({"Account": ")" + account + R"(", "Images": [
          {"ImageId": "ami-00000003", "OwnerId": "333333333333", "Public": false}]})");
    CHECK(sees_image(world.as("444444444444"), "ami-00000003"));
    CHECK(sees_image(world.as("555555555555"), "ami-00000003"));
    CHECK_FALSE(sees_image(world.as("666666666666"), "ami-00000003"));
  }
}

TEST_CASE("Images of the catalogue stay as they are", "[fixtures][images]") {
  World world;
  const ec2::Image before = world.catalogue().images("us-east-1").front();
  load(world, R"({"Images": [{"ImageId": ")" + *before.image_id + R"(", "Name": "mine now"}]})");
  CHECK(image(world, *before.image_id).name == before.name);
}

TEST_CASE("A bad fixture names its line and field, and loads nothing", "[fixtures]") {
  World world;
  const std::string empty = dump(world);
  const std::pair<const char*, const char*> cases[] = {
      {"", "base.json:1: not valid JSON: The document is empty."},
      {"{\n \"Images\": [\n}", "base.json:3: not valid JSON: Invalid value."},
      {"[1]", "base.json:1: [0]"},
      {"{\n\"Imagse\": []}", "base.json:2: Imagse is not a member of Fixture"},
      {"[{},\n{\"images\": []}]", "base.json:2: [1].images is not a member of Fixture"},
      {"{\"Images\": \"ami-00000001\"}", "base.json:1: Images must be a list"},
      {"{\"Images\": [{\"ImageId\":\n 5}]}", "base.json:2: Images[0].ImageId is of the wrong type"},
      {"{\"Snapshots\": [{\n\"StartTime\": \"yesterday\"}]}",
       "base.json:2: Snapshots[0].StartTime has an invalid value"},
      {"{\"Account\": \"me\",\n\"Images\": []}", "base.json:1: Account must be an account id of twelve digits"},
      {"{\"Region\": [\"us-east-1\",\n\"us-east-9\"]}", "base.json:2: Region[1] 'us-east-9' is no AWS Region"},
      {"{\n\"Region\": \"mars\"}", "base.json:2: Region[0] 'mars' is no AWS Region"},
      {"{\"Images\": [{},\n{}]}", "base.json:1: Images[0].ImageId is missing"},
      {"{\"Images\": [{\"ImageId\": \"ami-00000001\"},\n{\"ImageId\": \"ami-123\"}]}",
       "base.json:2: Images[1].ImageId must be \"ami-\" and 8 or 17 hexadecimal digits in lower case"},
      {"[{},\n{\"Images\": [{\"ImageId\": \"ami-00000001\",\n\"OwnerId\": \"amazon\"}]}]",
       "base.json:3: [1].Images[0].OwnerId must be an account id of twelve digits"},
      {"{\"Images\": [{\"ImageId\": \"ami-00000001\",\n\"State\": \"avialable\"}]}",
       "base.json:2: Images[0].State must be one of pending, available"},
      {"{\"Images\": [{\"ImageId\": \"ami-00000001\",\n\"Architecture\": \"vax\"}]}",
       "base.json:2: Images[0].Architecture must be one of i386"},
      {"{\"Images\": [{\"ImageId\": \"ami-00000001\", \"Name\": \"x\"},\n{\"ImageId\": \"ami-00000002\",\n\"Name\": "
       "\"x\"}]}",
       "base.json:3: Images[1].Name is the name of ami-00000001 already"},
      {"{\"Images\": [{\"ImageId\": \"ami-00000001\", \"BlockDeviceMappings\": [\n{\"DeviceName\": \"/dev/sda1\"},\n"
       "{\"DeviceName\": \"/dev/sdb\", \"Ebs\": {\"SnapshotId\": \"snap-1\"}}]}]}",
       "base.json:3: Images[0].BlockDeviceMappings[1].Ebs.SnapshotId must be \"snap-\""},
      {"{\"Images\": [{\"ImageId\": \"ami-00000001\", \"BlockDeviceMappings\": [\n"
       "{\"DeviceName\": \"/dev/sdb\", \"Ebs\": {\"SnapshotId\": \"snap-00000001\"}}]}]}",
       "base.json:2: Images[0].BlockDeviceMappings[0].Ebs.VolumeSize is missing"},
      {"{\"Snapshots\": [{\"SnapshotId\": \"snap-00000001\"}]}", "base.json:1: Snapshots[0].VolumeSize is missing"},
      {"{\"Snapshots\": [{\"SnapshotId\": \"snap-00000001\", \"VolumeSize\": -1}]}",
       "base.json:1: Snapshots[0].VolumeSize is missing, or less"},
      {"{\"Volumes\": [{\"VolumeId\": \"vol-00000001\"}]}", "base.json:1: Volumes[0].Size is missing"},
      {"{\"Volumes\": [{\"VolumeId\": \"vol-00000001\", \"Size\": 1,\n\"VolumeType\": \"floppy\"}]}",
       "base.json:2: Volumes[0].VolumeType must be one of"},
      {"{\"Volumes\": [{\"VolumeId\": \"vol-00000001\", \"Size\": 1,\n\"AvailabilityZone\": \"eu-west-1a\"}]}",
       "base.json:2: Volumes[0].AvailabilityZone is no zone of us-east-1; \"Region\" says where a fixture belongs"},
      {"{\"Volumes\": [{\"VolumeId\": \"vol-00000001\", \"Size\": 1,\n\"Attachments\": [{}]}]}",
       "base.json:2: Volumes[0].Attachments[0].InstanceId is missing"},
      {"{\"KeyPairs\": [{\"KeyFingerprint\": \"x\"}]}", "base.json:1: KeyPairs[0].KeyName is missing"},
      {"{\"Tags\": [{\"ResourceId\": \"ami-00000001\"}]}", "base.json:1: Tags[0].Key is missing"},
      {"{\"Organizations\": [{\"Arn\": \"o-abc\"}]}", "base.json:1: Organizations[0].Arn must be an ARN"},
      {"{\"Transitions\": [{\"ResourceId\": \"x\",\n\"Transition\": \"pumpkin\"}]}",
       "base.json:2: Transitions[0].Transition is missing, or no"},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    // What stands before the mistake must not be loaded either.
    const std::string said = refusal(world, text);
    CHECK_THAT(said, Catch::StartsWith(expected));
    CHECK(dump(world) == empty);
  }
}

TEST_CASE("One bad file keeps all from being loaded", "[fixtures]") {
  World world;
  const std::string empty = dump(world);
  CHECK_THROWS_AS(load(world, {{.name = "good.json", .text = R"({"Images": [{"ImageId": "ami-00000001"}]})"},
                               {.name = "bad.json", .text = R"({"Images": [{"ImageId": "ami-1"}]})"}}),
                  handlers::FixtureError);
  CHECK(dump(world) == empty);
}
