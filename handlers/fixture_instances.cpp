#include "handlers/fixture_instances.hpp"

#include "handlers/images.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instances.hpp"
#include "handlers/launch_options.hpp"
#include "handlers/launch_placement.hpp"
#include "model/json.hpp"
#include "storage/catalogue.hpp"

namespace amity::handlers {
namespace {

using State = ec2::InstanceStateName;

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void check(FixtureTarget& target, const ListedInstance& listed) {
  const ec2::Instance& instance = listed.row->instance;
  target.check_id(kInstance, instance.instance_id, listed.path + ".InstanceId");
  if (!instance.instance_type) throw FieldError{listed.path + ".InstanceType", "is missing"};
  if (!instance.image_id) throw FieldError{listed.path + ".ImageId", "is missing"};
  if (instance.state)
    target.check_value(ec2::InstanceState::shape, "Name", instance.state->name, listed.path + ".State.Name");
}

// What the instance would have been launched with.
void complete_as_launched(Call& call, state::Instance& row, const std::string& path) {
  ec2::Instance& instance = row.instance;
  const ec2::InstanceTypeInfo* type = call.catalogue().instance_type(*instance.instance_type);
  if (!type) throw FieldError{path + ".InstanceType", "is no instance type that Amity knows"};
  const auto found = any_image(call, *instance.image_id);
  if (!found) throw FieldError{path + ".ImageId", "is the id of no image that is here"};
  state::Instance launched;
  take_from_image(found->image.image, launched);
  launched.instance.placement = placement_of({}, *type);
  apply_launch_options(call, {}, found->image.image, *type, launched);
  launched.instance.current_instance_boot_mode = boot_mode_on(*type, launched.instance);
  launched.instance.operator_value = {.managed = false};
  if (!instance.product_codes.empty()) launched.instance.product_codes.clear();
  // What the file says wins.
  model::read_json(model::to_json(row), state::Instance::shape, &launched);
  row = std::move(launched);
}

// Where a launch would put it, unless the file says it.
void choose_zone(Call& call, ec2::Instance& instance) {
  ec2::Placement& placement = instance.placement ? *instance.placement : instance.placement.emplace();
  if (placement.availability_zone || placement.availability_zone_id) return;
  const auto subnet = instance.subnet_id ? call.subnets().find_any(*instance.subnet_id) : std::nullopt;
  placement.availability_zone =
      subnet ? subnet->subnet.availability_zone : zone_offering(call, *instance.instance_type);
}

void complete(FixtureTarget& target, Call& call, state::Instance& row, const std::string& path) {
  ec2::Instance& instance = row.instance;
  instance.state = instance_state(instance.state ? instance.state->name.value_or(State::running) : State::running);
  set_default(instance.launch_time, target.now());
  set_default(instance.ami_launch_index, 0);
  set_default(instance.state_transition_reason, "");
  ec2::Placement& placement = instance.placement ? *instance.placement : instance.placement.emplace();
  target.complete_zone(placement.availability_zone, placement.availability_zone_id,
                       path + ".Placement.AvailabilityZone");
  if (row.boot_times.empty()) row.boot_times = {*instance.launch_time};
  // A terminated instance shows its profile, and has none.
  if (instance.iam_instance_profile && !row.profile_association && state_of(row) != State::terminated)
    row.profile_association = {
        .association_id = stable_id("iip-assoc", row.owner_id, target.region(), *instance.instance_id),
        .state = ec2::IamInstanceProfileAssociationState::associated,
        .timestamp = instance.launch_time};
  if (state_of(row) == State::running) set_default(row.running_since, *instance.launch_time);
  if (const auto image = any_image(call, *instance.image_id); image && image->image.image.name)
    set_default(row.image_name, *image->image.image.name);
  const ec2::InstanceTypeInfo* type = call.catalogue().instance_type(*instance.instance_type);
  if (!row.cpu_credits && type) row.cpu_credits = default_cpu_credits(*type);
}

void load_instance(FixtureTarget& target, const ListedInstance& listed) {
  check(target, listed);
  state::Instance row = *listed.row;
  row.owner_id = target.owner_of(listed.owner_id, listed.path + ".OwnerId");
  row.reservation_id =
      listed.reservation_id.value_or(stable_id("r", row.owner_id, target.region(), *row.instance.instance_id));
  row.requester_id = listed.requester_id;
  Call call = target.call_of(row.owner_id);
  as_field_errors(listed.path, [&] {
    if (!is_complete(row)) complete_as_launched(call, row, listed.path);
    choose_zone(call, row.instance);
  });
  complete(target, call, row, listed.path);
  target.put(row.owner_id, std::move(row));
}

}  // namespace

std::vector<ListedInstance> instances_listed(const state::Fixture& fixture) {
  std::vector<ListedInstance> listed;
  for (std::size_t i = 0; i < fixture.reservations.size(); ++i) {
    const state::FixtureReservation& reservation = fixture.reservations[i];
    for (std::size_t j = 0; j < reservation.instances.size(); ++j)
      listed.push_back({&reservation.instances[j], reservation.reservation_id, reservation.owner_id,
                        reservation.requester_id,
                        element_path("Reservations", i) + '.' + element_path("Instances", j)});
  }
  for (std::size_t i = 0; i < fixture.instances.size(); ++i) {
    const state::Instance& row = fixture.instances[i];
    listed.push_back({&row, unless_empty(row.reservation_id), unless_empty(row.owner_id), row.requester_id,
                      element_path("Instances", i)});
  }
  return listed;
}

void load_instances(FixtureTarget& target) {
  for (const ListedInstance& listed : instances_listed(target.fixture)) load_instance(target, listed);
}

void match_instances(FixtureTarget& target) {
  for (const ListedInstance& listed : instances_listed(target.fixture)) {
    const std::string& id = *listed.row->instance.instance_id;
    Call call = target.call_of(target.call().instances().owner(id).value());
    state::Instance row = call.instances().find(id).value();
    if (state_of(row) == State::terminated) continue;
    as_field_errors(listed.path, [&] {
      match_interfaces(target, call, row, !is_complete(*listed.row), listed.path);
      match_volumes(target, call, row, !is_complete(*listed.row), listed.path);
    });
    call.instances().update(row);
  }
}

}  // namespace amity::handlers
