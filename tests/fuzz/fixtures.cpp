// A fixture. What can be loaded leaves a state in which all invariants hold, and its dump loads as the same state.
#include "handlers/fixtures.hpp"

#include "handlers/check.hpp"
#include "model/encoding.hpp"
#include "tests/emulator/application_world.hpp"
#include "tests/fuzz/targets.hpp"

namespace amity::fuzz {

void run_fixtures(std::string_view input) {
  static tests::ApplicationWorld world({.seed = 1}, {.level = emulator::LogLevel::Off});
  emulator::Emulation& emulation = world.emulation();
  const auto load = [&](std::string text) {
    const handlers::FixtureText fixture{.name = "fixture", .text = std::move(text)};
    emulation.load(std::span(&fixture, 1));
  };
  try {
    load(std::string(input));
  } catch (const handlers::FixtureError& error) {
    require(model::is_valid_utf8(error.what()), "errors are text", error.what());
    return;  // nothing was loaded
  }
  for (const storage::Finding& finding : handlers::check(emulation.environment()))
    require(false, finding.rule, finding.what);
  const std::string dump = emulation.dump();
  emulation.reset();
  try {
    load(dump);
  } catch (const handlers::FixtureError& error) {
    require(false, error.what(), dump);
  }
  const std::string again = emulation.dump();
  require(dump == again, "a dump is loaded as what it was", dump + "\n" + again);
  emulation.reset();
}

}  // namespace amity::fuzz
