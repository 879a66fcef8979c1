#include "handlers/placement_groups.hpp"

#include "handlers/errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/listing.hpp"
#include "handlers/placement_errors.hpp"
#include "handlers/registry.hpp"
#include "handlers/tagging.hpp"
#include "storage/catalogue.hpp"
#include "storage/instances_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace amity::handlers {
namespace {

using Strategy = ec2::PlacementStrategy;

constexpr std::size_t kMaxGroupNameLength = 255;
constexpr std::int32_t kMaxPartitions = 7;  // in a zone; a group's count holds for each zone
constexpr std::int32_t kDefaultPartitions = 2;
constexpr std::size_t kMaxSpreadInZone = 7;

auto groups(Call& call) { return call.table<state::PlacementGroup>(); }

std::optional<state::PlacementGroup> find_group_by_name(Call& call, std::string_view name) {
  return groups(call).find_by(storage::Query().where("name", name));
}

void check_group_name(const std::string& name) {
  if (name.empty()) throw errors::missing_parameter("groupName");
  const bool is_ascii = std::ranges::all_of(name, [](char c) { return (static_cast<unsigned char>(c) & 0x80) == 0; });
  if (name.size() > kMaxGroupNameLength || !is_ascii)
    throw errors::invalid_value("groupName", name, "It must be up to 255 ASCII characters.");
}

std::optional<std::int32_t> partition_count(const ec2::CreatePlacementGroupRequest& request,
                                            std::string_view strategy) {
  const auto& wanted = request.partition_count;
  if (strategy != Strategy::partition) {
    if (wanted)
      throw errors::invalid_parameter_combination("PartitionCount can be specified only for the strategy partition.");
    return std::nullopt;
  }
  if (wanted && (*wanted < 1 || *wanted > kMaxPartitions))
    throw errors::invalid_value("PartitionCount", std::to_string(*wanted), "Valid values are 1 to 7.");
  return wanted.value_or(kDefaultPartitions);
}

std::optional<std::string> spread_level(const ec2::CreatePlacementGroupRequest& request, std::string_view strategy) {
  if (strategy != Strategy::spread) {
    if (request.spread_level)
      throw errors::invalid_parameter_combination("SpreadLevel can be specified only for the strategy spread.");
    return std::nullopt;
  }
  // Spreading over hosts is for Outposts, of which nobody has one here.
  if (request.spread_level == ec2::SpreadLevel::host)
    throw errors::unsupported_operation("The spread level host is supported on AWS Outposts only.");
  return ec2::SpreadLevel::rack;
}

// CreatePlacementGroup
ec2::CreatePlacementGroupResult create_placement_group(Call& call, const ec2::CreatePlacementGroupRequest& request) {
  // Ignored: LinkedGroupId, because EC2 reserves it.
  if (request.operator_value) throw errors::operation_not_permitted("Operator is reserved for AWS services.");
  const std::string name = request.group_name.value_or("");
  check_group_name(name);
  const std::string strategy = request.strategy.value_or(Strategy::cluster);
  auto tags = tags_for(request.tag_specifications, kPlacementGroup.type, {kPlacementGroup.type});
  if (find_group_by_name(call, name)) throw errors::placement_group_duplicate(name);

  const state::Region* region = call.catalogue().region(call.region());
  ec2::PlacementGroup group{
      .group_name = name,
      .state = ec2::PlacementGroupState::available,
      .strategy = strategy,
      .partition_count = partition_count(request, strategy),
      .group_id = call.ids().make(kPlacementGroup.prefix),
      .group_arn = fmt::format("arn:{}:ec2:{}:{}:placement-group/{}", region ? region->partition : "aws", call.region(),
                               call.account(), name),
      .spread_level = spread_level(request, strategy)};
  groups(call).insert({.placement_group = group});
  set_tags(call, *group.group_id, kPlacementGroup.type, tags);
  group.tags = std::move(tags);
  return {.placement_group = std::move(group)};
}

constexpr FilterRule kPlacementGroupFilters[] = {
    {"group-arn", "GroupArn"}, {"group-name", "GroupName"}, {"spread-level", "SpreadLevel"},
    {"state", "State"},        {"strategy", "Strategy"},
};

// Those that the request names, by name or by id; all when it names none. One that is unknown fails the call.
std::vector<state::PlacementGroup> named_placement_groups(Call& call,
                                                          const ec2::DescribePlacementGroupsRequest& request) {
  if (request.group_names.empty() && request.group_ids.empty()) return groups(call).all();
  std::vector<state::PlacementGroup> found;
  for (const std::string& name : request.group_names) found.push_back(find_placement_group(call, name, {}));
  std::ranges::move(find_all_owned(groups(call), kPlacementGroup, request.group_ids), std::back_inserter(found));
  std::set<std::string> seen;
  std::erase_if(found, [&](const auto& group) { return !seen.insert(group.placement_group.group_id.value()).second; });
  return found;
}

ec2::DescribePlacementGroupsResult describe_placement_groups(Call& call,
                                                             const ec2::DescribePlacementGroupsRequest& request) {
  Listing<ec2::PlacementGroup> listing(kPlacementGroupFilters, request.filters);
  for (const state::PlacementGroup& row : named_placement_groups(call, request))
    listing.offer(0, row.placement_group, [&] { return call.tags().of(row.placement_group.group_id.value()); });
  return {.placement_groups = listing.take()};
}

bool is_gone(const state::Instance& row) {
  return state_of(row) == ec2::InstanceStateName::terminated || state_of(row) == ec2::InstanceStateName::shutting_down;
}

// Visits the placements of the instances in the group.
template <class Visit>
void visit_placements(Call& call, std::string_view group_name, Visit visit) {
  call.instances().scan({}, [&](std::int64_t, const state::Instance& row) {
    const auto& placement = row.instance.placement;
    if (placement && placement->group_name == group_name && !is_gone(row)) visit(*placement);
    return true;
  });
}

// DeletePlacementGroup: "You must terminate all instances in the placement group before".
void delete_placement_group(Call& call, const ec2::DeletePlacementGroupRequest& request) {
  const state::PlacementGroup row = find_placement_group(call, request.group_name, {});
  const std::string& id = row.placement_group.group_id.value();
  bool is_in_use = false;
  visit_placements(call, row.placement_group.group_name.value(), [&](const ec2::Placement&) { is_in_use = true; });
  if (is_in_use) throw errors::placement_group_in_use(request.group_name);
  groups(call).remove(id);
  call.tags().remove_all(id);
}

// "Each partition with as even a number of instances as can be."
std::int32_t emptiest_partition(Call& call, const ec2::PlacementGroup& group, const std::optional<std::string>& zone) {
  std::map<std::int32_t, std::size_t> counts;
  for (std::int32_t partition = 1; partition <= group.partition_count.value_or(1); ++partition) counts[partition] = 0;
  visit_placements(call, *group.group_name, [&](const ec2::Placement& other) {
    if (other.availability_zone == zone && other.partition_number) ++counts[*other.partition_number];
  });
  return std::ranges::min_element(counts, {}, [](const auto& count) { return count.second; })->first;
}

}  // namespace

state::PlacementGroup find_placement_group(Call& call, std::string_view name, std::string_view id) {
  // EC2 takes an id where it wants a name.
  if (name.empty() || is_well_formed(kPlacementGroup, name))
    return find_owned(groups(call), kPlacementGroup, name.empty() ? id : name);
  auto group = find_group_by_name(call, name);
  if (!group) throw not_found(kPlacementGroup, name);
  return *std::move(group);
}

void check_group_takes(const GroupPlacement& wanted, const ec2::InstanceTypeInfo& type) {
  const ec2::PlacementGroup& group = wanted.group.placement_group;
  const std::string& strategy = group.strategy.value();
  const auto& info = type.placement_group_info;
  if (!info || std::ranges::find(info->supported_strategies, strategy) == info->supported_strategies.end())
    throw errors::strategy_unsupported_by_type(strategy, *type.instance_type);
  if (strategy == Strategy::spread && wanted.tenancy != ec2::Tenancy::is_default)
    throw errors::invalid_parameter_combination("Spread placement groups support only the tenancy default.");
  if (!wanted.partition) return;
  if (strategy != Strategy::partition)
    throw errors::invalid_parameter_combination(
        "A partition number can be specified only for placement groups with the strategy partition.");
  if (*wanted.partition < 1 || *wanted.partition > group.partition_count.value_or(1))
    throw errors::invalid_value("placement.partitionNumber", std::to_string(*wanted.partition),
                                "The placement group has no such partition.");
}

void place_in_group(Call& call, const GroupPlacement& wanted, ec2::Placement& placement) {
  const ec2::PlacementGroup& group = wanted.group.placement_group;
  const std::string& name = group.group_name.value();
  std::size_t in_zone = 0;
  visit_placements(call, name, [&](const ec2::Placement& other) {
    if (group.strategy == Strategy::cluster && other.availability_zone != placement.availability_zone)
      throw errors::placement_group_in_other_zone(name, other.availability_zone.value_or(""));
    if (other.availability_zone == placement.availability_zone) ++in_zone;
  });
  if (group.strategy == Strategy::spread && in_zone >= kMaxSpreadInZone)
    throw errors::spread_limit_exceeded(name, kMaxSpreadInZone);
  placement.group_name = name;
  placement.group_id = group.group_id;
  placement.partition_number.reset();
  if (group.strategy == Strategy::partition)
    placement.partition_number =
        wanted.partition ? *wanted.partition : emptiest_partition(call, group, placement.availability_zone);
}

std::span<const Operation> placement_group_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_placement_group>(),
      bind<delete_placement_group>(),
      bind<describe_placement_groups>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
