#include "handlers/parameter_filters.hpp"

#include "handlers/parameter_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

using Filter = ssm::ParameterStringFilter;
using Texts = std::vector<std::string>;

constexpr std::string_view kEquals = "Equals";
constexpr std::string_view kBeginsWith = "BeginsWith";
constexpr std::string_view kContains = "Contains";
constexpr std::string_view kRecursive = "Recursive";
constexpr std::string_view kOneLevel = "OneLevel";
constexpr std::string_view kTag = "tag:";

constexpr std::string_view kCompare[] = {kBeginsWith, kEquals};
constexpr std::string_view kCompareNames[] = {kBeginsWith, kContains, kEquals};
constexpr std::string_view kLevels[] = {kRecursive, kOneLevel};

// The first option is not the default: Equals is, and for paths OneLevel.
struct Key {
  std::string_view name;
  std::span<const std::string_view> options;
  Texts (*values)(const ssm::ParameterHistory& version);
};

Texts one(const std::optional<std::string>& text) { return text ? Texts{*text} : Texts(); }

constexpr Key kKeys[] = {
    {"Name", kCompareNames, [](const ssm::ParameterHistory& version) { return one(version.name); }},
    {"Path", kLevels, [](const ssm::ParameterHistory& version) { return one(version.name); }},
    {"Type", kCompare, [](const ssm::ParameterHistory& version) { return one(version.type); }},
    {"KeyId", kCompare, [](const ssm::ParameterHistory& version) { return one(version.key_id); }},
    {"Tier", kCompare, [](const ssm::ParameterHistory& version) { return one(version.tier); }},
    {"DataType", kCompare, [](const ssm::ParameterHistory& version) { return one(version.data_type); }},
    {"Label", kCompare, [](const ssm::ParameterHistory& version) { return version.labels; }},
};
constexpr std::string_view kKeysByPath[] = {"Type", "KeyId", "Label"};
constexpr std::string_view kKeysOfDescribe[] = {"Path", "Name", "Type", "KeyId", "Tier", "DataType"};

const Key* find_key(std::string_view name) {
  const auto found = std::ranges::find(kKeys, name, &Key::name);
  return found == std::end(kKeys) ? nullptr : &*found;
}

std::string_view option_of(const Filter& filter) {
  if (filter.option) return *filter.option;
  return filter.key == "Path" ? kOneLevel : kEquals;
}

void check_path(const std::string& path) {
  if (!path.starts_with('/'))
    throw errors::validation(
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
        "with a forward slash \"/\".");
  std::string lower = path;
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  if (lower.starts_with("/aws") || lower.starts_with("/ssm"))
    throw errors::validation(
        "Filters for common parameters can't be prefixed with \"aws\" or \"ssm\" "
        "(case-insensitive). When using global parameters, please specify within a global "
        "namespace.");
}

void check_filter(const Filter& filter, std::span<const std::string_view> valid_keys, bool takes_tags) {
  const bool is_tag = filter.key.starts_with(kTag);
  const bool is_known = is_tag ? takes_tags : std::ranges::find(valid_keys, filter.key) != valid_keys.end();
  if (!is_known) throw errors::invalid_filter_key(filter.key, fmt::format("{}", fmt::join(valid_keys, ", ")));
  // A tag's key alone asks for all who bear it.
  if (filter.values.empty() && !is_tag)
    throw errors::invalid_filter_value(
        fmt::format("The following filter values are missing : null for filter key {}.", filter.key));
  const auto options = is_tag ? std::span<const std::string_view>(kCompare) : find_key(filter.key)->options;
  if (std::ranges::find(options, option_of(filter)) == options.end())
    throw errors::invalid_filter_option(option_of(filter), fmt::format("{}", fmt::join(options, ", ")));
  if (filter.key == "Path") std::ranges::for_each(filter.values, check_path);
}

bool fits_option(std::string_view text, std::string_view option, std::string_view value) {
  if (option == kBeginsWith) return text.starts_with(value);
  if (option == kContains) return text.find(value) != std::string_view::npos;
  if (option == kRecursive || option == kOneLevel) return is_under_path(text, value, option == kRecursive);
  return text == value;
}

bool passes(const Filter& filter, const Texts& texts) {
  return std::ranges::any_of(texts, [&](const std::string& text) {
    return std::ranges::any_of(filter.values,
                               [&](const std::string& value) { return fits_option(text, option_of(filter), value); });
  });
}

bool passes(const Filter& filter, const std::vector<ssm::Tag>& tags) {
  const auto tag = std::ranges::find(tags, filter.key.substr(kTag.size()), &ssm::Tag::key);
  return tag != tags.end() && (filter.values.empty() || passes(filter, Texts{tag->value}));
}

}  // namespace

ParameterFilters::ParameterFilters(const std::vector<Filter>& filters, For operation) : filters_(filters) {
  const bool describes = operation == For::DescribeParameters;
  std::set<std::string_view> keys;
  for (const Filter& filter : filters_) {
    check_filter(filter, describes ? std::span<const std::string_view>(kKeysOfDescribe) : kKeysByPath, describes);
    if (!keys.insert(filter.key).second) throw errors::duplicate_filter_key(filter.key);
  }
}

bool ParameterFilters::match(const ssm::ParameterHistory& version, const std::vector<ssm::Tag>& tags) const {
  return std::ranges::all_of(filters_, [&](const Filter& filter) {
    return filter.key.starts_with(kTag) ? passes(filter, tags) : passes(filter, find_key(filter.key)->values(version));
  });
}

bool ParameterFilters::are_about_labels() const {
  return std::ranges::find(filters_, "Label", &Filter::key) != filters_.end();
}

bool is_under_path(std::string_view name, std::string_view path, bool recursive) {
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!name.starts_with(path) || name.size() <= path.size() + 1 || name[path.size()] != '/') return false;
  return recursive || name.find('/', path.size() + 1) == std::string_view::npos;
}

}  // namespace amity::handlers
