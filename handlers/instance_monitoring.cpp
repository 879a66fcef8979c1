#include "handlers/instance_errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/registry.hpp"
#include "handlers/transitions.hpp"

namespace amity::handlers {
namespace {

using Monitored = ec2::MonitoringState;
constexpr std::string_view kMonitoringSettled = "instance.monitoring-settled";

// What is already so, or on its way, stays as it is.
void change_monitoring(Call& call, state::Instance& row, const char* goal, const char* on_the_way) {
  ec2::Instance& instance = row.instance;
  if (!instance.monitoring) instance.monitoring = ec2::Monitoring{.state = Monitored::disabled};
  auto& monitoring = instance.monitoring->state;
  if (monitoring == goal || monitoring == on_the_way) return;
  monitoring = on_the_way;
  call.instances().update(row);
  call.unschedule(*instance.instance_id, kMonitoringSettled);
  call.schedule(*instance.instance_id, kMonitoringSettled, call.profile().instance_change);
}

template <class Result>
Result change_all(Call& call, const std::vector<std::string>& ids, const char* goal, const char* on_the_way) {
  auto rows = find_own_instances(call, ids);
  for (const state::Instance& row : rows) check_not_terminated(row);
  Result result;
  for (state::Instance& row : rows) {
    change_monitoring(call, row, goal, on_the_way);
    result.instance_monitorings.push_back(
        {.instance_id = row.instance.instance_id, .monitoring = row.instance.monitoring});
  }
  return result;
}

// MonitorInstances: all or none. An instance that does not run is monitored as soon as it does.
ec2::MonitorInstancesResult monitor_instances(Call& call, const ec2::MonitorInstancesRequest& request) {
  return change_all<ec2::MonitorInstancesResult>(call, request.instance_ids, Monitored::enabled, Monitored::pending);
}

ec2::UnmonitorInstancesResult unmonitor_instances(Call& call, const ec2::UnmonitorInstancesRequest& request) {
  return change_all<ec2::UnmonitorInstancesResult>(call, request.instance_ids, Monitored::disabled,
                                                   Monitored::disabling);
}

void settle_monitoring(Call& call, std::string_view id) {
  auto row = call.instances().find(id);
  if (!row || !row->instance.monitoring) return;
  auto& monitoring = row->instance.monitoring->state;
  if (monitoring == Monitored::disabling)
    monitoring = Monitored::disabled;
  else if (monitoring == Monitored::pending && state_of(*row) == ec2::InstanceStateName::running)
    monitoring = Monitored::enabled;
  call.instances().update(*row);
}

}  // namespace

std::span<const Operation> instance_monitoring_operations() {
  static constexpr Operation kOperations[] = {
      bind<monitor_instances>(),
      bind<unmonitor_instances>(),
  };
  return kOperations;
}
std::span<const Transition> instance_monitoring_transitions() {
  static constexpr Transition kTransitions[] = {{kMonitoringSettled, settle_monitoring}};
  return kTransitions;
}

}  // namespace amity::handlers
