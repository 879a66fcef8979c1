// The errors of launch templates.
#pragma once

#include "handlers/api_error.hpp"

#include <cstddef>
#include <string_view>

namespace amity::handlers::errors {

ApiError launch_template_name_in_use();
ApiError malformed_launch_template_name();
ApiError launch_template_name_not_found(std::string_view name);
ApiError launch_template_version_not_found(std::string_view version, std::string_view template_id);
ApiError launch_template_limit_exceeded(std::size_t limit);
ApiError launch_template_version_limit_exceeded(std::size_t limit);

}  // namespace amity::handlers::errors
