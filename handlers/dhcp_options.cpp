#include "handlers/cidr.hpp"
#include "handlers/errors.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_listing.hpp"
#include "handlers/tagging.hpp"
#include "handlers/vpc_errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace amity::handlers {
namespace {

constexpr char kNoOptions[] = "default";  // of a VPC without a set
constexpr std::size_t kMaxServers = 4;

constexpr FilterRule kDhcpOptionsFilters[] = {
    {"dhcp-options-id", "DhcpOptionsId"},
    {"key", "DhcpConfigurations.Key"},
    {"owner-id", "OwnerId"},
    {"value", "DhcpConfigurations.Values.Value"},
};

constexpr ShownResource<state::DhcpOptions, ec2::DhcpOptions> kShownDhcpOptions{
    kDhcpOptions, &state::DhcpOptions::dhcp_options, &ec2::DhcpOptions::dhcp_options_id, kDhcpOptionsFilters,
    "dhcpOptionsIds"};

ec2::DescribeDhcpOptionsResult describe_dhcp_options(Call& call, const ec2::DescribeDhcpOptionsRequest& request) {
  auto listing = list_resources(call, kShownDhcpOptions, request.dhcp_options_ids, request.filters, request.max_results,
                                request.next_token);
  return {.next_token = listing.next_token(), .dhcp_options = listing.take()};
}

bool is_address(std::string_view text) { return parse_ipv4_address(text) || parse_ipv6_address(text); }
bool is_name_server(std::string_view text) { return text == "AmazonProvidedDNS" || is_address(text); }
bool is_node_type(std::string_view text) {
  constexpr std::array<std::string_view, 4> kTypes = {"1", "2", "4", "8"};
  return std::ranges::find(kTypes, text) != kTypes.end();
}
bool is_domain_name(std::string_view text) { return !text.empty() && text.size() <= 255; }
// In seconds: "any value in the range of 140 to 2147483647".
bool is_lease_time(std::string_view text) {
  std::int32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return error == std::errc() && end == text.data() + text.size() && seconds >= 140;
}

struct Option {
  std::string_view key;
  bool (*is_valid)(std::string_view value);
  std::size_t most;
};
constexpr Option kOptions[] = {
    {"domain-name", is_domain_name, 1},
    {"domain-name-servers", is_name_server, kMaxServers},
    {"ipv6-address-preferred-lease-time", is_lease_time, 1},
    {"netbios-name-servers", is_address, kMaxServers},
    {"netbios-node-type", is_node_type, 1},
    {"ntp-servers", is_address, kMaxServers},
};

ec2::DhcpConfiguration checked(const ec2::NewDhcpConfiguration& wanted) {
  const auto option = std::ranges::find(kOptions, wanted.key.value_or(""), &Option::key);
  if (option == std::end(kOptions)) throw errors::invalid_value("key", wanted.key.value_or(""), "Unknown DHCP option");
  if (wanted.values.empty()) throw errors::missing_parameter("dhcpConfiguration.Value");
  if (wanted.values.size() > option->most)
    throw errors::invalid_value("value", wanted.values.back(), "There are too many values for the DHCP option");
  ec2::DhcpConfiguration configuration{.key = wanted.key};
  for (const std::string& value : wanted.values) {
    if (!option->is_valid(value)) throw errors::invalid_value("value", value, "Invalid DHCP option value.");
    configuration.values.push_back({.value = value});
  }
  return configuration;
}

ec2::CreateDhcpOptionsResult create_dhcp_options(Call& call, const ec2::CreateDhcpOptionsRequest& request) {
  ensure_default_network(call);
  ec2::DhcpOptions options{.owner_id = call.account()};
  std::set<std::string> keys;
  for (const ec2::NewDhcpConfiguration& wanted : request.dhcp_configurations) {
    options.dhcp_configurations.push_back(checked(wanted));
    if (!keys.insert(*wanted.key).second)
      throw errors::invalid_value("key", *wanted.key, "The DHCP option is given twice");
  }
  if (keys.empty()) throw errors::missing_parameter("dhcpConfiguration");
  const auto tags = tags_for(request.tag_specifications, kDhcpOptions.type, {kDhcpOptions.type});
  options.dhcp_options_id = call.ids().make(kDhcpOptions.prefix);
  call.dhcp_options().insert({.dhcp_options = options});
  set_tags(call, *options.dhcp_options_id, kDhcpOptions.type, tags);
  options.tags = tags;
  return {.dhcp_options = std::move(options)};
}

void delete_dhcp_options(Call& call, const ec2::DeleteDhcpOptionsRequest& request) {
  ensure_default_network(call);
  find_owned(call.dhcp_options(), kDhcpOptions, request.dhcp_options_id);
  const auto vpcs = call.vpcs().all();
  const auto uses_it = [&](const state::Vpc& row) { return row.vpc.dhcp_options_id == request.dhcp_options_id; };
  if (std::ranges::any_of(vpcs, uses_it)) throw errors::has_dependencies("dhcpOptions", request.dhcp_options_id);
  remove_resource<state::DhcpOptions>(call, request.dhcp_options_id);
}

// AssociateDhcpOptions: "default to associate no DHCP options with the VPC".
void associate_dhcp_options(Call& call, const ec2::AssociateDhcpOptionsRequest& request) {
  ensure_default_network(call);
  auto row = find_owned(call.vpcs(), kVpc, request.vpc_id);
  if (request.dhcp_options_id != kNoOptions) find_owned(call.dhcp_options(), kDhcpOptions, request.dhcp_options_id);
  row.vpc.dhcp_options_id = request.dhcp_options_id;
  call.vpcs().update(row);
}

}  // namespace

std::span<const Operation> dhcp_options_operations() {
  static constexpr Operation kOperations[] = {
      bind<associate_dhcp_options>(),
      bind<create_dhcp_options>(),
      bind<delete_dhcp_options>(),
      bind<describe_dhcp_options>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
