// Errors of VPCs, subnets, gateways and route tables.
#pragma once

#include "handlers/api_error.hpp"

#include <cstdint>
#include <string_view>

namespace amity::handlers::errors {

// DependencyViolation; `what` is EC2's word: "vpc", "routeTable" …
ApiError has_dependencies(std::string_view what, std::string_view id);
// InvalidParameterValue: two things of different VPCs. Both are told with their word: "subnet subnet-1".
ApiError different_networks(std::string_view one, std::string_view other);
ApiError invalid_cidr_block(std::string_view parameter, std::string_view text);
// There are no such pools here, so none is found.
ApiError no_ipam_pool(std::string_view id);
ApiError no_address_pool(std::string_view id);
ApiError no_association(std::string_view id);  // InvalidAssociationID.NotFound

// VPCs
ApiError invalid_vpc_range(std::string_view block);
ApiError restricted_vpc_range(std::string_view block);
ApiError too_many_vpc_blocks(std::string_view vpc_id);
ApiError no_block_association(std::string_view id);  // InvalidVpcCidrBlockAssociationID.NotFound
ApiError primary_block_stays(std::string_view block);
ApiError block_in_use(std::string_view vpc_id, std::string_view block);
ApiError default_vpc_exists();
ApiError default_vpc_missing();  // DefaultVpcDoesNotExist

// Subnets
ApiError invalid_subnet_range(std::string_view block);
ApiError subnet_conflict(std::string_view block);
ApiError default_subnet_exists(std::string_view subnet_id, std::string_view zone);
ApiError no_room_for_default_subnet();

// Internet gateways
ApiError gateway_already_attached(std::string_view gateway_id, std::string_view vpc_id);
ApiError vpc_has_gateway(std::string_view gateway_id, std::string_view vpc_id);
ApiError gateway_not_attached(std::string_view gateway_id, std::string_view vpc_id);
ApiError mapped_public_addresses(std::string_view vpc_id);

// Route tables
ApiError association_conflict(std::string_view route_table_id);  // Resource.AlreadyAssociated
ApiError main_association_stays(std::string_view association_id);
ApiError route_exists(std::string_view destination);
ApiError no_such_route(std::string_view kind, std::string_view destination, std::string_view table_id);
ApiError no_route_to_replace(std::string_view destination);
ApiError local_route_stays(std::string_view destination, std::string_view table_id);
ApiError no_route_target(std::string_view code, std::string_view what, std::string_view id);

}  // namespace amity::handlers::errors
