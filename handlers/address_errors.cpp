#include "handlers/address_errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError too_many_addresses() { return {"AddressLimitExceeded", "The maximum number of addresses has been reached."}; }
ApiError address_not_recoverable(std::string_view address) {
  return {"InvalidAddress.NotFound", fmt::format("Address '{}' cannot be recovered.", address)};
}
ApiError allocation_id_required() {
  return {"InvalidParameterValue", "You must specify an allocation id when releasing a VPC elastic IP address"};
}
ApiError already_associated(std::string_view resource_id, std::string_view association_id) {
  return {"Resource.AlreadyAssociated",
          fmt::format("resource {} is already associated with associate-id {}", resource_id, association_id)};
}
ApiError address_mapped(std::string_view address) {
  return {"InvalidIPAddress.InUse", fmt::format("Address {} is in use.", address)};
}
ApiError no_private_address(std::string_view address, std::string_view interface_id) {
  return {"InvalidParameterValue",
          fmt::format("IP address {} does not belong to network interface {}", address, interface_id)};
}
ApiError many_interfaces_for_address(std::string_view instance_id) {
  return {"InvalidInstanceID",
          fmt::format("There are multiple interfaces attached to instance '{}'. Please specify an interface ID for the "
                      "operation instead.",
                      instance_id)};
}
ApiError instance_state_for_address(std::string_view instance_id, std::string_view state) {
  return {"InvalidInstanceID",
          fmt::format("The instance '{}' is not in a valid state for this operation: it is {}.", instance_id, state)};
}
ApiError gateway_not_attached_for_address(std::string_view vpc_id) {
  return {"Gateway.NotAttached", fmt::format("Network {} is not attached to any internet gateway", vpc_id)};
}

}  // namespace amity::handlers::errors
