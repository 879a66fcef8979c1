#include "emulator/faults.hpp"

#include "tests/emulator/application_world.hpp"

#include <catch2/catch.hpp>

using namespace amity::tests;
using amity::emulator::Fault;
using amity::emulator::Faults;
using amity::emulator::HttpResponse;
using namespace std::chrono_literals;

namespace {

std::string code_of(const HttpResponse& response) {
  const auto begin = response.body.find("<Code>");
  if (begin == std::string::npos) return {};
  return response.body.substr(begin + 6, response.body.find("</Code>") - begin - 6);
}

std::string text_in(const HttpResponse& response, const std::string& element) {
  const auto begin = response.body.find("<" + element + ">");
  if (begin == std::string::npos) return {};
  const auto from = begin + element.size() + 2;
  return response.body.substr(from, response.body.find('<', from) - from);
}

void add(ApplicationWorld& world, std::string_view fault) {
  const auto answer = world.post("/_amity/faults", fault);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
}

std::string create_volume(ApplicationWorld& world) {
  const auto answer = world.ec2("CreateVolume", "&Size=1&AvailabilityZone=us-east-1a");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return text_in(answer, "volumeId");
}

}  // namespace

TEST_CASE("A fault gives its error so many times, and nothing happens meanwhile", "[faults]") {
  ApplicationWorld world;
  add(world, R"({"operation": "CreateVolume", "code": "RequestLimitExceeded", "count": 2})");
  for (int i = 0; i < 2; ++i) {
    const auto answer = world.ec2("CreateVolume", "&Size=1&AvailabilityZone=us-east-1a");
    CHECK(answer.status == 503);
    CHECK(code_of(answer) == "RequestLimitExceeded");
    CHECK(contains(answer.body, "Request limit exceeded."));
  }
  CHECK(!contains(world.ec2("DescribeVolumes").body, "<volumeId>"));
  CHECK(!create_volume(world).empty());
  CHECK(contains(world.get("/_amity/faults").body, R"("struck":2)"));
}

TEST_CASE("Faults strike only whom they name", "[faults]") {
  ApplicationWorld world;
  add(world, R"({"operation": "Describe*", "code": "Unavailable", "account": "222222222222", "region": "eu-west-1"})");
  CHECK(world.ec2("DescribeVolumes").status == 200);
  CHECK(world.ec2("DescribeVolumes", {}, "222222222222").status == 200);
  CHECK(world.ec2("DescribeVolumes", {}, "111111111111", "eu-west-1").status == 200);
  CHECK(world.ec2("DescribeVolumes", {}, "222222222222", "eu-west-1").status == 503);
  CHECK(world.ec2("CreateVolume", "&Size=1&AvailabilityZone=eu-west-1a", "222222222222", "eu-west-1").status == 200);
  CHECK(world.send("DELETE", "/_amity/faults?id=fault-1").status == 200);
  CHECK(world.ec2("DescribeVolumes", {}, "222222222222", "eu-west-1").status == 200);
  CHECK(world.send("DELETE", "/_amity/faults?id=fault-1").status == 404);
}

TEST_CASE("A fault can hold back the answer, good or bad", "[faults]") {
  ApplicationWorld world;
  add(world, R"({"operation": "DescribeVolumes", "latency": "250ms"})");
  CHECK(world.ec2("DescribeVolumes").delay == 250ms);
  add(world, R"({"operation": "DescribeVolumes", "latency": "1s", "code": "InternalError"})");
  const auto answer = world.ec2("DescribeVolumes");
  CHECK(answer.delay == 1250ms);
  CHECK(answer.status == 500);
  CHECK(world.ec2("DescribeImages").delay == 0ms);
}

TEST_CASE("What a call starts can end badly", "[faults]") {
  ApplicationWorld world;
  const std::string volume = create_volume(world);
  add(world, R"({"operation": "CreateSnapshot", "ending": "failed", "reason": "The disk is on fire", "count": 1})");
  add(world, R"({"operation": "CreateSnapshot", "ending": "stuck", "count": 1})");
  std::string states;
  for (int i = 0; i < 3; ++i) {
    const std::string id = text_in(world.ec2("CreateSnapshot", "&VolumeId=" + volume), "snapshotId");
    const auto shown = world.ec2("DescribeSnapshots", "&SnapshotId.1=" + id);
    states += text_in(shown, "status") + " " + text_in(shown, "statusMessage") + ";";
  }
  CHECK(states == "error The disk is on fire;pending ;completed ;");
}

TEST_CASE("A launch and an image can end badly with a reason of their own", "[faults]") {
  ApplicationWorld world;
  const auto images =
      world.ec2("DescribeImages", "&Owner.1=amazon&Filter.1.Name=name&Filter.1.Value.1=al2023-ami-2023*x86_64");
  const std::string run = "&MinCount=1&MaxCount=1&InstanceType=t3.micro&ImageId=" + text_in(images, "imageId");
  const std::string instance = text_in(world.ec2("RunInstances", run), "instanceId");
  add(world, R"({"operation": "CreateImage", "ending": "failed", "reason_code": "Client.X", "reason": "No luck"})");
  const std::string image = text_in(world.ec2("CreateImage", "&Name=golden&InstanceId=" + instance), "imageId");
  const auto shown = world.ec2("DescribeImages", "&ImageId.1=" + image);
  CHECK(text_in(shown, "imageState") == "failed");
  CHECK(contains(shown.body, "<code>Client.X</code><message>Client.X: No luck</message>"));
  CHECK(contains(world.ec2("DescribeSnapshots", "&Owner.1=self").body, "<status>completed</status>"));

  add(world, R"({"operation": "RunInstances", "ending": "failed"})");
  const std::string failed = text_in(world.ec2("RunInstances", run), "instanceId");
  const auto terminated = world.ec2("DescribeInstances", "&InstanceId.1=" + failed);
  CHECK(contains(terminated.body, "<name>terminated</name>"));
  CHECK(contains(terminated.body, "Server.InternalError"));
  CHECK(contains(world.ec2("DescribeInstances", "&InstanceId.1=" + instance).body, "<name>running</name>"));
}

TEST_CASE("The same seed gives the same blows, and a reset begins anew", "[faults]") {
  const auto blows = [](ApplicationWorld& world) {
    add(world, R"({"operation": "DescribeVolumes", "code": "InternalError", "probability": 0.5})");
    std::string pattern;
    for (int i = 0; i < 40; ++i) pattern += world.ec2("DescribeVolumes").status == 500 ? 'x' : '.';
    return pattern;
  };
  ApplicationWorld one({.seed = 7}), two({.seed = 7}), other({.seed = 8});
  const std::string first = blows(one);
  CHECK(first.find('x') != std::string::npos);
  CHECK(first.find('.') != std::string::npos);
  CHECK(blows(two) == first);
  CHECK(blows(other) != first);
  one.post("/_amity/reset");
  CHECK(contains(one.get("/_amity/faults").body, R"({"faults":[]})"));
  CHECK(blows(one) == first);
}

TEST_CASE("A fault that makes no sense is refused with a sentence", "[faults]") {
  ApplicationWorld world;
  for (const char* fault :
       {"", "[]", R"({})", R"({"operation": "RunInstances"})", R"({"code": "X"})",
        R"({"operation": "MakeCoffee", "code": "X"})", R"({"operation": "*", "service": "moon", "code": "X"})",
        R"({"operation": "*", "code": "X", "count": 0})", R"({"operation": "*", "code": "X", "probability": 2})",
        R"({"operation": "*", "latency": "1h"})", R"({"operation": "*", "ending": "odd"})",
        R"({"operation": "*", "code": "X", "status": 200})", R"({"operation": "*", "code": "X", "colour": "red"})"}) {
    INFO(fault);
    const auto answer = world.post("/_amity/faults", fault);
    CHECK(answer.status == 400);
    CHECK(contains(answer.body, "\"error\""));
  }
  CHECK(world.send("PUT", "/_amity/faults").status == 405);
}
