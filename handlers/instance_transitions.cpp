#include "handlers/instances.hpp"
#include "handlers/network.hpp"
#include "handlers/spot_launch.hpp"
#include "handlers/transitions.hpp"
#include "handlers/volumes.hpp"

namespace amity::handlers {
namespace {

using State = ec2::InstanceStateName;

// The instance, if it is still in the state that the change begins with.
std::optional<state::Instance> find_in(Call& call, std::string_view id, std::string_view state) {
  auto row = call.instances().find(id);
  return row && state_of(*row) == state ? row : std::nullopt;
}

void become_running(Call& call, std::string_view id) {
  auto row = find_in(call, id, State::pending);
  if (!row) return;
  ec2::Instance& instance = row->instance;
  instance.state = instance_state(State::running);
  instance.state_reason.reset();
  if (instance.metadata_options) instance.metadata_options->state = ec2::InstanceMetadataOptionsState::applied;
  if (instance.monitoring && instance.monitoring->state == ec2::MonitoringState::pending)
    instance.monitoring->state = ec2::MonitoringState::enabled;
  row->running_since = call.now();
  call.instances().update(*row);
  note_spot_state(call, *row);
}

void become_stopped(Call& call, std::string_view id) {
  auto row = find_in(call, id, State::stopping);
  if (!row) return;
  auto interfaces = interfaces_of(call, id);
  for (state::NetworkInterface& interface : interfaces) release_public_address(call, interface);
  hide_public_address(row->instance);
  repeat_interfaces(call, *row, interfaces);  // an Elastic IP address stays
  row->instance.state = instance_state(State::stopped);
  call.instances().update(*row);
  note_spot_state(call, *row);
}

// What EC2 still shows of a terminated instance for an hour.
void show_terminated(ec2::Instance& instance) {
  instance.state = instance_state(State::terminated);
  instance.block_device_mappings.clear();
  instance.network_interfaces.clear();
  instance.security_groups.clear();
  instance.private_dns_name = "";
  instance.public_dns_name = "";
  instance.private_ip_address.reset();
  instance.public_ip_address.reset();
  instance.ipv6_address.reset();
  instance.subnet_id.reset();
  instance.vpc_id.reset();
  instance.source_dest_check.reset();
}

void leave(Call& call, state::Instance& row) {
  const std::string& id = *row.instance.instance_id;
  release_interfaces_of(call, id);
  show_terminated(row.instance);
  row.profile_association.reset();
  call.instances().update(row);
  note_spot_state(call, row);
  call.schedule(id, "instance.gone", Profile::kTerminatedVisible);
}

void become_terminated(Call& call, std::string_view id) {
  auto row = find_in(call, id, State::shutting_down);
  if (!row) return;
  release_volumes_of(call, *row);
  leave(call, *row);
}

// A launch that cannot succeed: a volume's key cannot be used ("Instance terminates immediately").
void fail_to_launch(Call& call, std::string_view id) {
  auto row = find_in(call, id, State::pending);
  if (!row) return;
  for (const auto& device : row->instance.block_device_mappings)
    delete_volume_row(call, device.ebs.value().volume_id.value());
  row->instance.state_reason = {.code = "Client.InternalError",
                                .message = "Client.InternalError: Client error on launch"};
  leave(call, *row);
}

void disappear(Call& call, std::string_view id) {
  call.instances().remove(id);
  call.tags().remove_all(id);
}

constexpr Transition kInstanceTransitions[] = {
    {"instance.running", become_running}, {"instance.failed", fail_to_launch},
    {"instance.stopped", become_stopped}, {"instance.terminated", become_terminated},
    {"instance.gone", disappear},
};

}  // namespace

std::span<const Transition> instance_transitions() { return kInstanceTransitions; }

}  // namespace amity::handlers
