#include "handlers/candidates.hpp"
#include "handlers/elastic_addresses.hpp"
#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/network_kinds.hpp"
#include "handlers/registry.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr FilterRule kAddressFilters[] = {
    {"allocation-id", "AllocationId"},
    {"association-id", "AssociationId"},
    {"domain", "Domain"},  // no longer documented, but still answered
    {"instance-id", "InstanceId"},
    {"network-border-group", "NetworkBorderGroup"},
    {"network-interface-id", "NetworkInterfaceId"},
    {"network-interface-owner-id", "NetworkInterfaceOwnerId"},
    {"private-ip-address", "PrivateIpAddress"},
    {"public-ip", "PublicIp"},
};

// The addresses that a request names in either way, or all.
std::vector<state::Address> named_addresses(Call& call, const std::vector<std::string>& allocation_ids,
                                            const std::vector<std::string>& public_ips) {
  if (allocation_ids.empty() && public_ips.empty()) return call.table<state::Address>().all();
  auto rows = find_all_owned(call.table<state::Address>(), kElasticIp, allocation_ids);
  for (const std::string& address : public_ips) {
    auto row = find_public_ip(call, address);
    const auto is_same = [&](const state::Address& other) {
      return other.address.allocation_id == row.address.allocation_id;
    };
    if (std::ranges::none_of(rows, is_same)) rows.push_back(std::move(row));
  }
  return rows;
}

// What the interface tells: the instance it is attached to, and its subnet.
void complete(Call& call, ec2::Address& address) {
  if (!address.network_interface_id) return;
  const auto row = call.network_interfaces().find(*address.network_interface_id);
  if (!row) return;
  const ec2::NetworkInterface& interface = row->network_interface;
  if (interface.attachment) address.instance_id = interface.attachment->instance_id;
}

// DescribeAddresses knows no pages.
ec2::DescribeAddressesResult describe_addresses(Call& call, const ec2::DescribeAddressesRequest& request) {
  Listing<ec2::Address> listing(kAddressFilters, request.filters);
  for (const state::Address& row : named_addresses(call, request.allocation_ids, request.public_ips)) {
    ec2::Address address = row.address;
    complete(call, address);
    listing.offer(0, address, [&] { return call.tags().of(*address.allocation_id); });
  }
  return {.addresses = listing.take()};
}

constexpr PageLimits kAttributeLimits{.least = 1, .most = 1000};

// DescribeAddressesAttribute: no address has a reverse DNS record, since nothing can set one.
// Ignored: Attribute, because domain-name is the only one.
ec2::DescribeAddressesAttributeResult describe_addresses_attribute(
    Call& call, const ec2::DescribeAddressesAttributeRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, "allocationIds", !request.allocation_ids.empty(),
                            kAttributeLimits);
  Listing<ec2::AddressAttribute> listing({}, {}, page);
  visit_candidates(call.table<state::Address>(), kElasticIp, request.allocation_ids,
                   storage::Query().after(listing.after()), [&](std::int64_t position, const state::Address& row) {
                     return listing.offer(position, ec2::AddressAttribute{.public_ip = row.address.public_ip,
                                                                          .allocation_id = row.address.allocation_id});
                   });
  return {.addresses = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::span<const Operation> address_describe_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_addresses>(),
      bind<describe_addresses_attribute>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
