#include "handlers/new_vpc.hpp"

#include "handlers/arn.hpp"
#include "handlers/network.hpp"
#include "handlers/security_group_rules.hpp"
#include "handlers/security_groups.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>
#include <tuple>

namespace amity::handlers {
namespace {

constexpr Ipv4Cidr kDefaultBlock{{0xac1f0000}, 16};  // 172.31.0.0/16
constexpr char kAllIpv4[] = "0.0.0.0/0";
constexpr char kAllIpv6[] = "::/0";
constexpr std::string_view kDefaultThing = "default";
constexpr std::int32_t kFirstAclRule = 100;
constexpr std::int32_t kLastAclRule = 32767;  // shown as "*"
constexpr std::int32_t kLastIpv6AclRule = 32768;

// The account's own set of the region, which new VPCs get. It comes back with the next VPC when it was deleted.
std::string default_dhcp_options(Call& call) {
  const std::string id = stable_ids(call)("dopt", kDefaultThing);
  if (call.dhcp_options().find(id)) return id;
  call.dhcp_options().insert(
      {.dhcp_options = {
           .owner_id = call.account(),
           .dhcp_options_id = id,
           .dhcp_configurations = {{.key = "domain-name", .values = {{.value = internal_domain(call.region())}}},
                                   {.key = "domain-name-servers", .values = {{.value = "AmazonProvidedDNS"}}}}}});
  return id;
}

void make_main_route_table(Call& call, const NewId& new_id, const ec2::Vpc& vpc) {
  const std::string id = new_id("rtb", kDefaultThing);
  call.route_tables().insert(
      {.route_table = {
           .associations = {{.main = true,
                             .route_table_association_id = new_id("rtbassoc", kDefaultThing),
                             .route_table_id = id,
                             .association_state = {{.state = ec2::RouteTableAssociationStateCode::associated}}}},
           .route_table_id = id,
           .routes = local_routes(vpc),
           .vpc_id = vpc.vpc_id,
           .owner_id = call.account()}});
}

// Lets everything in and out.
void make_default_acl(Call& call, const NewId& new_id, const ec2::Vpc& vpc) {
  const bool with_ipv6 = !ipv6_blocks(vpc).empty();
  auto entries = closing_entries(with_ipv6);
  for (const bool egress : {true, false}) {
    entries.push_back(acl_entry(egress, kFirstAclRule, ec2::RuleAction::allow, kAllIpv4));
    if (with_ipv6) entries.push_back(acl_entry(egress, kFirstIpv6AclRule, ec2::RuleAction::allow, kAllIpv6));
  }
  sort_entries(entries);
  call.network_acls().insert({.network_acl = {.entries = std::move(entries),
                                              .is_default = true,
                                              .network_acl_id = new_id("acl", kDefaultThing),
                                              .vpc_id = vpc.vpc_id,
                                              .owner_id = call.account()}});
}

// Its members reach one another, and may reach everything.
void make_default_security_group(Call& call, const NewId& new_id, const ec2::Vpc& vpc) {
  const std::string id = new_id("sg", kDefaultThing);
  call.security_groups().insert({.security_group = {.group_id = id,
                                                    .vpc_id = vpc.vpc_id,
                                                    .security_group_arn = resource_arn(call, kSecurityGroup, id),
                                                    .owner_id = call.account(),
                                                    .group_name = std::string(kDefaultGroupName),
                                                    .description = "default VPC security group"}});
  const auto add = [&](bool egress, std::string_view what) {
    const std::string rule_id = new_id("sgr", what);
    return ec2::SecurityGroupRule{.security_group_rule_id = rule_id,
                                  .group_id = id,
                                  .group_owner_id = call.account(),
                                  .is_egress = egress,
                                  .ip_protocol = kAllProtocols,
                                  .from_port = kAnyPort,
                                  .to_port = kAnyPort,
                                  .security_group_rule_arn = resource_arn(call, kSecurityGroupRule, rule_id)};
  };
  std::vector<ec2::SecurityGroupRule> rules = {add(false, "ingress"), add(true, "egress")};
  rules[0].referenced_group_info = {{.group_id = id, .user_id = call.account()}};
  rules[1].cidr_ipv4 = kAllIpv4;
  if (!ipv6_blocks(vpc).empty()) rules.emplace_back(add(true, "egress-ipv6")).cidr_ipv6 = kAllIpv6;
  for (const ec2::SecurityGroupRule& rule : rules) call.security_group_rules().insert({.security_group_rule = rule});
}

void put_under_default_acl(Call& call, const NewId& new_id, const ec2::Subnet& subnet) {
  for (state::NetworkAcl& row : call.network_acls().all(storage::Query().where("vpc_id", *subnet.vpc_id))) {
    ec2::NetworkAcl& acl = row.network_acl;
    if (!acl.is_default.value_or(false)) continue;
    acl.associations.push_back({.network_acl_association_id = new_id("aclassoc", *subnet.subnet_id),
                                .network_acl_id = acl.network_acl_id,
                                .subnet_id = subnet.subnet_id});
    call.network_acls().update(row);
  }
}

void open_to_internet(Call& call, const NewId& new_id, const std::string& vpc_id) {
  const std::string gateway_id = new_id("igw", kDefaultThing);
  call.internet_gateways().insert({.internet_gateway = {.attachments = {{.state = "available", .vpc_id = vpc_id}},
                                                        .internet_gateway_id = gateway_id,
                                                        .owner_id = call.account()}});
  auto table = call.route_tables().find_by(storage::Query().where("vpc_id", vpc_id));
  table->route_table.routes.push_back({.destination_cidr_block = kAllIpv4,
                                       .gateway_id = gateway_id,
                                       .origin = ec2::RouteOrigin::CreateRoute,
                                       .state = ec2::RouteState::active});
  call.route_tables().update(*table);
}

}  // namespace

NewId random_ids(Call& call) {
  return [&call](std::string_view prefix, std::string_view) { return call.ids().make(prefix); };
}

NewId stable_ids(const Call& call) {
  return [&call](std::string_view prefix, std::string_view what) {
    return stable_id(prefix, call.account(), call.region(), what);
  };
}

state::Vpc make_vpc(Call& call, const NewId& new_id, const NewVpc& wanted) {
  const std::string dhcp_options_id = default_dhcp_options(call);
  state::Vpc row{
      .vpc = {.owner_id = call.account(),
              .instance_tenancy = wanted.tenancy,
              .cidr_block_association_set = {ipv4_association(new_id("vpc-cidr-assoc", kDefaultThing), wanted.block)},
              .is_default = wanted.is_default,
              .block_public_access_states = {{.internet_gateway_block_mode = ec2::BlockPublicAccessMode::off}},
              .vpc_id = new_id("vpc", kDefaultThing),
              .state = ec2::VpcState::available,
              .cidr_block = to_string(wanted.block),
              .dhcp_options_id = dhcp_options_id},
      .enable_dns_support = true,
      .enable_dns_hostnames = wanted.is_default};
  if (wanted.ipv6_block)
    row.vpc.ipv6_cidr_block_association_set = {
        ipv6_association(call, new_id("vpc-cidr-assoc", "ipv6"), *wanted.ipv6_block)};
  call.vpcs().insert(row);
  make_main_route_table(call, new_id, row.vpc);
  make_default_acl(call, new_id, row.vpc);
  make_default_security_group(call, new_id, row.vpc);
  return row;
}

state::Subnet make_subnet(Call& call, const NewId& new_id, const NewSubnet& wanted) {
  const std::string id = new_id("subnet", *wanted.zone.zone_id);
  state::Subnet row{
      .subnet = {.availability_zone_id = wanted.zone.zone_id,
                 .map_customer_owned_ip_on_launch = false,
                 .owner_id = call.account(),
                 .assign_ipv6_address_on_creation = false,
                 .subnet_arn = resource_arn(call, kSubnet, id),
                 .enable_dns64 = false,
                 .ipv6_native = false,
                 .private_dns_name_options_on_launch = {{.hostname_type = ec2::HostnameType::ip_name,
                                                         .enable_resource_name_dns_a_record = false,
                                                         .enable_resource_name_dns_aaaa_record = false}},
                 .block_public_access_states = {{.internet_gateway_block_mode = ec2::BlockPublicAccessMode::off}},
                 .subnet_id = id,
                 .state = ec2::SubnetState::available,
                 .vpc_id = wanted.vpc_id,
                 .cidr_block = to_string(wanted.block),
                 .availability_zone = wanted.zone.zone_name,
                 .default_for_az = wanted.is_default,
                 .map_public_ip_on_launch = wanted.is_default}};
  if (wanted.ipv6_block)
    row.subnet.ipv6_cidr_block_association_set = {
        {.association_id = new_id("subnet-cidr-assoc", *wanted.zone.zone_id),
         .ipv6_cidr_block = to_string(*wanted.ipv6_block),
         .ipv6_cidr_block_state = {{.state = ec2::SubnetCidrBlockStateCode::associated}},
         .ipv6_address_attribute = ec2::Ipv6AddressAttribute::is_public,
         .ip_source = ec2::IpSource::amazon}};
  call.subnets().insert(row);
  put_under_default_acl(call, new_id, row.subnet);
  return row;
}

state::Vpc make_default_vpc(Call& call, const NewId& new_id) {
  state::Vpc vpc = make_vpc(call, new_id, {.block = kDefaultBlock, .is_default = true});
  const std::string& vpc_id = *vpc.vpc.vpc_id;
  Ipv4Address next = kDefaultBlock.first();
  for (const ec2::AvailabilityZone& zone : availability_zones(call)) {
    const Ipv4Cidr block{next, kDefaultSubnetPrefixLength};
    make_subnet(call, new_id, {.vpc_id = vpc_id, .zone = zone, .block = block, .is_default = true});
    next = *next.plus(block.size());
  }
  open_to_internet(call, new_id, vpc_id);
  return vpc;
}

std::vector<ec2::AvailabilityZone> availability_zones(const Call& call) {
  std::vector<ec2::AvailabilityZone> zones;
  const state::Region* region = call.catalogue().region(call.region());
  if (region)
    std::ranges::copy_if(region->zones, std::back_inserter(zones),
                         [](const ec2::AvailabilityZone& zone) { return zone.zone_type == "availability-zone"; });
  return zones;
}

ec2::NetworkAclEntry acl_entry(bool egress, std::int32_t number, std::string_view action, std::string_view block) {
  ec2::NetworkAclEntry entry{
      .egress = egress, .protocol = kAllProtocols, .rule_action = std::string(action), .rule_number = number};
  (block.find(':') == std::string_view::npos ? entry.cidr_block : entry.ipv6_cidr_block) = block;
  return entry;
}

std::vector<ec2::NetworkAclEntry> closing_entries(bool with_ipv6) {
  std::vector<ec2::NetworkAclEntry> entries;
  for (const bool egress : {true, false}) {
    entries.push_back(acl_entry(egress, kLastAclRule, ec2::RuleAction::deny, kAllIpv4));
    if (with_ipv6) entries.push_back(acl_entry(egress, kLastIpv6AclRule, ec2::RuleAction::deny, kAllIpv6));
  }
  return entries;
}

void sort_entries(std::vector<ec2::NetworkAclEntry>& entries) {
  std::ranges::sort(entries, {}, [](const ec2::NetworkAclEntry& entry) {
    return std::tuple(!entry.egress.value_or(false), entry.rule_number.value_or(0));
  });
}

}  // namespace amity::handlers
