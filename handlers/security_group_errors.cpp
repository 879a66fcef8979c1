#include "handlers/security_group_errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError no_group_of_that_name(std::string_view name, std::string_view vpc_id) {
  return {"InvalidGroup.NotFound", fmt::format("The security group '{}' does not exist in VPC '{}'", name, vpc_id)};
}
ApiError group_of_another_vpc() {
  return {"InvalidParameter", "You have specified two resources that belong to different networks."};
}
ApiError too_many_groups_per_interface() {
  return {"SecurityGroupsPerInterfaceLimitExceeded",
          "The maximum number of security groups per interface has been reached."};
}

}  // namespace amity::handlers::errors
