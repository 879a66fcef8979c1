// The errors that only volumes and their attachments raise.
#pragma once

#include "handlers/api_error.hpp"
#include "model/timestamp.hpp"

#include <cstdint>
#include <string_view>

namespace amity::handlers::errors {

ApiError unknown_zone(std::string_view zone);
ApiError unknown_volume_type(std::string_view type);
// InvalidBlockDeviceMapping
ApiError smaller_than_snapshot(std::int32_t size_gib, std::string_view snapshot_id, std::int32_t least_gib);
ApiError client_token_of_deleted_volume();
ApiError volume_attached_to(std::string_view volume_id, std::string_view instance_id);  // to be deleted
ApiError volume_already_attached(std::string_view volume_id);                           // to be attached
ApiError volume_not_available(std::string_view volume_id);
ApiError volume_in_state(std::string_view volume_id, std::string_view state);
ApiError instance_not_running(std::string_view instance_id);
ApiError volume_zone_mismatch(std::string_view volume_id, std::string_view instance_id);
ApiError invalid_device_name(std::string_view device);
ApiError device_in_use(std::string_view device);
ApiError instance_attachment_limit_exceeded(std::string_view instance_id, std::size_t limit);
ApiError volume_attachment_limit_exceeded(std::string_view volume_id, std::size_t limit);
ApiError encryption_not_supported(std::string_view instance_type);
ApiError multi_attach_not_supported(std::string_view instance_type);
ApiError marketplace_volume_needs_stopped(std::string_view instance_id);
ApiError attachment_not_found(std::string_view volume_id, std::string_view instance_id, std::string_view device);
// Whose attachment is meant must be said when there are several.
ApiError attachment_is_ambiguous(std::string_view volume_id);
ApiError root_volume_of_running_instance(std::string_view volume_id, std::string_view instance_id);
// Modifications and copies
ApiError incorrect_modification_state(std::string_view volume_id, std::string_view state);
ApiError volume_modification_rate_exceeded(std::size_t limit, model::Timestamp next);
ApiError volume_modification_not_found(std::string_view volume_id);
ApiError volume_cannot_shrink(std::int32_t wanted_gib, std::int32_t present_gib);
ApiError root_volume_cannot_be(std::string_view volume_id, std::string_view type);
ApiError volume_copy_limit_exceeded(std::size_t limit);
// Replacing root volumes
ApiError root_volume_is_being_replaced(std::string_view instance_id);
ApiError image_cannot_replace_root(std::string_view image_id, std::string_view instance_id);
ApiError snapshot_not_of_root_volume(std::string_view snapshot_id, std::string_view volume_id);

}  // namespace amity::handlers::errors
