#include "handlers/tagging.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

bool is_reserved_tag_key(std::string_view key) {
  return key.size() >= 4 && (key[0] | 0x20) == 'a' && (key[1] | 0x20) == 'w' && (key[2] | 0x20) == 's' && key[3] == ':';
}

void check_tag_key(const ec2::Tag& tag) {
  const std::string key = tag.key.value_or("");
  if (key.empty()) throw errors::invalid_parameter_value("Tag key cannot be null or empty.");
  if (is_reserved_tag_key(key))
    throw errors::invalid_parameter_value("Tag keys starting with 'aws:' are reserved for internal use");
  if (code_points(key) > kMaxTagKeyLength)
    throw errors::invalid_parameter_value(
        fmt::format("Tag key exceeds the maximum length of {} characters", kMaxTagKeyLength));
}

void check_tags(const std::vector<ec2::Tag>& tags) {
  std::set<std::string_view> keys;
  for (const ec2::Tag& tag : tags) {
    check_tag_key(tag);
    if (code_points(tag.value.value_or("")) > kMaxTagValueLength)
      throw errors::invalid_parameter_value(
          fmt::format("Tag value exceeds the maximum length of {} characters", kMaxTagValueLength));
    if (!keys.insert(*tag.key).second)
      throw errors::invalid_parameter_value(fmt::format("Duplicate tag key '{}' specified.", *tag.key));
  }
  if (tags.size() > kMaxTagsPerResource) throw errors::tag_limit_exceeded();
}

std::vector<ec2::Tag> tags_for(const std::vector<ec2::TagSpecification>& specifications, std::string_view type,
                               std::initializer_list<std::string_view> allowed) {
  std::vector<ec2::Tag> tags;
  for (const ec2::TagSpecification& specification : specifications) {
    if (!specification.resource_type)
      throw ApiError("InvalidParameter", "Tag specification resource type must have a value");
    const std::string& wanted = *specification.resource_type;
    if (std::ranges::find(allowed, wanted) == allowed.end())
      throw errors::invalid_parameter_value(
          fmt::format("'{}' is not a valid taggable resource type for this operation.", wanted));
    if (specification.tags.empty())
      throw errors::invalid_parameter_value("Tag specification must have at least one tag");
    check_tags(specification.tags);
    if (wanted == type) tags.insert(tags.end(), specification.tags.begin(), specification.tags.end());
  }
  check_tags(tags);
  return tags;
}

void set_tags(Call& call, std::string_view resource_id, std::string_view type, const std::vector<ec2::Tag>& tags) {
  for (const ec2::Tag& tag : tags) call.tags().set(resource_id, type, *tag.key, tag.value.value_or(""));
  if (tags.empty()) return;
  const auto present = call.tags().of(resource_id);
  const auto counted =
      std::ranges::count_if(present, [](const ec2::Tag& tag) { return !is_reserved_tag_key(*tag.key); });
  if (static_cast<std::size_t>(counted) > kMaxTagsPerResource) throw errors::tag_limit_exceeded();
}

}  // namespace amity::handlers
