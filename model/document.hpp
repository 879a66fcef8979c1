// Stored documents back from JSON. They are what append_json wrote, and no time is spent on looking at them twice: a
// tenth of what read_json takes.
#pragma once

#include "model/schema.hpp"

#include <string_view>

namespace amity::model {

// Reads one object into `structure`, whose members must be absent. Members that the shape does not have are skipped.
// False when the text is not what append_json writes; `structure` then holds an undefined part.
bool read_document(std::string_view text, const Shape& shape, void* structure);

}  // namespace amity::model
