// Tags in requests: what TagSpecifications and CreateTags may say, and putting tags on new resources.
#pragma once

#include "handlers/call.hpp"
#include "handlers/resource_kind.hpp"
#include "model/ec2.hpp"

#include <initializer_list>
#include <string_view>
#include <vector>

namespace amity::handlers {

inline constexpr std::size_t kMaxTagsPerResource = 50;  // those that start with "aws:" not counted
inline constexpr std::size_t kMaxTagKeyLength = 128;
inline constexpr std::size_t kMaxTagValueLength = 256;

// Keys that begin with "aws:", in any case, are Amazon's own.
bool is_reserved_tag_key(std::string_view key);

// Throws when the key is absent, empty, reserved or too long.
void check_tag_key(const ec2::Tag& tag);

// Throws when a key is empty, too long, reserved ("aws:") or given twice, when a value is too long, or when there are
// more than 50.
void check_tags(const std::vector<ec2::Tag>& tags);

// The tags that `specifications` ask for on resources of `type`. Throws InvalidParameterValue for a specification of a
// type that is not in `allowed`, for an empty one, and for what check_tags refuses.
std::vector<ec2::Tag> tags_for(const std::vector<ec2::TagSpecification>& specifications, std::string_view type,
                               std::initializer_list<std::string_view> allowed);

// Sets `tags` on a resource of the caller; more than 50 in all is TagLimitExceeded.
void set_tags(Call& call, std::string_view resource_id, std::string_view type, const std::vector<ec2::Tag>& tags);

}  // namespace amity::handlers
