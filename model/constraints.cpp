#include "model/constraints.hpp"

#include <algorithm>
#include <regex>

namespace amity::model {
namespace {

std::int64_t code_points(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

// std::regex calls itself for each character, and would run out of stack on a long text.
constexpr std::size_t kMaxMatchedText = 4096;

// std::regex sees bytes, and takes Unicode's classes and escapes for something else.
bool knows_unicode(std::string_view pattern) {
  return pattern.find("\\p{") != std::string_view::npos || pattern.find("\\u") != std::string_view::npos;
}

// Patterns are the models' own and few. Those that std::regex cannot read are not checked.
bool matches_pattern(std::string_view pattern, const std::string& text) {
  if (text.size() > kMaxMatchedText || knows_unicode(pattern)) return true;
  try {
    return std::regex_match(text, std::regex(pattern.begin(), pattern.end(), std::regex::ECMAScript));
  } catch (const std::regex_error&) {
    return true;
  }
}

bool text_satisfies(const Constraints& constraints, const std::string& text) {
  if (!constraints.values.empty() && std::ranges::find(constraints.values, text) == constraints.values.end())
    return false;
  if (!in_bounds(constraints, code_points(text))) return false;
  return constraints.pattern.empty() || matches_pattern(constraints.pattern, text);
}

}  // namespace

bool in_bounds(const Constraints& constraints, std::int64_t value) {
  return (!constraints.min || value >= *constraints.min) && (!constraints.max || value <= *constraints.max);
}

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

}  // namespace amity::model
