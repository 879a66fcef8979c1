#include "handlers/launch_errors.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {
namespace {

ApiError invalid_mapping(std::string message) { return {"InvalidBlockDeviceMapping", std::move(message)}; }
ApiError unsupported(std::string message) { return {"Unsupported", std::move(message)}; }
ApiError unsupported_hibernation(std::string message) {
  return {"UnsupportedHibernationConfiguration", std::move(message)};
}

}  // namespace

ApiError too_many_instances(std::int32_t limit) {
  return {"ResourceCountExceeded", fmt::format("At most {} instances can be launched in one request.", limit)};
}
ApiError idempotent_instance_terminated() {
  return {"IdempotentInstanceTerminated", "An instance that was launched with this client token has been terminated."};
}
ApiError malformed_user_data() { return {"InvalidUserData.Malformed", "Invalid BASE64 encoding of user data."}; }
ApiError user_data_too_long(std::size_t limit) {
  return invalid_parameter_value(fmt::format("User data is limited to {} bytes", limit));
}
ApiError malformed_instance_profile_arn(std::string_view arn) {
  return {"InvalidIamInstanceProfileArn.Malformed", fmt::format("The instance profile ARN '{}' is malformed", arn)};
}
ApiError ed25519_key_for_windows() {
  return invalid_parameter_combination("ED25519 key pairs are not supported with Windows AMIs.");
}
ApiError metadata_endpoint_disabled() {
  return invalid_parameter_combination(
      "HttpTokens and HttpPutResponseHopLimit can be specified only when HttpEndpoint is enabled.");
}
ApiError capacity_reservation_not_found(std::string_view id) {
  return {"InvalidCapacityReservationId.NotFound", fmt::format("The capacity reservation '{}' does not exist", id)};
}
ApiError no_reserved_capacity() {
  return {"ReservationCapacityExceeded",
          "The requested reservation does not have sufficient compatible and available capacity for this request."};
}
ApiError host_not_found(std::string_view host_id) {
  return {"InvalidHostID.NotFound", fmt::format("The host ID '{}' does not exist", host_id)};
}
ApiError no_capacity_on_hosts() {
  return {"InsufficientCapacityOnHost", "There is no Dedicated Host with capacity for the instance."};
}
ApiError spot_max_price_too_low(std::string_view offered, std::string_view price) {
  return {std::string(kSpotMaxPriceTooLow),
          fmt::format("Your Spot request price of {} is lower than the minimum required Spot request fulfillment price "
                      "of {}.",
                      offered, price)};
}

ApiError invalid_instance_type(std::string_view type) {
  return invalid_parameter_value(fmt::format("Invalid value '{}' for InstanceType.", type));
}
ApiError not_offered_in_zone(std::string_view type, std::string_view zone, std::string_view other_zones) {
  return unsupported(
      fmt::format("Your requested instance type ({}) is not supported in your requested Availability Zone ({}). Please "
                  "retry your request by not specifying an Availability Zone or choosing {}.",
                  type, zone, other_zones));
}
ApiError unsupported_configuration() {
  return unsupported(
      "The requested configuration is currently not supported. Please check the documentation for supported "
      "configurations.");
}
ApiError unsupported_by_type(std::string_view parameter, std::string_view type) {
  return invalid_parameter_combination(
      fmt::format("The parameter {} is not supported for the instance type '{}'.", parameter, type));
}
ApiError architecture_mismatch(std::string_view of_type, std::string_view of_image) {
  return invalid_parameter_value(
      fmt::format("The architecture '{}' of the specified instance type does not match the architecture '{}' of the "
                  "specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. "
                  "You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the "
                  "instance type or AMI.",
                  of_type, of_image));
}
ApiError virtualization_required(std::string_view virtualization, std::string_view type) {
  return invalid_parameter_combination(
      fmt::format("Virtualization type '{}' is required for instances of type '{}'. Ensure that you are using an AMI "
                  "with virtualization type '{}'.",
                  virtualization, type, virtualization));
}
ApiError ena_required(std::string_view type) {
  return invalid_parameter_combination(
      fmt::format("Enhanced networking with the Elastic Network Adapter (ENA) is required for the '{}' instance type. "
                  "Ensure that you are using an AMI that is enabled for ENA.",
                  type));
}
ApiError ebs_optimization_unsupported() {
  return unsupported(
      "EBS-optimized instances are not supported for your requested configuration. Please check the documentation for "
      "supported configurations.");
}
ApiError hibernation_unsupported_by_type(std::string_view type) {
  return unsupported_hibernation(fmt::format("Hibernation is not supported for the instance type '{}'.", type));
}
ApiError hibernation_needs_encrypted_root() {
  return unsupported_hibernation("Hibernation requires an encrypted root volume.");
}
ApiError attachment_limit_exceeded(std::string_view what, std::size_t count, std::string_view type) {
  return {"AttachmentLimitExceeded", fmt::format("{} count {} exceeds the limit for {}", what, count, type)};
}

ApiError invalid_mapped_device(std::string_view device) {
  return invalid_mapping(fmt::format("Invalid device name {}", device));
}
ApiError device_used_twice(std::string_view device) {
  return invalid_mapping(fmt::format("The device '{}' is used in more than one block-device mapping", device));
}
ApiError root_device_must_stay(std::string_view device) {
  return invalid_mapping(fmt::format("The root device '{}' cannot be left out of the block device mapping", device));
}
ApiError root_snapshot_must_stay(std::string_view device) {
  return invalid_mapping(fmt::format("The snapshot of the root device '{}' cannot be replaced", device));
}
ApiError ebs_and_instance_store(std::string_view device) {
  return invalid_mapping(fmt::format("The device '{}' cannot be both an EBS volume and instance store", device));
}
ApiError invalid_virtual_name(std::string_view name) {
  return invalid_mapping(fmt::format("Invalid virtual device name {}", name));
}
ApiError cannot_boot_from(std::string_view volume_type) {
  return {"BootForVolumeTypeUnsupported", fmt::format("A volume of type '{}' cannot be a root volume", volume_type)};
}

ApiError interfaces_and_instance_level(std::string_view what) {
  return invalid_parameter_combination(
      fmt::format("Network interfaces and an instance-level {} may not be specified on the same request", what));
}
ApiError interface_id_and(std::string_view what) {
  return invalid_parameter_combination(
      fmt::format("A network interface may not specify both a network interface ID and {}", what));
}
ApiError interface_in_use(std::string_view interface_id) {
  return {"InvalidNetworkInterface.InUse",
          fmt::format("The network interface '{}' is currently in use.", interface_id)};
}
ApiError interfaces_in_different_zones() {
  return invalid_parameter_combination(
      "The subnets and network interfaces of an instance must be in one Availability Zone.");
}
ApiError addresses_for_many_instances() {
  return invalid_parameter_combination("IP addresses can be specified only when one instance is launched.");
}
ApiError private_address_limit_exceeded() {
  return {"PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit."};
}
ApiError device_index_required() { return invalid_parameter_value("Each network interface requires a device index."); }
ApiError device_index_used_twice(std::int32_t device_index) {
  return invalid_parameter_value(
      fmt::format("The device index {} is used by more than one network interface.", device_index));
}
ApiError primary_interface_required() {
  return invalid_parameter_combination("When specifying network interfaces, you must include a device at index 0.");
}
ApiError public_address_with_many_interfaces() {
  return invalid_parameter_combination(
      "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.");
}

}  // namespace amity::handlers::errors
