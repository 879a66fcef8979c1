#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instance_network.hpp"
#include "handlers/instances.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "handlers/spot_launch.hpp"
#include "handlers/volume_writes.hpp"
#include "handlers/windows.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

using State = ec2::InstanceStateName;

template <class... Names>
bool is_in(const state::Instance& row, const Names&... names) {
  return ((state_of(row) == names) || ...);
}

ec2::InstanceStateChange no_change(const state::Instance& row) {
  return {.instance_id = row.instance.instance_id,
          .current_state = row.instance.state,
          .previous_state = row.instance.state};
}

ec2::InstanceStateChange enter(state::Instance& row, std::string_view name) {
  ec2::InstanceStateChange change = no_change(row);
  row.instance.state = instance_state(name);
  change.current_state = row.instance.state;
  return change;
}

void note_user_reason(const Call& call, ec2::Instance& instance, std::string_view code, std::string_view what) {
  instance.state_reason = {.code = std::string(code), .message = fmt::format("{}: User initiated {}", code, what)};
  instance.state_transition_reason = fmt::format("User initiated ({})", model::to_gmt_text(call.now()));
}

ec2::InstanceStateChange start(Call& call, state::Instance& row) {
  if (is_in(row, State::pending, State::running)) return no_change(row);
  ec2::Instance& instance = row.instance;
  auto change = enter(row, State::pending);
  instance.state_reason = {.code = State::pending, .message = State::pending};
  instance.state_transition_reason = "";
  instance.launch_time = std::chrono::floor<std::chrono::seconds>(call.now());
  row.boot_times.push_back(call.now());
  if (const auto* type = call.catalogue().instance_type(instance.instance_type.value()))
    instance.current_instance_boot_mode = boot_mode_on(*type, instance);
  renew_public_address(call, row);
  start_windows(call, row);
  call.instances().update(row);
  call.schedule(*instance.instance_id, "instance.running", call.profile().instance_start);
  return change;
}

// The root volume may have been detached while the instance was stopped.
void check_can_start(const state::Instance& row) {
  const ec2::Instance& instance = row.instance;
  if (!is_in(row, State::stopped, State::pending, State::running))
    throw errors::instance_cannot_be("started", *instance.instance_id);
  const auto is_root = [&](const auto& mapping) { return mapping.device_name == instance.root_device_name; };
  if (is_in(row, State::stopped) && std::ranges::none_of(instance.block_device_mappings, is_root))
    throw errors::no_root_to_start_from(*instance.instance_id, instance.root_device_name.value_or(""));
}

// StartInstances: all or none.
ec2::StartInstancesResult start_instances(Call& call, const ec2::StartInstancesRequest& request) {
  // Ignored: AdditionalInfo, because EC2 reserves it.
  auto rows = find_own_instances(call, request.instance_ids);
  for (const state::Instance& row : rows) check_can_start(row);
  ec2::StartInstancesResult result;
  for (state::Instance& row : rows) result.starting_instances.push_back(start(call, row));
  return result;
}

void check_can_stop(Call& call, const state::Instance& row, bool hibernate) {
  const ec2::Instance& instance = row.instance;
  const std::string& id = *instance.instance_id;
  if (instance.root_device_type == ec2::DeviceType::instance_store) throw errors::instance_store_cannot_be_stopped(id);
  if (is_in(row, State::pending) && row.boot_times.size() <= 1) throw errors::instance_never_ran(id);
  if (!is_in(row, State::running, State::stopping, State::stopped)) throw errors::instance_cannot_be("stopped", id);
  check_spot_can_stop(call, instance);
  if (hibernate && !(instance.hibernation_options && instance.hibernation_options->configured.value_or(false)))
    throw errors::not_configured_for_hibernation(id);
  if (row.disable_api_stop.value_or(false)) throw errors::may_not_be("stopped", "disableApiStop", id);
}

void become_stopping(Call& call, state::Instance& row) {
  settle_churn(call, row);
  row.running_since.reset();
  call.instances().update(row);
  call.schedule(*row.instance.instance_id, "instance.stopped", call.profile().instance_stop);
}

void become_shutting_down(Call& call, state::Instance& row) {
  settle_churn(call, row);
  row.running_since.reset();
  call.instances().update(row);
  call.unschedule(*row.instance.instance_id);
  call.schedule(*row.instance.instance_id, "instance.terminated", call.profile().instance_terminate);
}

ec2::InstanceStateChange stop(Call& call, state::Instance& row, bool hibernate) {
  if (is_in(row, State::stopping, State::stopped)) return no_change(row);
  auto change = enter(row, State::stopping);
  note_user_reason(call, row.instance, hibernate ? "Client.UserInitiatedHibernate" : "Client.UserInitiatedShutdown",
                   hibernate ? "hibernate" : "shutdown");
  become_stopping(call, row);
  return change;
}

// StopInstances: all or none.
ec2::StopInstancesResult stop_instances(Call& call, const ec2::StopInstancesRequest& request) {
  // Ignored: Force and SkipOsShutdown, because no operating system is there to take its time.
  const bool hibernate = request.hibernate.value_or(false);
  auto rows = find_own_instances(call, request.instance_ids);
  for (const state::Instance& row : rows) check_can_stop(call, row, hibernate);
  ec2::StopInstancesResult result;
  for (state::Instance& row : rows) result.stopping_instances.push_back(stop(call, row, hibernate));
  return result;
}

// A reboot by the user settles scheduled ones: of the instance always, of its host when the instance may migrate.
void settle_events(state::Instance& row) {
  const auto& options = row.instance.maintenance_options;
  const bool may_migrate = !options || options->reboot_migration != ec2::InstanceRebootMigrationState::disabled;
  std::erase_if(row.events, [&](const ec2::InstanceStatusEvent& event) {
    return event.code == ec2::EventCode::instance_reboot ||
           (event.code == ec2::EventCode::system_reboot && may_migrate);
  });
}

// RebootInstances: the state stays "running"; the console shows the reboot. "Requests to reboot terminated instances
// are ignored."
void reboot_instances(Call& call, const ec2::RebootInstancesRequest& request) {
  auto rows = find_own_instances(call, request.instance_ids);
  for (const state::Instance& row : rows)
    if (is_in(row, State::stopping, State::stopped))
      throw errors::instance_cannot_be("rebooted", *row.instance.instance_id);
  for (state::Instance& row : rows) {
    if (!is_in(row, State::running)) continue;
    row.reboot_times.push_back(call.now());
    settle_events(row);
    call.instances().update(row);
  }
}

// What keeps the instance from being terminated. Stop protection does, too ("Enable stop protection").
const char* protection_of(const state::Instance& row) {
  if (is_in(row, State::shutting_down, State::terminated)) return nullptr;
  if (row.disable_api_termination.value_or(false)) return "disableApiTermination";
  return row.disable_api_stop.value_or(false) ? "disableApiStop" : nullptr;
}

std::string zone_of(const state::Instance& row) {
  const auto& placement = row.instance.placement;
  return placement ? placement->availability_zone.value_or("") : "";
}

ec2::InstanceStateChange terminate(Call& call, state::Instance& row) {
  if (is_in(row, State::shutting_down, State::terminated)) return no_change(row);
  auto change = enter(row, State::shutting_down);
  note_user_reason(call, row.instance, "Client.UserInitiatedShutdown", "shutdown");
  become_shutting_down(call, row);
  return change;
}

// TerminateInstances: all or none, but for protection, which spares only the Availability Zones of protected instances:
// "the specified instances that are in different Availability Zones ... are successfully terminated".
ec2::TerminateInstancesResult terminate_instances(Call& call, const ec2::TerminateInstancesRequest& request) {
  // Ignored: Force and SkipOsShutdown, because no operating system is there to take its time.
  auto rows = find_own_instances(call, request.instance_ids);
  std::optional<ApiError> refusal;
  std::set<std::string> spared_zones;
  for (const state::Instance& row : rows) {
    const char* attribute = protection_of(row);
    if (!attribute) continue;
    spared_zones.insert(zone_of(row));
    if (!refusal) refusal = errors::may_not_be("terminated", attribute, *row.instance.instance_id).keeping_effects();
  }
  ec2::TerminateInstancesResult result;
  for (state::Instance& row : rows)
    if (!spared_zones.contains(zone_of(row))) result.terminating_instances.push_back(terminate(call, row));
  if (refusal) throw *refusal;
  return result;
}

}  // namespace

void shut_down_from_inside(Call& call, state::Instance& row) {
  const bool terminates = row.instance_initiated_shutdown_behavior == ec2::ShutdownBehavior::terminate;
  enter(row, terminates ? State::shutting_down : State::stopping);
  row.instance.state_reason = {.code = "Client.InstanceInitiatedShutdown",
                               .message = "Client.InstanceInitiatedShutdown: Instance initiated shutdown"};
  row.instance.state_transition_reason = "";
  terminates ? become_shutting_down(call, row) : become_stopping(call, row);
}

std::span<const Operation> instance_state_operations() {
  static constexpr Operation kOperations[] = {
      bind<reboot_instances>(),
      bind<start_instances>(),
      bind<stop_instances>(),
      bind<terminate_instances>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
