#include "handlers/key_pairs.hpp"

#include "handlers/key_material.hpp"
#include "model/encoding.hpp"
#include "tests/handlers/key_samples.hpp"
#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using tests::World;
namespace samples = amity::handlers::samples;

namespace {

const std::string kRsa(samples::kRsaOpenSsh);
const std::string kEd25519(samples::kEd25519OpenSsh);

std::vector<ec2::TagSpecification> tagged(std::string key, std::string value) {
  return {{.resource_type = "key-pair", .tags = {{.key = std::move(key), .value = std::move(value)}}}};
}

std::string import(World& world, const std::string& name, const std::string& material = kEd25519) {
  return *world.call(ec2::ImportKeyPairRequest{.key_name = name, .public_key_material = material}).key_pair_id;
}

std::vector<std::string> names(const ec2::DescribeKeyPairsResult& result) {
  std::vector<std::string> names;
  for (const auto& pair : result.key_pairs) names.push_back(*pair.key_name);
  return names;
}

std::vector<std::string> names(World& world, const std::string& filter, std::vector<std::string> values) {
  return names(world.call(ec2::DescribeKeyPairsRequest{.filters = {{.name = filter, .values = std::move(values)}}}));
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("CreateKeyPair answers the private key, once, and remembers the rest", "[key-pairs][CreateKeyPair]") {
  World world;
  struct Row {
    std::optional<std::string> type, format;
    std::string_view begins, shown_type;
  };
  const Row rows[] = {
      {{}, {}, "-----BEGIN RSA PRIVATE KEY-----", "rsa"},
      {"rsa", "ppk", "PuTTY-User-Key-File-", "rsa"},
      {"ed25519", "pem", "-----BEGIN OPENSSH PRIVATE KEY-----", "ed25519"},
      {"ed25519", "ppk", "PuTTY-User-Key-File-", "ed25519"},
  };
  for (const Row& row : rows) {
    INFO(row.begins << ' ' << row.shown_type);
    const auto made = world.call(ec2::CreateKeyPairRequest{.key_name = "bake",
                                                           .key_type = row.type,
                                                           .tag_specifications = tagged("Stage", "test"),
                                                           .key_format = row.format});
    CHECK(made.key_name == "bake");
    CHECK(made.key_pair_id->starts_with("key-"));
    CHECK(made.key_material->starts_with(row.begins));
    REQUIRE(made.tags.size() == 1);

    const auto found =
        world.call(ec2::DescribeKeyPairsRequest{.key_names = {"bake"}, .include_public_key = true}).key_pairs.at(0);
    CHECK(found.key_pair_id == made.key_pair_id);
    CHECK(found.key_fingerprint == made.key_fingerprint);
    CHECK(found.key_type == row.shown_type);
    CHECK(found.create_time == world.now());
    CHECK(found.tags.at(0).value == "test");
    REQUIRE(found.public_key);
    CHECK(found.public_key->ends_with(" bake"));
    CHECK(handlers::parse_public_key(*found.public_key));
    world.call(ec2::DeleteKeyPairRequest{.key_name = "bake"});
  }
}

TEST_CASE("ImportKeyPair takes the formats of EC2 and shows the public key without its comment",
          "[key-pairs][ImportKeyPair]") {
  World world;
  const std::string_view pem = samples::kRsaPem;
  const std::size_t body = pem.find('\n');
  const std::string der = *model::base64_decode(pem.substr(body, pem.rfind("-----END") - body));
  const std::string materials[] = {kRsa + " somebody@somewhere\n", std::string(samples::kRsaRfc4716),
                                   std::string(samples::kRsaPem), der, model::base64_encode(der)};
  for (const std::string& material : materials) {
    INFO(material.substr(0, 40));
    const auto made = world.call(ec2::ImportKeyPairRequest{
        .tag_specifications = tagged("a", "b"), .key_name = "mine", .public_key_material = material});
    CHECK(made.key_name == "mine");
    CHECK(made.key_fingerprint == samples::kRsaImportedFingerprint);
    CHECK(made.tags.size() == 1);
    const auto found =
        world.call(ec2::DescribeKeyPairsRequest{.key_pair_ids = {*made.key_pair_id}, .include_public_key = true});
    CHECK(found.key_pairs.at(0).public_key == kRsa + " mine");
    CHECK(found.key_pairs.at(0).key_type == "rsa");
    world.call(ec2::DeleteKeyPairRequest{.key_pair_id = made.key_pair_id});
  }
  const auto made = world.call(ec2::ImportKeyPairRequest{.key_name = "short", .public_key_material = kEd25519});
  CHECK(made.key_fingerprint == samples::kEd25519Fingerprint);
}

TEST_CASE("A key pair that cannot be made is refused with EC2's code", "[key-pairs][CreateKeyPair][ImportKeyPair]") {
  World world;
  import(world, "taken");
  struct Row {
    std::string name, material;
    std::vector<ec2::TagSpecification> tags;
    std::string code;
  };
  const Row rows[] = {
      {"taken", kRsa, {}, "InvalidKeyPair.Duplicate"},
      {"", kRsa, {}, "MissingParameter"},
      {std::string(256, 'n'), kRsa, {}, "InvalidParameterValue"},
      {"schl\xc3\xbcssel", kRsa, {}, "InvalidParameterValue"},
      {" space", kRsa, {}, "InvalidParameterValue"},
      {"space ", kRsa, {}, "InvalidParameterValue"},
      {"new", kRsa, {{.resource_type = "image", .tags = {{.key = "a", .value = "b"}}}}, "InvalidParameterValue"},
      {"new", kRsa, tagged("aws:mine", ""), "InvalidParameterValue"},
      {"new", "file://id_rsa.pub", {}, "InvalidKey.Format"},
      {"new", "", {}, "InvalidKey.Format"},
      {"new", std::string(samples::kEcdsaOpenSsh), {}, "InvalidKey.Format"},
      {"new", std::string(samples::kDsaPem), {}, "InvalidKeyPair.Format"},
      {"new", model::base64_encode("\x30\x82\x01\x22garbage"), {}, "InvalidKeyPair.Format"},
      {"new", std::string(samples::kRsaPrivatePem), {}, "InvalidKeyPair.Format"},
  };
  for (const Row& row : rows) {
    INFO(row.name << ": " << row.material.substr(0, 40));
    CHECK(world.error_of(ec2::ImportKeyPairRequest{
              .tag_specifications = row.tags, .key_name = row.name, .public_key_material = row.material}) == row.code);
    if (row.material == kRsa)
      CHECK(world.error_of(ec2::CreateKeyPairRequest{
                .key_name = row.name, .key_type = "ed25519", .tag_specifications = row.tags}) == row.code);
  }
  CHECK(names(world.call(ec2::DescribeKeyPairsRequest{})) == Names{"taken"});
  CHECK(import(world, std::string(255, 'n')).starts_with("key-"));
}

TEST_CASE("Names of key pairs are an account's own in a region", "[key-pairs]") {
  World world;
  const std::string id = import(world, "mine");
  CHECK_FALSE(import(world.as(tests::kOtherAccount), "mine").empty());
  CHECK(names(world.call(ec2::DescribeKeyPairsRequest{})).size() == 1);
  CHECK(world.error_of(ec2::DescribeKeyPairsRequest{.key_pair_ids = {id}}) == "InvalidKeyPair.NotFound");
  world.call(ec2::DeleteKeyPairRequest{.key_pair_id = id});
  world.as(tests::kAccount);
  CHECK(names(world.call(ec2::DescribeKeyPairsRequest{})) == Names{"mine"});
  world.in("eu-west-1");
  CHECK(names(world.call(ec2::DescribeKeyPairsRequest{})).empty());
  CHECK_FALSE(import(world, "mine").empty());
}

TEST_CASE("An account has at most 5,000 key pairs in a region", "[key-pairs][ImportKeyPair]") {
  World world;
  auto call = world.make_call();
  {
    storage::Transaction transaction(world.store().database());
    for (int i = 0; i < 5000; ++i) {
      const std::string number = std::to_string(i);
      call.key_pairs().insert({.key_pair = {.key_pair_id = "key-" + number, .key_name = "key " + number}});
    }
    transaction.commit();
  }
  const ec2::ImportKeyPairRequest request{.key_name = "one more", .public_key_material = kEd25519};
  CHECK(world.error_of(request) == "KeyPairLimitExceeded");
  world.call(ec2::DeleteKeyPairRequest{.key_name = "key 7"});
  CHECK(world.error_of(request).empty());
}

TEST_CASE("DescribeKeyPairs finds by names and ids, or names what is missing", "[key-pairs][DescribeKeyPairs]") {
  World world;
  const std::string a = import(world, "a");
  const std::string b = import(world, "b");
  CHECK(names(world.call(ec2::DescribeKeyPairsRequest{})) == Names{"a", "b"});
  CHECK(names(world.call(ec2::DescribeKeyPairsRequest{.key_names = {"b", "a", "b"}})) == Names{"b", "a"});
  CHECK(names(world.call(ec2::DescribeKeyPairsRequest{.key_names = {"b"}, .key_pair_ids = {b, a}})) == Names{"b", "a"});
  CHECK_FALSE(world.call(ec2::DescribeKeyPairsRequest{}).key_pairs.at(0).public_key);

  for (const auto& request : {ec2::DescribeKeyPairsRequest{.key_names = {"a", "no", "nor this"}},
                              ec2::DescribeKeyPairsRequest{.key_pair_ids = {a, "key-00000000000000000"}},
                              ec2::DescribeKeyPairsRequest{.key_pair_ids = {"lock-0"}}})
    CHECK(world.error_of(request) == "InvalidKeyPair.NotFound");
  try {
    world.call(ec2::DescribeKeyPairsRequest{.key_names = {"a", "no", "nor this"}});
    FAIL();
  } catch (const handlers::ApiError& error) {
    CHECK(error.message() == "The key pairs 'no, nor this' do not exist");
  }
}

TEST_CASE("DescribeKeyPairs knows all documented filters", "[key-pairs][DescribeKeyPairs]") {
  World world;
  const std::string id = import(world, "rsa-key", kRsa);
  world.call(ec2::ImportKeyPairRequest{
      .tag_specifications = tagged("Stage", "test"), .key_name = "short-key", .public_key_material = kEd25519});
  for (const std::string_view name : ec2::service().find("DescribeKeyPairs")->filters) {
    INFO(name);
    CHECK(names(world, name == "tag" ? "tag:x" : std::string(name), {"nothing"}).empty());
  }
  CHECK(names(world, "key-name", {"*-key"}) == Names{"rsa-key", "short-key"});
  CHECK(names(world, "key-pair-id", {id}) == Names{"rsa-key"});
  CHECK(names(world, "fingerprint", {std::string(samples::kEd25519Fingerprint)}) == Names{"short-key"});
  CHECK(names(world, "tag:Stage", {"te*"}) == Names{"short-key"});
  CHECK(names(world, "tag-key", {"Stage"}) == Names{"short-key"});
  CHECK(world.error_of(ec2::DescribeKeyPairsRequest{.filters = {{.name = "colour", .values = {"red"}}}}) ==
        "InvalidParameterValue");
}

TEST_CASE("DeleteKeyPair deletes by name or id, and an unknown pair is no error", "[key-pairs][DeleteKeyPair]") {
  World world;
  const std::string a = import(world, "a");
  const std::string b = import(world, "b");
  world.call(
      ec2::CreateKeyPairRequest{.key_name = "tagged", .key_type = "ed25519", .tag_specifications = tagged("k", "v")});

  auto deleted = world.call(ec2::DeleteKeyPairRequest{.key_name = "a"});
  CHECK(deleted.return_value == true);
  CHECK(deleted.key_pair_id == a);
  deleted = world.call(ec2::DeleteKeyPairRequest{.key_pair_id = b});
  CHECK(deleted.key_pair_id == b);
  for (const auto& request :
       {ec2::DeleteKeyPairRequest{.key_name = "a"}, ec2::DeleteKeyPairRequest{.key_pair_id = b}}) {
    deleted = world.call(request);
    CHECK(deleted.return_value == true);
    CHECK_FALSE(deleted.key_pair_id);
  }
  CHECK(world.error_of(ec2::DeleteKeyPairRequest{}) == "MissingParameter");

  const auto tagged_pair = world.call(ec2::DeleteKeyPairRequest{.key_name = "tagged"});
  CHECK(world.make_call().tags().of(*tagged_pair.key_pair_id).empty());
  CHECK(names(world.call(ec2::DescribeKeyPairsRequest{})).empty());
}

TEST_CASE("A dry run of CreateKeyPair makes nothing", "[key-pairs][CreateKeyPair]") {
  World world;
  CHECK(world.error_of(ec2::CreateKeyPairRequest{.key_name = "a", .key_type = "ed25519", .dry_run = true}) ==
        "DryRunOperation");
  CHECK(names(world.call(ec2::DescribeKeyPairsRequest{})).empty());
}

TEST_CASE("A launch finds its key pair by name", "[key-pairs]") {
  World world;
  const std::string id = import(world, "mine");
  auto call = world.make_call();
  CHECK(handlers::find_key_pair(call, "mine").key_pair.key_pair_id == id);
  CHECK_THROWS_AS(handlers::find_key_pair(call, "other"), handlers::ApiError);
}
