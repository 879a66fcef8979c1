#include "handlers/errors.hpp"
#include "handlers/network.hpp"
#include "handlers/network_addresses.hpp"
#include "handlers/new_vpc.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/resource_listing.hpp"
#include "handlers/tagging.hpp"
#include "handlers/vpc_errors.hpp"
#include "handlers/zones.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr int kWidestSubnetBlock = 16;
constexpr int kNarrowestSubnetBlock = 28;
// IPv6 blocks of subnets are /44 to /64, in steps of four bits.
constexpr int kWidestIpv6SubnetBlock = 44;
constexpr int kNarrowestIpv6SubnetBlock = 64;

ApiError invalid_zone(const Call& call, std::string_view parameter, std::string_view zone) {
  std::vector<std::string> names;
  for (const auto& one : availability_zones(call)) names.push_back(*one.zone_name);
  return errors::invalid_value(parameter, zone,
                               fmt::format("Subnets can currently only be created in the following availability "
                                           "zones: {}.",
                                           fmt::join(names, ", ")));
}

// The zone that a request names in either way, nullptr when it does not.
const ec2::AvailabilityZone* named_zone(const Call& call, const std::optional<std::string>& name,
                                        const std::optional<std::string>& id) {
  if (name && id) throw errors::cannot_be_combined("availabilityZone", "availabilityZoneId");
  if (!name && !id) return nullptr;
  const ec2::AvailabilityZone* zone = name ? zone_named(call, *name) : zone_with_id(call, *id);
  if (!zone) throw invalid_zone(call, name ? "availabilityZone" : "availabilityZoneId", name ? *name : *id);
  return zone;
}

template <class Block>
bool is_within(const std::vector<Block>& blocks, const Block& block) {
  return std::ranges::any_of(blocks, [&](const Block& own) { return own.contains(block); });
}

std::vector<Ipv4Cidr> subnet_blocks(const std::vector<state::Subnet>& subnets) {
  std::vector<Ipv4Cidr> blocks;
  for (const state::Subnet& row : subnets)
    if (const auto block = parse_ipv4_cidr(row.subnet.cidr_block.value_or(""))) blocks.push_back(*block);
  return blocks;
}

template <class Block>
void check_free(const std::vector<Block>& taken, const Block& block) {
  if (std::ranges::any_of(taken, [&](const Block& other) { return other.overlaps(block); }))
    throw errors::subnet_conflict(to_string(block));
}

Ipv4Cidr checked_block(const ec2::Vpc& vpc, const std::vector<state::Subnet>& others, const std::string& text) {
  const auto parsed = parse_ipv4_cidr(text);
  if (!parsed) throw errors::invalid_cidr_block("cidrBlock", text);
  const Ipv4Cidr block = parsed->canonical();
  if (block.prefix_length < kWidestSubnetBlock || block.prefix_length > kNarrowestSubnetBlock ||
      !is_within(ipv4_blocks(vpc), block))
    throw errors::invalid_subnet_range(text);
  check_free(subnet_blocks(others), block);
  return block;
}

Ipv6Cidr checked_ipv6_block(const ec2::Vpc& vpc, const std::vector<state::Subnet>& others, const std::string& text) {
  const auto parsed = parse_ipv6_cidr(text);
  if (!parsed) throw errors::invalid_cidr_block("ipv6CidrBlock", text);
  const Ipv6Cidr block = parsed->canonical();
  if (block.prefix_length < kWidestIpv6SubnetBlock || block.prefix_length > kNarrowestIpv6SubnetBlock ||
      block.prefix_length % 4 != 0 || !is_within(ipv6_blocks(vpc), block))
    throw errors::invalid_subnet_range(text);
  std::vector<Ipv6Cidr> taken;
  for (const state::Subnet& row : others)
    for (const auto& association : row.subnet.ipv6_cidr_block_association_set)
      if (const auto other = parse_ipv6_cidr(association.ipv6_cidr_block.value_or(""))) taken.push_back(*other);
  check_free(taken, block);
  return block;
}

ec2::Subnet shown(Call& call, ec2::Subnet subnet, const std::vector<ec2::Tag>& tags) {
  subnet.available_ip_address_count = free_address_count(call, subnet);
  subnet.tags = tags;
  return subnet;
}

ec2::CreateSubnetResult create_subnet(Call& call, const ec2::CreateSubnetRequest& request) {
  ensure_default_network(call);
  if (request.ipv6_native.value_or(false))
    throw errors::unsupported_operation("Subnets without IPv4 addresses are not supported.");
  if (request.outpost_arn) throw errors::invalid_value("outpostArn", *request.outpost_arn, "There is no such Outpost.");
  if (request.ipv4_ipam_pool_id) throw errors::no_ipam_pool(*request.ipv4_ipam_pool_id);
  if (request.ipv6_ipam_pool_id) throw errors::no_ipam_pool(*request.ipv6_ipam_pool_id);
  if (request.ipv4_netmask_length) throw errors::invalid_parameter_dependency("Ipv4NetmaskLength", "Ipv4IpamPoolId");
  if (request.ipv6_netmask_length) throw errors::invalid_parameter_dependency("Ipv6NetmaskLength", "Ipv6IpamPoolId");
  if (!request.cidr_block) throw errors::missing_parameter("cidrBlock");
  const ec2::Vpc vpc = find_owned(call.vpcs(), kVpc, request.vpc_id).vpc;
  const auto* zone = named_zone(call, request.availability_zone, request.availability_zone_id);
  const auto tags = tags_for(request.tag_specifications, kSubnet.type, {kSubnet.type});
  const auto others = call.subnets().all(storage::Query().where("vpc_id", *vpc.vpc_id));
  NewSubnet wanted{.vpc_id = *vpc.vpc_id,
                   .zone = zone ? *zone : availability_zones(call).front(),
                   .block = checked_block(vpc, others, *request.cidr_block)};
  if (request.ipv6_cidr_block) wanted.ipv6_block = checked_ipv6_block(vpc, others, *request.ipv6_cidr_block);
  const ec2::Subnet subnet = make_subnet(call, random_ids(call), wanted).subnet;
  set_tags(call, *subnet.subnet_id, kSubnet.type, tags);
  return {.subnet = shown(call, subnet, tags)};
}

// The first /20 of the VPC that overlaps no subnet.
Ipv4Cidr free_default_block(const ec2::Vpc& vpc, const std::vector<state::Subnet>& others) {
  const auto taken = subnet_blocks(others);
  for (const Ipv4Cidr& own : ipv4_blocks(vpc)) {
    const std::uint64_t step = Ipv4Cidr{{}, kDefaultSubnetPrefixLength}.size();
    for (std::uint64_t offset = 0; offset + step <= own.size(); offset += step) {
      const Ipv4Cidr block{*own.first().plus(offset), kDefaultSubnetPrefixLength};
      if (std::ranges::none_of(taken, [&](const Ipv4Cidr& other) { return other.overlaps(block); })) return block;
    }
  }
  throw errors::no_room_for_default_subnet();
}

ec2::CreateDefaultSubnetResult create_default_subnet(Call& call, const ec2::CreateDefaultSubnetRequest& request) {
  ensure_default_network(call);
  if (request.ipv6_native.value_or(false))
    throw errors::unsupported_operation("Subnets without IPv4 addresses are not supported.");
  const auto* zone = named_zone(call, request.availability_zone, request.availability_zone_id);
  if (!zone) throw errors::missing_parameter("availabilityZone");
  const auto vpc = default_vpc(call);
  if (!vpc) throw errors::default_vpc_missing();
  const auto others = call.subnets().all(storage::Query().where("vpc_id", *vpc->vpc.vpc_id));
  for (const state::Subnet& other : others)
    if (other.subnet.default_for_az.value_or(false) && other.subnet.availability_zone == zone->zone_name)
      throw errors::default_subnet_exists(*other.subnet.subnet_id, *zone->zone_name);
  const NewSubnet wanted{
      .vpc_id = *vpc->vpc.vpc_id, .zone = *zone, .block = free_default_block(vpc->vpc, others), .is_default = true};
  return {.subnet = shown(call, make_subnet(call, random_ids(call), wanted).subnet, {})};
}

// Takes the subnet out of what names it.
template <class Row, class Core, class Association>
void drop_associations(Call& call, const ec2::Subnet& subnet, Core Row::*core,
                       std::vector<Association> Core::*associations) {
  for (Row& row : call.table<Row>().all(storage::Query().where("vpc_id", *subnet.vpc_id))) {
    const auto dropped = std::erase_if(row.*core.*associations,
                                       [&](const Association& one) { return one.subnet_id == subnet.subnet_id; });
    if (dropped > 0) call.table<Row>().update(row);
  }
}

void delete_subnet(Call& call, const ec2::DeleteSubnetRequest& request) {
  ensure_default_network(call);
  const ec2::Subnet subnet = find_owned(call.subnets(), kSubnet, request.subnet_id).subnet;
  if (call.network_interfaces().count(storage::Query().where("subnet_id", *subnet.subnet_id)) > 0)
    throw errors::has_dependencies("subnet", *subnet.subnet_id);
  drop_associations(call, subnet, &state::NetworkAcl::network_acl, &ec2::NetworkAcl::associations);
  drop_associations(call, subnet, &state::RouteTable::route_table, &ec2::RouteTable::associations);
  remove_resource<state::Subnet>(call, *subnet.subnet_id);
}

void check_one_attribute(const ec2::ModifySubnetAttributeRequest& request) {
  const bool given[] = {request.assign_ipv6_address_on_creation.has_value(),
                        request.map_public_ip_on_launch.has_value(),
                        request.map_customer_owned_ip_on_launch || request.customer_owned_ipv4_pool,
                        request.enable_dns64.has_value(),
                        request.private_dns_hostname_type_on_launch.has_value(),
                        request.enable_resource_name_dns_a_record_on_launch.has_value(),
                        request.enable_resource_name_dns_aaaa_record_on_launch.has_value(),
                        request.enable_lni_at_device_index || request.disable_lni_at_device_index};
  const auto count = std::ranges::count(given, true);
  if (count == 0) throw errors::missing_parameter("attribute");
  if (count > 1) throw errors::invalid_parameter_combination("Fields for multiple attribute types specified");
}

// ModifySubnetAttribute: "you can only modify one attribute at a time".
void modify_subnet_attribute(Call& call, const ec2::ModifySubnetAttributeRequest& request) {
  ensure_default_network(call);
  auto row = find_owned(call.subnets(), kSubnet, request.subnet_id);
  check_one_attribute(request);
  ec2::Subnet& subnet = row.subnet;
  if (request.map_customer_owned_ip_on_launch || request.customer_owned_ipv4_pool ||
      request.enable_lni_at_device_index || request.disable_lni_at_device_index)
    throw errors::unsupported_operation("The subnet is not on an Outpost.");
  const auto set = [](std::optional<bool>& member, const std::optional<ec2::AttributeBooleanValue>& wanted) {
    if (wanted) member = wanted->value.value_or(false);
  };
  set(subnet.map_public_ip_on_launch, request.map_public_ip_on_launch);
  set(subnet.assign_ipv6_address_on_creation, request.assign_ipv6_address_on_creation);
  if (subnet.assign_ipv6_address_on_creation.value_or(false) && subnet.ipv6_cidr_block_association_set.empty())
    throw errors::invalid_value("assignIpv6AddressOnCreation", "true", "The subnet does not have an IPv6 CIDR block.");
  set(subnet.enable_dns64, request.enable_dns64);
  auto& names = subnet.private_dns_name_options_on_launch;
  if (!names) names.emplace();
  if (request.private_dns_hostname_type_on_launch) names->hostname_type = request.private_dns_hostname_type_on_launch;
  set(names->enable_resource_name_dns_a_record, request.enable_resource_name_dns_a_record_on_launch);
  set(names->enable_resource_name_dns_aaaa_record, request.enable_resource_name_dns_aaaa_record_on_launch);
  call.subnets().update(row);
}

}  // namespace

std::span<const Operation> subnet_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_default_subnet>(),
      bind<create_subnet>(),
      bind<delete_subnet>(),
      bind<modify_subnet_attribute>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
