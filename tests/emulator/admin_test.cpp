#include "handlers/registry.hpp"
#include "model/ec2.hpp"
#include "tests/emulator/application_world.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <utility>

using namespace amity::tests;
using namespace std::chrono_literals;
using amity::emulator::HttpResponse;

namespace {

rapidjson::Document json(const HttpResponse& response) {
  INFO(response.body);
  CHECK(response.content_type == "application/json");
  rapidjson::Document document;
  document.Parse(response.body.data(), response.body.size());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

std::string error_of(const HttpResponse& response) { return json(response)["error"].GetString(); }

// ImportKeyPair, the shortest call that leaves something behind.
void create_key(ApplicationWorld& world, const std::string& name) {
  CHECK(world.ec2("CreateKeyPair", "&KeyType=ed25519&KeyName=" + name).status == 200);
}
bool has_key(ApplicationWorld& world, const std::string& name, std::string_view account = "111111111111",
             std::string_view region = "us-east-1") {
  return contains(world.ec2("DescribeKeyPairs", {}, account, region).body, "<keyName>" + name + "</keyName>");
}

constexpr std::string_view kKeyFixture =
    R"({"Account": "111111111111", "KeyPairs": [{"KeyName": "fixed", "KeyFingerprint": "00:11"}]})";

}  // namespace

TEST_CASE("Health says that Amity runs, and what it knows", "[admin]") {
  ApplicationWorld world;
  const auto health = json(world.get("/_amity/health"));
  CHECK(health["status"] == "ok");
  CHECK(health["version"] == "0.1.0");
  CHECK(health["services"]["ec2"]["known"].GetUint() == amity::ec2::service().operations.size());
  CHECK(health["services"]["ec2"]["implemented"].GetUint() > 0);
  CHECK(world.send("HEAD", "/_amity/health").status == 200);
}

TEST_CASE("Tools that wait for LocalStack find its health", "[admin]") {
  ApplicationWorld world;
  const auto health = json(world.get("/_localstack/health"));
  CHECK(health["services"]["ec2"] == "running");
  CHECK(health["services"]["sts"] == "running");
  CHECK(health["version"] == "0.1.0");
}

TEST_CASE("Every operation that the API has is listed, implemented or not", "[admin]") {
  ApplicationWorld world;
  const auto answer = json(world.get("/_amity/operations"));
  const auto& ec2 = answer["services"][0];
  CHECK(ec2["service"] == "ec2");
  REQUIRE(ec2["operations"].Size() >= 765);
  unsigned implemented = 0;
  for (const auto& operation : ec2["operations"].GetArray()) {
    const std::string name = operation["name"].GetString();
    const bool is_implemented = amity::handlers::find_operation("ec2", name) != nullptr;
    if (operation["implemented"].GetBool() != is_implemented) FAIL_CHECK(name);
    implemented += is_implemented ? 1 : 0;
  }
  CHECK(ec2["implemented"].GetUint() == implemented);
  CHECK(ec2["known"].GetUint() == ec2["operations"].Size());
}

TEST_CASE("Unknown paths are not found, and methods that a path has not are refused", "[admin]") {
  ApplicationWorld world;
  for (const std::string_view path :
       {"/_amity", "/_amity/", "/_amity/nothing", "/_amity/health/", "/_localstack/info"}) {
    INFO(path);
    CHECK(world.get(path).status == 404);
    CHECK_FALSE(error_of(world.get(path)).empty());
  }
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"/_amity/health", "GET"},        {"/_amity/operations", "GET"}, {"/metrics", "GET"},
      {"/_localstack/health", "GET"},   {"/_amity/reset", "POST"},     {"/_amity/clock", "GET, POST"},
      {"/_amity/fixtures", "GET, POST"}};
  for (const auto& [path, allowed] : cases) {
    INFO(path);
    const HttpResponse response = world.send("DELETE", path);
    CHECK(response.status == 405);
    CHECK(header(response, "Allow") == allowed);
  }
  CHECK(world.get("/_amity/reset").status == 405);
  CHECK(world.get("/_amity/health?verbose=1").status == 200);
}

TEST_CASE("The clock shows, freezes, moves and goes on", "[admin][clock]") {
  ApplicationWorld world;
  CHECK(json(world.get("/_amity/clock"))["now"] == "2026-01-02T03:04:05.000Z");
  CHECK(json(world.get("/_amity/clock"))["frozen"].IsFalse());
  CHECK(json(world.get("/_amity/clock"))["offset_ms"].GetInt64() == 0);

  CHECK(json(world.post("/_amity/clock", R"({"freeze": true})"))["frozen"].IsTrue());
  world.machine_time += 1h;
  CHECK(json(world.get("/_amity/clock"))["now"] == "2026-01-02T03:04:05.000Z");
  CHECK(json(world.post("/_amity/clock", R"({"advance": "1d12h"})"))["now"] == "2026-01-03T15:04:05.000Z");
  CHECK(json(world.post("/_amity/clock", R"({"set": "2030-01-01T00:00:00Z"})"))["now"] == "2030-01-01T00:00:00.000Z");
  CHECK(json(world.post("/_amity/clock", R"({"resume": true})"))["frozen"].IsFalse());
  world.machine_time += 1s;
  CHECK(json(world.get("/_amity/clock"))["now"] == "2030-01-01T00:00:01.000Z");
  CHECK(json(world.post("/_amity/clock", R"({"reset": true})"))["now"] == "2026-01-02T04:04:06.000Z");
}

TEST_CASE("What the clock cannot do is said, and changes nothing", "[admin][clock]") {
  ApplicationWorld world;
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "not valid JSON"},
      {"30d", "not valid JSON"},
      {"{\"advance\": \"30d\"", "not valid JSON"},
      {"[]", "must be one of"},
      {"{}", "must be one of"},
      {R"({"forward": "30d"})", "must be one of"},
      {R"({"freeze": true, "advance": "1d"})", "must be one of"},
      {R"({"advance": 30})", "duration"},
      {R"({"advance": "30"})", "duration"},
      {R"({"advance": "-1d"})", "duration"},
      {R"({"advance": "3000000d"})", "1970 to 9999"},
      {R"({"set": "tomorrow"})", "time such as"},
      {R"({"set": 5})", "time such as"},
      {R"({"set": "1969-12-31T23:59:59Z"})", "1970 to 9999"},
      {R"({"freeze": false})", "only be true"},
      {R"({"resume": "yes"})", "only be true"},
  };
  for (const auto& [body, expected] : cases) {
    INFO(body);
    const HttpResponse response = world.post("/_amity/clock", body);
    CHECK(response.status == 400);
    CHECK(contains(error_of(response), expected));
  }
  CHECK(json(world.get("/_amity/clock"))["now"] == "2026-01-02T03:04:05.000Z");
}

TEST_CASE("Deep JSON does not bring Amity down", "[admin]") {
  ApplicationWorld world;
  const std::string deep(500'000, '[');
  CHECK(world.post("/_amity/clock", deep).status == 400);
  CHECK(world.post("/_amity/fixtures", deep).status == 400);
}

TEST_CASE("Advancing the clock lets happen what falls due", "[admin][clock]") {
  ApplicationWorld world({.profile = amity::handlers::realistic_profile()});
  world.ec2("CreateVolume", "&AvailabilityZone=us-east-1a&Size=8");
  const auto is_available = [&] { return contains(world.ec2("DescribeVolumes").body, "<status>available</status>"); };
  CHECK_FALSE(is_available());
  CHECK(json(world.get("/_amity/clock")).HasMember("next_due"));
  CHECK_FALSE(json(world.post("/_amity/clock", R"({"advance": "1h"})")).HasMember("next_due"));
  CHECK(is_available());
}

TEST_CASE("Reset leaves nothing but the fixtures of the start", "[admin][reset]") {
  ApplicationWorld world({.fixtures = {{.name = "keys.json", .text = std::string(kKeyFixture)}}});
  CHECK(has_key(world, "fixed"));
  create_key(world, "mine");
  world.ec2("DeleteKeyPair", "&KeyName=fixed");
  world.post("/_amity/fixtures",
             R"({"Account": "111111111111", "KeyPairs": [{"KeyName": "later", "KeyFingerprint": "22"}]})");
  world.post("/_amity/clock", R"({"advance": "30d"})");

  const HttpResponse response = world.post("/_amity/reset");
  CHECK(response.status == 200);
  CHECK(has_key(world, "fixed"));
  CHECK_FALSE(has_key(world, "mine"));
  CHECK_FALSE(has_key(world, "later"));
  CHECK(json(world.get("/_amity/clock"))["now"] == "2026-01-02T03:04:05.000Z");
}

TEST_CASE("A reset with a seed gives the same ids again", "[admin][reset]") {
  ApplicationWorld world({.seed = 7});
  const auto volume = [&] { return world.ec2("CreateVolume", "&AvailabilityZone=us-east-1a&Size=8").body; };
  const auto id_in = [](const std::string& body) { return body.substr(body.find("<volumeId>"), 40); };
  const std::string first = id_in(volume());
  CHECK(id_in(volume()) != first);
  world.post("/_amity/reset");
  CHECK(id_in(volume()) == first);
}

TEST_CASE("Fixtures are loaded, and bad ones say where they are bad", "[admin][fixtures]") {
  ApplicationWorld world;
  CHECK(json(world.post("/_amity/fixtures", kKeyFixture))["loaded"]["KeyPairs"].GetUint() == 1);
  CHECK(has_key(world, "fixed"));

  const HttpResponse response = world.post("/_amity/fixtures",
                                           "{\"KeyPairs\": [{\"KeyName\": \"good\", \"KeyFingerprint\": \"1\"},\n"
                                           "{\"KeyName\": \"bad\"}]}");
  CHECK(response.status == 400);
  const auto error = json(response);
  CHECK(error["error"] == "line 2: KeyPairs[1].KeyFingerprint is missing");
  CHECK(error["line"].GetUint() == 2);
  CHECK(error["field"] == "KeyPairs[1].KeyFingerprint");
  CHECK_FALSE(has_key(world, "good", "000000000000"));
}

TEST_CASE("What one Amity dumps, another one loads", "[admin][fixtures]") {
  ApplicationWorld first;
  create_key(first, "mine");
  const HttpResponse dump = first.get("/_amity/fixtures");
  CHECK(dump.status == 200);
  ApplicationWorld second;
  CHECK(second.post("/_amity/fixtures", dump.body).status == 200);
  CHECK(has_key(second, "mine"));
  CHECK(second.get("/_amity/fixtures").body == dump.body);
}

TEST_CASE("Metrics count calls, errors and time by operation", "[admin][metrics]") {
  ApplicationWorld world;
  world.ec2("DescribeKeyPairs");
  world.ec2("DescribeKeyPairs");
  world.ec2("DescribeKeyPairs", "&Surplus=1");
  world.ec2("NoSuchActionAtAll");
  world.get("/_amity/health");  // is no call
  const HttpResponse response = world.get("/metrics");
  CHECK(response.content_type == "text/plain; version=0.0.4; charset=utf-8");
  const std::string labels = R"(service="ec2",operation="DescribeKeyPairs")";
  CHECK(contains(response.body, "\namity_calls_total{" + labels + "} 3\n"));
  CHECK(contains(response.body, "\namity_call_errors_total{" + labels + ",code=\"UnknownParameter\"} 1\n"));
  CHECK(contains(response.body, "\namity_call_duration_seconds_bucket{" + labels + ",le=\"+Inf\"} 3\n"));
  CHECK(contains(response.body, "\namity_call_duration_seconds_count{" + labels + "} 3\n"));
  CHECK_FALSE(contains(response.body, "NoSuchActionAtAll"));
  CHECK(contains(response.body, R"(code="InvalidAction"} 1)"));
  CHECK_FALSE(contains(response.body, "health"));
  for (const std::string_view name :
       {"process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total", "process_start_time_seconds"})
    CHECK(contains(response.body, "\n" + std::string(name) + " "));
  world.post("/_amity/clock", R"({"advance": "90s"})");
  CHECK(contains(world.get("/metrics").body, "\namity_clock_offset_seconds 90\n"));
}
