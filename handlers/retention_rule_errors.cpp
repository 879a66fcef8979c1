#include "handlers/retention_rule_errors.hpp"

#include <fmt/format.h>

#include <utility>

namespace amity::handlers::errors {
namespace {

ApiError quota_exceeded(std::string message) {
  ApiError error("ServiceQuotaExceededException", std::move(message), 402);
  error.because("SERVICE_QUOTA_EXCEEDED");
  return error;
}

}  // namespace

ApiError invalid_rule(std::string message) {
  ApiError error("ValidationException", std::move(message));
  error.because("INVALID_PARAMETER_VALUE");
  return error;
}

ApiError invalid_rule_page_token() {
  ApiError error("ValidationException", "The pagination token is not valid.");
  error.because("INVALID_PAGE_TOKEN");
  return error;
}

ApiError rule_not_found(std::string_view identifier) {
  ApiError error("ResourceNotFoundException", fmt::format("Rule {} was not found.", identifier), 404);
  error.because("RULE_NOT_FOUND");
  return error;
}

ApiError wrong_rule_state(std::string message) {
  ApiError error("ConflictException", std::move(message), 409);
  error.because("INVALID_RULE_STATE");
  return error;
}

ApiError too_many_rules(std::size_t limit) {
  return quota_exceeded(fmt::format("An account can have {} retention rules in a Region.", limit));
}

ApiError too_many_rule_tags(std::size_t limit) {
  return quota_exceeded(fmt::format("A retention rule can have {} tags.", limit));
}

}  // namespace amity::handlers::errors
