#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instances.hpp"
#include "handlers/registry.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// ModifyInstanceEventStartTime: of an event that a fixture has scheduled, to a time to come before the deadline.
ec2::ModifyInstanceEventStartTimeResult modify_instance_event_start_time(
    Call& call, const ec2::ModifyInstanceEventStartTimeRequest& request) {
  state::Instance row = find_own_instance(call, request.instance_id);
  const auto event = std::ranges::find(row.events, request.instance_event_id,
                                       [](const auto& one) { return one.instance_event_id.value_or(""); });
  if (event == row.events.end()) throw errors::instance_event_not_found(request.instance_event_id);
  const bool is_too_late = event->not_before_deadline && request.not_before > *event->not_before_deadline;
  if (request.not_before <= call.now() || is_too_late)
    throw errors::invalid_instance_event_start_time(request.instance_event_id);
  // The window moves as a whole.
  if (event->not_before && event->not_after) *event->not_after += request.not_before - *event->not_before;
  event->not_before = request.not_before;
  const ec2::InstanceStatusEvent changed = *event;
  call.instances().update(row);
  return {.event = changed};
}

// ReportInstanceStatus: EC2 takes a report down and answers nothing. Status checks do not change by it.
void report_instance_status(Call& call, const ec2::ReportInstanceStatusRequest& request) {
  // Ignored: ReasonCodes, Description and Status, because nobody reads the reports.
  for (const state::Instance& row : find_own_instances(call, request.instances))
    if (state_of(row) != ec2::InstanceStateName::running) throw errors::instance_must_run(*row.instance.instance_id);
  if (request.start_time && request.end_time && *request.end_time < *request.start_time)
    throw errors::invalid_parameter_value("EndTime must not be before StartTime.");
}

// SendDiagnosticInterrupt: the system crashes and reboots, which the console shows. Nitro types can send one, but for
// A1.
void send_diagnostic_interrupt(Call& call, const ec2::SendDiagnosticInterruptRequest& request) {
  state::Instance row = find_own_instance(call, request.instance_id);
  if (state_of(row) != ec2::InstanceStateName::running) throw errors::instance_must_run(request.instance_id);
  const auto* type = call.catalogue().instance_type(row.instance.instance_type.value());
  if (!type || !is_nitro(*type) || type->instance_type->starts_with("a1."))
    throw errors::diagnostic_interrupt_unsupported(row.instance.instance_type.value());
  row.diagnostic_interrupt_times.push_back(call.now());
  call.instances().update(row);
}

}  // namespace

std::span<const Operation> instance_event_operations() {
  static constexpr Operation kOperations[] = {
      bind<modify_instance_event_start_time>(),
      bind<report_instance_status>(),
      bind<send_diagnostic_interrupt>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
