// Instances as other resources use them: finding them, their states, and what callers see of them.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// The caller's own instance. Throws InvalidInstanceID.Malformed, InvalidInstanceID.NotFound.
state::Instance find_own_instance(Call& call, std::string_view instance_id);

// All of them, each once, in the order asked for. Throws the same, naming all that are missing, and MissingParameter.
std::vector<state::Instance> find_own_instances(Call& call, const std::vector<std::string>& instance_ids);

// Throws IncorrectInstanceState for an instance that is terminated, or about to be.
void check_not_terminated(const state::Instance& instance);
// Throws IncorrectInstanceState unless the instance is stopped.
void check_stopped(const state::Instance& instance);

// The operating system shuts down by itself: the instance stops or is terminated, as its shutdown behavior says.
// Updates its row.
void shut_down_from_inside(Call& call, state::Instance& instance);

// One of ec2::InstanceStateName.
const std::string& state_of(const state::Instance& instance);
// A name of ec2::InstanceStateName with the code that belongs to it.
ec2::InstanceState instance_state(std::string_view name);

// As if the instance had no public address.
void hide_public_address(ec2::Instance& instance);
// Callers see the public address of an instance that is pending only when it runs.
void hide_until_running(state::Instance& instance);

// Takes from the instance's interfaces, given by device index, what the instance repeats of them: addresses, names,
// groups, subnet; nothing when there are none. To be called when an interface of it has changed; the caller updates the
// instance's row.
void repeat_interfaces(const Call& call, state::Instance& instance,
                       std::span<const state::NetworkInterface> interfaces);

// Instance metadata can show only some tag keys. Throws InvalidParameterValue for the first other one.
void check_metadata_tag_keys(const std::vector<ec2::Tag>& tags);

}  // namespace amity::handlers
