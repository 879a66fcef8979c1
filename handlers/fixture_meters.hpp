// Meters in fixtures, so that a bill survives a dump.
#pragma once

#include "handlers/fixture_target.hpp"

#include <vector>

namespace amity::handlers {

std::vector<state::FixtureMeter> dump_meters(storage::Database& database, const storage::Scope& scope);
std::vector<state::FixtureGoneImage> dump_gone_images(storage::Database& database, const storage::Scope& scope);
std::vector<state::FixtureMeteredTag> dump_metered_tags(storage::Database& database, const storage::Scope& scope);
void load_meters(FixtureTarget& target);

}  // namespace amity::handlers
