#include "handlers/instances.hpp"

#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/network.hpp"
#include "handlers/resource_kind.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace amity::handlers {
namespace {

struct StateCode {
  std::string_view name;
  std::int32_t code;
};
constexpr StateCode kStateCodes[] = {
    {ec2::InstanceStateName::pending, 0},        {ec2::InstanceStateName::running, 16},
    {ec2::InstanceStateName::shutting_down, 32}, {ec2::InstanceStateName::terminated, 48},
    {ec2::InstanceStateName::stopping, 64},      {ec2::InstanceStateName::stopped, 80},
};

bool is_metadata_tag_key(std::string_view key) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+=,.@:";
  constexpr std::array<std::string_view, 3> kReserved = {".", "..", "_index"};
  return key.find_first_not_of(kAllowed) == std::string_view::npos &&
         std::ranges::find(kReserved, key) == kReserved.end();
}

}  // namespace

state::Instance find_own_instance(Call& call, std::string_view instance_id) {
  return find_owned(call.instances(), kInstance, instance_id);
}

std::vector<state::Instance> find_own_instances(Call& call, const std::vector<std::string>& instance_ids) {
  if (instance_ids.empty()) throw errors::missing_parameter("InstanceId");
  std::vector<std::string> named;
  std::set<std::string_view> seen;
  for (const std::string& id : instance_ids)
    if (seen.insert(id).second) named.push_back(id);
  return find_all_owned(call.instances(), kInstance, named);
}

void check_not_terminated(const state::Instance& instance) {
  const std::string& state = state_of(instance);
  if (state == ec2::InstanceStateName::shutting_down || state == ec2::InstanceStateName::terminated)
    throw errors::instance_terminated(*instance.instance.instance_id);
}

void check_stopped(const state::Instance& instance) {
  if (state_of(instance) != ec2::InstanceStateName::stopped)
    throw errors::instance_not_stopped(*instance.instance.instance_id);
}

const std::string& state_of(const state::Instance& instance) { return instance.instance.state.value().name.value(); }

ec2::InstanceState instance_state(std::string_view name) {
  const auto found = std::ranges::find(kStateCodes, name, &StateCode::name);
  return {.code = found->code, .name = std::string(name)};
}

void hide_public_address(ec2::Instance& instance) {
  instance.public_ip_address.reset();
  instance.public_dns_name = "";
  for (auto& interface : instance.network_interfaces) {
    interface.association.reset();
    for (auto& address : interface.private_ip_addresses) address.association.reset();
  }
}

void hide_until_running(state::Instance& instance) {
  if (state_of(instance) == ec2::InstanceStateName::pending) hide_public_address(instance.instance);
}

void repeat_interfaces(const Call& call, state::Instance& row, std::span<const state::NetworkInterface> interfaces) {
  if (interfaces.empty()) return;
  ec2::Instance& instance = row.instance;
  instance.network_interfaces.clear();
  for (const state::NetworkInterface& interface : interfaces)
    instance.network_interfaces.push_back(as_instance_shows(interface));
  const ec2::NetworkInterface& primary = interfaces.front().network_interface;
  instance.subnet_id = primary.subnet_id;
  instance.vpc_id = primary.vpc_id;
  instance.private_ip_address = primary.private_ip_address;
  instance.private_dns_name = primary.private_dns_name;
  const auto& name_options = instance.private_dns_name_options;
  if (name_options && name_options->hostname_type == ec2::HostnameType::resource_name)
    instance.private_dns_name = *instance.instance_id + "." + internal_domain(call.region());
  const auto& association = primary.association;
  instance.public_ip_address = association ? association->public_ip : std::nullopt;
  instance.public_dns_name = association ? association->public_dns_name.value_or("") : "";
  instance.ipv6_address = primary.ipv6_address;
  instance.security_groups = primary.groups;
  instance.source_dest_check = primary.source_dest_check;
}

void check_metadata_tag_keys(const std::vector<ec2::Tag>& tags) {
  for (const ec2::Tag& tag : tags)
    if (!is_metadata_tag_key(tag.key.value_or(""))) throw errors::invalid_metadata_tag_key(tag.key.value_or(""));
}

}  // namespace amity::handlers
