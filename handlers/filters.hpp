// EC2 filters: filters AND together, the values of one OR together, values may hold the wildcards "*" and "?". What a
// filter name stands for is data: a table maps it to a path of members in the answer's own structure. Source: "List and
// filter your resources" in the EC2 user guide; the names are those that the API model documents.
#pragma once

#include "model/ec2.hpp"
#include "model/schema.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// One filter of a Describe operation. Either `path` leads to the value: API member names joined by ".", through lists
// too
// ("BlockDeviceMappings.Ebs.VolumeSize"); or `values` computes the texts that a resource has for it.
struct FilterRule {
  std::string_view name;
  std::string_view path{};
  std::vector<std::string> (*values)(const void* resource) = nullptr;
};

// Adapts `std::vector<std::string> f(const T&)` for FilterRule::values.
template <class T, auto Function>
std::vector<std::string> filter_values(const void* resource) {
  return Function(*static_cast<const T*>(resource));
}

// The filters of one request, checked and ready to be asked about many resources. "tag:<key>", "tag-key" and
// "tag-value" work on every shape that has a member Tags or TagSet.
class FilterSet {
 public:
  // Throws InvalidParameterValue for a filter that `rules` does not know, FilterLimitExceeded for more than 200 values.
  FilterSet(const model::Shape& shape, std::span<const FilterRule> rules, const std::vector<ec2::Filter>& filters);

  bool matches(const void* resource) const;
  // The same in two steps, for resources whose tags are fetched only when all else fits.
  bool matches_but_for_tags(const void* resource) const;
  bool matches_tags(const std::vector<ec2::Tag>& tags) const;
  bool empty() const { return conditions_.empty(); }

 private:
  struct Condition {
    const FilterRule* rule = nullptr;  // or a tag filter:
    enum class Tag { None, Value, Key, AnyValue } tag = Tag::None;
    std::string tag_key;
    std::vector<const model::Member*> path;
    std::vector<std::string> values;

    bool accepts(std::string_view text) const;
  };

  static bool matches(const Condition& condition, const void* resource);
  static bool matches(const Condition& condition, const std::vector<ec2::Tag>& tags);

  const model::Shape& shape_;
  std::vector<Condition> conditions_;
};

// The text form of a scalar in filters: as on the wire ("true", "8", "2024-05-01T12:34:56.000Z").
std::string filter_text(model::Kind kind, const void* value);

}  // namespace amity::handlers
