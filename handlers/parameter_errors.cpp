#include "handlers/parameter_errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError validation(std::string message) { return {"ValidationException", std::move(message)}; }
ApiError parameter_not_found(std::string_view name) {
  return {"ParameterNotFound", fmt::format("Parameter {} not found.", name)};
}
ApiError parameter_version_not_found(std::string_view name, std::string_view selector) {
  return {"ParameterVersionNotFound",
          fmt::format("Systems Manager could not find version {} of {}. Verify the version and try again.", selector,
                      name)};
}
ApiError parameter_already_exists() {
  return {"ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."};
}
ApiError reserved_parameter_name(std::string_view name) {
  return {"AccessDeniedException", fmt::format("No access to reserved parameter name: {}.", name)};
}
ApiError hierarchy_too_deep(std::size_t limit) {
  return {"HierarchyLevelLimitExceededException", fmt::format("A hierarchy can have a maximum of {} levels.", limit)};
}
ApiError parameter_type_change() {
  return {"HierarchyTypeMismatchException", "The type of a parameter cannot be changed. Create a new parameter."};
}
ApiError invalid_allowed_pattern(std::string_view pattern) {
  return {"InvalidAllowedPatternException", fmt::format("{} is not a valid regular expression.", pattern)};
}
ApiError parameter_pattern_mismatch(std::string_view pattern) {
  return {"ParameterPatternMismatchException",
          fmt::format("Parameter value, cannot be validated against allowedPattern: {}", pattern)};
}
ApiError parameter_limit_exceeded(std::size_t limit) {
  return {"ParameterLimitExceeded", fmt::format("Maximum of {} parameters reached.", limit)};
}
ApiError parameter_max_version_limit_exceeded(std::string_view name, std::size_t limit) {
  return {"ParameterMaxVersionLimitExceeded",
          fmt::format("{} has {} versions, and its oldest one has labels. Move them to another version, so that it can "
                      "be deleted.",
                      name, limit)};
}
ApiError parameter_version_label_limit_exceeded(std::size_t limit) {
  return {"ParameterVersionLabelLimitExceeded",
          fmt::format("A parameter version can have maximum {} labels. Move one or more labels to another version and "
                      "try again.",
                      limit)};
}
ApiError parameter_policies_unsupported() {
  return {"InvalidPolicyTypeException", "Parameter policies are not emulated."};
}
ApiError invalid_filter_key(std::string_view key, std::string_view valid) {
  return {"InvalidFilterKey",
          fmt::format("The following filter key is not valid: {}. Valid filter keys include: [{}].", key, valid)};
}
ApiError duplicate_filter_key(std::string_view key) {
  return {"InvalidFilterKey",
          fmt::format("The following filter is duplicated in the request: {}. A request can contain "
                      "only one occurrence of a specific filter.",
                      key)};
}
ApiError invalid_filter_option(std::string_view option, std::string_view valid) {
  return {"InvalidFilterOption",
          fmt::format("The following filter option is not valid: {}. Valid options include: [{}].", option, valid)};
}
ApiError invalid_filter_value(std::string message) { return {"InvalidFilterValue", std::move(message)}; }
ApiError invalid_ssm_resource_type(std::string_view type) {
  return {"InvalidResourceType", fmt::format("{} is no resource type that can be tagged here.", type)};
}
ApiError invalid_ssm_resource_id(std::string_view id) {
  return {"InvalidResourceId", fmt::format("Parameter {} does not exist.", id)};
}
ApiError too_many_ssm_tags() { return {"TooManyTagsError", "A parameter can have at most 50 tags."}; }
ApiError invalid_image_parameter(std::string message) { return {"SsmInvalidParameter", std::move(message)}; }

}  // namespace amity::handlers::errors
