#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError missing_parameter(std::string_view name) {
  return {"MissingParameter", fmt::format("The request must contain the parameter {}", name)};
}
ApiError unknown_parameter(std::string_view name) {
  return {"UnknownParameter", fmt::format("The parameter {} is not recognized", name)};
}
ApiError invalid_value(std::string_view name, std::string_view value, std::string_view why) {
  return {"InvalidParameterValue",
          fmt::format("Value ({}) for parameter {} is invalid.{}{}", value, name, why.empty() ? "" : " ", why)};
}
ApiError invalid_parameter_value(std::string message) { return {"InvalidParameterValue", std::move(message)}; }
ApiError invalid_parameter_combination(std::string message) {
  return {"InvalidParameterCombination", std::move(message)};
}
ApiError cannot_be_combined(std::string_view a, std::string_view b) {
  return invalid_parameter_combination(fmt::format("The parameter {} cannot be used with the parameter {}", a, b));
}
ApiError invalid_parameter_dependency(std::string_view parameter, std::string_view needs) {
  return {"InvalidParameterDependency",
          fmt::format("The parameter [{}] requires the parameter {} to be set.", parameter, needs)};
}
ApiError invalid_filter(std::string_view name) {
  return {"InvalidParameterValue", fmt::format("The filter '{}' is invalid", name)};
}
ApiError filter_limit_exceeded() {
  return {"FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200"};
}
ApiError invalid_next_token(std::string_view token) {
  return {"InvalidNextToken", fmt::format("The token '{}' is invalid", token)};
}
ApiError dry_run_operation() {
  return {"DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412};
}
ApiError idempotent_parameter_mismatch() {
  return {"IdempotentParameterMismatch",
          "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."};
}
ApiError unsupported_operation(std::string message) { return {"UnsupportedOperation", std::move(message)}; }
ApiError operation_not_permitted(std::string message) { return {"OperationNotPermitted", std::move(message)}; }
ApiError incorrect_state(std::string message) { return {"IncorrectState", std::move(message)}; }

ApiError auth_failure() { return {"AuthFailure", "AWS was not able to validate the provided access credentials", 401}; }
ApiError not_authorized_for_image(std::string_view image_id) {
  return not_authorized(fmt::format("Not authorized for images: [{}]", image_id));
}
// AuthFailure keeps its 401 only for credentials; what a valid caller may not touch is answered with 400 like other
// errors.
ApiError not_authorized(std::string message) { return {"AuthFailure", std::move(message), 400}; }

ApiError malformed_user_id(std::string_view user_id) {
  return {"InvalidUserID.Malformed", fmt::format("Invalid user id: \"{}\"", user_id)};
}
ApiError invalid_image_attribute_item(std::string_view value, std::string_view item) {
  return {"InvalidAMIAttributeItemValue",
          fmt::format("Invalid attribute item value \"{}\" for {} item type.", value, item)};
}
ApiError invalid_region(std::string_view region) {
  return {"InvalidRegion", fmt::format("The region '{}' does not exist or cannot be copied from.", region)};
}

ApiError tag_limit_exceeded() {
  return {"TagLimitExceeded", "The maximum number of Tags for a resource has been reached."};
}

}  // namespace amity::handlers::errors
