// Launch templates and their versions, as their own operations and launches use them.
#pragma once

#include "handlers/call.hpp"
#include "handlers/resource_kind.hpp"
#include "model/ec2.hpp"
#include "model/state_launch_templates.hpp"
#include "storage/launch_template_tables.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

inline constexpr ResourceKind kLaunchTemplate{
    "lt",
    "launch-template",
    "InvalidLaunchTemplateId.Malformed",
    "InvalidLaunchTemplateId.NotFound",
    "The specified launch template, with template ID {}, does not exist.",
    "At least one of the launch templates specified in the request does not exist."};

// Words for versions, beside their numbers.
inline constexpr std::string_view kLatestVersion = "$Latest";
inline constexpr std::string_view kDefaultVersion = "$Default";

// The caller's template that a request means by id or by name. Throws MissingParameter (neither),
// InvalidParameterCombination (both), InvalidLaunchTemplateId.Malformed/.NotFound,
// InvalidLaunchTemplateName.NotFoundException.
state::LaunchTemplate find_launch_template(Call& call, const std::optional<std::string>& id,
                                           const std::optional<std::string>& name);
std::optional<state::LaunchTemplate> launch_template_named(Call& call, std::string_view name);

// The number that a selector means: digits, "$Latest" or "$Default"; nullopt for any other text. Whether the version
// exists is another question.
std::optional<std::int64_t> version_number(const ec2::LaunchTemplate& launch_template, std::string_view selector);
std::optional<ec2::LaunchTemplateVersion> find_version(Call& call, const ec2::LaunchTemplate& launch_template,
                                                       std::int64_t number);
// Throws InvalidLaunchTemplateId.VersionNotFound.
ec2::LaunchTemplateVersion version_selected(Call& call, const ec2::LaunchTemplate& launch_template,
                                            std::string_view selector);

// Inserts the next version of the template, whose row is updated.
ec2::LaunchTemplateVersion add_version(Call& call, state::LaunchTemplate& launch_template,
                                       const std::optional<std::string>& description,
                                       ec2::ResponseLaunchTemplateData data);

// Throws for what no launch could be made of: InvalidUserData.Malformed, InvalidParameterCombination,
// InvalidParameterValue, OperationNotPermitted.
void check_template_data(const ec2::RequestLaunchTemplateData& data);
// What a launch would fail for as things are now; nothing is refused for it.
std::optional<ec2::ValidationWarning> warning_about(Call& call, const ec2::ResponseLaunchTemplateData& data);

// A launch with what its template says filled in.
struct TemplatedLaunch {
  ec2::RunInstancesRequest request;
  std::vector<ec2::Tag> system_tags{};  // which template the instances are from
};

// Members of the request win over those of the template; tags are put together key by key, block device mappings device
// by device. Without a template the request stays as it is. Throws what find_launch_template and version_selected
// throw, UnsupportedOperation.
TemplatedLaunch with_launch_template(Call& call, const ec2::RunInstancesRequest& request);

}  // namespace amity::handlers
