#include "handlers/launch_placement.hpp"

#include "handlers/errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/launch_errors.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// Mac instances run on hosts of their own only ("Amazon EC2 Mac instances").
bool needs_host(const ec2::InstanceTypeInfo& type) {
  const auto& architectures = type.processor_info.value().supported_architectures;
  return std::ranges::all_of(architectures, [](const std::string& name) { return name.ends_with("_mac"); });
}

void check_host(const ec2::Placement& wanted, const std::string& tenancy) {
  if (wanted.host_id) throw errors::host_not_found(*wanted.host_id);
  if (wanted.host_resource_group_arn) throw errors::no_capacity_on_hosts();
  if (tenancy == ec2::Tenancy::host) throw errors::no_capacity_on_hosts();
  if (wanted.affinity == "host") throw errors::cannot_be_combined("placement.affinity", "placement.tenancy");
}

}  // namespace

std::optional<GroupPlacement> wanted_group(Call& call, const std::optional<ec2::Placement>& placement,
                                           const ec2::InstanceTypeInfo& type) {
  if (!placement) return std::nullopt;
  const ec2::Placement& wanted = *placement;
  const std::string name = wanted.group_name.value_or("");
  const std::string id = wanted.group_id.value_or("");
  if (!name.empty() && !id.empty()) throw errors::cannot_be_combined("placement.groupName", "placement.groupId");
  if (name.empty() && id.empty()) {
    if (wanted.partition_number)
      throw errors::invalid_parameter_dependency("placement.partitionNumber", "placement.groupName");
    return std::nullopt;
  }
  GroupPlacement group{.group = find_placement_group(call, name, id),
                       .tenancy = wanted.tenancy.value_or(ec2::Tenancy::is_default),
                       .partition = wanted.partition_number};
  check_group_takes(group, type);
  return group;
}

std::optional<std::string> wanted_zone(Call& call, const std::optional<ec2::Placement>& wanted) {
  if (!wanted) return std::nullopt;
  const std::string name = wanted->availability_zone.value_or("");
  const std::string id = wanted->availability_zone_id.value_or("");
  if (!name.empty() && !id.empty())
    throw errors::cannot_be_combined("placement.availabilityZone", "placement.availabilityZoneId");
  if (!name.empty()) return name;
  if (id.empty()) return std::nullopt;
  const auto zones = zones_of(call);
  const auto zone = std::ranges::find(zones, id, &ec2::AvailabilityZone::zone_id);
  if (zone == zones.end()) throw errors::invalid_value("placement.availabilityZoneId", id);
  return zone->zone_name;
}

std::string zone_offering(Call& call, const std::string& instance_type) {
  for (const auto& zone : zones_of(call))
    if (call.catalogue().is_offered_in_zone(call.region(), zone.zone_name.value(), instance_type))
      return *zone.zone_name;
  throw errors::unsupported_configuration();
}

ec2::Placement placement_of(const std::optional<ec2::Placement>& wanted, const ec2::InstanceTypeInfo& type) {
  const std::string tenancy = wanted ? wanted->tenancy.value_or(ec2::Tenancy::is_default) : ec2::Tenancy::is_default;
  if (wanted) check_host(*wanted, tenancy);
  if (needs_host(type)) throw errors::unsupported_configuration();
  // Ignored: SpreadDomain, because EC2 keeps it for later use; Affinity "default", because it is what there is.
  return {.group_name = "", .tenancy = tenancy};
}

}  // namespace amity::handlers
