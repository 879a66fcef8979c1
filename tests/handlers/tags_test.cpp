#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using namespace amity::tests;

namespace {

std::string new_volume(World& world) {
  return *world.call(ec2::CreateVolumeRequest{.availability_zone = "us-east-1a", .size = 1}).volume_id;
}

void tag(World& world, const std::vector<std::string>& ids, const std::vector<ec2::Tag>& tags) {
  world.call(ec2::CreateTagsRequest{.resources = ids, .tags = tags});
}

std::vector<std::string> described(World& world, const std::vector<ec2::Filter>& filters = {}) {
  std::vector<std::string> texts;
  for (const auto& tag : world.call(ec2::DescribeTagsRequest{.filters = filters}).tags)
    texts.push_back(*tag.resource_type + ":" + *tag.key + "=" + *tag.value);
  return texts;
}

const std::string kUnknown = "0123456789abcdef0";

}  // namespace

TEST_CASE("Tags are set, overwritten and listed in order of creation", "[tags][CreateTags]") {
  World world;
  const std::string volume = new_volume(world);
  tag(world, {volume}, {{.key = "b", .value = "1"}, {.key = "a", .value = ""}});
  tag(world, {volume}, {{.key = "b", .value = "2"}});
  CHECK(described(world) == std::vector<std::string>{"volume:b=2", "volume:a="});
  const auto volumes = world.call(ec2::DescribeVolumesRequest{}).volumes;
  REQUIRE(volumes.size() == 1);
  CHECK(volumes[0].tags.size() == 2);
}

TEST_CASE("Public and shared images may be tagged, and only the tagger sees it", "[tags][CreateTags]") {
  World world;
  const std::string image = *world.catalogue().images("us-east-1").front().image_id;
  tag(world, {image}, {{.key = "mine", .value = "1"}});
  CHECK(described(world) == std::vector<std::string>{"image:mine=1"});
  world.as(kOtherAccount);
  CHECK(described(world).empty());
}

TEST_CASE("CreateTags refuses what AWS refuses, and then changes nothing", "[tags][CreateTags]") {
  World world;
  const std::string volume = new_volume(world);
  struct Case {
    std::vector<std::string> ids;
    std::vector<ec2::Tag> tags;
    std::string_view code;
  };
  const std::vector<ec2::Tag> good = {{.key = "k", .value = "v"}};
  std::vector<ec2::Tag> many;
  for (int i = 0; i < 51; ++i) many.push_back({.key = "k" + std::to_string(i), .value = ""});
  for (const Case& bad :
       {Case{{"banana"}, good, "InvalidID"}, Case{{"rocket-" + kUnknown}, good, "InvalidID"},
        Case{{volume, "vol-xyz"}, good, "InvalidVolumeID.Malformed"},
        Case{{volume, "vol-" + kUnknown}, good, "InvalidVolume.NotFound"},
        Case{{volume, "ami-" + kUnknown}, good, "InvalidAMIID.NotFound"},
        Case{{volume, "snap-" + kUnknown}, good, "InvalidSnapshot.NotFound"},
        Case{{volume, "i-" + kUnknown}, good, "InvalidInstanceID.NotFound"},
        Case{{volume, "sg-" + kUnknown}, good, "InvalidGroup.NotFound"},
        Case{{volume}, {{.key = "k"}}, "InvalidParameterValue"},
        Case{{volume}, {{.key = "", .value = "v"}}, "InvalidParameterValue"},
        Case{{volume}, {{.key = "aws:k", .value = "v"}}, "InvalidParameterValue"},
        Case{{volume}, {{.key = std::string(129, 'k'), .value = "v"}}, "InvalidParameterValue"},
        Case{{volume}, {{.key = "k", .value = std::string(257, 'v')}}, "InvalidParameterValue"},
        Case{{volume}, {{.key = "k", .value = "1"}, {.key = "k", .value = "2"}}, "InvalidParameterValue"},
        Case{{volume}, many, "TagLimitExceeded"}}) {
    INFO(bad.code << " " << bad.ids.back());
    CHECK(world.error_of(ec2::CreateTagsRequest{.resources = bad.ids, .tags = bad.tags}) == bad.code);
    CHECK(described(world).empty());
  }
}

TEST_CASE("A resource takes fifty tags and no more", "[tags][CreateTags]") {
  World world;
  const std::string volume = new_volume(world);
  std::vector<ec2::Tag> tags;
  for (int i = 0; i < 50; ++i) tags.push_back({.key = "k" + std::to_string(i), .value = ""});
  tag(world, {volume}, tags);
  CHECK(world.error_of(ec2::CreateTagsRequest{.resources = {volume}, .tags = {{.key = "one more", .value = ""}}}) ==
        "TagLimitExceeded");
  CHECK(
      world.error_of(ec2::CreateTagsRequest{.resources = {volume}, .tags = {{.key = "k0", .value = "other"}}}).empty());
}

TEST_CASE("DeleteTags takes all, any value, or only the one that is equal", "[tags][DeleteTags]") {
  World world;
  const std::string volume = new_volume(world);
  tag(world, {volume}, {{.key = "a", .value = "1"}, {.key = "b", .value = "2"}, {.key = "c", .value = ""}});
  const auto remove = [&](const std::vector<ec2::Tag>& tags) {
    world.call(ec2::DeleteTagsRequest{.resources = {volume}, .tags = tags});
  };
  remove({{.key = "a", .value = "other"}, {.key = "unknown"}});
  CHECK(described(world).size() == 3);
  remove({{.key = "a", .value = "1"}});
  CHECK(described(world) == std::vector<std::string>{"volume:b=2", "volume:c="});
  remove({{.key = "b", .value = ""}});
  CHECK(described(world).size() == 2);
  remove({{.key = "b"}});
  CHECK(described(world) == std::vector<std::string>{"volume:c="});
  remove({});
  CHECK(described(world).empty());
  CHECK(world.error_of(ec2::DeleteTagsRequest{.resources = {"vol-" + kUnknown}}) == "InvalidVolume.NotFound");
}

TEST_CASE("DescribeTags knows every documented filter", "[tags][DescribeTags]") {
  World world;
  const std::string volume = new_volume(world), other = new_volume(world);
  tag(world, {volume}, {{.key = "stage", .value = "prod"}, {.key = "owner", .value = "prod"}});
  tag(world, {other}, {{.key = "stage", .value = "test"}});
  const auto by = [&](std::string name, std::vector<std::string> values) {
    return described(world, {{.name = std::move(name), .values = std::move(values)}}).size();
  };
  CHECK(by("key", {"stage"}) == 2);
  CHECK(by("value", {"pro*"}) == 2);
  CHECK(by("resource-id", {other}) == 1);
  CHECK(by("resource-id", {"vol-*"}) == 3);
  CHECK(by("resource-type", {"volume"}) == 3);
  CHECK(by("resource-type", {"image"}) == 0);
  CHECK(by("tag:stage", {"prod"}) == 1);
  CHECK(world.error_of(ec2::DescribeTagsRequest{.filters = {{.name = "colour", .values = {"red"}}}}) ==
        "InvalidParameterValue");
}

TEST_CASE("DescribeTags pages through all tags once", "[tags][DescribeTags]") {
  World world;
  const std::string volume = new_volume(world);
  std::vector<ec2::Tag> tags;
  for (int i = 0; i < 12; ++i) tags.push_back({.key = std::to_string(i), .value = ""});
  tag(world, {volume}, tags);
  std::size_t seen = 0, pages = 0;
  std::optional<std::string> token;
  do {
    const auto page = world.call(ec2::DescribeTagsRequest{.max_results = 5, .next_token = token});
    seen += page.tags.size();
    token = page.next_token;
    ++pages;
  } while (token);
  CHECK(seen == 12);
  CHECK(pages == 3);
  CHECK(world.error_of(ec2::DescribeTagsRequest{.max_results = 4}) == "InvalidParameterValue");
}
