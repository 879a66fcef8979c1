#include "model/schema.hpp"

#include <algorithm>

namespace amity::model {

const Member* Shape::find(std::string_view member_name) const {
  const auto found = std::ranges::find(members, member_name, &Member::name);
  return found == members.end() ? nullptr : &*found;
}

const Member* Shape::find_query_name(std::string_view query_name) const {
  const auto found = std::ranges::find(members, query_name, &Member::query_name);
  return found == members.end() ? nullptr : &*found;
}

const Operation* Service::find(std::string_view operation_name) const {
  const auto found = std::ranges::lower_bound(operations, operation_name, {}, &Operation::name);
  return found != operations.end() && found->name == operation_name ? &*found : nullptr;
}

}  // namespace amity::model
