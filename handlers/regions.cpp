#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace amity::handlers {
namespace {

// The first name that none of `items` bears.
template <class Items, class Bears>
const std::string* first_unknown(const std::vector<std::string>& names, const Items& items, Bears bears) {
  const auto unknown = std::ranges::find_if(names, [&](const std::string& name) {
    return std::ranges::none_of(items, [&](const auto& item) { return bears(item, name); });
  });
  return unknown == names.end() ? nullptr : &*unknown;
}

bool is_opted_in(const std::string& opt_in_status) {
  return opt_in_status != ec2::AvailabilityZoneOptInStatus::not_opted_in;
}

bool names(const std::vector<std::string>& list, const std::string& name) {
  return list.empty() || std::ranges::find(list, name) != list.end();
}

constexpr FilterRule kRegionFilters[] = {
    {"endpoint", "Endpoint"},
    {"opt-in-status", "OptInStatus"},
    {"region-name", "RegionName"},
};

// The regions of the caller's partition: AWS's three partitions do not know one another.
std::vector<const state::Region*> regions_of_partition(Call& call) {
  const state::Region* own = call.catalogue().region(call.region());
  const std::string_view partition = own ? std::string_view(own->partition) : "aws";
  std::vector<const state::Region*> regions;
  for (const state::Region& region : call.catalogue().regions())
    if (region.partition == partition) regions.push_back(&region);
  return regions;
}

ec2::DescribeRegionsResult describe_regions(Call& call, const ec2::DescribeRegionsRequest& request) {
  const auto regions = regions_of_partition(call);
  const auto bears_name = [](const state::Region* region, const std::string& name) {
    return region->region_name == name;
  };
  if (const auto* name = first_unknown(request.region_names, regions, bears_name))
    throw errors::invalid_parameter_value(fmt::format("Invalid region: [{}]", *name));

  // Regions that are named are shown whether the account has opted in or not.
  const bool shows_all = request.all_regions.value_or(false) || !request.region_names.empty();
  Listing<ec2::Region> listing(kRegionFilters, request.filters);
  for (const state::Region* region : regions) {
    if (!names(request.region_names, region->region_name)) continue;
    if (!shows_all && !is_opted_in(region->opt_in_status)) continue;
    listing.offer(0, {.opt_in_status = region->opt_in_status,
                      .geography = region->geography,
                      .region_name = region->region_name,
                      .endpoint = region->endpoint});
  }
  return {.regions = listing.take()};
}

// A setting for each zone group that the account has opted in to.
std::string zone_group_setting(const std::string& group) { return "zone group " + group; }

// The region's zones as the account sees them.
std::vector<ec2::AvailabilityZone> zones_of_region(Call& call) {
  std::vector<ec2::AvailabilityZone> zones;
  if (const state::Region* region = call.catalogue().region(call.region())) zones = region->zones;
  for (ec2::AvailabilityZone& zone : zones)
    if (!is_opted_in(*zone.opt_in_status) && call.settings().get(zone_group_setting(zone.group_name.value_or(""))))
      zone.opt_in_status = ec2::AvailabilityZoneOptInStatus::opted_in;
  return zones;
}

// ModifyAvailabilityZoneGroup: the way back is through AWS Support only (the API reference).
ec2::ModifyAvailabilityZoneGroupResult modify_availability_zone_group(
    Call& call, const ec2::ModifyAvailabilityZoneGroupRequest& request) {
  const auto zones = zones_of_region(call);
  const auto zone = std::ranges::find(zones, request.group_name, &ec2::AvailabilityZone::group_name);
  if (zone == zones.end()) throw errors::invalid_value("GroupName", request.group_name);
  if (zone->opt_in_status == ec2::AvailabilityZoneOptInStatus::opt_in_not_required)
    throw errors::invalid_value("GroupName", request.group_name, "The zone group does not require to opt in.");
  if (request.opt_in_status != ec2::ModifyAvailabilityZoneOptInStatus::opted_in)
    throw errors::invalid_value("OptInStatus", request.opt_in_status, "To opt out, contact AWS Support.");
  call.settings().set(zone_group_setting(request.group_name), "opted-in");
  return {.return_value = true};
}

constexpr FilterRule kZoneFilters[] = {
    {"group-long-name", "GroupLongName"},
    {"group-name", "GroupName"},
    {"message", "Messages.Message"},
    {"opt-in-status", "OptInStatus"},
    {"parent-zone-id", "ParentZoneId"},
    {"parent-zone-name", "ParentZoneName"},
    {"region-name", "RegionName"},
    {"state", "State"},
    {"zone-id", "ZoneId"},
    {"zone-name", "ZoneName"},
    {"zone-type", "ZoneType"},
};

// DescribeAvailabilityZones: the region's own. Local and Wavelength Zones hide until the account opts in, unless all
// are asked for.
ec2::DescribeAvailabilityZonesResult describe_availability_zones(Call& call,
                                                                 const ec2::DescribeAvailabilityZonesRequest& request) {
  std::vector<ec2::AvailabilityZone> zones = zones_of_region(call);
  if (!request.all_availability_zones.value_or(false))
    std::erase_if(zones, [](const ec2::AvailabilityZone& zone) { return !is_opted_in(*zone.opt_in_status); });

  const auto bears_name = [](const auto& zone, const std::string& name) { return zone.zone_name == name; };
  if (const auto* name = first_unknown(request.zone_names, zones, bears_name))
    throw errors::invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", *name));
  const auto bears_id = [](const auto& zone, const std::string& id) { return zone.zone_id == id; };
  if (const auto* id = first_unknown(request.zone_ids, zones, bears_id))
    throw errors::invalid_parameter_value(fmt::format("Invalid availability zone-id: [{}]", *id));

  Listing<ec2::AvailabilityZone> listing(kZoneFilters, request.filters);
  for (ec2::AvailabilityZone& zone : zones)
    if (names(request.zone_names, *zone.zone_name) && names(request.zone_ids, *zone.zone_id))
      listing.offer(0, std::move(zone));
  return {.availability_zones = listing.take()};
}

}  // namespace

std::span<const Operation> region_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_availability_zones>(),
      bind<describe_regions>(),
      bind<modify_availability_zone_group>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
