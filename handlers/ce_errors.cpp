#include "handlers/ce_errors.hpp"

namespace amity::handlers::errors {

ApiError cost_validation(std::string message) { return {"ValidationException", std::move(message)}; }
ApiError cost_data_unavailable(std::string message) { return {"DataUnavailableException", std::move(message)}; }
ApiError cost_invalid_next_token() { return {"InvalidNextTokenException", "The pagination token is invalid."}; }
ApiError cost_request_changed() {
  return {"RequestChangedException",
          "Your request parameters changed between pages. Try again with the old parameters or without a pagination "
          "token."};
}

}  // namespace amity::handlers::errors
