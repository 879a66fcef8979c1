#include "model/encoding.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace amity::tests {
namespace {

using namespace std::chrono_literals;

// As a fixture would.
void schedule_event(World& world, const std::string& id, const char* code) {
  auto call = world.make_call();
  auto row = *call.instances().find(id);
  row.events.push_back({.instance_event_id = "instance-event-1",
                        .code = code,
                        .description = "The instance is scheduled for a reboot",
                        .not_after = world.now() + 26h,
                        .not_before = world.now() + 24h,
                        .not_before_deadline = world.now() + 48h});
  call.instances().update(row);
}

std::vector<ec2::InstanceStatusEvent> events(World& world, const std::string& id) {
  return world.call(ec2::DescribeInstanceStatusRequest{.instance_ids = {id}}).instance_statuses.at(0).events;
}

TEST_CASE("A scheduled event moves within its deadline", "[instances][ModifyInstanceEventStartTime]") {
  using Modify = ec2::ModifyInstanceEventStartTimeRequest;
  World world;
  const std::string id = launch(world);
  schedule_event(world, id, "system-reboot");
  CHECK(events(world, id).size() == 1);
  const auto moved =
      *world.call(Modify{.instance_id = id, .instance_event_id = "instance-event-1", .not_before = world.now() + 40h})
           .event;
  CHECK(moved.not_before == world.now() + 40h);
  CHECK(moved.not_after == world.now() + 42h);
  CHECK(events(world, id).at(0).not_before == world.now() + 40h);
  for (const auto when : {world.now(), world.now() + 49h})
    CHECK(world.error_of(Modify{.instance_id = id, .instance_event_id = "instance-event-1", .not_before = when}) ==
          "InvalidInstanceEventStartTime");
  CHECK(world.error_of(Modify{.instance_id = id, .instance_event_id = "x", .not_before = world.now() + 1h}) ==
        "InvalidInstanceEventIDNotFound");
}

TEST_CASE("A reboot settles scheduled reboots", "[instances][RebootInstances]") {
  World world;
  const std::string id = launch(world);
  schedule_event(world, id, "system-reboot");
  SECTION("by migrating the instance") {
    world.call(ec2::RebootInstancesRequest{.instance_ids = {id}});
    CHECK(events(world, id).empty());
  }
  SECTION("unless it may not migrate") {
    world.call(ec2::ModifyInstanceMaintenanceOptionsRequest{.instance_id = id, .reboot_migration = "disabled"});
    world.call(ec2::RebootInstancesRequest{.instance_ids = {id}});
    CHECK(events(world, id).size() == 1);
  }
}

TEST_CASE("ReportInstanceStatus takes reports of running instances", "[instances][ReportInstanceStatus]") {
  using Report = ec2::ReportInstanceStatusRequest;
  World world;
  const std::string id = launch(world);
  CHECK(world.error_of(Report{.instances = {id}, .status = "impaired", .reason_codes = {"unresponsive"}}).empty());
  CHECK(world.error_of(Report{.instances = {id},
                              .status = "ok",
                              .start_time = world.now(),
                              .end_time = world.now() - 1h,
                              .reason_codes = {"other"}}) == "InvalidParameterValue");
  stop(world, id);
  CHECK(world.error_of(Report{.instances = {id}, .status = "ok", .reason_codes = {"other"}}) ==
        "IncorrectInstanceState");
  CHECK(world.error_of(Report{.instances = {"i-00000000000000000"}, .status = "ok", .reason_codes = {"other"}}) ==
        "InvalidInstanceID.NotFound");
}

TEST_CASE("A diagnostic interrupt crashes the system, which the console shows",
          "[instances][SendDiagnosticInterrupt]") {
  using Send = ec2::SendDiagnosticInterruptRequest;
  World world;
  const std::string id = launch(world);
  world.advance(1h);
  world.call(Send{.instance_id = id});
  CHECK(state_of(world, id) == "running");
  const std::string text = *model::base64_decode(*world.call(ec2::GetConsoleOutputRequest{.instance_id = id}).output);
  CHECK(text.find("Kernel panic - not syncing: NMI") != std::string::npos);
  CHECK(text.find("04:04:05 +0000") != std::string::npos);
  stop(world, id);
  CHECK(world.error_of(Send{.instance_id = id}) == "IncorrectInstanceState");
  auto request = launch_request(world);
  request.instance_type = "t2.micro";
  CHECK(world.error_of(Send{.instance_id = ids_of(world.call(request)).front()}) == "UnsupportedOperation");
  CHECK(world.error_of(Send{.instance_id = "i-00000000000000000"}) == "InvalidInstanceID.NotFound");
}

}  // namespace
}  // namespace amity::tests
