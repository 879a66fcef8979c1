#include "handlers/network.hpp"
#include "handlers/network_addresses.hpp"
#include "handlers/network_errors.hpp"
#include "handlers/resource_kind.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

void check_zone(Call& call, std::string_view zone) {
  const state::Region* region = call.catalogue().region(call.region());
  const auto is_named = [&](const ec2::AvailabilityZone& candidate) { return candidate.zone_name == zone; };
  if (!region || std::ranges::none_of(region->zones, is_named)) throw errors::invalid_availability_zone(zone);
}

state::Subnet named_subnet(Call& call, std::string_view subnet_id, const std::optional<std::string>& zone) {
  state::Subnet subnet = find_owned(call.subnets(), kSubnet, subnet_id);
  if (zone && subnet.subnet.availability_zone != *zone) throw errors::invalid_availability_zone(*zone);
  return subnet;
}

}  // namespace

std::optional<state::Vpc> default_vpc(Call& call) {
  return call.vpcs().find_by(storage::Query().where("is_default", "1"));
}

state::Subnet subnet_for_launch(Call& call, const std::optional<std::string>& subnet_id,
                                const std::optional<std::string>& zone, std::int32_t addresses) {
  if (zone) check_zone(call, *zone);
  if (subnet_id) return named_subnet(call, *subnet_id, zone);

  const auto vpc = default_vpc(call);
  if (!vpc) throw errors::no_default_vpc();
  const std::string& vpc_id = *vpc->vpc.vpc_id;
  std::optional<state::Subnet> full;
  for (state::Subnet& subnet : call.subnets().all(storage::Query().where("vpc_id", vpc_id))) {
    if (!subnet.subnet.default_for_az.value_or(false)) continue;
    if (zone ? subnet.subnet.availability_zone == *zone : free_address_count(call, subnet.subnet) >= addresses)
      return std::move(subnet);
    if (!zone && !full) full = std::move(subnet);
  }
  // All are full: the launch will say so.
  if (full) return *std::move(full);
  throw zone ? errors::no_default_subnet_in_zone(*zone) : errors::no_default_subnet(vpc_id);
}

}  // namespace amity::handlers
