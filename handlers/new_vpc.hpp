// Making VPCs and subnets, with all that EC2 makes with them.
#pragma once

#include "handlers/call.hpp"
#include "handlers/cidr.hpp"
#include "model/state.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// Where the ids of what is made come from: `what` tells apart things of one prefix where ids are always the same.
using NewId = std::function<std::string(std::string_view prefix, std::string_view what)>;
NewId random_ids(Call& call);
NewId stable_ids(const Call& call);

struct NewVpc {
  Ipv4Cidr block;
  std::optional<Ipv6Cidr> ipv6_block{};
  bool is_default = false;
  std::string tenancy = ec2::Tenancy::is_default;
};
// With its main route table, default network ACL and default security group.
state::Vpc make_vpc(Call& call, const NewId& new_id, const NewVpc& wanted);

struct NewSubnet {
  std::string vpc_id;
  ec2::AvailabilityZone zone;
  Ipv4Cidr block;
  std::optional<Ipv6Cidr> ipv6_block{};
  bool is_default = false;
};
// Under the VPC's default network ACL.
state::Subnet make_subnet(Call& call, const NewId& new_id, const NewSubnet& wanted);

inline constexpr int kDefaultSubnetPrefixLength = 20;
// 172.31.0.0/16 with a /20 subnet in each Availability Zone and a way to the internet.
state::Vpc make_default_vpc(Call& call, const NewId& new_id);

// The region's Availability Zones, without Local and Wavelength Zones.
std::vector<ec2::AvailabilityZone> availability_zones(const Call& call);

// The number of the default network ACL's rule that lets all IPv6 pass.
inline constexpr std::int32_t kFirstIpv6AclRule = 101;
// What every network ACL ends with, which cannot be changed: nothing else in or out.
std::vector<ec2::NetworkAclEntry> closing_entries(bool with_ipv6);
ec2::NetworkAclEntry acl_entry(bool egress, std::int32_t number, std::string_view action, std::string_view block);
// Outgoing rules first, each direction by number.
void sort_entries(std::vector<ec2::NetworkAclEntry>& entries);

// A /56 block of Amazon's that no VPC has.
Ipv6Cidr free_ipv6_block(Call& call);
ec2::VpcCidrBlockAssociation ipv4_association(std::string id, const Ipv4Cidr& block);
ec2::VpcIpv6CidrBlockAssociation ipv6_association(const Call& call, std::string id, const Ipv6Cidr& block);

// The blocks that are the VPC's.
std::vector<Ipv4Cidr> ipv4_blocks(const ec2::Vpc& vpc);
std::vector<Ipv6Cidr> ipv6_blocks(const ec2::Vpc& vpc);

// The routes within the VPC that every route table of it has.
std::vector<ec2::Route> local_routes(const ec2::Vpc& vpc);

}  // namespace amity::handlers
