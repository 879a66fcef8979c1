// The network interfaces of a launch: those that the request lists, or the one that its top-level parameters describe.
#pragma once

#include "handlers/call.hpp"
#include "handlers/network.hpp"
#include "model/ec2.hpp"

#include <optional>
#include <string>
#include <vector>

namespace amity::handlers {

struct PlannedInterface {
  ec2::InstanceNetworkInterfaceSpecification wanted;
  std::optional<state::NetworkInterface> existing;
  NewNetworkInterface fresh;  // made for each instance when there is no existing one
};

struct NetworkPlan {
  std::vector<PlannedInterface> interfaces;  // the primary first
  std::string zone;
  std::string zone_id;
  ec2::PrivateDnsNameOptionsResponse name_options;
  bool has_public_address = false;
  std::string tenancy;  // of the VPC
};

// Throws InvalidParameterCombination, InvalidParameterValue, AttachmentLimitExceeded, PrivateIpAddressLimitExceeded,
// InvalidNetworkInterface.InUse, Unsupported (the type in the zone), and what subnets and groups throw.
NetworkPlan plan_network(Call& call, const ec2::RunInstancesRequest& request, const ec2::InstanceTypeInfo& type,
                         const std::vector<ec2::Tag>& tags);

// How many instances find addresses, between the request's least and most.
std::int32_t count_with_addresses(Call& call, const NetworkPlan& plan, std::int32_t least, std::int32_t most);

// Makes or takes the interfaces of one instance, attached to it.
std::vector<state::NetworkInterface> make_interfaces(Call& call, const NetworkPlan& plan,
                                                     const std::string& instance_id);

}  // namespace amity::handlers
