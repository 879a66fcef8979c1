#include "handlers/image_errors.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError image_unavailable(std::string_view image_id) {
  return {"InvalidAMIID.Unavailable", fmt::format("The image ID '{}' is no longer available", image_id)};
}
ApiError not_image_owner(std::string_view image_id) {
  return not_authorized(fmt::format("Not authorized for image:{}", image_id));
}
ApiError restricted_image_attribute() { return not_authorized("Unauthorized attempt to access restricted resource"); }

ApiError duplicate_image_name(std::string_view name, std::string_view image_id) {
  return {"InvalidAMIName.Duplicate", fmt::format("AMI name {} is already in use by AMI {}", name, image_id)};
}
ApiError malformed_image_name() {
  return {"InvalidAMIName.Malformed",
          "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, spaces, "
          "'(', ')', '[', ']', '.', '-', '/', ''', '@' and '_'"};
}
ApiError invalid_manifest(std::string_view location) {
  return {"InvalidManifest", fmt::format("The manifest {} cannot be read: only images backed by EBS snapshots can be "
                                         "registered",
                                         location)};
}
ApiError instance_cannot_be_imaged(std::string_view instance_id) {
  return {"IncorrectInstanceState",
          fmt::format("The instance '{}' is not in a state from which an image can be created.", instance_id)};
}
ApiError no_root_volume(std::string_view root_device_name) {
  return invalid_parameter_value(
      fmt::format("Instance does not have a volume attached at root ({})", root_device_name));
}
ApiError deregistration_protected(std::string_view image_id) {
  return operation_not_permitted(
      fmt::format("The image '{}' is protected from deregistration. Disable its deregistration protection and, if it "
                  "has one, wait for the cooldown period to end.",
                  image_id));
}
ApiError public_image_needs_deprecation(std::string_view image_id) {
  return operation_not_permitted(
      fmt::format("The deprecation of the image '{}' cannot be canceled while it is public.", image_id));
}

ApiError invalid_block_device_mapping(std::string message) { return {"InvalidBlockDeviceMapping", std::move(message)}; }
ApiError snapshot_has_encryption(std::string_view device) {
  return invalid_block_device_mapping(
      fmt::format("the encrypted flag cannot be specified since device {} has a snapshot specified.", device));
}

ApiError image_storage_not_found() {
  return {"InvalidRequest", "The storage for the ami is not available in the source region."};
}
ApiError image_storage_not_shared() {
  return {"InvalidRequest", "You do not have permission to access the storage of this ami"};
}
ApiError marketplace_image_cannot_be_copied() {
  return {"InvalidRequest", "Images from AWS Marketplace cannot be copied to another AWS account"};
}

ApiError default_key_cannot_be_shared() {
  return {"InvalidParameter",
          "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot."};
}
ApiError encrypted_cannot_be_public() {
  return unsupported_operation("Encrypted snapshots can't be shared publicly. Specify another snapshot.");
}
ApiError image_sharing_limit_exceeded(std::string message) { return {"ResourceLimitExceeded", std::move(message)}; }
ApiError no_launch_permission_to_cancel(std::string_view image_id) {
  return operation_not_permitted(
      fmt::format("The image '{}' is not shared with your account by its account ID.", image_id));
}

ApiError image_usage_report_limit_exceeded() {
  return {"ResourceLimitExceeded", "A usage report of this image, or too many of your account, are in progress."};
}

}  // namespace amity::handlers::errors
