// The errors of the EBS direct APIs (EBS API reference): exceptions of the JSON kind, most with a finer reason.
#pragma once

#include "handlers/api_error.hpp"

#include <string>
#include <string_view>

namespace amity::handlers::errors {

// ResourceNotFoundException: what does not exist for the caller.
ApiError ebs_snapshot_not_found(std::string_view snapshot_id);
// AccessDeniedException: what exists, but is not the caller's to use in this way.
ApiError ebs_access_denied(std::string message);
// ValidationException. `reason` is one of the API's: "INVALID_PARAMETER_VALUE", "INVALID_BLOCK_TOKEN" …
ApiError ebs_invalid(std::string message, std::string_view reason = "INVALID_PARAMETER_VALUE");
// ConflictException: a client token of another request.
ApiError ebs_conflict();

}  // namespace amity::handlers::errors
