// What the API model allows of a value: enumerations, ranges, lengths, patterns.
#pragma once

#include "model/schema.hpp"

namespace amity::model {

// Whether a number, or a length, is within the bounds.
bool in_bounds(const Constraints& constraints, std::int64_t value);

// Whether a scalar of `kind` at `value` is one of the enumeration, within the bounds (lengths in code points for
// strings, in bytes for blobs) and matches the pattern.
bool satisfies(const Constraints& constraints, Kind kind, const void* value);

// The address of a scalar member's value, nullptr when it is absent (also for structures and lists).
inline const void* scalar_address(const Member& member, const void* structure) {
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
