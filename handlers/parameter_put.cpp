#include "handlers/arn.hpp"
#include "handlers/errors.hpp"
#include "handlers/images.hpp"
#include "handlers/parameter_errors.hpp"
#include "handlers/parameters.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"

#include <boost/regex.hpp>

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxParameterNameLength = 1011;
constexpr std::ptrdiff_t kMaxLevels = 15;
constexpr std::size_t kMaxStandardValue = 4096;
constexpr std::size_t kMaxAdvancedValue = 8192;
constexpr std::size_t kMaxParameterVersions = 100;
constexpr std::size_t kMaxParameters = 10000;
constexpr std::size_t kMaxParameterTags = 50;
constexpr char kDefaultParameterKey[] = "alias/aws/ssm";
constexpr char kText[] = "text";
constexpr std::string_view kDataTypes[] = {kText, kImageDataType, "aws:ssm:integration"};

std::string without_spaces_around(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

bool starts_ignoring_case(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() && std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                                                        [](char low, char c) { return low == (c | 0x20); });
}

void check_parameter_name(std::string_view name) {
  const std::string_view stem = name.substr(name.starts_with('/') ? 1 : 0);
  const auto levels = std::ranges::count(name, '/');
  if (starts_ignoring_case(stem, "aws") && levels > 1) throw errors::reserved_parameter_name(name);
  if (starts_ignoring_case(stem, "aws") || starts_ignoring_case(stem, "ssm"))
    throw errors::validation("Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).");
  const bool is_good = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.-/").find(c) != std::string_view::npos;
  });
  if (!is_good || stem.empty() || name.size() > kMaxParameterNameLength || name.find("//") != std::string_view::npos ||
      name.ends_with('/'))
    throw errors::validation(
        "Parameter name: a name or path consists of sub-paths divided by slashes; each is a mix of letters, numbers "
        "and "
        "the symbols .-_");
  if (levels > 0 && !name.starts_with('/')) throw errors::validation("Parameter name must be a fully qualified name.");
  if (levels > kMaxLevels) throw errors::hierarchy_too_deep(kMaxLevels);
}

void check_pattern(const std::string& pattern, const std::string& value) {
  try {
    if (!boost::regex_match(value, boost::regex(pattern))) throw errors::parameter_pattern_mismatch(pattern);
  } catch (const boost::regex_error&) {
    throw errors::invalid_allowed_pattern(pattern);
  } catch (const std::runtime_error&) {  // would take too long
    throw errors::invalid_allowed_pattern(pattern);
  }
}

// The tier that the version gets. Advanced ones never go back.
std::string tier_of(const ssm::PutParameterRequest& request, const std::string& previous) {
  const bool is_large = request.value.size() > kMaxStandardValue;
  const bool was_advanced = previous == ssm::ParameterTier::Advanced;
  const std::string wanted = request.tier.value_or(previous.empty() ? ssm::ParameterTier::Standard : previous);
  if (request.value.size() > kMaxAdvancedValue)
    throw errors::validation("Advanced tier parameters support a maximum parameter value of 8192 characters.");
  if (wanted == ssm::ParameterTier::Standard) {
    if (was_advanced)
      throw errors::validation("A parameter cannot be changed from the advanced-parameter tier to the standard tier.");
    if (is_large)
      throw errors::validation(
          "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter "
          "value, upgrade the parameter to use the advanced-parameter tier.");
    return ssm::ParameterTier::Standard;
  }
  const bool is_advanced = wanted == ssm::ParameterTier::Advanced || is_large || was_advanced;
  return is_advanced ? ssm::ParameterTier::Advanced : ssm::ParameterTier::Standard;
}

// The next version: what the request says, the rest from the version before.
ssm::ParameterHistory next_version(Call& call, const ssm::PutParameterRequest& request, const std::string& name,
                                   const ssm::ParameterHistory& before) {
  ssm::ParameterHistory version = before;
  version.name = name;
  version.value = request.value;
  version.version = before.version.value_or(0) + 1;
  version.last_modified_date = call.now();
  version.last_modified_user = root_arn(call);
  version.labels.clear();
  version.tier = tier_of(request, before.tier.value_or(""));
  if (request.type) version.type = request.type;
  if (request.description) version.description = request.description;
  if (request.allowed_pattern) version.allowed_pattern = request.allowed_pattern;
  if (request.data_type || !version.data_type) version.data_type = request.data_type.value_or(kText);
  if (version.type == ssm::ParameterType::SecureString)
    version.key_id = request.key_id.value_or(before.key_id.value_or(kDefaultParameterKey));
  return version;
}

void check_version(const ssm::PutParameterRequest& request, const ssm::ParameterHistory& version,
                   const ssm::ParameterHistory& before) {
  if (!version.type) throw errors::validation("A parameter type is required when you create a parameter.");
  if (before.type && version.type != before.type) throw errors::parameter_type_change();
  if (before.data_type && version.data_type != before.data_type)
    throw errors::validation("The data type of a parameter cannot be changed.");
  if (request.key_id && version.type != ssm::ParameterType::SecureString)
    throw errors::validation("KeyId is required for SecureString type parameter only.");
  if (std::ranges::find(kDataTypes, *version.data_type) == std::end(kDataTypes))
    throw errors::validation("The following data type is not supported: " + *version.data_type +
                             " (Data type names are all lowercase.)");
  if (version.data_type == kImageDataType && version.type != ssm::ParameterType::String)
    throw errors::validation("The data type aws:ec2:image is for parameters of the type String only.");
  if (request.value.empty()) throw errors::validation("The value of a parameter cannot be empty.");
  if (!version.allowed_pattern.value_or("").empty()) check_pattern(*version.allowed_pattern, request.value);
}

// Systems Manager looks for the image only after it has answered: what is none makes no version.
bool is_wrong_image(Call& call, const ssm::ParameterHistory& version) {
  if (version.data_type != kImageDataType) return false;
  const auto found = is_well_formed(kImage, *version.value) ? any_image(call, *version.value) : std::nullopt;
  return !found || !is_visible(call, *found);
}

void drop_oldest(state::Parameter& row) {
  if (row.versions.size() < kMaxParameterVersions) return;
  if (!row.versions.front().labels.empty())
    throw errors::parameter_max_version_limit_exceeded(row.name, kMaxParameterVersions);
  row.versions.erase(row.versions.begin());
}

void check_parameter_tags(const std::vector<ssm::Tag>& tags) {
  if (tags.size() > kMaxParameterTags) throw errors::too_many_ssm_tags();
  for (const ssm::Tag& tag : tags)
    if (starts_ignoring_case(tag.key, "aws:"))
      throw errors::validation("Tag keys that begin with aws: are reserved for internal use.");
}

ssm::PutParameterResult put_parameter(Call& call, const ssm::PutParameterRequest& request) {
  const std::string name = without_spaces_around(request.name);
  check_parameter_name(name);
  if (request.policies) throw errors::parameter_policies_unsupported();
  const bool overwrites = request.overwrite.value_or(false);
  if (overwrites && !request.tags.empty())
    throw errors::validation(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove "
        "overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or "
        "RemoveTagsFromResource.");
  check_parameter_tags(request.tags);
  auto parameters = call.table<state::Parameter>();
  auto found = parameters.find_by(storage::Query().where("name", name));
  if (found && !overwrites) throw errors::parameter_already_exists();
  if (!found && parameters.count() >= kMaxParameters) throw errors::parameter_limit_exceeded(kMaxParameters);

  state::Parameter row =
      found.value_or(state::Parameter{.owner_id = call.account(), .name = name, .tags = request.tags});
  const ssm::ParameterHistory before = row.versions.empty() ? ssm::ParameterHistory() : row.versions.back();
  const auto version = next_version(call, request, name, before);
  check_version(request, version, before);
  ssm::PutParameterResult result{.version = version.version, .tier = version.tier};
  if (is_wrong_image(call, version)) return result;
  drop_oldest(row);
  row.versions.push_back(version);
  found ? parameters.update(row) : parameters.insert(row);
  return result;
}

bool remove_parameter(Call& call, const std::string& name) {
  auto parameters = call.table<state::Parameter>();
  const auto row = parameters.find_by(storage::Query().where("name", name));
  if (row) parameters.remove(storage::table_of<state::Parameter>().id(&*row));
  return row.has_value();
}

ssm::DeleteParameterResult delete_parameter(Call& call, const ssm::DeleteParameterRequest& request) {
  if (!remove_parameter(call, request.name)) throw errors::parameter_not_found(request.name);
  return {};
}

ssm::DeleteParametersResult delete_parameters(Call& call, const ssm::DeleteParametersRequest& request) {
  ssm::DeleteParametersResult result;
  for (const std::string& name : request.names)
    (remove_parameter(call, name) ? result.deleted_parameters : result.invalid_parameters).push_back(name);
  return result;
}

state::Parameter tagged_parameter(Call& call, const std::string& type, const std::string& name) {
  if (type != ssm::ResourceTypeForTagging::Parameter) throw errors::invalid_ssm_resource_type(type);
  auto row = call.table<state::Parameter>().find_by(storage::Query().where("name", name));
  if (!row) throw errors::invalid_ssm_resource_id(name);
  return *std::move(row);
}

ssm::AddTagsToResourceResult add_parameter_tags(Call& call, const ssm::AddTagsToResourceRequest& request) {
  auto row = tagged_parameter(call, request.resource_type, request.resource_id);
  for (const ssm::Tag& tag : request.tags) {
    std::erase_if(row.tags, [&](const ssm::Tag& old) { return old.key == tag.key; });
    row.tags.push_back(tag);
  }
  check_parameter_tags(row.tags);
  call.table<state::Parameter>().update(row);
  return {};
}

ssm::RemoveTagsFromResourceResult remove_parameter_tags(Call& call, const ssm::RemoveTagsFromResourceRequest& request) {
  auto row = tagged_parameter(call, request.resource_type, request.resource_id);
  std::erase_if(row.tags, [&](const ssm::Tag& tag) {
    return std::ranges::find(request.tag_keys, tag.key) != request.tag_keys.end();
  });
  call.table<state::Parameter>().update(row);
  return {};
}

ssm::ListTagsForResourceResult list_parameter_tags(Call& call, const ssm::ListTagsForResourceRequest& request) {
  return {.tag_list = tagged_parameter(call, request.resource_type, request.resource_id).tags};
}

}  // namespace

std::span<const Operation> parameter_put_operations() {
  static constexpr Operation kOperations[] = {
      bind<add_parameter_tags>(),  bind<delete_parameter>(), bind<delete_parameters>(),
      bind<list_parameter_tags>(), bind<put_parameter>(),    bind<remove_parameter_tags>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
