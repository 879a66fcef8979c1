#include "handlers/launch_template_errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {
namespace {

constexpr char kWhatVersionsMayBe[] =
    "To describe versions of all launch templates, specify $Latest, $Default, or both, and no launch template. To "
    "describe those of one launch template, specify its ID or name; versions may then be numbers, too.";

}  // namespace

ApiError launch_template_name_in_use() {
  return {"InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use."};
}
ApiError malformed_launch_template_name() {
  return {"InvalidLaunchTemplateName.MalformedException",
          "The specified launch template name is invalid. A launch template name must be between 3 and 128 characters, "
          "and may contain letters, numbers, and the following characters: - ( ) . / _."};
}
ApiError launch_template_name_not_found(std::string_view name) {
  return {"InvalidLaunchTemplateName.NotFoundException",
          fmt::format("The specified launch template, with template name {}, does not exist.", name)};
}
ApiError launch_template_names_not_found() {
  return {"InvalidLaunchTemplateName.NotFoundException",
          "At least one of the launch templates specified in the request does not exist."};
}
ApiError missing_launch_template_versions() { return {"MissingParameter", kWhatVersionsMayBe}; }
ApiError invalid_launch_template_versions() { return {"InvalidParameterValue", kWhatVersionsMayBe}; }
ApiError launch_template_version_not_found(std::string_view version, std::string_view template_id) {
  return {
      "InvalidLaunchTemplateId.VersionNotFound",
      fmt::format("Could not find the specified version {} for the launch template with ID {}.", version, template_id)};
}
ApiError launch_template_limit_exceeded(std::size_t limit) {
  return {"LaunchTemplateLimitExceeded", fmt::format("Maximum of {} launch templates reached.", limit)};
}
ApiError launch_template_version_limit_exceeded(std::size_t limit) {
  return {"LaunchTemplateVersionLimitExceeded",
          fmt::format("Maximum of {} versions of the launch template reached.", limit)};
}

}  // namespace amity::handlers::errors
