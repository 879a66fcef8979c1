#include "handlers/errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/listing.hpp"
#include "handlers/placement_groups.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

using Topology = ec2::InstanceTopology;

constexpr PageLimits kTopologyLimits{.least = 1, .most = 100};
constexpr std::size_t kDefaultPage = 20;

constexpr FilterRule kTopologyFilters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"instance-type", "InstanceType"},
    {"zone-id", "ZoneId"},
};

// Only the types of machine learning and high performance computing tell where they are ("How Amazon EC2 instance
// topology works").
bool has_topology(std::string_view type) {
  constexpr std::string_view kFamilies[] = {"g6e.",  "g7e.",  "hpc6a.", "hpc6id.", "hpc7a.", "hpc7g.", "hpc8a.",
                                            "p3dn.", "p4d.",  "p4de.",  "p5.",     "p5e.",   "p5en.",  "p6-",
                                            "p6e-",  "trn1.", "trn1n.", "trn2.",   "trn2u."};
  return std::ranges::any_of(kFamilies, [&](std::string_view family) { return type.starts_with(family); });
}

// Three layers of network nodes, the last the closest. Those of one cluster placement group share all of them, others
// in the zone the first.
std::vector<std::string> network_nodes(const Call& call, const Topology& instance) {
  const std::string zone = instance.availability_zone.value_or("");
  const std::string near = zone + "/" + instance.group_name.value_or(*instance.instance_id);
  return {stable_id("nn", {}, call.region(), zone), stable_id("nn", call.account(), call.region(), near),
          stable_id("nn", call.account(), call.region(), near + "/last")};
}

std::optional<Topology> topology_of(const Call& call, const state::Instance& row) {
  const ec2::Instance& instance = row.instance;
  if (state_of(row) != ec2::InstanceStateName::running || !has_topology(instance.instance_type.value_or("")))
    return std::nullopt;
  const ec2::Placement placement = instance.placement.value_or(ec2::Placement{});
  Topology topology{.instance_id = instance.instance_id,
                    .instance_type = instance.instance_type,
                    .availability_zone = placement.availability_zone,
                    .zone_id = placement.availability_zone_id};
  if (!placement.group_name.value_or("").empty()) topology.group_name = placement.group_name;
  topology.network_nodes = network_nodes(call, topology);
  return topology;
}

// DescribeInstanceTopology: of running instances; those of types that tell nothing are left out. Pages of 20 also when
// nobody asks for pages.
ec2::DescribeInstanceTopologyResult describe_instance_topology(Call& call,
                                                               const ec2::DescribeInstanceTopologyRequest& request) {
  const bool names_any = !request.instance_ids.empty() || !request.group_names.empty();
  Page page = page_of(request.max_results, request.next_token, "InstanceId/GroupName", names_any, kTopologyLimits);
  if (!names_any) page.limit = page.limit.value_or(kDefaultPage);
  if (request.instance_ids.size() > static_cast<std::size_t>(kTopologyLimits.most) ||
      request.group_names.size() > static_cast<std::size_t>(kTopologyLimits.most))
    throw errors::invalid_parameter_value("At most 100 instance IDs and 100 group names can be specified.");
  if (!request.instance_ids.empty()) find_own_instances(call, request.instance_ids);
  for (const std::string& name : request.group_names) find_placement_group(call, name, {});
  const std::set<std::string> ids(request.instance_ids.begin(), request.instance_ids.end());
  const std::set<std::string> groups(request.group_names.begin(), request.group_names.end());

  Listing<Topology> listing(kTopologyFilters, request.filters, page);
  call.instances().scan(storage::Query().after(page.after), [&](std::int64_t position, const state::Instance& row) {
    const auto topology = topology_of(call, row);
    if (!topology || (!ids.empty() && !ids.contains(*topology->instance_id)) ||
        (!groups.empty() && !groups.contains(topology->group_name.value_or(""))))
      return true;
    return listing.offer(position, *topology);
  });
  return {.instances = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::span<const Operation> instance_topology_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_instance_topology>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
