// Errors of subnets, addresses and interfaces.
#pragma once

#include "handlers/api_error.hpp"

#include <string_view>

namespace amity::handlers::errors {

ApiError no_default_vpc();                                  // VPCIdNotSpecified
ApiError no_default_subnet(std::string_view vpc_id);        // MissingInput
ApiError no_default_subnet_in_zone(std::string_view zone);  // MissingInput
ApiError invalid_availability_zone(std::string_view zone);
ApiError not_enough_free_addresses(std::string_view subnet_id);
ApiError address_in_use(std::string_view address);
ApiError address_outside_subnet(std::string_view address);
ApiError address_reserved(std::string_view address);
ApiError invalid_address(std::string_view address);
ApiError no_ipv6_block(std::string_view subnet_id);

}  // namespace amity::handlers::errors
