// Structures of different types whose members have the same API names: one turned into the other, one laid over
// another.
#pragma once

#include "model/json.hpp"

#include <string>
#include <string_view>

namespace amity::model {

// The members of both JSON objects; where both have one, that of `above`.
std::string overlaid_json(std::string_view below, std::string_view above);

// The members of `from` that a `To` has, too.
template <class To, class From>
To converted(const From& from) {
  return from_json<To>(to_json(from)).value();
}

// The same of two structures; a member that `above` has replaces that of `below` as a whole.
template <class To, class Below, class Above>
To overlaid(const Below& below, const Above& above) {
  return from_json<To>(overlaid_json(to_json(below), to_json(above))).value();
}

}  // namespace amity::model
