#include "handlers/instance_errors.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {
namespace {

ApiError incorrect_instance_state(std::string message) { return {"IncorrectInstanceState", std::move(message)}; }

}  // namespace

ApiError instance_cannot_be(std::string_view what, std::string_view instance_id) {
  // EC2 says "The instance" of starting and "This instance" of the rest.
  return incorrect_instance_state(fmt::format("{} instance '{}' is not in a state from which it can be {}.",
                                              what == "started" ? "The" : "This", instance_id, what));
}
ApiError no_root_to_start_from(std::string_view instance_id, std::string_view root_device_name) {
  return invalid_parameter_value(
      fmt::format("Invalid value '{}' for instanceId. Instance does not have a volume attached at root ({})",
                  instance_id, root_device_name));
}
ApiError instance_never_ran(std::string_view instance_id) {
  return incorrect_instance_state(
      fmt::format("Instance '{}' cannot be stopped as it has never reached the 'running' state.", instance_id));
}
ApiError instance_not_stopped(std::string_view instance_id) {
  return incorrect_instance_state(fmt::format("The instance '{}' is not in the 'stopped' state.", instance_id));
}
ApiError instance_terminated(std::string_view instance_id) {
  return incorrect_instance_state(
      fmt::format("The instance '{}' is terminated and can no longer be modified.", instance_id));
}
ApiError instance_must_run(std::string_view instance_id) {
  return incorrect_instance_state(fmt::format("The instance '{}' is not in the 'running' state.", instance_id));
}

ApiError profile_already_associated(std::string_view instance_id) {
  return incorrect_state(fmt::format("There is an existing association for instance {}", instance_id));
}
ApiError profile_association_not_active(std::string_view association_id) {
  return incorrect_state(fmt::format("The association {} is not the active association", association_id));
}

ApiError may_not_be(std::string_view what, std::string_view attribute, std::string_view instance_id) {
  return operation_not_permitted(
      fmt::format("The instance '{}' may not be {}. Modify its '{}' instance attribute and try again.", instance_id,
                  what, attribute));
}

ApiError instance_store_cannot_be_stopped(std::string_view instance_id) {
  return unsupported_operation(
      fmt::format("The instance '{}' does not have an 'ebs' root device type and cannot be stopped.", instance_id));
}
ApiError one_time_spot_cannot_be_stopped(std::string_view instance_id) {
  return unsupported_operation(
      fmt::format("You can't stop the Spot Instance '{}' because it is associated with a one-time Spot Instance "
                  "request. You can only stop Spot Instances associated with persistent Spot Instance requests.",
                  instance_id));
}
ApiError spot_type_stays(std::string_view instance_id) {
  return unsupported_operation(
      fmt::format("The instance '{}' is a Spot Instance: its instance type cannot be modified.", instance_id));
}
ApiError not_configured_for_hibernation(std::string_view instance_id) {
  return {"UnsupportedHibernationConfiguration",
          fmt::format("The instance can't be hibernated because it was not configured at launch for hibernation: {}",
                      instance_id)};
}
ApiError many_interfaces(std::string_view instance_id) {
  return {"InvalidInstanceID",
          fmt::format("There are multiple interfaces attached to instance '{}'. Please specify an interface ID for the "
                      "operation instead.",
                      instance_id)};
}
ApiError invalid_attribute_value(std::string message) { return {"InvalidInstanceAttributeValue", std::move(message)}; }
ApiError nothing_mapped_at(std::string_view device) {
  return invalid_attribute_value(fmt::format("No device is currently mapped at {}", device));
}
ApiError invalid_metadata_tag_key(std::string_view key) {
  return invalid_parameter_value(
      fmt::format("'{}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{{1,255}}), and must "
                  "not be a reserved name ('.', '..', '_index')",
                  key));
}
ApiError latest_console_output_unsupported() {
  return unsupported_operation("This instance type does not support retrieving the latest console logs.");
}
ApiError console_screenshot_unsupported(std::string_view instance_type) {
  return unsupported_operation(
      fmt::format("The instance type '{}' does not support console screenshots.", instance_type));
}
ApiError metadata_tokens_enforced() {
  return unsupported_operation(
      "The account requires IMDSv2 in this Region: HttpTokens must be required while HttpTokensEnforced is enabled.");
}
ApiError credits_not_supported(std::string_view instance_id) {
  return {"InstanceCreditSpecification.NotSupported",
          fmt::format("The instance '{}' is not a burstable performance instance.", instance_id)};
}
ApiError sysprep_needs_windows(std::string_view instance_id) {
  return unsupported_operation(fmt::format("The instance '{}' is not a Windows instance.", instance_id));
}
ApiError no_uefi_data(std::string_view instance_id) {
  return unsupported_operation(
      fmt::format("The instance '{}' was not started in UEFI boot mode and has no UEFI variable store.", instance_id));
}
ApiError instance_event_not_found(std::string_view event_id) {
  return {"InvalidInstanceEventIDNotFound", fmt::format("The event ID '{}' does not exist", event_id)};
}
ApiError invalid_instance_event_start_time(std::string_view event_id) {
  return {"InvalidInstanceEventStartTime",
          fmt::format("The start time of the event '{}' must be in the future and before its deadline.", event_id)};
}
ApiError diagnostic_interrupt_unsupported(std::string_view instance_type) {
  return unsupported_operation(
      fmt::format("The instance type '{}' does not support diagnostic interrupts.", instance_type));
}

}  // namespace amity::handlers::errors
