#include "handlers/network_addresses.hpp"

#include "handlers/cidr.hpp"
#include "handlers/network_errors.hpp"
#include "storage/database.hpp"
#include "storage/network_tables.hpp"
#include "storage/side_table.hpp"

#include <fmt/format.h>

#include <array>
#include <unordered_set>

namespace amity::handlers {
namespace {

constexpr std::uint64_t kReservedAtStart = 4;
constexpr std::uint64_t kReservedAtEnd = 1;
constexpr std::uint64_t kReserved = kReservedAtStart + kReservedAtEnd;
// Guesses before looking through all addresses, which costs as much as a thousand: while one address in twenty is free,
// they hardly ever fail.
constexpr int kGuesses = 64;

// Blocks that EC2 uses for public addresses (Amazon's ip-ranges.json); not told apart by region.
constexpr std::array kPublicBlocks = {
    Ipv4Cidr{{0x03500000}, 12},  // 3.80.0.0
    Ipv4Cidr{{0x12cc0000}, 14},  // 18.204.0.0
    Ipv4Cidr{{0x22c00000}, 12},  // 34.192.0.0
    Ipv4Cidr{{0x2cc00000}, 11},  // 44.192.0.0
    Ipv4Cidr{{0x36900000}, 12},  // 54.144.0.0
};

Ipv4Cidr ipv4_block(const ec2::Subnet& subnet) {
  const auto block = parse_ipv4_cidr(subnet.cidr_block.value_or(""));
  if (!block) throw storage::Error("a subnet has no IPv4 block: " + subnet.subnet_id.value_or(""));
  return *block;
}

Ipv6Cidr ipv6_block(const ec2::Subnet& subnet) {
  for (const auto& association : subnet.ipv6_cidr_block_association_set) {
    if (!association.ipv6_cidr_block_state ||
        association.ipv6_cidr_block_state->state != ec2::SubnetCidrBlockStateCode::associated)
      continue;
    if (const auto block = parse_ipv6_cidr(association.ipv6_cidr_block.value_or(""))) return *block;
  }
  throw errors::no_ipv6_block(subnet.subnet_id.value_or(""));
}

// What storage::kNetworkInterfaceAddress holds is this and the address.
std::string ipv4_prefix(const ec2::Subnet& subnet) { return subnet.subnet_id.value_or("") + "/"; }
std::string ipv6_prefix(const ec2::Subnet& subnet) { return "ipv6/" + ipv4_prefix(subnet); }

storage::SideTable addresses_in_use(Call& call) { return {call.store().database(), storage::kNetworkInterfaceAddress}; }

}  // namespace

std::int32_t free_address_count(Call& call, const ec2::Subnet& subnet) {
  const std::uint64_t usable = ipv4_block(subnet).size() - kReserved;
  return static_cast<std::int32_t>(usable - addresses_in_use(call).count_with_prefix(ipv4_prefix(subnet)));
}

std::string AddressChoice::any_ipv4() { return choose(ipv4_prefix(subnet_), ipv4_block(subnet_)); }

std::string AddressChoice::any_ipv6() { return choose(ipv6_prefix(subnet_), ipv6_block(subnet_)); }

std::string AddressChoice::this_ipv4(std::string_view text) {
  const auto address = parse_ipv4_address(text);
  if (!address) throw errors::invalid_address(text);
  return check(ipv4_prefix(subnet_), ipv4_block(subnet_), *address);
}

std::string AddressChoice::this_ipv6(std::string_view text) {
  const auto address = parse_ipv6_address(text);
  if (!address) throw errors::invalid_address(text);
  return check(ipv6_prefix(subnet_), ipv6_block(subnet_), *address);
}

bool AddressChoice::is_free(std::string_view prefix, const std::string& address) const {
  return !chosen_.contains(address) && !addresses_in_use(call_).contains(std::string(prefix) + address);
}

template <class Block>
std::string AddressChoice::choose(std::string_view prefix, const Block& block) {
  const std::uint64_t usable = block.size() - kReserved;
  for (int guess = 0; guess < kGuesses; ++guess) {
    const std::string address = to_string(*block.nth(kReservedAtStart + call_.ids().below(usable)));
    if (is_free(prefix, address)) return *chosen_.insert(address).first;
  }
  std::unordered_set<std::string> taken(chosen_.begin(), chosen_.end());
  for (const std::string& value : addresses_in_use(call_).with_prefix(prefix))
    taken.insert(value.substr(prefix.size()));
  for (std::uint64_t index = 0; index < usable; ++index) {
    const std::string address = to_string(*block.nth(kReservedAtStart + index));
    if (!taken.contains(address)) return *chosen_.insert(address).first;
  }
  throw errors::not_enough_free_addresses(subnet_.subnet_id.value_or(""));
}

template <class Block, class Address>
std::string AddressChoice::check(std::string_view prefix, const Block& block, const Address& address) {
  const std::string text = to_string(address);
  if (!block.contains(address)) throw errors::address_outside_subnet(text);
  const bool is_usable = block.nth(kReservedAtStart) <= address && address < block.nth(block.size() - kReservedAtEnd);
  if (!is_usable) throw errors::address_reserved(text);
  if (!is_free(prefix, text)) throw errors::address_in_use(text);
  return *chosen_.insert(text).first;
}

std::string free_public_address(Call& call) {
  const storage::SideTable in_use(call.store().database(), storage::kNetworkInterfacePublicAddress);
  const storage::SideTable allocated(call.store().database(), storage::kAllocatedPublicAddress);
  while (true) {
    const Ipv4Cidr& block = kPublicBlocks[call.ids().below(kPublicBlocks.size())];
    const Ipv4Address address = *block.nth(call.ids().below(block.size()));
    const std::uint32_t last_byte = address.value & 0xff;
    if (last_byte == 0 || last_byte == 0xff) continue;  // they would look like a network's own
    const std::string text = to_string(address);
    if (!in_use.contains(text) && !allocated.contains(text)) return text;
  }
}

}  // namespace amity::handlers
