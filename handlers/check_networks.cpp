// Addresses and what holds them.
#include "handlers/check_rules.hpp"
#include "handlers/cidr.hpp"
#include "handlers/network.hpp"
#include "handlers/new_vpc.hpp"
#include "model/json.hpp"
#include "storage/database.hpp"

#include <algorithm>
#include <tuple>

namespace amity::handlers {
namespace {

// AWS's own addresses at the beginning of every subnet, and the last.
constexpr std::uint64_t kFirstUsable = 4;

bool is_usable(const Ipv4Cidr& block, std::string_view text) {
  const auto address = parse_ipv4_address(text);
  return address && block.contains(*address) && *address >= block.nth(kFirstUsable) && *address < block.last();
}

bool is_in_ipv6_block(const ec2::Subnet& subnet, std::string_view text) {
  const auto address = parse_ipv6_address(text);
  return address && std::ranges::any_of(subnet.ipv6_cidr_block_association_set, [&](const auto& association) {
           const auto block = parse_ipv6_cidr(association.ipv6_cidr_block.value_or(""));
           return block && block->contains(*address);
         });
}

void subnets_lie_in_their_vpc(Call& call, RuleFindings& findings) {
  for (const state::Subnet& row : call.subnets().all()) {
    const ec2::Subnet& subnet = row.subnet;
    const auto block = parse_ipv4_cidr(subnet.cidr_block.value_or(""));
    const auto vpc = call.vpcs().find(subnet.vpc_id.value_or(""));
    const auto holds = [&](const Ipv4Cidr& wider) { return block && wider.contains(*block); };
    if (vpc && std::ranges::none_of(ipv4_blocks(vpc->vpc), holds)) findings.add(subnet.subnet_id.value());
  }
}

void subnets_do_not_overlap(Call& call, RuleFindings& findings) {
  struct Place {
    std::string vpc_id;
    Ipv4Cidr block;
    std::string subnet_id;
  };
  std::vector<Place> places;
  for (const state::Subnet& row : call.subnets().all())
    if (const auto block = parse_ipv4_cidr(row.subnet.cidr_block.value_or("")))
      places.push_back({row.subnet.vpc_id.value_or(""), *block, row.subnet.subnet_id.value()});
  std::ranges::sort(places, {},
                    [](const Place& place) { return std::tie(place.vpc_id, place.block, place.subnet_id); });
  for (std::size_t i = 1; i < places.size(); ++i)
    if (places[i - 1].vpc_id == places[i].vpc_id && places[i - 1].block.overlaps(places[i].block))
      findings.add(places[i - 1].subnet_id + ' ' + places[i].subnet_id);
}

void addresses_lie_in_their_subnet(Call& call, RuleFindings& findings) {
  call.network_interfaces().scan({}, [&](std::int64_t, const state::NetworkInterface& row) {
    const ec2::NetworkInterface& interface = row.network_interface;
    const auto subnet = call.subnets().find(interface.subnet_id.value_or(""));
    const auto block = subnet ? parse_ipv4_cidr(subnet->subnet.cidr_block.value_or("")) : std::nullopt;
    if (!block) return true;
    for (const auto& address : interface.private_ip_addresses)
      if (!is_usable(*block, address.private_ip_address.value_or("")))
        findings.add(*interface.network_interface_id + ' ' + address.private_ip_address.value_or(""));
    for (const auto& address : interface.ipv6_addresses)
      if (!is_in_ipv6_block(subnet->subnet, address.ipv6_address.value_or("")))
        findings.add(*interface.network_interface_id + ' ' + address.ipv6_address.value_or(""));
    return true;
  });
}

void interfaces_have_one_primary_address(Call& call, RuleFindings& findings) {
  call.network_interfaces().scan({}, [&](std::int64_t, const state::NetworkInterface& row) {
    const ec2::NetworkInterface& interface = row.network_interface;
    const auto is_primary = [](const auto& address) { return address.primary.value_or(false); };
    const auto& addresses = interface.private_ip_addresses;
    const auto primary = std::ranges::find_if(addresses, is_primary);
    if (std::ranges::count_if(addresses, is_primary) != 1 ||
        primary->private_ip_address != interface.private_ip_address)
      findings.add(*interface.network_interface_id);
    return true;
  });
}

// That each side names the other is known by now.
void instances_show_their_interfaces_as_they_are(Call& call, RuleFindings& findings) {
  call.instances().scan({}, [&](std::int64_t, const state::Instance& row) {
    for (const ec2::InstanceNetworkInterface& shown : row.instance.network_interfaces) {
      const std::string id = shown.network_interface_id.value_or("");
      const auto interface = call.network_interfaces().find(id);
      if (interface && model::to_json(as_instance_shows(*interface)) != model::to_json(shown))
        findings.add(row.instance.instance_id.value() + ' ' + id);
    }
    return true;
  });
}

}  // namespace

std::span<const MeaningRule> network_meaning_rules() {
  static constexpr MeaningRule kRules[] = {
      {"a subnet lies in its VPC's blocks", subnets_lie_in_their_vpc},
      {"subnets of a VPC do not overlap", subnets_do_not_overlap},
      {"an interface's addresses are usable ones of its subnet", addresses_lie_in_their_subnet},
      {"an interface has one primary address", interfaces_have_one_primary_address},
      {"an instance shows its interfaces as they are", instances_show_their_interfaces_as_they_are},
  };
  return kRules;
}

}  // namespace amity::handlers
