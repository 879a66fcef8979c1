// The errors that only volumes and their attachments raise.
#pragma once

#include "handlers/api_error.hpp"

#include <cstdint>
#include <string_view>

namespace amity::handlers::errors {

ApiError unknown_zone(std::string_view zone);
ApiError unknown_volume_type(std::string_view type);
ApiError volume_attached_to(std::string_view volume_id, std::string_view instance_id);  // to be deleted
ApiError volume_already_attached(std::string_view volume_id);                           // to be attached
ApiError volume_not_available(std::string_view volume_id);
ApiError volume_in_state(std::string_view volume_id, std::string_view state);
ApiError instance_not_running(std::string_view instance_id);
ApiError volume_zone_mismatch(std::string_view volume_id, std::string_view instance_id);
ApiError invalid_device_name(std::string_view device);
ApiError device_in_use(std::string_view device);
ApiError attachment_limit_exceeded(std::string_view instance_id, std::int32_t limit);
ApiError attachment_not_found(std::string_view volume_id, std::string_view instance_id, std::string_view device);
ApiError root_volume_of_running_instance(std::string_view volume_id, std::string_view instance_id);

}  // namespace amity::handlers::errors
