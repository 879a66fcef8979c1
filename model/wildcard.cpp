#include "model/wildcard.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace amity::model {
namespace {

// Bytes of the UTF-8 character at `position`, never past the end: "?" is a character, not a byte.
std::size_t character_length(std::string_view text, std::size_t position) {
  const auto lead = static_cast<std::uint8_t>(text[position]);
  const std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(length, text.size() - position);
}

struct Token {
  enum class Kind { Literal, AnyCharacters, OptionalCharacter };
  Kind kind = Kind::Literal;
  std::string_view literal;  // one character
  std::size_t next = 0;      // where the following token starts
};

Token token_at(std::string_view pattern, std::size_t position) {
  const char c = pattern[position];
  if (c == '*') return {Token::Kind::AnyCharacters, {}, position + 1};
  if (c == '?') return {Token::Kind::OptionalCharacter, {}, position + 1};
  if (c == '\\' && position + 1 < pattern.size()) {
    const char escaped = pattern[position + 1];
    if (escaped == '*' || escaped == '?' || escaped == '\\') {
      return {Token::Kind::Literal, pattern.substr(position + 1, 1), position + 2};
    }
  }
  const std::size_t length = character_length(pattern, position);
  return {Token::Kind::Literal, pattern.substr(position, length), position + length};
}

bool is_wildcard(char c) { return c == '*' || c == '?'; }

// The places in the pattern that the text read so far may have led to, in ascending order.
class Places {
 public:
  Places(std::string_view pattern, std::size_t start) : pattern_(pattern) { add(place_at(start), places_); }

  bool empty() const { return places_.empty(); }
  bool at_end() const { return !places_.empty() && places_.back().at == pattern_.size(); }

  void advance(std::string_view character) {
    following_.clear();
    for (const Place place : places_) {
      if (place.at == pattern_.size()) continue;
      const char c = pattern_[place.at];
      if (c == '*') {
        add(place, following_);
      } else if (c == '?') {
        add(place.at + 1 < place.end ? Place{place.at + 1, place.end} : place_at(place.end), following_);
      } else if (const Token token = token_at(pattern_, place.at); token.literal == character) {
        add(place_at(token.next), following_);
      }
    }
    places_.swap(following_);
  }

 private:
  struct Place {
    std::size_t at = 0;
    std::size_t end = 0;  // of a wildcard: where the run of "?" ends, or what a "*" makes one with itself
  };

  Place place_at(std::size_t position) const {
    std::size_t end = position;
    if (end == pattern_.size() || !is_wildcard(pattern_[end])) return {position, position};
    const bool is_star = pattern_[position] == '*';
    while (end < pattern_.size() && (is_star ? is_wildcard(pattern_[end]) : pattern_[end] == '?')) ++end;
    return {position, end};
  }

  // Adds a place and those that wildcards matching nothing reach from it. Of the places in a run of "?" the first is
  // enough: whatever a later one could go on to match, it matches too.
  void add(Place place, std::vector<Place>& places) const {
    // Each call starts further right than the one before, so a place not beyond the last one is already there.
    while (places.empty() || place.at > places.back().at) {
      // The same holds for a star and all places before it. Forgetting those is what keeps the list short and the
      // usual pattern linear.
      if (place.at < pattern_.size() && pattern_[place.at] == '*') places.clear();
      places.push_back(place);
      if (place.end == place.at) return;
      place = place_at(place.end);
    }
  }

  std::string_view pattern_;
  std::vector<Place> places_;
  std::vector<Place> following_;
};

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text) {
  // Literal characters up to the first wildcard decide most comparisons, without any bookkeeping.
  std::size_t place = 0;
  while (place < pattern.size()) {
    const Token token = token_at(pattern, place);
    if (token.kind != Token::Kind::Literal) break;
    if (!text.starts_with(token.literal)) return false;
    text.remove_prefix(token.literal.size());
    place = token.next;
  }
  if (place == pattern.size()) return text.empty();
  if (pattern.substr(place) == "*") return true;

  Places places(pattern, place);
  while (!text.empty() && !places.empty()) {
    const std::size_t length = character_length(text, 0);
    places.advance(text.substr(0, length));
    text.remove_prefix(length);
  }
  return places.at_end();
}

bool has_wildcards(std::string_view pattern) {
  for (std::size_t place = 0; place < pattern.size();) {
    const Token token = token_at(pattern, place);
    if (token.kind != Token::Kind::Literal) return true;
    place = token.next;
  }
  return false;
}

std::string unescape_pattern(std::string_view pattern) {
  std::string text;
  text.reserve(pattern.size());
  for (std::size_t place = 0; place < pattern.size();) {
    const Token token = token_at(pattern, place);
    text += token.kind == Token::Kind::Literal ? token.literal : pattern.substr(place, 1);
    place = token.next;
  }
  return text;
}

std::string escape_pattern(std::string_view text) {
  std::string pattern;
  pattern.reserve(text.size());
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

}  // namespace amity::model
