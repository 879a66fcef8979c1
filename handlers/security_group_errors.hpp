// Errors of security groups and their rules.
#pragma once

#include "handlers/api_error.hpp"

#include <string_view>

namespace amity::handlers::errors {

ApiError no_group_of_that_name(std::string_view name, std::string_view vpc_id);  // InvalidGroup.NotFound
ApiError group_of_another_vpc();                                                 // InvalidParameter
ApiError too_many_groups_per_interface();

}  // namespace amity::handlers::errors
