// Generated structures as JSON, in the API's own member names: the form of stored documents, of fixtures and of what
// `aws ... --output json` prints.
#pragma once

#include "model/schema.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace amity::model {

struct JsonError {
  std::size_t line = 0;  // counted from 1
  std::string field;     // "Images[2].ImageId", empty when the text is no JSON
  std::string message;
};

struct JsonReading {
  bool ignore_unknown = true;      // members that the shape does not have are skipped, otherwise an error
  bool known_at_top = false;       // but not in the outermost objects
  bool check_constraints = false;  // required members, enumerations, ranges
  bool body_only = false;          // members that a REST protocol puts elsewhere are no members of the document
  bool lists_of_one = true;        // a scalar where a list is expected is a list of one
};

enum class JsonTimes { Iso8601, EpochSeconds };

struct JsonWriting {
  JsonTimes times = JsonTimes::Iso8601;
  bool empty_lists = false;  // write lists and maps also when they are empty
  bool body_only = false;    // leave out members that a REST protocol puts elsewhere
};

// Appends `text`, which is UTF-8, in quotation marks and escaped.
void append_json_string(std::string& out, std::string_view text);

// Appends `structure` as one JSON object; absent members are left out.
void append_json(std::string& out, const Shape& shape, const void* structure, JsonWriting how = {});

// Reads one JSON object into `structure`, whose members must be absent. Timestamps are ISO 8601 text or epoch seconds,
// blobs are base64. After an error `structure` holds an undefined part.
std::optional<JsonError> read_json(std::string_view text, const Shape& shape, void* structure, JsonReading how = {});

// Reads a list of objects, or one object, appending to `list` (of structures of `shape`).
std::optional<JsonError> read_json_list(std::string_view text, const Shape& shape, const ListAccess& access, void* list,
                                        JsonReading how = {});

// A list of texts, as SQL's json_each reads it.
std::string list_to_json(std::span<const std::string> texts);

// The line of `text`, which is valid JSON, on which the name of a member ("Images[2].ImageId", or
// "[0].Images[2].ImageId" in a list) or the beginning of an element ("Images[2]") stands; of what would contain it when
// it is absent.
std::size_t line_of_field(std::string_view text, std::string_view field);

template <class T>
std::string to_json(const T& structure) {
  std::string out;
  append_json(out, T::shape, &structure);
  return out;
}

// For documents that to_json wrote: nullopt when they cannot be read.
template <class T>
std::optional<T> from_json(std::string_view text) {
  std::optional<T> structure(std::in_place);
  if (read_json(text, T::shape, &*structure)) structure.reset();
  return structure;
}

}  // namespace amity::model
