#include "handlers/ebs_direct_errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError ebs_snapshot_not_found(std::string_view snapshot_id) {
  return ApiError("ResourceNotFoundException", fmt::format("The snapshot '{}' does not exist.", snapshot_id), 404)
      .because("SNAPSHOT_NOT_FOUND");
}

ApiError ebs_access_denied(std::string message) {
  return ApiError("AccessDeniedException", std::move(message), 403).because("UNAUTHORIZED_ACCOUNT");
}

ApiError ebs_invalid(std::string message, std::string_view reason) {
  return ApiError("ValidationException", std::move(message)).because(std::string(reason));
}

ApiError ebs_conflict() {
  return ApiError("ConflictException", "The client token was used with another request.", 409);
}

}  // namespace amity::handlers::errors
