#include "handlers/encryption.hpp"

#include "tests/handlers/ebs_builder.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using handlers::Encryption;
using handlers::EncryptionWish;
using tests::kAccount;
using tests::kCustomerKey;
using tests::key_arn;
using tests::kOtherAccount;
using tests::World;

namespace {

bool can_use(World& world, const std::string& key) {
  handlers::Call call = world.make_call();
  return handlers::can_use_key(call, key);
}

}  // namespace

TEST_CASE("Encryption is decided by the wish, the source and whose key it has", "[encryption]") {
  World world;
  handlers::Call call = world.make_call();
  const std::string default_key = handlers::default_kms_key(call);
  const std::string own = key_arn(kAccount), foreign = key_arn(kOtherAccount);
  const std::string elsewhere = key_arn(kAccount, kCustomerKey, "eu-west-1");
  struct Row {
    EncryptionWish wish;
    Encryption source;
    std::optional<std::string> key;  // none: not encrypted
  };
  const Row rows[] = {
      {{}, {}, {}},
      {{.encrypted = false}, {}, {}},
      {{.encrypted = true}, {}, default_key},
      {{.encrypted = true, .kms_key_id = ""}, {}, default_key},
      {{.encrypted = true, .kms_key_id = kCustomerKey}, {}, own},
      {{.encrypted = true, .kms_key_id = "alias/aws/ebs"}, {}, default_key},
      {{.encrypted = true, .kms_key_id = "arn:aws:kms:us-east-1:111111111111:alias/aws/ebs"}, {}, default_key},
      {{.encrypted = true, .kms_key_id = own}, {}, own},
      {{.encrypted = true, .kms_key_id = foreign}, {}, foreign},
      {{}, {true, own}, own},
      {{.encrypted = true}, {true, own}, own},
      {{.encrypted = false}, {true, own}, own},
      {{.encrypted = true, .kms_key_id = "alias/aws/ebs"}, {true, own}, default_key},
      {{}, {true, foreign}, default_key},
      {{.encrypted = true}, {true, foreign}, default_key},
      {{}, {true, elsewhere}, default_key},
      {{}, {true, {}}, default_key},
  };
  for (const Row& row : rows) {
    INFO(row.wish.kms_key_id.value_or("-") << " for " << row.source.kms_key_id.value_or("-"));
    const Encryption outcome = decide_encryption(call, row.wish, row.source);
    CHECK(outcome.encrypted == row.key.has_value());
    CHECK(outcome.kms_key_id == row.key);
  }
}

TEST_CASE("A key without encryption is refused", "[encryption]") {
  World world;
  for (const auto encrypted : {std::optional<bool>(), std::optional(false)})
    CHECK(world.error_of(ec2::CreateVolumeRequest{
              .availability_zone = "us-east-1a", .encrypted = encrypted, .kms_key_id = kCustomerKey, .size = 1}) ==
          "InvalidParameterDependency");
}

TEST_CASE("A key's alias means one key of the account and region, the same for ever", "[encryption]") {
  World world;
  const auto key = [&](const std::string& named) {
    handlers::Call call = world.make_call();
    return *decide_encryption(call, {.encrypted = true, .kms_key_id = named}).kms_key_id;
  };
  const std::string bake = key("alias/bake");
  CHECK(bake.starts_with("arn:aws:kms:us-east-1:111111111111:key/"));
  CHECK(key("alias/bake") == bake);
  CHECK(key("arn:aws:kms:us-east-1:111111111111:alias/bake") == bake);
  CHECK(key("alias/other") != bake);
  CHECK(can_use(world, bake));
  world.as(kOtherAccount);
  CHECK(key("alias/bake") != bake);
  CHECK_FALSE(can_use(world, bake));
  world.as(kAccount).in("cn-north-1");
  CHECK(key("alias/bake").starts_with("arn:aws-cn:kms:cn-north-1:"));
}

TEST_CASE("What names no key of the caller cannot be used", "[encryption]") {
  World world;
  const std::string names[] = {
      "my-key",
      "1234abcd",
      "1234ABCD-12AB-34CD-56EF-1234567890AB",
      "alias/",
      "alias/aws/s3",
      "alias/with blank",
      key_arn(kOtherAccount),
      key_arn(kAccount, kCustomerKey, "eu-west-1"),
      "arn:aws:kms:us-east-1:222222222222:alias/bake",
      "arn:aws:kms:us-east-1:111111111111:" + kCustomerKey,
  };
  for (const std::string& name : names) {
    INFO(name);
    handlers::Call call = world.make_call();
    const auto outcome = decide_encryption(call, {.encrypted = true, .kms_key_id = name});
    CHECK_FALSE(handlers::can_use_key(call, *outcome.kms_key_id));
  }
  CHECK(can_use(world, key_arn(kAccount, "mrk-1234abcd12ab34cd56ef1234567890ab")));
}

TEST_CASE("A grant lets an account use another one's key, in the key's region", "[encryption]") {
  World world;
  const std::string key = key_arn(kOtherAccount), elsewhere = key_arn(kOtherAccount, kCustomerKey, "eu-west-1");
  CHECK_FALSE(can_use(world, key));
  tests::grant_key(world, key);
  CHECK(can_use(world, key));
  CHECK_FALSE(can_use(world.in("eu-west-1"), elsewhere));
  tests::grant_key(world, elsewhere);
  CHECK(can_use(world, elsewhere));
  CHECK_FALSE(can_use(world, key));
  handlers::Call call = world.make_call();
  CHECK(handlers::can_decrypt_with(call, key));
  CHECK_FALSE(can_use(world.as("333333333333"), elsewhere));
}

TEST_CASE("The default key is the managed one until the account chooses another",
          "[encryption][ModifyEbsDefaultKmsKeyId]") {
  World world;
  const auto default_key = [&] { return *world.call(ec2::GetEbsDefaultKmsKeyIdRequest{}).kms_key_id; };
  const auto key_of_new_volume = [&] {
    return *describe_volume(world, tests::make_volume(world, {.encrypted = true})).kms_key_id;
  };
  const std::string managed = handlers::managed_kms_key(world.make_call());
  CHECK(default_key() == "alias/aws/ebs");
  CHECK(key_of_new_volume() == managed);
  CHECK(world.call(ec2::ModifyEbsDefaultKmsKeyIdRequest{.kms_key_id = kCustomerKey}).kms_key_id == key_arn(kAccount));
  CHECK(default_key() == key_arn(kAccount));
  CHECK(key_of_new_volume() == key_arn(kAccount));
  CHECK(world.in("eu-west-1").call(ec2::GetEbsDefaultKmsKeyIdRequest{}).kms_key_id == "alias/aws/ebs");
  CHECK(world.in("us-east-1").call(ec2::ResetEbsDefaultKmsKeyIdRequest{}).kms_key_id == managed);
  CHECK(key_of_new_volume() == managed);
  world.call(ec2::ModifyEbsDefaultKmsKeyIdRequest{.kms_key_id = "alias/aws/ebs"});
  CHECK(default_key() == "alias/aws/ebs");
}

TEST_CASE("A default key that cannot be used lets volumes vanish", "[encryption][ModifyEbsDefaultKmsKeyId]") {
  World world;
  world.call(ec2::ModifyEbsDefaultKmsKeyIdRequest{.kms_key_id = "no key"});
  const std::string volume = tests::make_volume(world, {.encrypted = true});
  CHECK(world.error_of(ec2::DescribeVolumesRequest{.volume_ids = {volume}}) == "InvalidVolume.NotFound");
}

TEST_CASE("Encryption by default encrypts what is made, and nothing that is",
          "[encryption][EnableEbsEncryptionByDefault]") {
  World world;
  const auto is_on = [&] { return *world.call(ec2::GetEbsEncryptionByDefaultRequest{}).ebs_encryption_by_default; };
  const std::string plain = tests::make_volume(world), snapshot = tests::make_snapshot(world, plain);
  CHECK_FALSE(is_on());
  CHECK(world.call(ec2::EnableEbsEncryptionByDefaultRequest{}).ebs_encryption_by_default == true);
  CHECK(is_on());
  CHECK(describe_volume(world, plain).encrypted == false);
  CHECK(describe_snapshot(world, tests::make_snapshot(world, plain)).encrypted == false);
  const std::string managed = handlers::managed_kms_key(world.make_call());
  CHECK(describe_volume(world, tests::make_volume(world)).kms_key_id == managed);
  CHECK(describe_volume(world, tests::make_volume(world, {.encrypted = false})).kms_key_id == managed);
  CHECK(describe_volume(world, tests::make_volume(world, {.snapshot_id = snapshot})).kms_key_id == managed);
  CHECK(describe_volume(world, tests::make_volume(world, {.kms_key_id = kCustomerKey})).kms_key_id ==
        key_arn(kAccount));
  const auto copy = world.call(ec2::CopySnapshotRequest{.source_region = "us-east-1", .source_snapshot_id = snapshot});
  CHECK(describe_snapshot(world, *copy.snapshot_id).kms_key_id == managed);
  CHECK(describe_volume(world.as(kOtherAccount), tests::make_volume(world.as(kOtherAccount))).encrypted == false);
  CHECK(world.as(kAccount).call(ec2::DisableEbsEncryptionByDefaultRequest{}).ebs_encryption_by_default == false);
  CHECK_FALSE(is_on());
  CHECK(describe_volume(world, tests::make_volume(world)).encrypted == false);
}

TEST_CASE("The managed key's snapshots cannot be shared, whatever the default key is", "[encryption]") {
  World world;
  const std::string managed = tests::make_encrypted_snapshot(world),
                    chosen = tests::make_encrypted_snapshot(world, kCustomerKey);
  world.call(ec2::ModifyEbsDefaultKmsKeyIdRequest{.kms_key_id = kCustomerKey});
  const auto share = [&](const std::string& id) {
    return world.error_of(ec2::ModifySnapshotAttributeRequest{
        .operation_type = "add", .snapshot_id = id, .user_ids = {std::string(kOtherAccount)}});
  };
  CHECK(share(managed) == "OperationNotPermitted");
  CHECK(share(chosen) == "");
}

TEST_CASE("Another account's encrypted image needs a grant of its key to be launched or copied",
          "[encryption][RunInstances]") {
  World world;
  const std::string snapshot = tests::make_encrypted_snapshot(world, kCustomerKey);
  CHECK(describe_snapshot(world, snapshot).state == "completed");
  const std::string image = *world
                                 .call(ec2::RegisterImageRequest{
                                     .name = "encrypted",
                                     .architecture = "x86_64",
                                     .root_device_name = "/dev/xvda",
                                     .block_device_mappings = {{.ebs = ec2::EbsBlockDevice{.snapshot_id = snapshot},
                                                                .device_name = "/dev/xvda"}},
                                     .virtualization_type = "hvm",
                                     .ena_support = true})
                                 .image_id;
  world.call(ec2::ModifyImageAttributeRequest{.attribute = "launchPermission",
                                              .image_id = image,
                                              .operation_type = "add",
                                              .user_ids = {std::string(kOtherAccount)}});
  tests::share(world, snapshot, kOtherAccount);
  world.as(kOtherAccount);
  auto launch = tests::launch_request(world);
  launch.image_id = image;
  const ec2::CopyImageRequest copy{.name = "copy", .source_image_id = image, .source_region = "us-east-1"};
  const auto launched = [&] { return tests::describe(world, tests::ids_of(world.call(launch)).front()); };
  const auto copied = [&](const std::string& name) {
    auto request = copy;
    request.name = name;
    const std::string id = *world.call(request).image_id;
    return world.call(ec2::DescribeImagesRequest{.image_ids = {id}}).images.at(0);
  };
  const ec2::Instance failed = launched();
  CHECK(failed.state->name == "terminated");
  CHECK(failed.state_reason->code == "Client.InternalError");
  CHECK(copied("first").state == "failed");
  tests::grant_key(world, key_arn(kAccount));
  const ec2::Instance running = launched();
  CHECK(running.state->name == "running");
  CHECK(describe_volume(world, *running.block_device_mappings.at(0).ebs->volume_id).kms_key_id ==
        handlers::managed_kms_key(world.make_call()));
  CHECK(copied("second").state == "available");
}
