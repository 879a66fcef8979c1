#include "handlers/image_tasks.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError invalid_conversion(std::string message) { return {"InvalidParameter", std::move(message)}; }

ApiError task_not_active(std::string_view id, std::string_view status) {
  return {"IncorrectState", fmt::format("The task {} is {}.", id, status)};
}

ApiError conversion_limit_exceeded(std::size_t limit) {
  return {"ResourceLimitExceeded", fmt::format("At most {} such tasks can be active in a Region.", limit)};
}

}  // namespace amity::handlers::errors
