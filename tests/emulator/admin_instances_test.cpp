#include "handlers/instances.hpp"
#include "tests/emulator/application_world.hpp"

#include <catch2/catch.hpp>

using namespace amity::tests;
using namespace amity;

namespace {

std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t begin = text.find(before) + before.size();
  REQUIRE(begin >= before.size());
  return std::string(text.substr(begin, text.find(after, begin) - begin));
}

// The first public image whose name has `part` in it, launched by another account than the default, elsewhere.
std::string launch(ApplicationWorld& world, std::string_view part) {
  const auto environment = world.emulation().environment();
  for (const ec2::Image& image : environment.catalogue.images("eu-west-1")) {
    if (image.name->find(part) == std::string::npos || image.architecture != "x86_64") continue;
    const auto answer =
        world.ec2("RunInstances", "&MinCount=1&MaxCount=1&InstanceType=t3.large&ImageId=" + *image.image_id,
                  "222222222222", "eu-west-1");
    return between(answer.body, "<instanceId>", "</instanceId>");
  }
  FAIL("no such image");
  return {};
}

emulator::HttpResponse sysprep(ApplicationWorld& world, const std::string& id) {
  return world.post("/_amity/instances/" + id + "/sysprep");
}

}  // namespace

TEST_CASE("The administration takes a Windows instance through Sysprep", "[admin][windows]") {
  ApplicationWorld world;
  const std::string id = launch(world, "Windows_Server-2022-English-Full-Base");
  const auto answer = sysprep(world, id);
  CHECK(answer.status == 200);
  CHECK(contains(answer.body, R"({"instance_id":")" + id + R"(","state":"stopping"})"));
  const auto described = world.ec2("DescribeInstances", "&InstanceId.1=" + id, "222222222222", "eu-west-1");
  CHECK(contains(described.body, "<name>stopped</name>"));
  CHECK(contains(described.body, "<code>Client.InstanceInitiatedShutdown</code>"));
  CHECK(sysprep(world, id).status == 409);
}

TEST_CASE("Sysprep is refused where it cannot be", "[admin][windows]") {
  ApplicationWorld world;
  CHECK(sysprep(world, launch(world, "al2023-ami-2023")).status == 409);
  CHECK(sysprep(world, "i-00000000000000000").status == 404);
  CHECK(world.post("/_amity/instances//sysprep").status == 404);
  CHECK(world.post("/_amity/instances/a/b/sysprep").status == 404);
  CHECK(world.get("/_amity/instances/i-00000000000000000/sysprep").status == 405);
}
