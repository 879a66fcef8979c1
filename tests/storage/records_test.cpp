// What a store keeps beside resources: tags, settings, client tokens, organizations.
#include "storage/client_tokens.hpp"
#include "storage/organizations.hpp"
#include "storage/settings.hpp"
#include "storage/store.hpp"
#include "storage/tags.hpp"
#include "tests/storage/place.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace amity;
using storage::Scope;
using tests::Kind;
using tests::Place;

namespace {

const Scope kMine{"111111111111", "us-east-1"};
const Scope kOthers{"222222222222", "us-east-1"};
const Scope kElsewhere{"111111111111", "eu-west-1"};
const auto kTime = *model::parse_iso8601("2026-01-02T03:04:05Z");

struct Fixture {
  Place place{GENERATE(Kind::Memory, Kind::File)};
  storage::Store store{place.path()};

  storage::Tags tags(const Scope& scope = kMine) { return {store.database(), scope}; }
  storage::Settings settings(const Scope& scope = kMine) { return {store.database(), scope}; }
  storage::ClientTokens tokens(const Scope& scope = kMine) { return {store.database(), scope}; }
};

// "key=value key=value"
std::string text(const std::vector<ec2::Tag>& tags) {
  std::string text;
  for (const auto& tag : tags) text += (text.empty() ? "" : " ") + *tag.key + "=" + *tag.value;
  return text;
}

std::string scanned(const storage::Tags& tags, std::int64_t after = 0, const std::vector<std::string>& resources = {},
                    std::size_t most = 100) {
  std::string text;
  std::size_t count = 0;
  tags.scan(after, resources, [&](std::int64_t, const ec2::TagDescription& tag) {
    text += (text.empty() ? "" : " ") + *tag.resource_type + ":" + *tag.resource_id + ":" + *tag.key + "=" + *tag.value;
    return ++count < most;
  });
  return text;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "Tags of a resource are sorted by key, and a key has one value", "[storage][Tags]") {
  tags().set("vol-1", "volume", "b", "1");
  tags().set("vol-1", "volume", "a", "");
  tags().set("vol-1", "volume", "B", "2");
  tags().set("vol-1", "volume", "b", "3");
  CHECK(text(tags().of("vol-1")) == "B=2 a= b=3");
  CHECK(tags().count("vol-1") == 3);
  CHECK(tags().of("vol-2").empty());
  CHECK(tags().count("vol-2") == 0);
}

TEST_CASE_METHOD(Fixture, "An account sees its own tags alone, in their region", "[storage][Tags]") {
  tags().set("ami-1", "image", "a", "mine");
  tags(kOthers).set("ami-1", "image", "a", "others");
  tags(kElsewhere).set("ami-1", "image", "a", "elsewhere");
  CHECK(text(tags().of("ami-1")) == "a=mine");
  CHECK(text(tags(kOthers).of("ami-1")) == "a=others");
  CHECK(scanned(tags(kElsewhere)) == "image:ami-1:a=elsewhere");
  tags().remove("ami-1", "a");
  CHECK(text(tags(kOthers).of("ami-1")) == "a=others");
}

TEST_CASE_METHOD(Fixture, "A tag is removed by its key, or by its key and exact value", "[storage][Tags]") {
  for (const char* key : {"a", "b", "c"}) tags().set("vol-1", "volume", key, "v");
  tags().set("vol-1", "volume", "empty", "");
  tags().remove("vol-1", "a");
  tags().remove("vol-1", "b", "V");
  tags().remove("vol-1", "c", "v");
  tags().remove("vol-1", "empty", "");
  tags().remove("vol-1", "unknown");
  CHECK(text(tags().of("vol-1")) == "b=v");
}

TEST_CASE_METHOD(Fixture, "With a resource the tags of all accounts go, of that region", "[storage][Tags]") {
  for (const Scope& scope : {kMine, kOthers, kElsewhere}) tags(scope).set("ami-1", "image", "a", "v");
  tags().set("ami-2", "image", "a", "v");
  tags().remove_all("ami-1");
  CHECK(scanned(tags()) == "image:ami-2:a=v");
  CHECK(scanned(tags(kOthers)).empty());
  CHECK(scanned(tags(kElsewhere)) == "image:ami-1:a=v");
}

TEST_CASE_METHOD(Fixture, "Tags are scanned in order of creation, of all resources or of some", "[storage][Tags]") {
  tags().set("vol-1", "volume", "z", "1");
  tags().set("i-1", "instance", "a", "2");
  tags().set("vol-1", "volume", "a", "3");
  tags().set("vol-1", "volume", "z", "4");
  CHECK(scanned(tags()) == "volume:vol-1:z=4 instance:i-1:a=2 volume:vol-1:a=3");
  CHECK(scanned(tags(), 1) == "instance:i-1:a=2 volume:vol-1:a=3");
  CHECK(scanned(tags(), 1, {"vol-1", "it's \"odd\""}) == "volume:vol-1:a=3");
  CHECK(scanned(tags(), 0, {"i-2"}).empty());
  CHECK(scanned(tags(), 0, {}, 1) == "volume:vol-1:z=4");
}

TEST_CASE_METHOD(Fixture, "A setting is an account's in a region, or the emulator's own", "[storage][Settings]") {
  const Scope emulator{};
  CHECK_FALSE(settings().get("colour"));
  settings().set("colour", "blue");
  settings(emulator).set("colour", "");
  CHECK(settings().get("colour") == "blue");
  CHECK(settings(emulator).get("colour") == "");
  CHECK_FALSE(settings(kOthers).get("colour"));
  CHECK_FALSE(settings(kElsewhere).get("colour"));
  settings().set("colour", "red");
  CHECK(settings().get("colour") == "red");
  settings().remove("colour");
  settings().remove("shape");
  CHECK_FALSE(settings().get("colour"));
  CHECK(settings(emulator).get("colour"));
}

TEST_CASE_METHOD(Fixture, "A client token belongs to an operation, an account and a region",
                 "[storage][ClientTokens]") {
  tokens().insert("RunInstances", "t", {R"({"a":1})", R"({"b":2})"}, kTime);
  const auto found = tokens().find("RunInstances", "t");
  REQUIRE(found);
  CHECK(found->request == R"({"a":1})");
  CHECK(found->result == R"({"b":2})");
  CHECK_FALSE(tokens().find("CopyImage", "t"));
  CHECK_FALSE(tokens().find("RunInstances", "T"));
  CHECK_FALSE(tokens(kOthers).find("RunInstances", "t"));
  CHECK_FALSE(tokens(kElsewhere).find("RunInstances", "t"));
  CHECK_THROWS_AS(tokens().insert("RunInstances", "t", {}, kTime), storage::Error);
}

TEST_CASE_METHOD(Fixture, "Old client tokens are forgotten in all accounts", "[storage][ClientTokens]") {
  tokens().insert("CopyImage", "old", {}, kTime);
  tokens(kOthers).insert("CopyImage", "old", {}, kTime);
  tokens().insert("CopyImage", "new", {}, kTime + std::chrono::milliseconds(1));
  tokens().remove_older_than(kTime);
  CHECK(tokens().find("CopyImage", "old"));
  tokens().remove_older_than(kTime + std::chrono::milliseconds(1));
  CHECK_FALSE(tokens().find("CopyImage", "old"));
  CHECK_FALSE(tokens(kOthers).find("CopyImage", "old"));
  CHECK(tokens().find("CopyImage", "new"));
}

TEST_CASE_METHOD(Fixture, "An account may belong to several organizations and units", "[storage][Organizations]") {
  storage::Organizations organizations(store.database());
  organizations.add_member("arn:aws:organizations::1:organization/o-1", "111111111111");
  organizations.add_member("arn:aws:organizations::1:ou/o-1/ou-1", "111111111111");
  organizations.add_member("arn:aws:organizations::1:organization/o-1", "222222222222");
  organizations.add_member("arn:aws:organizations::1:organization/o-1", "222222222222");
  auto arns = organizations.of("111111111111");
  std::ranges::sort(arns);
  CHECK(arns ==
        std::vector<std::string>{"arn:aws:organizations::1:organization/o-1", "arn:aws:organizations::1:ou/o-1/ou-1"});
  CHECK(organizations.of("222222222222").size() == 1);
  CHECK(organizations.of("333333333333").empty());
}
