#include "handlers/errors.hpp"
#include "handlers/fixture_target.hpp"

namespace amity::handlers {
namespace {

void load_placement_groups(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.placement_groups.size(); ++i) {
    const auto path = [i](std::string_view member) { return element_path("PlacementGroups", i, member); };
    state::PlacementGroup row = target.fixture.placement_groups[i];
    ec2::PlacementGroup& group = row.placement_group;
    if (group.group_name.value_or("").empty()) throw FieldError{path("GroupName"), "is missing"};
    set_default(group.group_id,
                stable_id(kPlacementGroup.prefix, target.account(), target.region(), *group.group_name));
    target.check_id(kPlacementGroup, group.group_id, path("GroupId"));
    target.check_value(ec2::PlacementGroup::shape, "Strategy", group.strategy, path("Strategy"));
    set_default<std::string>(group.strategy, ec2::PlacementStrategy::cluster);
    // Groups are made at once.
    if (!group.state || group.state == ec2::PlacementGroupState::pending)
      group.state = ec2::PlacementGroupState::available;
    // A name means one group: another one that has it is replaced.
    Call call = target.call();
    const auto other = call.table<state::PlacementGroup>().find_by(storage::Query().where("name", *group.group_name));
    if (other && other->placement_group.group_id != group.group_id)
      call.table<state::PlacementGroup>().remove(*other->placement_group.group_id);
    target.put(target.account(), std::move(row));
  }
}

void load_spot_instance_requests(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.spot_instance_requests.size(); ++i) {
    const auto path = [i](std::string_view member) { return element_path("SpotInstanceRequests", i, member); };
    state::SpotInstanceRequest row = target.fixture.spot_instance_requests[i];
    ec2::SpotInstanceRequest& request = row.spot_instance_request;
    target.check_id(kSpotInstanceRequest, request.spot_instance_request_id, path("SpotInstanceRequestId"));
    target.check_value(ec2::SpotInstanceRequest::shape, "State", request.state, path("State"));
    if (request.instance_id) target.check_id(kInstance, request.instance_id, path("InstanceId"));
    set_default(request.create_time, target.now());
    target.put(target.account(), std::move(row));
  }
}

}  // namespace

void load_launches(FixtureTarget& target) {
  load_placement_groups(target);
  load_spot_instance_requests(target);
}

}  // namespace amity::handlers
