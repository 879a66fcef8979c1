// The errors that only images raise, each code and text once.
#pragma once

#include "handlers/api_error.hpp"

#include <string>
#include <string_view>

namespace amity::handlers::errors {

// Deregistered, pending, failed or disabled: it exists, or did, but cannot be used.
ApiError image_unavailable(std::string_view image_id);
// AuthFailure for changing, or reading the attributes of, another account's image.
ApiError not_image_owner(std::string_view image_id);
ApiError restricted_image_attribute();

ApiError duplicate_image_name(std::string_view name, std::string_view image_id);
ApiError malformed_image_name();
ApiError invalid_manifest(std::string_view location);
ApiError instance_cannot_be_imaged(std::string_view instance_id);
ApiError no_root_volume(std::string_view root_device_name);
ApiError deregistration_protected(std::string_view image_id);
ApiError public_image_needs_deprecation(std::string_view image_id);

// InvalidBlockDeviceMapping
ApiError invalid_block_device_mapping(std::string message);
ApiError snapshot_has_encryption(std::string_view device);

// CopyImage
ApiError image_storage_not_found();
ApiError image_storage_not_shared();
ApiError marketplace_image_cannot_be_copied();

// Launch permissions
ApiError default_key_cannot_be_shared();
ApiError encrypted_cannot_be_public();
ApiError image_sharing_limit_exceeded(std::string message);
ApiError no_launch_permission_to_cancel(std::string_view image_id);

// Usage reports
ApiError image_usage_report_limit_exceeded();

}  // namespace amity::handlers::errors
