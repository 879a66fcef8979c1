#include "tests/emulator/application_world.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

using namespace amity::tests;
using amity::emulator::HttpResponse;

namespace {

rapidjson::Document json(const HttpResponse& response) {
  INFO(response.body);
  rapidjson::Document document;
  document.Parse(response.body.data(), response.body.size());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto from = text.find(begin);
  if (from == std::string::npos) return {};
  return text.substr(from + begin.size(), text.find(end, from) - from - begin.size());
}

std::string make_volume(ApplicationWorld& world, std::string_view account = "111111111111",
                        std::string_view region = "us-east-1") {
  const auto body =
      world.ec2("CreateVolume", "&Size=1&AvailabilityZone=" + std::string(region) + "a", account, region).body;
  return between(body, "<volumeId>", "</volumeId>");
}

std::string writes_of(const std::string& volume) { return "/_amity/volumes/" + volume + "/writes"; }

}  // namespace

TEST_CASE("The administration writes to volumes", "[admin][writes]") {
  ApplicationWorld world;
  const std::string volume = make_volume(world);
  const auto answer = json(world.post(writes_of(volume), R"({"offset": 0, "length": 1048576})"));
  CHECK(answer["volume"] == volume.c_str());
  CHECK(answer["written_bytes"].GetInt64() == 1048576);
  CHECK(json(world.post(writes_of(volume), R"({"changed_gib": 0.0005})"))["written_bytes"].GetInt64() == 1048576);
  CHECK(json(world.post(writes_of(volume), R"({"changed_gib": 0.5})"))["written_bytes"].GetInt64() == 536870912);
  const auto snapshot = world.ec2("CreateSnapshot", "&VolumeId=" + volume);
  CHECK(snapshot.status == 200);
  CHECK(contains(world.ec2("DescribeSnapshots", "&Owner.1=self").body,
                 "<fullSnapshotSizeInBytes>536870912</fullSnapshotSizeInBytes>"));
}

TEST_CASE("Volumes are written to whoever owns them, in the region that is named", "[admin][writes]") {
  ApplicationWorld world;
  const std::string volume = make_volume(world, "222222222222", "eu-west-1");
  CHECK(world.post(writes_of(volume), R"({"changed_gib": 0.1})").status == 404);
  CHECK(world.post(writes_of(volume) + "?region=eu-west-1", R"({"changed_gib": 0.1})").status == 200);
}

TEST_CASE("Writes that cannot be are refused with a sentence", "[admin][writes]") {
  ApplicationWorld world;
  const std::string volume = make_volume(world);
  for (const char* body :
       {"", "[]", "{", "{}", R"({"offset": 0})", R"({"offset": 0, "length": "1"})",
        R"({"offset": 0, "length": 1, "changed_gib": 1})", R"({"offset": 0.5, "length": 1})", R"({"changed_gib": "1"})",
        R"({"changed_gib": -1})", R"({"offset": 0, "length": 0})", R"({"offset": -1, "length": 1})",
        R"({"offset": 1073741824, "length": 1})", R"({"offset": 1, "length": 9223372036854775807})"}) {
    INFO(body);
    const HttpResponse response = world.post(writes_of(volume), body);
    CHECK(response.status == 400);
    CHECK(json(response)["error"].IsString());
  }
  CHECK(world.post(writes_of("vol-0123456789abcdef0"), R"({"changed_gib": 1})").status == 404);
  CHECK(world.post(writes_of("disk"), R"({"changed_gib": 1})").status == 400);
  CHECK(world.get(writes_of(volume)).status == 405);
  CHECK(world.post("/_amity/volumes//writes", "{}").status == 404);
  CHECK(world.post("/_amity/volumes/a/b/writes", "{}").status == 404);
}

TEST_CASE("An instance may change its disk every day", "[admin][churn]") {
  ApplicationWorld world;
  const std::string images = world
                                 .ec2("DescribeImages",
                                      "&Owner.1=amazon&Filter.1.Name=name&Filter.1.Value.1=al2023-ami-2023*x86_64&"
                                      "Filter.2.Name=architecture&Filter.2.Value.1=x86_64")
                                 .body;
  const std::string image = between(images, "<imageId>", "</imageId>");
  const std::string run =
      world.ec2("RunInstances", "&MinCount=1&MaxCount=1&InstanceType=t3.micro&ImageId=" + image).body;
  const std::string instance = between(run, "<instanceId>", "</instanceId>");
  REQUIRE_FALSE(instance.empty());
  const std::string churn = "/_amity/instances/" + instance + "/churn";
  CHECK(json(world.post(churn, R"({"gib_per_day": 0.25})"))["gib_per_day"].GetDouble() == 0.25);
  for (const char* body : {"", "{}", R"({"gib_per_day": "1"})", R"({"gib_per_day": -1})"})
    CHECK(world.post(churn, body).status == 400);
  CHECK(world.post("/_amity/instances/i-0123456789abcdef0/churn", R"({"gib_per_day": 1})").status == 404);

  const auto bake = [&](const std::string& name) {
    CHECK(world.ec2("CreateImage", "&NoReboot=true&Name=" + name + "&InstanceId=" + instance).status == 200);
  };
  bake("monday");
  world.post("/_amity/clock", R"({"advance": "2d"})");
  bake("wednesday");
  // Two snapshots of one volume: the second stores what two days have changed.
  auto stored = world.emulation().environment().store.database().prepare(
      "SELECT stored FROM block_snapshot WHERE region = 'us-east-1' ORDER BY number DESC LIMIT 1");
  REQUIRE(stored.step());
  CHECK(stored.integer(0) == 1024);
}
