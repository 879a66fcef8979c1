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
const void* scalar_address(const Member& member, const void* structure);

}  // namespace amity::model
