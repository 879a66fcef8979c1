#include "handlers/image_references.hpp"

#include "handlers/arn.hpp"
#include "handlers/errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/launch_templates.hpp"
#include "handlers/listing.hpp"
#include "handlers/parameters.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

namespace amity::handlers {
namespace {

using ReferencingType = ec2::ImageReferenceResourceType;
using ReferenceOption = ec2::ImageReferenceOptionName;

std::vector<ImageReference> instances_naming(Call& call, std::string_view image_id, const ImageReferenceScope& scope) {
  std::vector<ImageReference> found;
  const auto query = storage::Query().of_any_account().where("image_id", image_id);
  call.instances().scan(query, [&](std::int64_t, const state::Instance& row) {
    const auto& states = scope.instance_states;
    if (states.empty() || std::ranges::find(states, state_of(row)) != states.end())
      found.push_back(
          {.account = row.owner_id, .resource = fmt::format("{}/{}", kInstance.type, *row.instance.instance_id)});
    return true;
  });
  return found;
}

// Whether one of the template's newest versions names the image by its id.
bool names_image(Call& call, const std::string& template_id, std::string_view image_id, std::size_t depth) {
  auto versions = call.table<state::LaunchTemplateVersion>().all(
      storage::Query().of_any_account().where("template_id", template_id));
  const auto number = [](const state::LaunchTemplateVersion& row) {
    return row.launch_template_version.version_number;
  };
  std::ranges::sort(versions, std::greater(), number);
  versions.resize(std::min(versions.size(), depth));
  return std::ranges::any_of(versions, [&](const state::LaunchTemplateVersion& row) {
    return row.launch_template_version.launch_template_data->image_id == image_id;
  });
}

std::vector<ImageReference> launch_templates_naming(Call& call, std::string_view image_id,
                                                    const ImageReferenceScope& scope) {
  std::vector<ImageReference> found;
  const auto templates = call.table<state::LaunchTemplate>();
  for (const state::LaunchTemplate& row : templates.all(storage::Query().of_any_account())) {
    const std::string& id = *row.launch_template.launch_template_id;
    if (names_image(call, id, image_id, scope.template_versions))
      found.push_back(
          {.account = templates.owner(id).value(), .resource = fmt::format("{}/{}", kLaunchTemplate.type, id)});
  }
  return found;
}

// Parameters of the data type for images whose latest version is the image's id.
std::vector<ImageReference> parameters_naming(Call& call, std::string_view image_id, const ImageReferenceScope&) {
  std::vector<ImageReference> found;
  call.table<state::Parameter>().scan(
      storage::Query().of_any_account(), [&](std::int64_t, const state::Parameter& row) {
        const bool is_named = !row.versions.empty() && row.versions.back().data_type == kImageDataType &&
                              row.versions.back().value == image_id;
        if (is_named)
          found.push_back({.account = row.owner_id,
                           .resource = fmt::format("parameter{}{}", row.name.starts_with('/') ? "" : "/", row.name)});
        return true;
      });
  return found;
}

constexpr ImageReferenceSource kReferenceSources[] = {
    {ReferencingType::ec2_Instance, "ec2", instances_naming},
    {ReferencingType::ec2_LaunchTemplate, "ec2", launch_templates_naming},
    {ReferencingType::ssm_Parameter, "ssm", parameters_naming},
};

void check_state_names(const std::vector<std::string>& states) {
  const auto names = ec2::InstanceState::shape.find("Name")->constraints->values;
  for (const std::string& state : states)
    if (std::ranges::find(names, state) == names.end()) throw errors::invalid_value("state-name", state);
}

void read_reference_option(const ec2::ResourceTypeRequest& type, const ec2::ResourceTypeOption& option,
                           ImageReferenceScope& scope) {
  const std::string name = option.option_name.value_or("");
  if (name == ReferenceOption::state_name && type.resource_type == ReferencingType::ec2_Instance) {
    check_state_names(option.option_values);
    scope.instance_states = option.option_values;
  } else if (name == ReferenceOption::version_depth && type.resource_type == ReferencingType::ec2_LaunchTemplate) {
    scope.template_versions = read_version_depth(option.option_values);
  } else {
    throw errors::invalid_value("OptionName", name,
                                fmt::format("It is no option of {}.", type.resource_type.value_or("")));
  }
}

// The types of resources to look at, each with its options.
std::map<std::string, ImageReferenceScope> scopes_of(const ec2::DescribeImageReferencesRequest& request) {
  std::map<std::string, ImageReferenceScope> scopes;
  if (request.include_all_resource_types.value_or(false))
    for (const ImageReferenceSource& source : kReferenceSources) scopes[std::string(source.resource_type)];
  for (const ec2::ResourceTypeRequest& type : request.resource_types) {
    if (!type.resource_type) throw errors::missing_parameter("ResourceType");
    ImageReferenceScope& scope = scopes[*type.resource_type];
    for (const ec2::ResourceTypeOption& option : type.resource_type_options) read_reference_option(type, option, scope);
  }
  if (scopes.empty()) throw errors::missing_parameter("IncludeAllResourceTypes or ResourceTypes");
  return scopes;
}

// DescribeImageReferences: the caller's own resources that name the images, whoever owns these.
ec2::DescribeImageReferencesResult describe_image_references(Call& call,
                                                             const ec2::DescribeImageReferencesRequest& request) {
  check_ids(kImage, request.image_ids);
  const Page page = page_of(request.max_results, request.next_token);
  const auto scopes = scopes_of(request);
  Listing<ec2::ImageReference> listing({}, {}, page);
  std::int64_t position = 0;
  for (const std::string& image_id : request.image_ids)
    for (const auto& [type, scope] : scopes) {
      const ImageReferenceSource* source = image_reference_source(type);
      if (!source) continue;  // nobody has such resources here
      for (const ImageReference& reference : source->find(call, image_id, scope)) {
        if (reference.account != call.account() || ++position <= page.after) continue;
        if (!listing.offer(
                position,
                {.image_id = image_id, .resource_type = type, .arn = arn(call, source->service, reference.resource)}))
          return {.next_token = listing.next_token(), .image_references = listing.take()};
      }
    }
  return {.image_references = listing.take()};
}

}  // namespace

std::span<const ImageReferenceSource> image_reference_sources() { return kReferenceSources; }

const ImageReferenceSource* image_reference_source(std::string_view resource_type) {
  const auto found = std::ranges::find(kReferenceSources, resource_type, &ImageReferenceSource::resource_type);
  return found == std::end(kReferenceSources) ? nullptr : &*found;
}

std::size_t read_version_depth(const std::vector<std::string>& values) {
  constexpr std::size_t kMost = 10000;
  const std::string text = values.size() == 1 ? values.front() : "";
  std::size_t depth = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), depth);
  if (error != std::errc() || end != text.data() + text.size() || depth < 1 || depth > kMost)
    throw errors::invalid_value("version-depth", fmt::format("{}", fmt::join(values, ", ")),
                                "Expecting a number between 1 and 10000.");
  return depth;
}

std::span<const Operation> image_reference_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_image_references>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
