#include "handlers/fixture_target.hpp"
#include "handlers/network.hpp"
#include "handlers/security_group_permissions.hpp"
#include "handlers/security_group_rules.hpp"
#include "handlers/security_groups.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

// Loads a list of rows that need nothing but their id, owner and what `complete` does to them.
template <class T, class Core, class Complete>
void load_list(FixtureTarget& target, const std::vector<T>& rows, Core T::*core, std::optional<std::string> Core::*id,
               std::optional<std::string> Core::*owner, Complete complete) {
  constexpr FixtureKind kKind = kFixtureKind<T>;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    T row = rows[i];
    target.check_id(kKind.kind, (row.*core).*id, element_path(kKind.list, i, kKind.id_member));
    const std::string account = target.owner_of((row.*core).*owner, element_path(kKind.list, i, "OwnerId"));
    (row.*core).*owner = account;
    complete(row, account, element_path(kKind.list, i));
    target.put(account, std::move(row));
  }
}

constexpr auto kAsItIs = [](auto&&...) {};

void require(const std::optional<std::string>& member, const std::string& field) {
  if (!member) throw FieldError{field, "is missing"};
}

void check_only_default_vpc(FixtureTarget& target, const ec2::Vpc& vpc, const std::string& owner,
                            const std::string& path) {
  if (!vpc.is_default.value_or(false)) return;
  const auto other = target.call_of(owner).vpcs().find_by(storage::Query().where("is_default", "1"));
  if (other && other->vpc.vpc_id != vpc.vpc_id)
    throw FieldError{path + ".IsDefault", fmt::format("cannot be true: {} is the default VPC", *other->vpc.vpc_id)};
}

void load_vpcs(FixtureTarget& target) {
  load_list(target, target.fixture.vpcs, &state::Vpc::vpc, &ec2::Vpc::vpc_id, &ec2::Vpc::owner_id,
            [&](state::Vpc& row, const std::string& owner, const std::string& path) {
              require(row.vpc.cidr_block, path + ".CidrBlock");
              check_only_default_vpc(target, row.vpc, owner, path);
              set_default(row.vpc.is_default, false);
              set_default(row.vpc.state, ec2::VpcState::available);
              set_default(row.vpc.instance_tenancy, ec2::Tenancy::is_default);
              // As AWS sets them for new VPCs.
              set_default(row.enable_dns_support, true);
              set_default(row.enable_dns_hostnames, *row.vpc.is_default);
            });
}

void load_subnets(FixtureTarget& target) {
  load_list(target, target.fixture.subnets, &state::Subnet::subnet, &ec2::Subnet::subnet_id, &ec2::Subnet::owner_id,
            [&](state::Subnet& row, const std::string&, const std::string& path) {
              ec2::Subnet& subnet = row.subnet;
              require(subnet.cidr_block, path + ".CidrBlock");
              target.check_id(kVpc, subnet.vpc_id, path + ".VpcId");
              target.complete_zone(subnet.availability_zone, subnet.availability_zone_id, path + ".AvailabilityZone");
              set_default(subnet.state, ec2::SubnetState::available);
              set_default(subnet.default_for_az, false);
              set_default(subnet.map_public_ip_on_launch, false);
              set_default(subnet.assign_ipv6_address_on_creation, false);
            });
}

// Another group of the same name in the same VPC cannot be.
void check_name(FixtureTarget& target, const ec2::SecurityGroup& group, const std::string& owner,
                const std::string& path) {
  Call call = target.call_of(owner);
  const auto other = group_named(call, *group.vpc_id, *group.group_name);
  if (other && other->security_group.group_id != group.group_id)
    throw FieldError{path + ".GroupName", fmt::format("is the name of {} already", *other->security_group.group_id)};
}

void load_security_groups(FixtureTarget& target) {
  load_list(target, target.fixture.security_groups, &state::SecurityGroup::security_group,
            &ec2::SecurityGroup::group_id, &ec2::SecurityGroup::owner_id,
            [&](state::SecurityGroup& row, const std::string& owner, const std::string& path) {
              ec2::SecurityGroup& group = row.security_group;
              require(group.group_name, path + ".GroupName");
              target.check_id(kVpc, group.vpc_id, path + ".VpcId");
              check_name(target, group, owner, path);
              set_default(group.description, *group.group_name);
              // The rules are rows of their own.
              group.ip_permissions.clear();
              group.ip_permissions_egress.clear();
            });
}

bool lists_rules_of(const state::Fixture& fixture, const std::optional<std::string>& group_id) {
  return std::ranges::any_of(fixture.security_group_rules, [&](const state::SecurityGroupRule& rule) {
    return rule.security_group_rule.group_id == group_id;
  });
}

// DescribeSecurityGroups shows rules without their ids: these get new ones.
void make_rules(FixtureTarget& target, Call& call, const ec2::SecurityGroup& group, bool egress) {
  for (const ec2::SecurityGroupRule& rule : rules_of(call, *group.group_id, egress))
    remove_rule(call, *rule.security_group_rule_id);
  const auto& permissions = egress ? group.ip_permissions_egress : group.ip_permissions;
  for (ec2::SecurityGroupRule& rule : rules_from(call, group, egress, permissions)) {
    add_rule(call, group, rule);
    target.count("SecurityGroupRules");
  }
}

void load_permissions(FixtureTarget& target) {
  const auto& groups = target.fixture.security_groups;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const ec2::SecurityGroup& group = groups[i].security_group;
    if (lists_rules_of(target.fixture, group.group_id)) continue;
    Call call = target.call_of(target.owner_of(group.owner_id, {}));
    for (const bool egress : {false, true})
      as_field_errors(element_path("SecurityGroups", i, egress ? "IpPermissionsEgress" : "IpPermissions"),
                      [&] { make_rules(target, call, group, egress); });
  }
}

void load_rules(FixtureTarget& target) {
  load_list(target, target.fixture.security_group_rules, &state::SecurityGroupRule::security_group_rule,
            &ec2::SecurityGroupRule::security_group_rule_id, &ec2::SecurityGroupRule::group_owner_id,
            [&](state::SecurityGroupRule& row, const std::string&, const std::string& path) {
              target.check_id(kSecurityGroup, row.security_group_rule.group_id, path + ".GroupId");
            });
}

// No address is held twice in a subnet, no public one twice anywhere.
void check_addresses(FixtureTarget& target, const ec2::NetworkInterface& interface, const std::string& path) {
  const auto check = [&](std::string_view link, const std::string& value, std::string_view member) {
    const auto holder =
        target.call().network_interfaces().find_by(storage::Query().of_any_account().linked(link, value));
    if (holder && holder->network_interface.network_interface_id != interface.network_interface_id)
      throw FieldError{fmt::format("{}.{}", path, member),
                       fmt::format("is an address of {} already", *holder->network_interface.network_interface_id)};
  };
  for (const auto& address : interface.private_ip_addresses)
    if (address.private_ip_address)
      check(storage::kNetworkInterfaceAddress, *interface.subnet_id + '/' + *address.private_ip_address,
            "PrivateIpAddresses");
  if (interface.association && interface.association->public_ip)
    check(storage::kNetworkInterfacePublicAddress, *interface.association->public_ip, "Association");
}

// Resources that name no owner: they are the fixture's account's.
template <class T, class Core, class Complete>
void load_own_list(FixtureTarget& target, const std::vector<T>& rows, Core T::*core,
                   std::optional<std::string> Core::*id, Complete complete) {
  constexpr FixtureKind kKind = kFixtureKind<T>;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    T row = rows[i];
    target.check_id(kKind.kind, (row.*core).*id, element_path(kKind.list, i, kKind.id_member));
    complete(row.*core, element_path(kKind.list, i));
    target.put(target.account(), std::move(row));
  }
}

void load_addresses(FixtureTarget& target) {
  load_own_list(target, target.fixture.addresses, &state::Address::address, &ec2::Address::allocation_id,
                [&](ec2::Address& address, const std::string& path) {
                  require(address.public_ip, path + ".PublicIp");
                  set_default(address.domain, ec2::DomainType::vpc);
                  set_default(address.network_border_group, target.region());
                  const auto holder = target.call().table<state::Address>().find_by(
                      storage::Query().of_any_account().linked(storage::kAllocatedPublicAddress, *address.public_ip));
                  if (holder && holder->address.allocation_id != address.allocation_id)
                    throw FieldError{path + ".PublicIp",
                                     fmt::format("is the address of {} already", *holder->address.allocation_id)};
                });
}

void load_nat_gateways(FixtureTarget& target) {
  load_own_list(target, target.fixture.nat_gateways, &state::NatGateway::nat_gateway, &ec2::NatGateway::nat_gateway_id,
                [&](ec2::NatGateway& gateway, const std::string& path) {
                  target.check_id(kSubnet, gateway.subnet_id, path + ".SubnetId");
                  target.check_id(kVpc, gateway.vpc_id, path + ".VpcId");
                  set_default(gateway.state, ec2::NatGatewayState::available);
                });
}

}  // namespace

void check_interface(FixtureTarget& target, const ec2::NetworkInterface& interface, const std::string& path) {
  target.check_id(kNetworkInterface, interface.network_interface_id, path + ".NetworkInterfaceId");
  target.check_id(kSubnet, interface.subnet_id, path + ".SubnetId");
  target.check_id(kVpc, interface.vpc_id, path + ".VpcId");
  check_addresses(target, interface, path);
}

void load_networks(FixtureTarget& target) {
  const state::Fixture& fixture = target.fixture;
  load_list(target, fixture.dhcp_options, &state::DhcpOptions::dhcp_options, &ec2::DhcpOptions::dhcp_options_id,
            &ec2::DhcpOptions::owner_id, kAsItIs);
  load_vpcs(target);
  load_subnets(target);
  load_list(target, fixture.internet_gateways, &state::InternetGateway::internet_gateway,
            &ec2::InternetGateway::internet_gateway_id, &ec2::InternetGateway::owner_id, kAsItIs);
  load_list(target, fixture.route_tables, &state::RouteTable::route_table, &ec2::RouteTable::route_table_id,
            &ec2::RouteTable::owner_id, [&](state::RouteTable& row, const std::string&, const std::string& path) {
              target.check_id(kVpc, row.route_table.vpc_id, path + ".VpcId");
            });
  load_list(target, fixture.network_acls, &state::NetworkAcl::network_acl, &ec2::NetworkAcl::network_acl_id,
            &ec2::NetworkAcl::owner_id, [&](state::NetworkAcl& row, const std::string&, const std::string& path) {
              target.check_id(kVpc, row.network_acl.vpc_id, path + ".VpcId");
            });
  load_security_groups(target);
}

void load_security_group_rules(FixtureTarget& target) {
  load_permissions(target);
  load_rules(target);
}

void load_network_interfaces(FixtureTarget& target) {
  load_list(target, target.fixture.network_interfaces, &state::NetworkInterface::network_interface,
            &ec2::NetworkInterface::network_interface_id, &ec2::NetworkInterface::owner_id,
            [&](state::NetworkInterface& row, const std::string&, const std::string& path) {
              ec2::NetworkInterface& interface = row.network_interface;
              check_interface(target, interface, path);
              set_default(interface.status, interface.attachment ? ec2::NetworkInterfaceStatus::in_use
                                                                 : ec2::NetworkInterfaceStatus::available);
            });
  load_addresses(target);
  load_nat_gateways(target);
}

}  // namespace amity::handlers
