// What requests may ask for as blocks of VPCs, and what VPCs hold beside subnets.
#pragma once

#include "handlers/call.hpp"
#include "handlers/cidr.hpp"
#include "handlers/errors.hpp"
#include "handlers/vpc_errors.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

// In canonical form. Throws InvalidParameterValue, or InvalidVpc.Range when it is not between /16 and /28, or
// link-local.
Ipv4Cidr checked_vpc_block(std::string_view text);

// The blocks of CreateVpc and AssociateVpcCidrBlock that come from pools of the account, of which there are none.
// Throws when the request names one.
template <class Request>
void refuse_address_pools(const Request& request) {
  if (request.ipv4_ipam_pool_id) throw errors::no_ipam_pool(*request.ipv4_ipam_pool_id);
  if (request.ipv6_ipam_pool_id) throw errors::no_ipam_pool(*request.ipv6_ipam_pool_id);
  if (request.ipv6_pool) throw errors::no_address_pool(*request.ipv6_pool);
  if (request.ipv4_netmask_length) throw errors::invalid_parameter_dependency("Ipv4NetmaskLength", "Ipv4IpamPoolId");
  if (request.ipv6_netmask_length) throw errors::invalid_parameter_dependency("Ipv6NetmaskLength", "Ipv6IpamPoolId");
  if (request.ipv6_cidr_block) throw errors::invalid_parameter_dependency("Ipv6CidrBlock", "Ipv6Pool");
  const auto& group = request.ipv6_cidr_block_network_border_group;
  if (!group) return;
  if (!request.amazon_provided_ipv6_cidr_block.value_or(false))
    throw errors::invalid_parameter_dependency("Ipv6CidrBlockNetworkBorderGroup", "AmazonProvidedIpv6CidrBlock");
}

// The internet gateway of a VPC.
std::optional<state::InternetGateway> attached_gateway(Call& call, std::string_view vpc_id);

}  // namespace amity::handlers
