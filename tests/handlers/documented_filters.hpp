// Whether an operation knows all filters that the API documents for it.
#pragma once

#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace amity::tests {

template <class Request>
void check_documented_filters(World& world) {
  for (const std::string_view name : ec2::service().find(Request::kOperation)->filters) {
    std::string asked(name);
    if (asked == "tag:<key>" || asked == "tag") asked = "tag:Name";
    INFO(asked);
    CHECK(world.error_of(Request{.filters = {{.name = asked, .values = {"x"}}}}).empty());
  }
  CHECK(world.error_of(Request{.filters = {{.name = "nonsense", .values = {"x"}}}}) == "InvalidParameterValue");
}

}  // namespace amity::tests
