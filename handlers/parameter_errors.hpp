// The errors of Systems Manager's parameters.
#pragma once

#include "handlers/api_error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace amity::handlers::errors {

ApiError validation(std::string message);  // ValidationException
ApiError parameter_not_found(std::string_view name);
ApiError parameter_version_not_found(std::string_view name, std::string_view selector);
ApiError parameter_already_exists();
ApiError reserved_parameter_name(std::string_view name);
ApiError hierarchy_too_deep(std::size_t limit);
ApiError parameter_type_change();
ApiError invalid_allowed_pattern(std::string_view pattern);
ApiError parameter_pattern_mismatch(std::string_view pattern);
ApiError parameter_limit_exceeded(std::size_t limit);
ApiError parameter_max_version_limit_exceeded(std::string_view name, std::size_t limit);
ApiError parameter_version_label_limit_exceeded(std::size_t limit);
ApiError parameter_policies_unsupported();
ApiError invalid_filter_key(std::string_view key, std::string_view valid);
ApiError duplicate_filter_key(std::string_view key);
ApiError invalid_filter_option(std::string_view option, std::string_view valid);
ApiError invalid_filter_value(std::string message);
ApiError invalid_ssm_resource_type(std::string_view type);
ApiError invalid_ssm_resource_id(std::string_view id);
ApiError too_many_ssm_tags();
// EC2's own, of an image id that names a parameter.
ApiError invalid_image_parameter(std::string message);

}  // namespace amity::handlers::errors
