// Errors of placement groups and of where instances are placed.
#pragma once

#include "handlers/api_error.hpp"

#include <cstddef>
#include <string_view>

namespace amity::handlers::errors {

ApiError placement_group_duplicate(std::string_view name);
ApiError placement_group_in_use(std::string_view name);
ApiError placement_group_in_other_zone(std::string_view name, std::string_view zone);
ApiError strategy_unsupported_by_type(std::string_view strategy, std::string_view type);
ApiError spread_limit_exceeded(std::string_view name, std::size_t limit);
ApiError tenancy_cannot_change(std::string_view from, std::string_view to);

}  // namespace amity::handlers::errors
