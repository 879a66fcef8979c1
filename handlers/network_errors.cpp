#include "handlers/network_errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError no_default_vpc() {
  return {"VPCIdNotSpecified",
          "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC."};
}
ApiError no_default_subnet(std::string_view vpc_id) {
  return {"MissingInput", fmt::format("No subnets found for the default VPC '{}'. Please specify a subnet.", vpc_id)};
}
ApiError no_default_subnet_in_zone(std::string_view zone) {
  return {"MissingInput", fmt::format("No default subnet for availability zone: '{}'.", zone)};
}
ApiError invalid_availability_zone(std::string_view zone) {
  return {"InvalidParameterValue", fmt::format("Invalid availability zone: [{}]", zone)};
}
ApiError not_enough_free_addresses(std::string_view subnet_id) {
  return {
      "InsufficientFreeAddressesInSubnet",
      fmt::format("There are not enough free addresses in subnet '{}' to satisfy the requested number of instances.",
                  subnet_id)};
}
ApiError address_in_use(std::string_view address) {
  return {"InvalidIPAddress.InUse", fmt::format("Address {} is in use.", address)};
}
ApiError address_outside_subnet(std::string_view address) {
  return {"InvalidParameterValue", fmt::format("Address {} does not fall within the subnet's address range", address)};
}
ApiError address_reserved(std::string_view address) {
  return {"InvalidParameterValue", fmt::format("Address {} is in subnet's reserved address range", address)};
}
ApiError invalid_address(std::string_view address) {
  return {"InvalidParameterValue", fmt::format("invalid value for parameter address: {}", address)};
}
ApiError no_ipv6_block(std::string_view subnet_id) {
  return {"InvalidParameterValue", fmt::format("The subnet '{}' does not have an IPv6 CIDR block.", subnet_id)};
}

}  // namespace amity::handlers::errors
