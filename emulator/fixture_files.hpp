#pragma once

#include "handlers/fixtures.hpp"

#include <string>
#include <vector>

namespace amity::emulator {

// The texts of fixture files; a folder stands for its *.json files, in order of their names. Throws std::runtime_error
// with a sentence for the user.
std::vector<handlers::FixtureText> read_fixture_files(const std::vector<std::string>& paths);

// The text of a price list; "" when the path is empty. Throws likewise.
std::string read_price_file(const std::string& path);

}  // namespace amity::emulator
