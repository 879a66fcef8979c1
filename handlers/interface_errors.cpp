#include "handlers/interface_errors.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError interface_cannot_be_deleted(std::string_view interface_id) {
  return invalid_parameter_value(fmt::format("Network interface '{}' is currently in use.", interface_id));
}
ApiError interface_already_attached(std::string_view interface_id) {
  return {"InvalidNetworkInterface.InUse", fmt::format("Interface: [{}] in use.", interface_id)};
}
ApiError no_interface_attachment(std::string_view attachment_id) {
  return {"InvalidAttachmentID.NotFound", fmt::format("The attachment '{}' does not exist", attachment_id)};
}
ApiError primary_interface_stays(std::int32_t device_index, std::int32_t card_index) {
  return operation_not_permitted(
      fmt::format("The network interface at device index {} and networkCard index {} cannot be detached.", device_index,
                  card_index));
}
ApiError foreign_attachment(std::string_view attachment_id) {
  return operation_not_permitted(fmt::format("You are not allowed to manage attachment '{}'.", attachment_id));
}
ApiError device_index_taken(std::string_view instance_id, std::int32_t device_index) {
  return invalid_parameter_value(
      fmt::format("Instance '{}' already has an interface attached at device index '{}'.", instance_id, device_index));
}
ApiError interface_in_other_zone() {
  return invalid_parameter_combination(
      "You may not attach a network interface to an instance if they are not in the same availability zone");
}
ApiError instance_state_for_interface(std::string_view instance_id) {
  return {"IncorrectInstanceState",
          fmt::format("Instance '{}' is not in a state in which network interfaces can be attached.", instance_id)};
}
ApiError address_not_assigned(std::string_view address, std::string_view interface_id) {
  return invalid_parameter_value(
      fmt::format("Some of the specified addresses are not assigned to interface {}: {}", interface_id, address));
}
ApiError primary_address_stays(std::string_view address) {
  return invalid_parameter_value(
      fmt::format("The primary private IP address {} of an interface cannot be unassigned.", address));
}
ApiError prefixes_unsupported() { return unsupported_operation("Prefixes of network interfaces are not emulated."); }

}  // namespace amity::handlers::errors
