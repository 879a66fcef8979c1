#include "handlers/vpc_errors.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError has_dependencies(std::string_view what, std::string_view id) {
  return {"DependencyViolation", fmt::format("The {} '{}' has dependencies and cannot be deleted.", what, id)};
}
ApiError different_networks(std::string_view one, std::string_view other) {
  return {"InvalidParameterValue", fmt::format("{} and {} belong to different networks", one, other)};
}
ApiError invalid_cidr_block(std::string_view parameter, std::string_view text) {
  return invalid_value(parameter, text, "This is not a valid CIDR block.");
}
ApiError no_ipam_pool(std::string_view id) {
  return {"InvalidIpamPoolId.NotFound", fmt::format("The ipam-pool ID '{}' does not exist", id)};
}
ApiError no_address_pool(std::string_view id) {
  return {"InvalidPublicIpv4PoolID.NotFound", fmt::format("The pool ID '{}' does not exist", id)};
}
ApiError no_association(std::string_view id) {
  return {"InvalidAssociationID.NotFound", fmt::format("The association ID '{}' does not exist", id)};
}

ApiError invalid_vpc_range(std::string_view block) {
  return {"InvalidVpc.Range", fmt::format("The CIDR '{}' is invalid.", block)};
}
ApiError restricted_vpc_range(std::string_view block) {
  return {"InvalidVpc.Range",
          fmt::format("The CIDR '{}' is restricted. Use a CIDR that does not overlap with those of the VPC, and that "
                      "goes with its private address range.",
                      block)};
}
ApiError too_many_vpc_blocks(std::string_view vpc_id) {
  return {"CidrLimitExceeded", fmt::format("This network '{}' has met its maximum number of allowed CIDRs: 5", vpc_id)};
}
ApiError no_block_association(std::string_view id) {
  return {"InvalidVpcCidrBlockAssociationID.NotFound",
          fmt::format("The vpc CIDR block association ID '{}' does not exist", id)};
}
ApiError primary_block_stays(std::string_view block) {
  return {"OperationNotPermitted",
          fmt::format("The vpc CIDR block '{}' may not be disassociated. It is the primary IPv4 CIDR block of the VPC",
                      block)};
}
ApiError block_in_use(std::string_view vpc_id, std::string_view block) {
  return {"InvalidCidrBlock.InUse",
          fmt::format("The vpc {} currently has a subnet within CIDR block {}", vpc_id, block)};
}
ApiError default_vpc_exists() {
  return {"DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region."};
}
ApiError default_vpc_missing() {
  return {"DefaultVpcDoesNotExist", "No default VPC exists for this account in this region."};
}

ApiError invalid_subnet_range(std::string_view block) {
  return {"InvalidSubnet.Range", fmt::format("The CIDR '{}' is invalid.", block)};
}
ApiError subnet_conflict(std::string_view block) {
  return {"InvalidSubnet.Conflict", fmt::format("The CIDR '{}' conflicts with another subnet", block)};
}
ApiError default_subnet_exists(std::string_view subnet_id, std::string_view zone) {
  return {"DefaultSubnetAlreadyExistsInAvailabilityZone",
          fmt::format("'{}' is already the default subnet in {}.", subnet_id, zone)};
}
ApiError no_room_for_default_subnet() {
  return {"InsufficientCidrBlocks", "There are not enough free addresses in the default VPC for a /20 subnet."};
}

ApiError gateway_already_attached(std::string_view gateway_id, std::string_view vpc_id) {
  return {"Resource.AlreadyAssociated",
          fmt::format("resource {} is already attached to network {}", gateway_id, vpc_id)};
}
ApiError vpc_has_gateway(std::string_view gateway_id, std::string_view vpc_id) {
  return {"InvalidParameterValue",
          fmt::format("Network {} already has an internet gateway attached, besides {}", vpc_id, gateway_id)};
}
ApiError gateway_not_attached(std::string_view gateway_id, std::string_view vpc_id) {
  return {"Gateway.NotAttached", fmt::format("resource {} is not attached to network {}", gateway_id, vpc_id)};
}
ApiError mapped_public_addresses(std::string_view vpc_id) {
  return {"DependencyViolation",
          fmt::format("Network {} has some mapped public address(es). Please unmap those public address(es) before "
                      "detaching the gateway.",
                      vpc_id)};
}

ApiError association_conflict(std::string_view route_table_id) {
  return {"Resource.AlreadyAssociated",
          fmt::format("the specified association for route table {} conflicts with an existing association",
                      route_table_id)};
}
ApiError main_association_stays(std::string_view association_id) {
  return {"InvalidParameterValue",
          fmt::format("cannot disassociate the main route table association {}", association_id)};
}
ApiError route_exists(std::string_view destination) {
  return {"RouteAlreadyExists", fmt::format("The route identified by {} already exists.", destination)};
}
ApiError no_such_route(std::string_view kind, std::string_view destination, std::string_view table_id) {
  return {"InvalidRoute.NotFound", fmt::format("no route with {} {} in route table {}", kind, destination, table_id)};
}
ApiError no_route_to_replace(std::string_view destination) {
  return {"InvalidParameterValue",
          fmt::format("There is no route defined for '{}' in the route table. Use CreateRoute instead.", destination)};
}
ApiError local_route_stays(std::string_view destination, std::string_view table_id) {
  return {"InvalidParameterValue",
          fmt::format("cannot remove local route {} in route table {}", destination, table_id)};
}
ApiError no_route_target(std::string_view code, std::string_view what, std::string_view id) {
  return {std::string(code), fmt::format("The {} ID '{}' does not exist", what, id)};
}

}  // namespace amity::handlers::errors
