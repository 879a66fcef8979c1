#include "handlers/zones.hpp"

#include "storage/catalogue.hpp"

namespace amity::handlers {
namespace {

const ec2::AvailabilityZone* find_zone(const Call& call, std::optional<std::string> ec2::AvailabilityZone::*member,
                                       std::string_view value) {
  const state::Region* region = call.catalogue().region(call.region());
  if (region)
    for (const ec2::AvailabilityZone& zone : region->zones)
      if (zone.*member == value) return &zone;
  return nullptr;
}

}  // namespace

const ec2::AvailabilityZone* zone_named(const Call& call, std::string_view name) {
  return find_zone(call, &ec2::AvailabilityZone::zone_name, name);
}

const ec2::AvailabilityZone* zone_with_id(const Call& call, std::string_view id) {
  return find_zone(call, &ec2::AvailabilityZone::zone_id, id);
}

bool is_local_zone(const ec2::AvailabilityZone& zone) { return zone.zone_type == "local-zone"; }

}  // namespace amity::handlers
