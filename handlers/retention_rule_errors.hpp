// The errors of the service rbin, with its reasons.
#pragma once

#include "handlers/api_error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace amity::handlers::errors {

ApiError invalid_rule(std::string message);
ApiError invalid_rule_page_token();
ApiError rule_not_found(std::string_view identifier);
// The rule is locked, or is not.
ApiError wrong_rule_state(std::string message);
ApiError too_many_rules(std::size_t limit);
ApiError too_many_rule_tags(std::size_t limit);

}  // namespace amity::handlers::errors
