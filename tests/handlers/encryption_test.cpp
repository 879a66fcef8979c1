#include "handlers/encryption.hpp"

#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using handlers::Encryption;
using handlers::EncryptionWish;
using tests::kAccount;
using tests::kCustomerKey;
using tests::key_arn;
using tests::kOtherAccount;
using tests::World;

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
  CHECK(handlers::can_use_key(world.make_call(), bake));
  world.as(kOtherAccount);
  CHECK(key("alias/bake") != bake);
  CHECK_FALSE(handlers::can_use_key(world.make_call(), bake));
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
  CHECK(handlers::can_use_key(world.make_call(), key_arn(kAccount, "mrk-1234abcd12ab34cd56ef1234567890ab")));
}
