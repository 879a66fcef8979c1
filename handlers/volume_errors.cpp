#include "handlers/volume_errors.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {
namespace {

std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return capitals;
}

}  // namespace

ApiError unknown_zone(std::string_view zone) {
  return {"InvalidZone.NotFound", fmt::format("The zone '{}' does not exist.", zone)};
}
ApiError unknown_volume_type(std::string_view type) {
  return {"UnknownVolumeType", fmt::format("Unknown volume type '{}'", type)};
}
ApiError smaller_than_snapshot(std::int32_t size_gib, std::string_view snapshot_id, std::int32_t least_gib) {
  return {"InvalidBlockDeviceMapping",
          fmt::format("Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB", size_gib, snapshot_id,
                      least_gib)};
}
ApiError client_token_of_deleted_volume() {
  return {"IdempotentParameterMismatch",
          "The client token you have provided is associated with a resource that is already deleted. Please use a "
          "different client token."};
}
ApiError volume_attached_to(std::string_view volume_id, std::string_view instance_id) {
  return {"VolumeInUse", fmt::format("Volume {} is currently attached to {}", volume_id, instance_id)};
}
ApiError volume_already_attached(std::string_view volume_id) {
  return {"VolumeInUse", fmt::format("{} is already attached to an instance", volume_id)};
}
ApiError volume_not_available(std::string_view volume_id) {
  return incorrect_state(fmt::format("{} is not 'available'.", volume_id));
}
ApiError volume_in_state(std::string_view volume_id, std::string_view state) {
  return incorrect_state(fmt::format("Volume '{}' is in the '{}' state.", volume_id, state));
}
ApiError instance_not_running(std::string_view instance_id) {
  return incorrect_state(fmt::format("Instance '{}' is not 'running'.", instance_id));
}
ApiError volume_zone_mismatch(std::string_view volume_id, std::string_view instance_id) {
  return {"InvalidVolume.ZoneMismatch",
          fmt::format("The volume '{}' is not in the same availability zone as instance '{}'", volume_id, instance_id)};
}
ApiError invalid_device_name(std::string_view device) {
  return invalid_value("device", device, fmt::format("{} is not a valid EBS device name.", device));
}
// The page of error codes lists InvalidDevice.InUse for this; what EC2 sends is InvalidParameterValue.
ApiError device_in_use(std::string_view device) {
  return invalid_parameter_value(
      fmt::format("Invalid value '{0}' for unixDevice. Attachment point {0} is already in use", device));
}
ApiError instance_attachment_limit_exceeded(std::string_view instance_id, std::size_t limit) {
  return {"AttachmentLimitExceeded",
          fmt::format("Instance '{}' has reached its limit of {} attachments.", instance_id, limit)};
}
ApiError volume_attachment_limit_exceeded(std::string_view volume_id, std::size_t limit) {
  return {"AttachmentLimitExceeded",
          fmt::format("Volume '{}' has reached its limit of {} attachments.", volume_id, limit)};
}
ApiError encryption_not_supported(std::string_view instance_type) {
  return {"EncryptedVolumesNotSupported",
          fmt::format("Encrypted volumes are not supported by instances of type {}.", instance_type)};
}
ApiError multi_attach_not_supported(std::string_view instance_type) {
  return unsupported_operation(
      fmt::format("Multi-Attach is supported by Nitro-based instances only, not by type {}.", instance_type));
}
ApiError marketplace_volume_needs_stopped(std::string_view instance_id) {
  return incorrect_state(
      fmt::format("A volume with AWS Marketplace product codes can be attached only while instance '{}' is 'stopped'.",
                  instance_id));
}
ApiError attachment_not_found(std::string_view volume_id, std::string_view instance_id, std::string_view device) {
  return {"InvalidAttachment.NotFound",
          fmt::format("The volume '{}' is not attached to instance '{}'{}{}{}.", volume_id, instance_id,
                      device.empty() ? "" : " as device '", device, device.empty() ? "" : "'")};
}
ApiError attachment_is_ambiguous(std::string_view volume_id) {
  return invalid_parameter_combination(
      fmt::format("Volume '{}' is attached to several instances: the parameter InstanceId is needed.", volume_id));
}
ApiError incorrect_modification_state(std::string_view volume_id, std::string_view state) {
  return {"IncorrectModificationState",
          fmt::format("Volume {} cannot be modified in modification state {}", volume_id, in_capitals(state))};
}
ApiError volume_modification_rate_exceeded(std::size_t limit, model::Timestamp next) {
  return {"VolumeModificationRateExceeded",
          fmt::format("You've reached the maximum modification rate per volume limit: {} in 24 hours. The next "
                      "modification can start at {}.",
                      limit, model::to_iso8601(next))};
}
ApiError volume_modification_not_found(std::string_view volume_id) {
  return {"InvalidVolumeModification.NotFound", fmt::format("Modification for volume '{}' does not exist.", volume_id)};
}
ApiError volume_cannot_shrink(std::int32_t wanted_gib, std::int32_t present_gib) {
  return invalid_value("size", std::to_string(wanted_gib),
                       fmt::format("A volume of {}GiB cannot become smaller.", present_gib));
}
ApiError root_volume_cannot_be(std::string_view volume_id, std::string_view type) {
  return unsupported_operation(fmt::format("The root volume {} cannot be of type {}.", volume_id, type));
}
ApiError volume_copy_limit_exceeded(std::size_t limit) {
  return {"ResourceLimitExceeded", fmt::format("At most {} copies of a volume can be in progress.", limit)};
}
ApiError root_volume_is_being_replaced(std::string_view instance_id) {
  return incorrect_state(fmt::format("The root volume of instance '{}' is being replaced.", instance_id));
}
ApiError image_cannot_replace_root(std::string_view image_id, std::string_view instance_id) {
  return invalid_parameter_value(
      fmt::format("The image {} differs from instance {} in product codes, billing, architecture or virtualization.",
                  image_id, instance_id));
}
ApiError snapshot_not_of_root_volume(std::string_view snapshot_id, std::string_view volume_id) {
  return invalid_value("SnapshotId", snapshot_id,
                       fmt::format("It is not of the lineage of root volume {}.", volume_id));
}
ApiError root_volume_of_running_instance(std::string_view volume_id, std::string_view instance_id) {
  return operation_not_permitted(
      fmt::format("Unable to detach root volume '{}' from instance '{}'", volume_id, instance_id));
}

}  // namespace amity::handlers::errors
