#include "model/constraints.hpp"

#include <algorithm>
#include <regex>

namespace amity::model {
namespace {

std::int64_t code_points(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

bool in_bounds(const Constraints& constraints, std::int64_t value) {
  return (!constraints.min || value >= *constraints.min) && (!constraints.max || value <= *constraints.max);
}

// Patterns are the models' own and few; std::regex reads them as AWS's documentation writes them.
bool matches_pattern(std::string_view pattern, const std::string& text) {
  return std::regex_match(text, std::regex(pattern.begin(), pattern.end(), std::regex::ECMAScript));
}

bool text_satisfies(const Constraints& constraints, const std::string& text) {
  if (!constraints.values.empty() && std::ranges::find(constraints.values, text) == constraints.values.end())
    return false;
  if (!in_bounds(constraints, code_points(text))) return false;
  return constraints.pattern.empty() || matches_pattern(constraints.pattern, text);
}

}  // namespace

bool satisfies(const Constraints& constraints, Kind kind, const void* value) {
  switch (kind) {
    case Kind::String: return text_satisfies(constraints, *static_cast<const std::string*>(value));
    case Kind::Blob:
      return in_bounds(constraints, static_cast<std::int64_t>(static_cast<const std::string*>(value)->size()));
    case Kind::Integer: return in_bounds(constraints, *static_cast<const std::int32_t*>(value));
    case Kind::Long: return in_bounds(constraints, *static_cast<const std::int64_t*>(value));
    case Kind::Boolean:
    case Kind::Double:
    case Kind::Time:
    case Kind::Structure:
    case Kind::List:
    case Kind::Map: break;
  }
  return true;
}

const void* scalar_address(const Member& member, const void* structure) {
  switch (member.kind) {
    case Kind::String:
    case Kind::Blob: return get_if<std::string>(member, structure);
    case Kind::Boolean: return get_if<bool>(member, structure);
    case Kind::Integer: return get_if<std::int32_t>(member, structure);
    case Kind::Long: return get_if<std::int64_t>(member, structure);
    case Kind::Double: return get_if<double>(member, structure);
    case Kind::Time: return get_if<Timestamp>(member, structure);
    case Kind::Structure:
    case Kind::List:
    case Kind::Map: break;
  }
  return nullptr;
}

}  // namespace amity::model
