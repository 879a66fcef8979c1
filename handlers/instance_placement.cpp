#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/placement_errors.hpp"
#include "handlers/placement_groups.hpp"
#include "handlers/registry.hpp"
#include "storage/catalogue.hpp"

namespace amity::handlers {
namespace {

using PlacementRequest = ec2::ModifyInstancePlacementRequest;

// There are no Dedicated Hosts to move to. The tenancies default and dedicated never become one another.
void check_tenancy(const PlacementRequest& request, const ec2::Placement& placement) {
  if (request.host_id) throw errors::host_not_found(*request.host_id);
  if (request.host_resource_group_arn) throw errors::no_capacity_on_hosts();
  if (request.affinity == ec2::Affinity::host || request.tenancy == ec2::HostTenancy::host)
    throw errors::no_capacity_on_hosts();
  const std::string tenancy = placement.tenancy.value_or(ec2::Tenancy::is_default);
  if (request.tenancy && request.tenancy != tenancy) throw errors::tenancy_cannot_change(tenancy, *request.tenancy);
}

void leave_group(ec2::Placement& placement) {
  placement.group_name = "";
  placement.group_id.reset();
  placement.partition_number.reset();
}

void change_group(Call& call, state::Instance& row, const PlacementRequest& request) {
  ec2::Placement& placement = *row.instance.placement;
  const std::string id = request.group_id.value_or("");
  // A partition alone is one of the group that the instance is in.
  const bool names_group = request.group_name || !id.empty();
  const std::string name = names_group ? request.group_name.value_or("") : placement.group_name.value_or("");
  const bool leaves = name.empty() && id.empty();
  if (leaves && request.partition_number) throw errors::invalid_parameter_dependency("PartitionNumber", "GroupName");
  leave_group(placement);
  if (leaves) return;
  const GroupPlacement wanted{.group = find_placement_group(call, name, id),
                              .tenancy = placement.tenancy.value_or(ec2::Tenancy::is_default),
                              .partition = request.partition_number};
  if (const auto* type = call.catalogue().instance_type(row.instance.instance_type.value()))
    check_group_takes(wanted, *type);
  call.instances().update(row);  // so that it does not count as one that is there already
  place_in_group(call, wanted, placement);
}

// ModifyInstancePlacement: affinity at any time, all else while the instance is stopped.
ec2::ModifyInstancePlacementResult modify_instance_placement(Call& call, const PlacementRequest& request) {
  state::Instance row = find_own_instance(call, request.instance_id);
  const bool changes_group = request.group_name || request.group_id || request.partition_number;
  const bool changes_host = request.tenancy || request.host_id || request.host_resource_group_arn;
  if (!changes_group && !changes_host && !request.affinity)
    throw errors::missing_parameter("Affinity/GroupName/HostId/Tenancy");
  if (request.group_name && request.group_id) throw errors::cannot_be_combined("GroupName", "GroupId");
  check_not_terminated(row);
  if (!row.instance.placement) row.instance.placement = ec2::Placement{};
  if (changes_group || changes_host) check_stopped(row);
  check_tenancy(request, *row.instance.placement);
  if (request.affinity) row.instance.placement->affinity = request.affinity;
  if (changes_group) change_group(call, row, request);
  call.instances().update(row);
  return {.return_value = true};
}

}  // namespace

std::span<const Operation> instance_placement_operations() {
  static constexpr Operation kOperations[] = {
      bind<modify_instance_placement>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
