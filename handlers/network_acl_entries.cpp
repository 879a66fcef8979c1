#include "handlers/cidr.hpp"
#include "handlers/errors.hpp"
#include "handlers/network.hpp"
#include "handlers/network_acl_errors.hpp"
#include "handlers/new_vpc.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/vpc_errors.hpp"

#include <algorithm>
#include <charconv>

namespace amity::handlers {
namespace {

constexpr std::int32_t kLastRuleNumber = 32766;
constexpr std::ptrdiff_t kMaxEntries = 20;  // of one direction, without those that close it
constexpr std::int32_t kLastAclPort = 65535;

struct Protocol {
  std::string_view name;
  std::string_view number;
};
constexpr Protocol kProtocols[] = {{"all", "-1"}, {"icmp", "1"}, {"tcp", "6"}, {"udp", "17"}, {"icmpv6", "58"}};

// ACLs tell protocols by number.
std::string protocol_number(const std::string& text) {
  const auto named = std::ranges::find(kProtocols, text, &Protocol::name);
  if (named != std::end(kProtocols)) return std::string(named->number);
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < -1 || number > 255)
    throw errors::invalid_value("protocol", text, "Unknown protocol");
  return std::to_string(number);
}

template <class Request>
void set_block(ec2::NetworkAclEntry& entry, const Request& request) {
  if (request.cidr_block && request.ipv6_cidr_block) throw errors::cannot_be_combined("cidrBlock", "ipv6CidrBlock");
  if (!request.cidr_block && !request.ipv6_cidr_block) throw errors::missing_parameter("cidrBlock");
  if (request.cidr_block) {
    const auto block = parse_ipv4_cidr(*request.cidr_block);
    if (!block) throw errors::invalid_cidr_block("cidrBlock", *request.cidr_block);
    entry.cidr_block = to_string(block->canonical());
  } else {
    const auto block = parse_ipv6_cidr(*request.ipv6_cidr_block);
    if (!block) throw errors::invalid_cidr_block("ipv6CidrBlock", *request.ipv6_cidr_block);
    entry.ipv6_cidr_block = to_string(block->canonical());
  }
}

// TCP and UDP need ports, ICMP its type and code; other protocols have neither.
template <class Request>
void set_traffic(ec2::NetworkAclEntry& entry, const Request& request) {
  entry.protocol = protocol_number(request.protocol);
  if (entry.protocol == "6" || entry.protocol == "17") {
    if (!request.port_range || !request.port_range->from || !request.port_range->to)
      throw errors::missing_parameter("portRange");
    const std::int32_t from = *request.port_range->from;
    const std::int32_t to = *request.port_range->to;
    if (from < 0 || to > kLastAclPort || from > to) throw errors::invalid_acl_ports(from, to);
    entry.port_range = request.port_range;
  } else if (entry.protocol == "1" || entry.protocol == "58") {
    if (!request.icmp_type_code) throw errors::missing_parameter("icmpTypeCode");
    entry.icmp_type_code = {.code = request.icmp_type_code->code.value_or(-1),
                            .type = request.icmp_type_code->type.value_or(-1)};
  }
}

template <class Request>
ec2::NetworkAclEntry entry_from(const Request& request) {
  if (request.rule_number < 1 || request.rule_number > kLastRuleNumber)
    throw errors::invalid_acl_rule_number(request.rule_number);
  ec2::NetworkAclEntry entry{
      .egress = request.egress, .rule_action = request.rule_action, .rule_number = request.rule_number};
  set_block(entry, request);
  set_traffic(entry, request);
  return entry;
}

// The entry of that number and direction.
auto find_entry(std::vector<ec2::NetworkAclEntry>& entries, std::int32_t number, bool egress) {
  return std::ranges::find_if(entries, [&](const ec2::NetworkAclEntry& entry) {
    return entry.rule_number == number && entry.egress == egress;
  });
}

state::NetworkAcl find_acl(Call& call, const std::string& id) {
  ensure_default_network(call);
  return find_owned(call.network_acls(), kNetworkAcl, id);
}

void create_network_acl_entry(Call& call, const ec2::CreateNetworkAclEntryRequest& request) {
  auto row = find_acl(call, request.network_acl_id);
  auto& entries = row.network_acl.entries;
  ec2::NetworkAclEntry entry = entry_from(request);
  if (find_entry(entries, request.rule_number, request.egress) != entries.end())
    throw errors::acl_entry_exists(request.rule_number);
  const auto count = std::ranges::count_if(entries, [&](const ec2::NetworkAclEntry& other) {
    return other.egress == request.egress && other.rule_number <= kLastRuleNumber;
  });
  if (count >= kMaxEntries) throw errors::too_many_acl_entries();
  entries.push_back(std::move(entry));
  sort_entries(entries);
  call.network_acls().update(row);
}

void replace_network_acl_entry(Call& call, const ec2::ReplaceNetworkAclEntryRequest& request) {
  auto row = find_acl(call, request.network_acl_id);
  ec2::NetworkAclEntry entry = entry_from(request);
  const auto found = find_entry(row.network_acl.entries, request.rule_number, request.egress);
  if (found == row.network_acl.entries.end()) throw errors::no_acl_entry(request.rule_number);
  *found = std::move(entry);
  call.network_acls().update(row);
}

void delete_network_acl_entry(Call& call, const ec2::DeleteNetworkAclEntryRequest& request) {
  auto row = find_acl(call, request.network_acl_id);
  if (request.rule_number < 1 || request.rule_number > kLastRuleNumber)
    throw errors::invalid_acl_rule_number(request.rule_number);
  const auto found = find_entry(row.network_acl.entries, request.rule_number, request.egress);
  if (found == row.network_acl.entries.end()) throw errors::no_acl_entry(request.rule_number);
  row.network_acl.entries.erase(found);
  call.network_acls().update(row);
}

}  // namespace

std::span<const Operation> network_acl_entry_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_network_acl_entry>(),
      bind<delete_network_acl_entry>(),
      bind<replace_network_acl_entry>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
