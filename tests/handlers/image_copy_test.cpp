#include "handlers/encryption.hpp"
#include "tests/handlers/image_world.hpp"

#include <chrono>
#include <functional>

using namespace amity;
using tests::ImageWorld;
using tests::kAccount;
using tests::kOtherAccount;
using namespace std::chrono_literals;

namespace {

ec2::CopyImageRequest copy_of(const std::string& id, const std::string& name = "copy") {
  return {.name = name, .source_image_id = id, .source_region = "us-east-1"};
}

const ec2::EbsBlockDevice& root_of(const ec2::Image& image) { return image.block_device_mappings.front().ebs.value(); }

constexpr auto kCustomerKey = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-4333-8444-555555555555";

}  // namespace

TEST_CASE("CopyImage keeps what EC2 keeps and drops what it drops", "[images][CopyImage]") {
  ImageWorld world;
  auto registration = ImageWorld::registration("source", world.snapshot({.gib = 9}));
  registration.description = "Original";
  registration.boot_mode = "uefi";
  registration.tpm_support = "v2.0";
  registration.imds_support = "v2.0";
  registration.uefi_data = "QU1aTg==";
  registration.ena_support = true;
  registration.sriov_net_support = "simple";
  registration.tag_specifications = tests::tags_on("image", "Name", "source");
  registration.block_device_mappings.push_back(
      {.ebs = ec2::EbsBlockDevice{.volume_size = 5}, .device_name = "/dev/sdf"});
  registration.block_device_mappings.push_back({.device_name = "/dev/sdb", .virtual_name = "ephemeral0"});
  const std::string source = *world.call(registration).image_id;
  world.share(source, {.user_id = std::string(kOtherAccount)});
  world.change_image(source, [](state::Image& image) {
    image.image.deprecation_time = "2027-01-01T00:00:00.000Z";
    image.image.deregistration_protection = "enabled-without-cooldown";
    image.image.last_launched_time = "2026-01-01T00:00:00.000Z";
    image.image.source_instance_id = "i-0123456789abcdef0";
    image.image.product_codes = {{.product_code_id = "abc", .product_code_type = "marketplace"}};
  });

  world.advance(1min);
  world.in("eu-west-1");
  const std::string id = *world.call(copy_of(source)).image_id;
  CHECK(id != source);
  const auto copy = world.describe(id);
  CHECK(copy.name == "copy");
  CHECK(copy.image_location == "111111111111/copy");
  CHECK(copy.creation_date == "2026-01-02T03:05:05.000Z");
  CHECK(copy.architecture == "x86_64");
  CHECK(copy.virtualization_type == "hvm");
  CHECK(copy.root_device_name == "/dev/xvda");
  CHECK(copy.boot_mode == "uefi");
  CHECK(copy.tpm_support == "v2.0");
  CHECK(copy.imds_support == "v2.0");
  CHECK(copy.ena_support == true);
  CHECK(copy.sriov_net_support == "simple");
  CHECK(copy.platform_details == "Linux/UNIX");
  CHECK(copy.usage_operation == "RunInstances");
  CHECK(copy.product_codes.size() == 1);
  CHECK(copy.source_image_id == source);
  CHECK(copy.source_image_region == "us-east-1");
  CHECK(world.call(ec2::DescribeImageAttributeRequest{.attribute = "uefiData", .image_id = id}).uefi_data->value ==
        "QU1aTg==");

  CHECK_FALSE(copy.description);
  CHECK(copy.tags.empty());
  CHECK(copy.is_public == false);
  CHECK(world.make_call().images().find(id)->launch_permissions.empty());
  CHECK_FALSE(copy.deprecation_time);
  CHECK_FALSE(copy.last_launched_time);
  CHECK_FALSE(copy.source_instance_id);
  CHECK(copy.deregistration_protection == "disabled");

  REQUIRE(copy.block_device_mappings.size() == 3);
  CHECK(copy.block_device_mappings[1].ebs->volume_size == 5);
  CHECK_FALSE(copy.block_device_mappings[1].ebs->snapshot_id);
  CHECK(copy.block_device_mappings[2].virtual_name == "ephemeral0");
}

TEST_CASE("CopyImage makes new snapshots in the destination", "[images][CopyImage]") {
  ImageWorld world;
  const std::string source_snapshot = world.snapshot({.gib = 9});
  const std::string source = world.image("source", source_snapshot);
  world.in("eu-west-1");
  auto request = copy_of(source);
  request.tag_specifications = tests::tags_on("snapshot", "Kind", "copy");
  const auto copy = world.describe(*world.call(request).image_id);
  const std::string snapshot_id = *root_of(copy).snapshot_id;
  CHECK(snapshot_id != source_snapshot);
  CHECK(world.snapshot_count() == 1);
  const auto snapshot = world.stored_snapshot(snapshot_id).snapshot;
  CHECK(snapshot.volume_id == "vol-ffffffff");
  CHECK(snapshot.volume_size == 9);
  CHECK(snapshot.owner_id == "111111111111");
  CHECK(snapshot.state == "completed");
  CHECK(snapshot.description == "Copied for DestinationAmi " + *copy.image_id + " from SourceAmi " + source +
                                    " for SourceSnapshot " + source_snapshot + ". Task created on 1,767,323,045,000.");
  REQUIRE(world.make_call().tags().of(snapshot_id).size() == 1);
}

TEST_CASE("CopyImage works within a region, too", "[images][CopyImage]") {
  ImageWorld world;
  const std::string source = world.image("source");
  CHECK(world.error_of(copy_of(source, "source")) == "InvalidAMIName.Duplicate");
  const auto copy = world.describe(*world.call(copy_of(source)).image_id);
  CHECK(*root_of(copy).snapshot_id != *root_of(world.describe(source)).snapshot_id);
  CHECK(world.own_ids().size() == 2);
}

TEST_CASE("CopyImage is pending until its snapshots are copied", "[images][CopyImage]") {
  ImageWorld world(handlers::realistic_profile());
  const std::string source = world.image("source");
  world.in("eu-west-1");
  auto request = copy_of(source);
  SECTION("with best effort") {
    const std::string id = *world.call(request).image_id;
    CHECK(world.describe(id).state == "pending");
    world.advance(4min);
    CHECK(world.describe(id).state == "available");
  }
  SECTION("within the time asked for") {
    request.snapshot_copy_completion_duration_minutes = 15;
    const std::string id = *world.call(request).image_id;
    const auto snapshot = world.stored_snapshot(*root_of(world.describe(id)).snapshot_id).snapshot;
    CHECK(snapshot.completion_duration_minutes == 15);
    CHECK(snapshot.transfer_type == "time-based");
    world.advance(15min);
    CHECK(world.describe(id).state == "available");
  }
  SECTION("and can be cancelled by deregistering it") {
    const std::string id = *world.call(request).image_id;
    world.call(ec2::DeregisterImageRequest{.image_id = id});
    world.advance(5min);
    CHECK(world.own_ids().empty());
  }
}

TEST_CASE("CopyImage copies the caller's own tags only when asked", "[images][CopyImage]") {
  ImageWorld world;
  auto registration = ImageWorld::registration("source", world.snapshot());
  registration.tag_specifications = {
      {.resource_type = "image", .tags = {{.key = "Name", .value = "source"}, {.key = "Team", .value = "core"}}}};
  const std::string source = *world.call(registration).image_id;
  world.make_call().tags().set(source, "image", "aws:cloudformation:stack-name", "stack");
  auto request = copy_of(source);
  request.copy_image_tags = true;
  request.tag_specifications = tests::tags_on("image", "Name", "copy");
  const auto tags = world.describe(*world.call(request).image_id).tags;
  REQUIRE(tags.size() == 2);
  CHECK(tags[0].value == "copy");
  CHECK(tags[1].value == "core");
}

TEST_CASE("Another account copies an image only with permission for it and for its snapshots", "[images][CopyImage]") {
  ImageWorld world;
  const std::string snapshot = world.snapshot();
  auto registration = ImageWorld::registration("source", snapshot);
  registration.tag_specifications = tests::tags_on("image", "Secret", "yes");
  const std::string source = *world.call(registration).image_id;
  auto request = copy_of(source);
  request.copy_image_tags = true;
  const auto error_for_other = [&] {
    world.as(kOtherAccount).in("eu-west-1");
    const std::string code = world.error_of(request);
    world.as(kAccount).in("us-east-1");
    return code;
  };
  CHECK(error_for_other() == "InvalidRequest");
  world.share(source, {.user_id = std::string(kOtherAccount)});
  CHECK(error_for_other() == "InvalidRequest");
  world.share_snapshot(snapshot, {.user_id = std::string(kOtherAccount)});
  CHECK(error_for_other() == "");

  world.as(kOtherAccount).in("eu-west-1");
  const auto ids = world.own_ids();
  REQUIRE(ids.size() == 1);
  const auto copy = world.describe(ids.front());
  CHECK(copy.owner_id == kOtherAccount);
  CHECK(copy.tags.empty());
  CHECK(world.stored_snapshot(*root_of(copy).snapshot_id).snapshot.owner_id == kOtherAccount);
  SECTION("and the copy lives on without the source") {
    world.as(kAccount).in("us-east-1");
    world.call(ec2::DeregisterImageRequest{.image_id = source, .delete_associated_snapshots = true});
    world.as(kOtherAccount).in("eu-west-1");
    CHECK(world.describe(ids.front()).state == "available");
  }
}

TEST_CASE("CopyImage copies public images of the catalogue", "[images][CopyImage][catalogue]") {
  ImageWorld world;
  const auto found = world
                         .call(ec2::DescribeImagesRequest{
                             .owners = {"amazon"}, .filters = {tests::filter("name", {"al2023-ami-2023.*-arm64"})}})
                         .images;
  REQUIRE_FALSE(found.empty());
  world.in("ap-south-1");
  const auto copy = world.describe(*world.call(copy_of(*found.front().image_id)).image_id);
  CHECK(copy.architecture == "arm64");
  CHECK(copy.owner_id == kAccount);
  CHECK_FALSE(copy.image_owner_alias);
  CHECK(copy.is_public == false);
  SECTION("but not those of AWS Marketplace") {
    world.in("us-east-1");
    const auto sold = world.ids_of({.owners = {"aws-marketplace"}, .include_deprecated = true});
    REQUIRE_FALSE(sold.empty());
    CHECK(world.error_of(copy_of(sold.front(), "sold")) == "InvalidRequest");
  }
}

TEST_CASE("CopyImage encrypts as EC2 does", "[images][CopyImage]") {
  ImageWorld world;
  const auto copied = [&](const ec2::CopyImageRequest& request) {
    const auto image = world.describe(*world.call(request).image_id);
    const auto snapshot = world.stored_snapshot(*root_of(image).snapshot_id).snapshot;
    CHECK(root_of(image).encrypted == snapshot.encrypted);
    CHECK_FALSE(root_of(image).kms_key_id);
    return snapshot;
  };
  auto plain = copy_of(world.image("plain"));
  auto encrypted = copy_of(world.image("encrypted", world.snapshot({.kms_key_id = kCustomerKey})), "copy-2");
  auto call = world.make_call();
  SECTION("plain stays plain") { CHECK(copied(plain).encrypted == false); }
  SECTION("Encrypted means the default key") {
    plain.encrypted = true;
    CHECK(copied(plain).kms_key_id == handlers::managed_kms_key(call));
  }
  SECTION("or the key asked for") {
    plain.encrypted = true;
    plain.kms_key_id = kCustomerKey;
    CHECK(copied(plain).kms_key_id == kCustomerKey);
  }
  SECTION("encrypted keeps its key") { CHECK(copied(encrypted).kms_key_id == kCustomerKey); }
  SECTION("in another region the default key takes its place") {
    world.in("eu-west-1");
    auto there = world.make_call();
    CHECK(copied(encrypted).kms_key_id == handlers::managed_kms_key(there));
  }
  SECTION("never from encrypted to plain") {
    encrypted.encrypted = false;
    CHECK(copied(encrypted).encrypted == true);
  }
  SECTION("a key needs Encrypted") {
    plain.kms_key_id = kCustomerKey;
    CHECK(world.error_of(plain) == "InvalidParameterDependency");
  }
  SECTION("a key that cannot be used lets the image fail later") {
    plain.encrypted = true;
    plain.kms_key_id = "arn:aws:kms:us-east-1:999999999999:key/11111111-2222-4333-8444-555555555555";
    const auto image = world.describe(*world.call(plain).image_id);
    CHECK(image.state == "failed");
    CHECK(image.state_reason->code == "Client.InternalError");
  }
}

TEST_CASE("CopyImage refuses what EC2 refuses, and leaves no trace", "[images][CopyImage]") {
  ImageWorld world;
  const std::string source = world.image("source");
  const std::string gone = world.image("gone");
  world.call(ec2::DeregisterImageRequest{.image_id = gone});
  const std::string pending = world.image("pending");
  world.change_image(pending, [](state::Image& image) { image.image.state = ec2::ImageState::pending; });
  const std::size_t snapshots = world.snapshot_count();

  struct Row {
    std::string code;
    std::function<void(ec2::CopyImageRequest&)> spoil;
  };
  const Row rows[] = {
      {"InvalidAMIID.Malformed", [](auto& request) { request.source_image_id = "ami-1"; }},
      {"InvalidRequest", [](auto& request) { request.source_image_id = "ami-00000000000000000"; }},
      {"InvalidRequest", [](auto& request) { request.source_region = "eu-west-1"; }},
      {"InvalidRegion", [](auto& request) { request.source_region = "mars-north-1"; }},
      {"InvalidRegion", [](auto& request) { request.source_region = "cn-north-1"; }},
      {"InvalidAMIID.Unavailable", [&](auto& request) { request.source_image_id = gone; }},
      {"InvalidAMIID.Unavailable", [&](auto& request) { request.source_image_id = pending; }},
      {"InvalidAMIName.Malformed", [](auto& request) { request.name = "no!"; }},
      {"InvalidAMIName.Duplicate", [](auto& request) { request.name = "source"; }},
      {"InvalidParameterValue", [](auto& request) { request.tag_specifications = tests::tags_on("volume", "a", "b"); }},
      {"InvalidParameterValue", [](auto& request) { request.snapshot_copy_completion_duration_minutes = 20; }},
      {"InvalidParameterValue", [](auto& request) { request.snapshot_copy_completion_duration_minutes = 0; }},
      {"InvalidParameterValue", [](auto& request) { request.destination_outpost_arn = "arn:aws:outposts:x"; }},
      {"InvalidParameterValue", [](auto& request) { request.destination_availability_zone = "us-east-1a"; }},
      {"InvalidParameterCombination",
       [](auto& request) {
         request.destination_availability_zone = "us-east-1-bos-1a";
         request.destination_availability_zone_id = "use1-bos1-az1";
       }},
  };
  for (const Row& row : rows) {
    auto request = copy_of(source);
    row.spoil(request);
    INFO(row.code);
    CHECK(world.error_of(request) == row.code);
  }
  CHECK(world.snapshot_count() == snapshots);
  CHECK(world.own_ids().size() == 2);
}

TEST_CASE("CopyImage puts its snapshots into a Local Zone", "[images][CopyImage]") {
  ImageWorld world;
  auto request = copy_of(world.image("source"));
  request.destination_availability_zone = "us-east-1-bos-1a";
  const auto image = world.describe(*world.call(request).image_id);
  CHECK(world.stored_snapshot(*root_of(image).snapshot_id).snapshot.availability_zone == "us-east-1-bos-1a");
}

TEST_CASE("CopyImage with a used client token answers the same copy", "[images][CopyImage]") {
  ImageWorld world;
  auto request = copy_of(world.image("source"));
  request.client_token = "once";
  const auto first = world.call(request).image_id;
  CHECK(world.call(request).image_id == first);
  CHECK(world.own_ids().size() == 2);
  request.name = "another";
  CHECK(world.error_of(request) == "IdempotentParameterMismatch");
}
