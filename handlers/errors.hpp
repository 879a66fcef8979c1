// The errors that more than one resource raises, each code and text once. A resource's own are in <resource>_errors.hpp
// or, for malformed and unknown ids, in resource_kind.hpp. Codes and texts: AWS, "Error codes for the Amazon EC2 API".
#pragma once

#include "handlers/api_error.hpp"

#include <string>
#include <string_view>

namespace amity::handlers::errors {

// Request
ApiError missing_parameter(std::string_view name);
ApiError unknown_parameter(std::string_view name);
// "Value (<value>) for parameter <name> is invalid. <why>"
ApiError invalid_value(std::string_view name, std::string_view value, std::string_view why = {});
// InvalidParameterValue with a text of its own.
ApiError invalid_parameter_value(std::string message);
ApiError invalid_parameter_combination(std::string message);
// "The parameter <a> cannot be used with the parameter <b>"
ApiError cannot_be_combined(std::string_view a, std::string_view b);
// "The parameter [<a>] requires the parameter <b> to be set."
ApiError invalid_parameter_dependency(std::string_view parameter, std::string_view needs);
ApiError invalid_filter(std::string_view name);
ApiError filter_limit_exceeded();
ApiError invalid_next_token(std::string_view token);
ApiError dry_run_operation();
ApiError idempotent_parameter_mismatch();
ApiError unsupported_operation(std::string message);
ApiError operation_not_permitted(std::string message);
ApiError incorrect_state(std::string message);

// Authorization
ApiError auth_failure();
ApiError not_authorized_for_image(std::string_view image_id);
ApiError not_authorized(std::string message);  // AuthFailure with a text of its own

// Sharing and copying
// An account in a request (an owner, somebody to share with) that is neither twelve digits nor one of the words
// allowed.
ApiError malformed_user_id(std::string_view user_id);
// A permission for somebody who cannot be; `item` is "userId", "UserGroup" … The code is that of snapshots too.
ApiError invalid_image_attribute_item(std::string_view value, std::string_view item);
// The source of a copy.
ApiError invalid_region(std::string_view region);

// Tags
ApiError tag_limit_exceeded();

}  // namespace amity::handlers::errors
