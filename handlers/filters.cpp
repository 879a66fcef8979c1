#include "handlers/filters.hpp"

#include "handlers/errors.hpp"
#include "model/constraints.hpp"
#include "model/wildcard.hpp"
#include "storage/database.hpp"

#include <algorithm>
#include <charconv>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxFilterValues = 200;

template <class Number>
std::string number_text(Number value) {
  char digits[32];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  return {digits, end};
}

std::vector<const model::Member*> resolve(const model::Shape& shape, std::string_view path) {
  std::vector<const model::Member*> members;
  const model::Shape* current = &shape;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const model::Member* member = current ? current->find(path.substr(0, dot)) : nullptr;
    if (!member) throw storage::Error("a filter names an unknown member: " + std::string(path));
    members.push_back(member);
    current = member->kind == model::Kind::List ? member->element->shape : member->shape;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return members;
}

// Calls `accept` with the text of every scalar that the path leads to, until it answers true.
template <class Accept>
bool any_at(std::span<const model::Member* const> path, const void* structure, const Accept& accept) {
  const model::Member& member = *path.front();
  const auto rest = path.subspan(1);
  if (member.kind == model::Kind::Structure) {
    const void* inner = model::structure_of(member, structure);
    return inner && !rest.empty() && any_at(rest, inner, accept);
  }
  if (member.kind != model::Kind::List) {
    const void* value = model::scalar_address(member, structure);
    return value && accept(filter_text(member.kind, value));
  }
  const void* list = model::field_of(member, structure);
  for (std::size_t i = 0, count = member.list_access->size(list); i < count; ++i) {
    const void* element = member.list_access->at(list, i);
    if (rest.empty() ? accept(filter_text(member.element->kind, element)) : any_at(rest, element, accept)) return true;
  }
  return false;
}

// Where a resource has its tags; interfaces call them a set.
const model::Member* tags_of(const model::Shape& shape) {
  const model::Member* tags = shape.find("Tags");
  return tags ? tags : shape.find("TagSet");
}

}  // namespace

std::string filter_text(model::Kind kind, const void* value) {
  switch (kind) {
    case model::Kind::String:
    case model::Kind::Blob: return *static_cast<const std::string*>(value);
    case model::Kind::Boolean: return *static_cast<const bool*>(value) ? "true" : "false";
    case model::Kind::Integer: return number_text(*static_cast<const std::int32_t*>(value));
    case model::Kind::Long: return number_text(*static_cast<const std::int64_t*>(value));
    case model::Kind::Double: return number_text(*static_cast<const double*>(value));
    case model::Kind::Time: return model::to_iso8601(*static_cast<const model::Timestamp*>(value));
    case model::Kind::Structure:
    case model::Kind::List:
    case model::Kind::Map: break;
  }
  return {};
}

FilterSet::FilterSet(const model::Shape& shape, std::span<const FilterRule> rules,
                     const std::vector<ec2::Filter>& filters)
    : shape_(shape) {
  std::size_t value_count = 0;
  for (const ec2::Filter& filter : filters) {
    // A filter without values is one that nothing passes.
    if (!filter.name || filter.name->empty()) throw errors::invalid_filter("null");
    value_count += filter.values.size();
    if (value_count > kMaxFilterValues) throw errors::filter_limit_exceeded();
    Condition condition;
    condition.values = filter.values;
    const std::string& name = *filter.name;
    const bool has_tags = tags_of(shape) != nullptr;
    const auto rule = std::ranges::find(rules, name, &FilterRule::name);
    if (rule != rules.end()) {
      condition.rule = &*rule;
      if (!rule->values) condition.path = resolve(shape, rule->path);
    } else if (has_tags && name.starts_with("tag:")) {
      condition.tag = Condition::Tag::Value;
      condition.tag_key = name.substr(4);
    } else if (has_tags && name == "tag-key") {
      condition.tag = Condition::Tag::Key;
    } else if (has_tags && name == "tag-value") {
      condition.tag = Condition::Tag::AnyValue;
    } else {
      throw errors::invalid_filter(name);
    }
    conditions_.push_back(std::move(condition));
  }
}

bool FilterSet::matches(const void* resource) const {
  if (!matches_but_for_tags(resource)) return false;
  const model::Member* tags = tags_of(shape_);
  return !tags || matches_tags(*static_cast<const std::vector<ec2::Tag>*>(model::field_of(*tags, resource)));
}

bool FilterSet::matches_but_for_tags(const void* resource) const {
  return std::ranges::all_of(conditions_, [&](const Condition& condition) {
    return condition.tag != Condition::Tag::None || matches(condition, resource);
  });
}

bool FilterSet::matches_tags(const std::vector<ec2::Tag>& tags) const {
  return std::ranges::all_of(conditions_, [&](const Condition& condition) {
    return condition.tag == Condition::Tag::None || matches(condition, tags);
  });
}

bool FilterSet::Condition::accepts(std::string_view text) const {
  return std::ranges::any_of(values,
                             [&](const std::string& pattern) { return model::matches_wildcard(pattern, text); });
}

bool FilterSet::matches(const Condition& condition, const void* resource) {
  if (condition.rule->values) {
    const auto texts = condition.rule->values(resource);
    return std::ranges::any_of(texts, [&](const std::string& text) { return condition.accepts(text); });
  }
  return any_at(condition.path, resource, [&](const std::string& text) { return condition.accepts(text); });
}

bool FilterSet::matches(const Condition& condition, const std::vector<ec2::Tag>& tags) {
  return std::ranges::any_of(tags, [&](const ec2::Tag& tag) {
    switch (condition.tag) {
      case Condition::Tag::Value: return tag.key == condition.tag_key && condition.accepts(tag.value.value_or(""));
      case Condition::Tag::Key: return condition.accepts(tag.key.value_or(""));
      case Condition::Tag::AnyValue: return condition.accepts(tag.value.value_or(""));
      case Condition::Tag::None: break;
    }
    return false;
  });
}

}  // namespace amity::handlers
