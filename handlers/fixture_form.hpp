// The written form of fixtures: AWS's own structures with what Amity keeps beside them as further members. An image's
// element holds all members of ec2::Image, and LaunchPermissions, UefiData … of state::Image with them.
#pragma once

#include "handlers/fixtures.hpp"
#include "model/schema.hpp"
#include "model/state_fixture.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// state::Fixture's table, with the rows of its lists in that flat form.
const model::Shape& fixture_shape();

// The fixtures of a text, which is one object or a list of them. Throws FixtureError.
std::vector<state::Fixture> parse_fixtures(const FixtureText& text);

// A list of fixtures, one resource a line.
std::string write_fixtures(const std::vector<state::Fixture>& fixtures);

}  // namespace amity::handlers
