#pragma once

// Patterns in EC2 filter values: "*" stands for zero or more characters, "?" for zero or one, and a backslash takes
// the "*", "?" or "\" after it literally ("List and filter your resources" in the EC2 user guide). Case matters.
// A backslash before anything else is itself, so that Windows paths need no doubling.

#include <string>
#include <string_view>

namespace amity::model {

// Whether the whole of `text` fits `pattern`. Time is at most the product of the two lengths, whatever the pattern;
// a run of "?" counts as one character.
bool matches_wildcard(std::string_view pattern, std::string_view text);

// Whether `pattern` can match anything but unescape_pattern(pattern): only then is more than equality needed.
bool has_wildcards(std::string_view pattern);

// The literal text of a pattern without wildcards.
std::string unescape_pattern(std::string_view pattern);

// The pattern that matches `text` alone.
std::string escape_pattern(std::string_view text);

}  // namespace amity::model
