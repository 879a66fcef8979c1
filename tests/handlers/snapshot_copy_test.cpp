#include "handlers/snapshots.hpp"
#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

ec2::CopySnapshotRequest copy_of(const std::string& id, const std::string& region = "us-east-1") {
  return {.source_region = region, .source_snapshot_id = id};
}

}  // namespace

TEST_CASE("CopySnapshot makes the caller's own snapshot where it is called", "[snapshots][CopySnapshot]") {
  World world;
  const std::string source = make_snapshot(world);
  world.in("eu-west-1");
  auto request = copy_of(source);
  request.description = "moved";
  request.destination_region = "ap-south-1";  // belongs to the presigned URL, and decides nothing
  request.presigned_url = "https://ec2.us-east-1.amazonaws.com/?Action=CopySnapshot";
  request.tag_specifications = {{.resource_type = "snapshot", .tags = {{.key = "Stage", .value = "test"}}}};
  const auto result = world.call(request);
  CHECK(result.snapshot_id != source);
  CHECK(result.tags.at(0).value == "test");

  const ec2::Snapshot copy = describe_snapshot(world, *result.snapshot_id);
  CHECK(copy.state == "completed");
  CHECK(copy.progress == "100%");
  CHECK(copy.volume_id == "vol-ffffffff");
  CHECK(copy.volume_size == 8);
  CHECK(copy.description == "moved");
  CHECK(copy.owner_id == kAccount);
  CHECK(copy.transfer_type == "standard");
  CHECK(copy.encrypted == false);
  CHECK(copy.full_snapshot_size_in_bytes == 0);
  CHECK(copy.start_time == world.now());
  CHECK(copy.tags.at(0).key == "Stage");

  const auto row = world.make_call().snapshots().find(*result.snapshot_id).value();
  CHECK(row.source_snapshot_id == source);
  CHECK(row.source_region == "us-east-1");
}

TEST_CASE("Tags and permissions are not copied", "[snapshots][CopySnapshot]") {
  World world;
  const std::string source = make_snapshot(world);
  make_public(world, source);
  world.call(copy_of(source));
  const std::string copy = *world.call(copy_of(source)).snapshot_id;
  CHECK(describe_snapshot(world, copy).tags.empty());
  CHECK(describe_snapshot(world, copy).description == "");
  CHECK(world.call(ec2::DescribeSnapshotAttributeRequest{.attribute = "createVolumePermission", .snapshot_id = copy})
            .create_volume_permissions.empty());
}

TEST_CASE("CopySnapshot encrypts as asked, and never decrypts", "[snapshots][CopySnapshot]") {
  World world;
  const std::string plain = make_snapshot(world), encrypted = make_encrypted_snapshot(world, kCustomerKey);
  const std::string source_data_key = *describe_snapshot(world, encrypted).data_encryption_key_id;
  const std::string default_key = handlers::managed_kms_key(world.make_call());
  struct Row {
    std::string source, region;
    std::optional<bool> encrypted;
    std::optional<std::string> key, expected;
    bool keeps_data_key;
  };
  const Row rows[] = {
      {plain, "us-east-1", {}, {}, {}, false},
      {plain, "us-east-1", true, {}, default_key, false},
      {plain, "us-east-1", true, kCustomerKey, key_arn(kAccount), false},
      {encrypted, "us-east-1", {}, {}, key_arn(kAccount), true},
      {encrypted, "us-east-1", false, {}, key_arn(kAccount), true},
      {encrypted, "us-east-1", true, "alias/aws/ebs", default_key, false},
      {encrypted, "eu-west-1", {}, {}, handlers::managed_kms_key(world.make_call().in_region("eu-west-1")), false},
      {encrypted, "eu-west-1", true, kCustomerKey, key_arn(kAccount, kCustomerKey, "eu-west-1"), false},
  };
  for (const Row& row : rows) {
    INFO(row.region << ' ' << row.key.value_or("-"));
    auto request = copy_of(row.source);
    request.encrypted = row.encrypted;
    request.kms_key_id = row.key;
    const auto copy = describe_snapshot(world.in(row.region), *world.in(row.region).call(request).snapshot_id);
    CHECK(copy.state == "completed");
    CHECK(copy.encrypted == row.expected.has_value());
    CHECK(copy.kms_key_id == row.expected);
    CHECK(copy.data_encryption_key_id.has_value() == row.expected.has_value());
    CHECK((copy.data_encryption_key_id == source_data_key) == row.keeps_data_key);
  }
}

TEST_CASE("A copy under a key that cannot be used ends in error", "[snapshots][CopySnapshot]") {
  World world;
  auto request = copy_of(make_snapshot(world));
  request.encrypted = true;
  for (const std::string& key : {key_arn(kOtherAccount), std::string("alias/aws/s3"), std::string("no key")}) {
    INFO(key);
    request.kms_key_id = key;
    const std::string id = *world.call(request).snapshot_id;
    const ec2::Snapshot copy = describe_snapshot(world, id);
    CHECK(copy.state == "error");
    CHECK(copy.state_message == "Given key ID is not accessible");
    CHECK_FALSE(copy.completion_time);
    CHECK(world.error_of(copy_of(id)) == "IncorrectState");
    CHECK(world.error_of(ec2::CreateVolumeRequest{.availability_zone = std::string(kZone), .snapshot_id = id}) ==
          "IncorrectState");
    CHECK(world.error_of(ec2::DeleteSnapshotRequest{.snapshot_id = id}).empty());
  }
}

TEST_CASE("Another account copies what is shared with it, and then owns the copy", "[snapshots][CopySnapshot]") {
  World world;
  const std::string plain = make_snapshot(world), encrypted = make_encrypted_snapshot(world, kCustomerKey);
  CHECK(world.as(kOtherAccount).error_of(copy_of(plain)) == "InvalidSnapshot.NotFound");
  share(world.as(kAccount), plain, kOtherAccount);
  share(world, encrypted, kOtherAccount);
  grant_key(world.as(kOtherAccount), key_arn(kAccount));
  world.in("eu-west-1");
  const std::string copy = *world.call(copy_of(plain)).snapshot_id;
  CHECK(describe_snapshot(world, copy).owner_id == kOtherAccount);
  CHECK(describe_snapshot(world, *world.call(copy_of(encrypted)).snapshot_id).kms_key_id ==
        handlers::managed_kms_key(world.make_call()));
  CHECK(world.as(kAccount).error_of(copy_of(copy, "eu-west-1")) == "InvalidSnapshot.NotFound");
  world.in("us-east-1").call(ec2::DeleteSnapshotRequest{.snapshot_id = plain});
  world.as(kOtherAccount).in("eu-west-1");
  CHECK(describe_snapshot(world, copy).state == "completed");
}

TEST_CASE("A copy of another account's encrypted snapshot needs a grant of its key", "[snapshots][CopySnapshot]") {
  World world;
  const std::string encrypted = make_encrypted_snapshot(world, kCustomerKey);
  share(world, encrypted, kOtherAccount);
  world.as(kOtherAccount);
  const ec2::Snapshot refused = describe_snapshot(world, *world.call(copy_of(encrypted)).snapshot_id);
  CHECK(refused.state == "error");
  CHECK(refused.state_message == "Given key ID is not accessible");
  grant_key(world, key_arn(kAccount));
  CHECK(describe_snapshot(world, *world.call(copy_of(encrypted)).snapshot_id).state == "completed");
  // With a grant, the key can encrypt for the account, too.
  auto request = copy_of(encrypted);
  request.encrypted = true;
  request.kms_key_id = key_arn(kAccount);
  const ec2::Snapshot copy = describe_snapshot(world, *world.call(request).snapshot_id);
  CHECK(copy.state == "completed");
  CHECK(copy.kms_key_id == key_arn(kAccount));
}

TEST_CASE("Public snapshots can be copied, the catalogue's too", "[snapshots][CopySnapshot]") {
  World world;
  const ec2::Snapshot& listed = world.catalogue().snapshots("eu-west-1").front();
  const std::string id = *world.call(copy_of(*listed.snapshot_id, "eu-west-1")).snapshot_id;
  CHECK(describe_snapshot(world, id).full_snapshot_size_in_bytes == listed.full_snapshot_size_in_bytes);
}

TEST_CASE("CopySnapshot refuses bad requests", "[snapshots][CopySnapshot]") {
  World world;
  const std::string source = make_snapshot(world);
  const std::string region = "us-east-1";
  struct Row {
    ec2::CopySnapshotRequest request;
    const char* code;
  };
  const Row rows[] = {
      {copy_of("snap-1"), "InvalidSnapshotID.Malformed"},
      {copy_of("snap-0123456789abcdef0"), "InvalidSnapshot.NotFound"},
      {copy_of(source, "eu-west-1"), "InvalidSnapshot.NotFound"},
      {copy_of(source, "mars-north-1"), "InvalidRegion"},
      {copy_of(source, "cn-north-1"), "InvalidRegion"},
      {{.kms_key_id = kCustomerKey, .source_region = region, .source_snapshot_id = source},
       "InvalidParameterDependency"},
      {{.destination_outpost_arn = "arn:aws:outposts:…", .source_region = region, .source_snapshot_id = source},
       "UnsupportedOperation"},
      {{.source_region = region,
        .source_snapshot_id = source,
        .tag_specifications = {{.resource_type = "image", .tags = {{.key = "a", .value = "b"}}}}},
       "InvalidParameterValue"},
      {{.source_region = region, .source_snapshot_id = source, .completion_duration_minutes = 20},
       "InvalidParameterValue"},
      {{.source_region = region, .source_snapshot_id = source, .destination_availability_zone = "us-east-1a"},
       "InvalidParameterValue"},
      {{.source_region = region, .source_snapshot_id = source, .destination_availability_zone = "mars-1"},
       "InvalidZone.NotFound"},
      {{.source_region = region, .source_snapshot_id = source, .dry_run = true}, "DryRunOperation"},
  };
  for (const Row& row : rows) {
    INFO(row.code);
    CHECK(world.error_of(row.request) == row.code);
  }
}

TEST_CASE("A copy may go to a Local Zone", "[snapshots][CopySnapshot]") {
  World world;
  world.in("us-west-2");
  auto request = copy_of(make_snapshot(world, make_volume(world, {.availability_zone = "us-west-2a"})), "us-west-2");
  request.destination_availability_zone = "us-west-2-lax-1a";
  CHECK(describe_snapshot(world, *world.call(request).snapshot_id).availability_zone == "us-west-2-lax-1a");
  request.completion_duration_minutes = 15;
  CHECK(world.error_of(request) == "InvalidParameterCombination");
}

TEST_CASE("A time-based copy says so", "[snapshots][CopySnapshot]") {
  World world;
  auto request = copy_of(make_snapshot(world));
  request.completion_duration_minutes = 30;
  const ec2::Snapshot copy = describe_snapshot(world, *world.call(request).snapshot_id);
  CHECK(copy.transfer_type == "time-based");
  CHECK(copy.completion_duration_minutes == 30);
}

TEST_CASE("Twenty copies into a region may be pending", "[snapshots][CopySnapshot]") {
  World world(handlers::realistic_profile());
  const std::string volume = make_volume(world);
  world.advance(1min);
  const std::string source = make_snapshot(world, volume);
  CHECK(world.error_of(copy_of(source)) == "IncorrectState");
  world.advance(1min);
  for (int i = 0; i < 20; ++i) world.call(copy_of(source));
  CHECK(world.error_of(copy_of(source)) == "ResourceLimitExceeded");
  CHECK(world.in("eu-west-1").error_of(copy_of(source)).empty());
  world.advance(1min);
  CHECK(world.in("us-east-1").error_of(copy_of(source)).empty());
}
