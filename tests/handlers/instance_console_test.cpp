#include "model/encoding.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace amity::tests {
namespace {

using namespace std::chrono_literals;

std::string console(World& world, const std::string& id, bool latest = false) {
  const auto answer = world.call(ec2::GetConsoleOutputRequest{.instance_id = id, .latest = latest});
  CHECK(answer.instance_id == id);
  return answer.output ? *model::base64_decode(*answer.output) : "";
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_CASE("GetConsoleOutput tells of the boot, from the instance's true state", "[instances][GetConsoleOutput]") {
  World world;
  auto request = launch_request(world);
  request.user_data = model::base64_encode("#cloud-config\n");
  const std::string id = ids_of(world.call(request)).front();
  const auto instance = describe(world, id);
  const std::string text = console(world, id);
  CHECK(count(text, "Welcome to Amazon Linux 2023!") == 1);
  CHECK(count(text, *instance.private_ip_address) == 1);
  CHECK(count(text, *instance.network_interfaces.at(0).mac_address) == 2);
  CHECK(count(text, "Hostname set to <" + *instance.private_dns_name + ">") == 1);
  CHECK(count(text, "instance-id: " + id) == 1);
  CHECK(count(text, "user-data: 14 bytes, text/cloud-config") == 1);
  CHECK(count(text, "-----BEGIN SSH HOST KEY FINGERPRINTS-----") == 1);
  CHECK(count(text, "Fri, 02 Jan 2026 03:04:05 +0000") == 2);
  CHECK(text.find("reboot:") == std::string::npos);
  CHECK(console(world, id) == text);
  CHECK(console(world, launch(world)) != text);
}

TEST_CASE("Reboots and restarts show on the console, keys and user data only once", "[instances][GetConsoleOutput]") {
  World world;
  const std::string id = launch(world);
  world.advance(1h);
  world.call(ec2::RebootInstancesRequest{.instance_ids = {id}});
  world.advance(1h);
  stop(world, id);
  world.call(ec2::StartInstancesRequest{.instance_ids = {id}});
  const std::string text = console(world, id);
  CHECK(count(text, "Linux version") == 3);
  CHECK(count(text, "reboot: Restarting system") == 1);
  CHECK(count(text, "reboot: Power down") == 1);
  CHECK(count(text, "BEGIN SSH HOST KEY") == 1);
  CHECK(count(text, "04:04:05 +0000") == 2);
  CHECK(count(text, "05:04:05 +0000") == 2);
  CHECK(console(world, id, true) == text);
}

TEST_CASE("The console fills a while after the boot, at once for those who ask for the latest",
          "[instances][GetConsoleOutput]") {
  World world(handlers::realistic_profile());
  const std::string id = launch(world);
  const auto none = world.call(ec2::GetConsoleOutputRequest{.instance_id = id});
  CHECK_FALSE(none.output);
  CHECK(none.timestamp == world.now());
  world.advance(12s);
  CHECK(console(world, id).empty());
  CHECK_FALSE(console(world, id, true).empty());
  world.advance(60s);
  CHECK_FALSE(console(world, id).empty());
  const auto taken = world.now();
  world.advance(1h);
  CHECK(world.call(ec2::GetConsoleOutputRequest{.instance_id = id}).timestamp == taken);
  CHECK(world.call(ec2::GetConsoleOutputRequest{.instance_id = id, .latest = true}).timestamp == world.now());
}

TEST_CASE("Windows says when it is ready", "[instances][GetConsoleOutput]") {
  World world;
  auto request = launch_request(world);
  request.image_id = public_image(world, "Windows_Server-2022-English-Full-Base").image_id;
  const std::string id = ids_of(world.call(request)).front();
  const std::string text = console(world, id);
  CHECK(count(text, "2026/01/02 03:04:05Z: Windows sysprep configuration complete.") == 1);
  CHECK(count(text, "2026/01/02 03:04:05Z: Message: Windows is Ready to use") == 1);
}

TEST_CASE("The console keeps 64 KiB, and stays for a terminated instance", "[instances][GetConsoleOutput]") {
  World world;
  const std::string id = launch(world);
  for (int i = 0; i < 100; ++i) world.call(ec2::RebootInstancesRequest{.instance_ids = {id}});
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {id}});
  CHECK(console(world, id).size() == 64 * 1024);
}

TEST_CASE("GetConsoleScreenshot shows the console as a JPEG", "[instances][GetConsoleScreenshot]") {
  using Request = ec2::GetConsoleScreenshotRequest;
  World world;
  const std::string id = launch(world);
  const auto answer = world.call(Request{.instance_id = id});
  CHECK(answer.instance_id == id);
  const std::string picture = *model::base64_decode(*answer.image_data);
  CHECK(picture.starts_with("\xff\xd8\xff\xe0"));
  CHECK(picture.substr(6, 4) == "JFIF");
  CHECK(picture.ends_with("\xff\xd9"));
  world.call(ec2::RebootInstancesRequest{.instance_ids = {id}});
  CHECK(world.call(Request{.instance_id = launch(world)}).image_data != answer.image_data);
  stop(world, id);
  CHECK(world.error_of(Request{.instance_id = id}) == "IncorrectInstanceState");
  auto request = launch_request(world);
  request.image_id = public_image(world, "al2023-ami-2023", "arm64").image_id;
  request.instance_type = "t4g.micro";
  CHECK(world.error_of(Request{.instance_id = ids_of(world.call(request)).front()}) == "UnsupportedOperation");
  CHECK(world.error_of(Request{.instance_id = "i-00000000000000000"}) == "InvalidInstanceID.NotFound");
}

TEST_CASE("GetConsoleOutput refuses", "[instances][GetConsoleOutput]") {
  World world;
  auto request = launch_request(world);
  request.instance_type = "t2.micro";
  const std::string id = ids_of(world.call(request)).front();
  CHECK(world.error_of(ec2::GetConsoleOutputRequest{.instance_id = id, .latest = true}) == "UnsupportedOperation");
  CHECK(world.error_of(ec2::GetConsoleOutputRequest{.instance_id = "i-00000000000000000"}) ==
        "InvalidInstanceID.NotFound");
  world.as(kOtherAccount);
  CHECK(world.error_of(ec2::GetConsoleOutputRequest{.instance_id = id}) == "InvalidInstanceID.NotFound");
}

}  // namespace
}  // namespace amity::tests
