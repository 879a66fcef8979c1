#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace amity::tests {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

template <class Changes>
std::string told(const Changes& changes) {
  std::string text;
  for (const auto& change : changes)
    text += (text.empty() ? "" : ", ") + *change.previous_state->name + " to " + *change.current_state->name;
  return text;
}

std::string start(World& world, const Ids& ids) {
  return told(world.call(ec2::StartInstancesRequest{.instance_ids = ids}).starting_instances);
}
std::string stop_all(World& world, const Ids& ids) {
  return told(world.call(ec2::StopInstancesRequest{.instance_ids = ids}).stopping_instances);
}
std::string terminate(World& world, const Ids& ids) {
  return told(world.call(ec2::TerminateInstancesRequest{.instance_ids = ids}).terminating_instances);
}

state::Instance row_of(World& world, const std::string& id) { return world.make_call().instances().find(id).value(); }

std::string launch_protected(World& world, bool from_stop, const std::string& zone = "us-east-1a") {
  auto request = launch_request(world);
  request.placement = {{.availability_zone = zone}};
  (from_stop ? request.disable_api_stop : request.disable_api_termination) = true;
  return ids_of(world.call(request)).front();
}

TEST_CASE("StopInstances keeps addresses but for the public one, which StartInstances gives anew",
          "[instances][StopInstances][StartInstances]") {
  World world;
  const std::string id = launch(world);
  const auto running = describe(world, id);
  const auto first_launch = world.now();
  world.advance(1h);
  CHECK(stop_all(world, {id}) == "running to stopping");
  const auto stopped = describe(world, id);
  CHECK(stopped.state->name == "stopped");
  CHECK(stopped.state->code == 80);
  CHECK(stopped.state_reason->code == "Client.UserInitiatedShutdown");
  CHECK(stopped.state_reason->message == "Client.UserInitiatedShutdown: User initiated shutdown");
  CHECK(stopped.state_transition_reason == "User initiated (2026-01-02 04:04:05 GMT)");
  CHECK(stopped.private_ip_address == running.private_ip_address);
  CHECK(stopped.private_dns_name == running.private_dns_name);
  CHECK(stopped.block_device_mappings.size() == 1);
  CHECK_FALSE(stopped.public_ip_address);
  CHECK(stopped.public_dns_name == "");
  CHECK_FALSE(stopped.network_interfaces.at(0).association);

  world.advance(1h);
  CHECK(start(world, {id}) == "stopped to pending");
  const auto again = describe(world, id);
  CHECK(again.state->name == "running");
  CHECK(again.launch_time == world.now());
  CHECK(again.network_interfaces.at(0).attachment->attach_time == first_launch);
  CHECK(again.public_ip_address);
  CHECK(again.public_ip_address != running.public_ip_address);
  CHECK(again.state_transition_reason == "");
  CHECK_FALSE(again.state_reason);
  CHECK(row_of(world, id).boot_times.size() == 2);
}

TEST_CASE("Starting what runs and stopping what is stopped changes nothing",
          "[instances][StopInstances][StartInstances]") {
  World world;
  const std::string id = launch(world);
  CHECK(start(world, {id, id}) == "running to running");
  CHECK(stop_all(world, {id}) == "running to stopping");
  CHECK(stop_all(world, {id}) == "stopped to stopped");
}

TEST_CASE("An instance without its root volume does not start", "[instances][StartInstances]") {
  World world;
  const std::string id = stop(world, launch(world));
  const std::string root = *describe(world, id).block_device_mappings.at(0).ebs->volume_id;
  world.call(ec2::DetachVolumeRequest{.volume_id = root});
  CHECK(world.error_of(ec2::StartInstancesRequest{.instance_ids = {id}}) == "InvalidParameterValue");
  CHECK(state_of(world, id) == "stopped");
  world.call(ec2::AttachVolumeRequest{.device = "/dev/xvda", .instance_id = id, .volume_id = root});
  CHECK(start(world, {id}) == "stopped to pending");
}

TEST_CASE("States that do not allow the change are refused, and nothing changes",
          "[instances][StartInstances][StopInstances][RebootInstances]") {
  World world(handlers::realistic_profile());
  const std::string running = launch(world);
  world.advance(1min);
  const std::string pending = launch(world);
  CHECK(world.error_of(ec2::StopInstancesRequest{.instance_ids = {running, pending}}) == "IncorrectInstanceState");
  CHECK(state_of(world, running) == "running");
  CHECK(world.error_of(ec2::RebootInstancesRequest{.instance_ids = {pending}}).empty());
  world.advance(1min);

  stop(world, running);
  CHECK(state_of(world, running) == "stopping");
  CHECK(world.error_of(ec2::StartInstancesRequest{.instance_ids = {running}}) == "IncorrectInstanceState");
  CHECK(world.error_of(ec2::RebootInstancesRequest{.instance_ids = {running}}) == "IncorrectInstanceState");
  CHECK(stop_all(world, {running}) == "stopping to stopping");
  world.advance(1min);
  CHECK(start(world, {running}) == "stopped to pending");
  CHECK(world.error_of(ec2::StopInstancesRequest{.instance_ids = {running}}) == "IncorrectInstanceState");

  CHECK(terminate(world, {pending}) == "running to shutting-down");
  CHECK(terminate(world, {pending}) == "shutting-down to shutting-down");
  CHECK(world.error_of(ec2::StopInstancesRequest{.instance_ids = {pending}}) == "IncorrectInstanceState");
  world.advance(1min);
  CHECK(state_of(world, pending) == "terminated");
  CHECK(world.error_of(ec2::StartInstancesRequest{.instance_ids = {pending}}) == "IncorrectInstanceState");
  CHECK(world.error_of(ec2::StopInstancesRequest{.instance_ids = {pending}}) == "IncorrectInstanceState");
  CHECK(terminate(world, {pending}) == "terminated to terminated");
  CHECK(world.error_of(ec2::RebootInstancesRequest{.instance_ids = {pending}}).empty());
}

TEST_CASE("Ids are checked before anything changes",
          "[instances][StartInstances][StopInstances][RebootInstances][TerminateInstances]") {
  World world;
  const std::string id = launch(world);
  for (const auto& [bad, code] :
       {std::pair<std::string, std::string>{"i-00000000000000000", "InvalidInstanceID.NotFound"},
        {"i-x", "InvalidInstanceID.Malformed"}}) {
    CHECK(world.error_of(ec2::StartInstancesRequest{.instance_ids = {id, bad}}) == code);
    CHECK(world.error_of(ec2::StopInstancesRequest{.instance_ids = {id, bad}}) == code);
    CHECK(world.error_of(ec2::RebootInstancesRequest{.instance_ids = {id, bad}}) == code);
    CHECK(world.error_of(ec2::TerminateInstancesRequest{.instance_ids = {id, bad}}) == code);
  }
  CHECK(world.error_of(ec2::TerminateInstancesRequest{}) == "MissingParameter");
  CHECK(world.error_of(ec2::TerminateInstancesRequest{.instance_ids = {id}, .dry_run = true}) == "DryRunOperation");
  CHECK(state_of(world, id) == "running");
  world.as(kOtherAccount);
  CHECK(world.error_of(ec2::TerminateInstancesRequest{.instance_ids = {id}}) == "InvalidInstanceID.NotFound");
}

TEST_CASE("TerminateInstances deletes what goes with the instance and leaves the rest",
          "[instances][TerminateInstances]") {
  World world;
  auto request = launch_request(world);
  request.block_device_mappings = {{.ebs = {{.volume_size = 1}}, .device_name = "/dev/sdf"}};
  request.tag_specifications = {{.resource_type = "instance", .tags = {{.key = "Name", .value = "web"}}}};
  const std::string id = ids_of(world.call(request)).front();
  const auto running = describe(world, id);
  CHECK(terminate(world, {id}) == "running to shutting-down");

  const auto gone = describe(world, id);
  CHECK(gone.state->name == "terminated");
  CHECK(gone.state_reason->code == "Client.UserInitiatedShutdown");
  CHECK(gone.state_transition_reason->starts_with("User initiated ("));
  CHECK(gone.block_device_mappings.empty());
  CHECK(gone.network_interfaces.empty());
  CHECK(gone.security_groups.empty());
  CHECK(gone.private_dns_name == "");
  CHECK_FALSE(gone.private_ip_address);
  CHECK_FALSE(gone.public_ip_address);
  CHECK_FALSE(gone.subnet_id);
  CHECK(gone.tags.size() == 1);

  handlers::Call call = world.make_call();
  CHECK(call.network_interfaces().count() == 0);
  const auto volumes = call.volumes().all();
  REQUIRE(volumes.size() == 1);
  CHECK(volumes.front().volume.volume_id == running.block_device_mappings.at(1).ebs->volume_id);
  CHECK(volumes.front().volume.state == "available");
}

TEST_CASE("A terminated instance disappears after an hour of the clock, with its tags",
          "[instances][TerminateInstances]") {
  World world;
  auto request = launch_request(world);
  request.tag_specifications = {{.resource_type = "instance", .tags = {{.key = "Name", .value = "web"}}}};
  const std::string id = ids_of(world.call(request)).front();
  terminate(world, {id});
  CHECK(state_of(world, id) == "terminated");
  world.advance(59min);
  CHECK(state_of(world, id) == "terminated");
  world.advance(1min);
  CHECK(world.error_of(ec2::DescribeInstancesRequest{.instance_ids = {id}}) == "InvalidInstanceID.NotFound");
  CHECK(world.call(ec2::DescribeInstancesRequest{}).reservations.empty());
  CHECK(world.make_call().tags().of(id).empty());
}

TEST_CASE("Protection refuses, until it is taken away", "[instances][TerminateInstances][StopInstances]") {
  World world;
  const std::string id = launch_protected(world, false);
  CHECK(world.error_of(ec2::TerminateInstancesRequest{.instance_ids = {id}}) == "OperationNotPermitted");
  CHECK(stop_all(world, {id}) == "running to stopping");
  world.call(ec2::ModifyInstanceAttributeRequest{.instance_id = id, .disable_api_termination = {{.value = false}}});
  CHECK(terminate(world, {id}) == "stopped to shutting-down");

  const std::string other = launch_protected(world, true);
  CHECK(world.error_of(ec2::StopInstancesRequest{.instance_ids = {other}, .force = true}) == "OperationNotPermitted");
  CHECK(world.error_of(ec2::TerminateInstancesRequest{.instance_ids = {other}}) == "OperationNotPermitted");
  world.call(ec2::ModifyInstanceAttributeRequest{.disable_api_stop = {{.value = false}}, .instance_id = other});
  CHECK(terminate(world, {other}) == "running to shutting-down");
}

TEST_CASE("Termination protection spares the Availability Zone of the protected instance only",
          "[instances][TerminateInstances]") {
  World world;
  const auto in_zone = [&](const std::string& zone) {
    auto request = launch_request(world);
    request.placement = {{.availability_zone = zone}};
    return ids_of(world.call(request)).front();
  };
  const std::string a = in_zone("us-east-1a"), b = in_zone("us-east-1b");
  const std::string guarded = launch_protected(world, false, "us-east-1b");
  const Ids all = {a, b, guarded};
  CHECK(world.error_of(ec2::TerminateInstancesRequest{.instance_ids = all, .dry_run = true}) ==
        "OperationNotPermitted");
  CHECK(state_of(world, a) == "running");
  CHECK(world.error_of(ec2::TerminateInstancesRequest{.instance_ids = all}) == "OperationNotPermitted");
  CHECK(state_of(world, a) == "terminated");
  CHECK(state_of(world, b) == "running");
  CHECK(state_of(world, guarded) == "running");
}

TEST_CASE("Hibernation is for instances that were launched for it", "[instances][StopInstances]") {
  World world;
  const std::string plain = launch(world);
  CHECK(world.error_of(ec2::StopInstancesRequest{.instance_ids = {plain}, .hibernate = true}) ==
        "UnsupportedHibernationConfiguration");
  auto request = launch_request(world);
  request.hibernation_options = {{.configured = true}};
  request.block_device_mappings = {{.ebs = {{.encrypted = true}}, .device_name = "/dev/xvda"}};
  const std::string id = ids_of(world.call(request)).front();
  world.call(ec2::StopInstancesRequest{.instance_ids = {id}, .hibernate = true});
  const auto stopped = describe(world, id);
  CHECK(stopped.state->name == "stopped");
  CHECK(stopped.state_reason->code == "Client.UserInitiatedHibernate");
}

TEST_CASE("An instance on instance store can only be terminated", "[instances][StopInstances]") {
  World world;
  const std::string id = launch(world);
  {
    handlers::Call call = world.make_call();
    auto row = row_of(world, id);
    row.instance.root_device_type = "instance-store";
    call.instances().update(row);
  }
  CHECK(state_of(world, id) == "running");
  CHECK(world.error_of(ec2::StopInstancesRequest{.instance_ids = {id}}) == "UnsupportedOperation");
  CHECK(terminate(world, {id}) == "running to shutting-down");
}

TEST_CASE("A reboot leaves the instance running, and a trace", "[instances][RebootInstances]") {
  World world;
  const std::string id = launch(world);
  world.advance(1h);
  world.call(ec2::RebootInstancesRequest{.instance_ids = {id}});
  CHECK(state_of(world, id) == "running");
  CHECK(row_of(world, id).reboot_times == std::vector{world.now()});
}

TEST_CASE("States take the time that the profile says", "[instances]") {
  World world(handlers::realistic_profile());
  const std::string id = launch(world);
  world.advance(11s);
  CHECK(state_of(world, id) == "pending");
  world.advance(1s);
  CHECK(state_of(world, id) == "running");
  stop(world, id);
  world.advance(29s);
  CHECK(state_of(world, id) == "stopping");
  world.advance(1s);
  CHECK(state_of(world, id) == "stopped");
  start(world, {id});
  CHECK(terminate(world, {id}) == "pending to shutting-down");
  world.advance(34s);
  CHECK(state_of(world, id) == "shutting-down");
  world.advance(1s);
  CHECK(state_of(world, id) == "terminated");
}

}  // namespace
}  // namespace amity::tests
