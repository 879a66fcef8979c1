#include "handlers/arn.hpp"
#include "handlers/cidr.hpp"
#include "handlers/network.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

namespace amity::handlers {
namespace {

constexpr std::string_view kSetting = "default-network";
constexpr Ipv4Cidr kVpcBlock{{0xac1f0000}, 16};  // 172.31.0.0/16
constexpr int kSubnetPrefixLength = 20;
constexpr char kAnywhere[] = "0.0.0.0/0";
constexpr char kAllProtocols[] = "-1";
constexpr std::int32_t kFirstAclRule = 100;
constexpr std::int32_t kLastAclRule = 32767;  // shown as "*"

// Makes the rows. Every id follows from account and region, so that it does not matter when they are made.
class DefaultNetwork {
 public:
  explicit DefaultNetwork(Call& call) : call_(call) {}

  void make() {
    make_dhcp_options();
    make_vpc();
    make_subnets();
    make_internet_gateway();
    make_main_route_table();
    make_network_acl();
    make_security_group();
  }

 private:
  std::string id(std::string_view prefix, std::string_view what = "default") const {
    return stable_id(prefix, call_.account(), call_.region(), what);
  }

  void make_dhcp_options() {
    call_.dhcp_options().insert(
        {.dhcp_options = {
             .owner_id = call_.account(),
             .dhcp_options_id = dhcp_options_id_,
             .dhcp_configurations = {{.key = "domain-name", .values = {{.value = internal_domain(call_.region())}}},
                                     {.key = "domain-name-servers", .values = {{.value = "AmazonProvidedDNS"}}}}}});
  }

  void make_vpc() {
    ec2::Vpc vpc{.owner_id = call_.account(),
                 .instance_tenancy = ec2::Tenancy::is_default,
                 .is_default = true,
                 .block_public_access_states = {{.internet_gateway_block_mode = ec2::BlockPublicAccessMode::off}},
                 .vpc_id = vpc_id_,
                 .state = ec2::VpcState::available,
                 .cidr_block = to_string(kVpcBlock),
                 .dhcp_options_id = dhcp_options_id_};
    vpc.cidr_block_association_set.push_back({.association_id = id("vpc-cidr-assoc"),
                                              .cidr_block = vpc.cidr_block,
                                              .cidr_block_state = {{.state = ec2::VpcCidrBlockStateCode::associated}}});
    call_.vpcs().insert({.vpc = vpc, .enable_dns_support = true, .enable_dns_hostnames = true});
  }

  // One in each Availability Zone, in their order; Local and Wavelength Zones get none.
  void make_subnets() {
    const state::Region* region = call_.catalogue().region(call_.region());
    if (!region) return;
    Ipv4Address next = kVpcBlock.first();
    for (const ec2::AvailabilityZone& zone : region->zones) {
      if (zone.zone_type != "availability-zone") continue;
      const Ipv4Cidr block{next, kSubnetPrefixLength};
      make_subnet(zone, block);
      next = *next.plus(block.size());
    }
  }

  void make_subnet(const ec2::AvailabilityZone& zone, const Ipv4Cidr& block) {
    const std::string& subnet_id = subnet_ids_.emplace_back(id("subnet", *zone.zone_id));
    call_.subnets().insert(
        {.subnet = {.availability_zone_id = zone.zone_id,
                    .map_customer_owned_ip_on_launch = false,
                    .owner_id = call_.account(),
                    .assign_ipv6_address_on_creation = false,
                    .subnet_arn = resource_arn(call_, kSubnet, subnet_id),
                    .enable_dns64 = false,
                    .ipv6_native = false,
                    .private_dns_name_options_on_launch = {{.hostname_type = ec2::HostnameType::ip_name,
                                                            .enable_resource_name_dns_a_record = false,
                                                            .enable_resource_name_dns_aaaa_record = false}},
                    .block_public_access_states = {{.internet_gateway_block_mode = ec2::BlockPublicAccessMode::off}},
                    .subnet_id = subnet_id,
                    .state = ec2::SubnetState::available,
                    .vpc_id = vpc_id_,
                    .cidr_block = to_string(block),
                    .availability_zone = zone.zone_name,
                    .default_for_az = true,
                    .map_public_ip_on_launch = true}});
  }

  void make_internet_gateway() {
    call_.internet_gateways().insert({.internet_gateway = {.attachments = {{.state = "available", .vpc_id = vpc_id_}},
                                                           .internet_gateway_id = internet_gateway_id_,
                                                           .owner_id = call_.account()}});
  }

  void make_main_route_table() {
    const std::string table_id = id("rtb");
    call_.route_tables().insert(
        {.route_table = {
             .associations = {{.main = true,
                               .route_table_association_id = id("rtbassoc"),
                               .route_table_id = table_id,
                               .association_state = {{.state = ec2::RouteTableAssociationStateCode::associated}}}},
             .route_table_id = table_id,
             .routes = {{.destination_cidr_block = to_string(kVpcBlock),
                         .gateway_id = "local",
                         .origin = ec2::RouteOrigin::CreateRouteTable,
                         .state = ec2::RouteState::active},
                        {.destination_cidr_block = kAnywhere,
                         .gateway_id = internet_gateway_id_,
                         .origin = ec2::RouteOrigin::CreateRoute,
                         .state = ec2::RouteState::active}},
             .vpc_id = vpc_id_,
             .owner_id = call_.account()}});
  }

  // Lets everything in and out; the closing rules, which deny, cannot be changed.
  void make_network_acl() {
    const std::string acl_id = id("acl");
    ec2::NetworkAcl acl{.is_default = true, .network_acl_id = acl_id, .vpc_id = vpc_id_, .owner_id = call_.account()};
    for (const std::string& subnet_id : subnet_ids_)
      acl.associations.push_back(
          {.network_acl_association_id = id("aclassoc", subnet_id), .network_acl_id = acl_id, .subnet_id = subnet_id});
    for (const bool egress : {true, false}) {
      acl.entries.push_back(acl_entry(egress, kFirstAclRule, ec2::RuleAction::allow));
      acl.entries.push_back(acl_entry(egress, kLastAclRule, ec2::RuleAction::deny));
    }
    call_.network_acls().insert({.network_acl = acl});
  }

  static ec2::NetworkAclEntry acl_entry(bool egress, std::int32_t number, const char* action) {
    return {.cidr_block = kAnywhere,
            .egress = egress,
            .protocol = kAllProtocols,
            .rule_action = action,
            .rule_number = number};
  }

  // Its members reach one another, and may reach everything.
  void make_security_group() {
    const std::string group_id = id("sg");
    call_.security_groups().insert(
        {.security_group = {.group_id = group_id,
                            .vpc_id = vpc_id_,
                            .security_group_arn = resource_arn(call_, kSecurityGroup, group_id),
                            .owner_id = call_.account(),
                            .group_name = "default",
                            .description = "default VPC security group"}});
    ec2::SecurityGroupRule ingress = security_group_rule(group_id, false);
    ingress.referenced_group_info = {{.group_id = group_id, .user_id = call_.account()}};
    ec2::SecurityGroupRule egress = security_group_rule(group_id, true);
    egress.cidr_ipv4 = kAnywhere;
    for (const auto& rule : {ingress, egress}) call_.security_group_rules().insert({.security_group_rule = rule});
  }

  ec2::SecurityGroupRule security_group_rule(std::string_view group_id, bool egress) {
    const std::string rule_id = id("sgr", egress ? "egress" : "ingress");
    return {.security_group_rule_id = rule_id,
            .group_id = std::string(group_id),
            .group_owner_id = call_.account(),
            .is_egress = egress,
            .ip_protocol = kAllProtocols,
            .from_port = -1,
            .to_port = -1,
            .security_group_rule_arn = resource_arn(call_, kSecurityGroupRule, rule_id)};
  }

  Call& call_;
  const std::string vpc_id_ = id("vpc");
  const std::string dhcp_options_id_ = id("dopt");
  const std::string internet_gateway_id_ = id("igw");
  std::vector<std::string> subnet_ids_;
};

}  // namespace

void ensure_default_network(Call& call) {
  if (call.settings().get(kSetting)) return;
  DefaultNetwork(call).make();
  call.settings().set(kSetting, "made");
}

}  // namespace amity::handlers
