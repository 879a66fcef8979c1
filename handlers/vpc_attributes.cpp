#include "handlers/errors.hpp"
#include "handlers/instance_network.hpp"
#include "handlers/network.hpp"
#include "handlers/public_addresses.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// Kept as a setting: metrics say nothing else about a VPC.
std::string usage_metrics_setting(const std::string& vpc_id) { return "network-address-usage-metrics/" + vpc_id; }

ec2::DescribeVpcAttributeResult describe_vpc_attribute(Call& call, const ec2::DescribeVpcAttributeRequest& request) {
  ensure_default_network(call);
  const auto row = find_owned(call.vpcs(), kVpc, request.vpc_id);
  ec2::DescribeVpcAttributeResult result{.vpc_id = request.vpc_id};
  if (request.attribute == ec2::VpcAttributeName::enableDnsSupport)
    result.enable_dns_support = {.value = row.enable_dns_support.value_or(false)};
  else if (request.attribute == ec2::VpcAttributeName::enableDnsHostnames)
    result.enable_dns_hostnames = {.value = row.enable_dns_hostnames.value_or(false)};
  else
    result.enable_network_address_usage_metrics = {
        .value = call.settings().get(usage_metrics_setting(request.vpc_id)).has_value()};
  return result;
}

// Public names come and go with the attribute.
void rename_public_addresses(Call& call, const std::string& vpc_id) {
  for (state::NetworkInterface& row : call.network_interfaces().all(storage::Query().where("vpc_id", vpc_id))) {
    if (!name_public_addresses(call, row.network_interface)) continue;
    call.network_interfaces().update(row);
    refresh_instance_of(call, row.network_interface);
  }
}

void modify_vpc_attribute(Call& call, const ec2::ModifyVpcAttributeRequest& request) {
  ensure_default_network(call);
  auto row = find_owned(call.vpcs(), kVpc, request.vpc_id);
  const auto& support = request.enable_dns_support;
  const auto& hostnames = request.enable_dns_hostnames;
  const auto& metrics = request.enable_network_address_usage_metrics;
  const int count = int{support.has_value()} + int{hostnames.has_value()} + int{metrics.has_value()};
  if (count == 0) throw errors::missing_parameter("attribute");
  // "You cannot modify the DNS resolution and DNS hostnames attributes in the same request."
  if (count > 1) throw errors::invalid_parameter_combination("Fields for multiple attribute types specified");
  if (metrics) {
    const std::string setting = usage_metrics_setting(request.vpc_id);
    if (metrics->value.value_or(false))
      call.settings().set(setting, "enabled");
    else
      call.settings().remove(setting);
    return;
  }
  if (support) row.enable_dns_support = support->value.value_or(false);
  if (hostnames) {
    // "You can only enable DNS hostnames if you've enabled DNS support."
    if (hostnames->value.value_or(false) && !row.enable_dns_support.value_or(false))
      throw errors::invalid_parameter_combination("DNS hostnames need DNS support to be enabled");
    row.enable_dns_hostnames = hostnames->value.value_or(false);
  }
  call.vpcs().update(row);
  if (hostnames) rename_public_addresses(call, request.vpc_id);
}

}  // namespace

std::span<const Operation> vpc_attribute_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_vpc_attribute>(),
      bind<modify_vpc_attribute>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
