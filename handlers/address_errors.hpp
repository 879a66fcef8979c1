// Errors of Elastic IP addresses.
#pragma once

#include "handlers/api_error.hpp"

#include <string_view>

namespace amity::handlers::errors {

ApiError too_many_addresses();
ApiError address_not_recoverable(std::string_view address);
ApiError allocation_id_required();
ApiError already_associated(std::string_view resource_id, std::string_view association_id);
ApiError address_mapped(std::string_view address);  // InvalidIPAddress.InUse
ApiError no_private_address(std::string_view address, std::string_view interface_id);
ApiError many_interfaces_for_address(std::string_view instance_id);
ApiError instance_state_for_address(std::string_view instance_id, std::string_view state);
ApiError gateway_not_attached_for_address(std::string_view vpc_id);

}  // namespace amity::handlers::errors
