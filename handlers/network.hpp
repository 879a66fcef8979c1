// The network as instances use it: the default VPC that every account has in every region, subnets, interfaces,
// addresses.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// Makes the account's default VPC in the call's region if it was not made yet: 172.31.0.0/16 with a /20 subnet per
// zone, internet gateway, main route table, network ACL, DHCP options and default security group, under ids that are
// always the same. Rows appear with the first call that looks at the network, never at start. Call it first in every
// network handler.
void ensure_default_network(Call& call);

// The account's default VPC in the region; absent when it was deleted.
std::optional<state::Vpc> default_vpc(Call& call);

// The subnet of a launch: the named one, or the default subnet of the zone; without a zone the first default subnet
// that has room for `addresses` more. Throws InvalidSubnetID.Malformed/.NotFound, InvalidParameterValue for an unknown
// zone and for a zone that is not the named subnet's, VPCIdNotSpecified or MissingInput without a default VPC or
// subnet.
state::Subnet subnet_for_launch(Call& call, const std::optional<std::string>& subnet_id,
                                const std::optional<std::string>& zone, std::int32_t addresses = 1);

// How an interface hangs on its instance.
struct InterfaceAttachment {
  std::string instance_id;
  std::int32_t device_index = 0;
  std::int32_t network_card_index = 0;
  bool delete_on_termination = true;
};

struct NewNetworkInterface {
  state::Subnet subnet{};
  std::string description{};
  std::optional<std::string> private_ip_address{};  // absent: any free one
  std::vector<std::string> secondary_private_ip_addresses{};
  std::int32_t secondary_private_ip_address_count = 0;
  std::vector<std::string> ipv6_addresses{};
  std::int32_t ipv6_address_count = 0;
  std::vector<ec2::GroupIdentifier> groups{};
  std::optional<std::string> interface_type{};  // absent: "interface"
  std::vector<ec2::Tag> tags{};
  // At launch all in one go, which saves rewriting the row: attached and with a public address.
  std::optional<InterfaceAttachment> attachment{};
  bool public_address = false;
};
// Inserts the interface: "available", or "in-use" when it is attached. Throws InsufficientFreeAddressesInSubnet,
// InvalidIPAddress.InUse, InvalidParameterValue.
state::NetworkInterface create_network_interface_row(Call& call, const NewNetworkInterface& wanted);

// Attaches an interface that was there before ("in-use", attachment "attached"), updates its row and gives what the
// instance shows.
ec2::InstanceNetworkInterface attach_interface(Call& call, state::NetworkInterface& interface,
                                               const InterfaceAttachment& how);
// Detaches, or deletes when its attachment says so, the interfaces of a terminated instance.
void release_interfaces_of(Call& call, std::string_view instance_id);
// The instance's interfaces by device index, in the form that DescribeInstances shows.
std::vector<state::NetworkInterface> interfaces_of(Call& call, std::string_view instance_id);
ec2::InstanceNetworkInterface as_instance_shows(const state::NetworkInterface& interface);

// Gives the interface a public IPv4 address of Amazon's pool (association with ip owner "amazon") or takes it away;
// updates its row. No address is given out twice.
void associate_public_address(Call& call, state::NetworkInterface& interface);
void release_public_address(Call& call, state::NetworkInterface& interface);

// "ec2.internal", or "<region>.compute.internal" outside us-east-1.
std::string internal_domain(std::string_view region);
// "ip-172-31-5-6.ec2.internal", or ".<region>.compute.internal" outside us-east-1.
std::string private_dns_name(std::string_view region, std::string_view private_ip_address);
// "ec2-3-80-1-2.compute-1.amazonaws.com", or ".<region>.compute.amazonaws.com".
std::string public_dns_name(std::string_view region, std::string_view public_ip_address);

// The groups that ids and names mean in a VPC; the VPC's default group when both are empty. Throws
// InvalidGroup.NotFound, InvalidGroupId.Malformed, InvalidParameter (a group of another VPC),
// SecurityGroupsPerInterfaceLimitExceeded.
std::vector<ec2::GroupIdentifier> groups_for(Call& call, std::string_view vpc_id, const std::vector<std::string>& ids,
                                             const std::vector<std::string>& names);

}  // namespace amity::handlers
