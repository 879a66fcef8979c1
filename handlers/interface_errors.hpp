// Errors of operations on network interfaces.
#pragma once

#include "handlers/api_error.hpp"

#include <cstdint>
#include <string_view>

namespace amity::handlers::errors {

ApiError interface_cannot_be_deleted(std::string_view interface_id);  // it is in use
ApiError interface_already_attached(std::string_view interface_id);
ApiError no_interface_attachment(std::string_view attachment_id);
ApiError primary_interface_stays(std::int32_t device_index, std::int32_t card_index);
ApiError foreign_attachment(std::string_view attachment_id);
ApiError device_index_taken(std::string_view instance_id, std::int32_t device_index);
ApiError interface_in_other_zone();
ApiError instance_state_for_interface(std::string_view instance_id);
ApiError address_not_assigned(std::string_view address, std::string_view interface_id);
ApiError primary_address_stays(std::string_view address);
ApiError prefixes_unsupported();

}  // namespace amity::handlers::errors
