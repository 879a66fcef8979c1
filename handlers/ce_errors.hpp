// Errors of Cost Explorer.
#pragma once

#include "handlers/api_error.hpp"

#include <string>

namespace amity::handlers::errors {

ApiError cost_validation(std::string message);
ApiError cost_data_unavailable(std::string message);
ApiError cost_invalid_next_token();
ApiError cost_request_changed();

}  // namespace amity::handlers::errors
