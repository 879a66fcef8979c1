// Generated structures as XML, appended straight to the answer's buffer.
#pragma once

#include "model/schema.hpp"

#include <string>
#include <string_view>

namespace amity::emulator {

// Escapes what XML must not hold; characters that XML 1.0 forbids become U+FFFD.
void append_xml_text(std::string& out, std::string_view text);
void append_xml_element(std::string& out, std::string_view name, std::string_view text);

enum class EmptyLists {
  Marked,  // only lists that the tables mark as always present
  All,     // every list: the members of an answer itself
};

// The members of `structure`, without an element around them. Absent scalars are left out.
void append_xml_members(std::string& out, const model::Shape& shape, const void* structure, EmptyLists empty_lists);

}  // namespace amity::emulator
