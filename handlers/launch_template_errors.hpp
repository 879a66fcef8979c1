// The errors of launch templates.
#pragma once

#include "handlers/api_error.hpp"

#include <cstddef>
#include <string_view>

namespace amity::handlers::errors {

ApiError launch_template_name_in_use();
ApiError malformed_launch_template_name();
ApiError launch_template_name_not_found(std::string_view name);
// Of several names that were to be described.
ApiError launch_template_names_not_found();
// Versions were asked for without a template: none at all, or numbers.
ApiError missing_launch_template_versions();
ApiError invalid_launch_template_versions();
ApiError launch_template_version_not_found(std::string_view version, std::string_view template_id);
ApiError launch_template_limit_exceeded(std::size_t limit);
ApiError launch_template_version_limit_exceeded(std::size_t limit);

}  // namespace amity::handlers::errors
