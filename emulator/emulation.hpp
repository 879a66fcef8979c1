// What is emulated: the state with its catalogue, clock and ids, as one thing that can be started, reset and left.
#pragma once

#include "emulator/clock.hpp"
#include "emulator/destination.hpp"
#include "emulator/faults.hpp"
#include "handlers/call.hpp"
#include "handlers/fixtures.hpp"
#include "storage/catalogue.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace amity::emulator {

struct EmulationOptions {
  std::string data_file{};  // empty: the state is kept in memory
  storage::Durability durability = storage::Durability::Normal;
  handlers::Profile profile = handlers::instant_profile();
  std::optional<std::uint64_t> seed{};  // makes ids reproducible
  Defaults defaults{};
  std::vector<handlers::FixtureText> fixtures{};
  std::string prices{};  // the user's own price list, as JSON
};

class Emulation {
 public:
  // Takes up the data file, or makes it, and loads the fixtures that it has not seen yet. Throws std::runtime_error
  // with a sentence for the user when either cannot be used; the file is then untouched.
  explicit Emulation(EmulationOptions options, Clock::RealTime real_time = Clock::system_time);

  handlers::Environment environment() { return {store_, catalogue_, ids_, options_.profile}; }
  const Defaults& defaults() const { return options_.defaults; }
  Clock& clock() { return clock_; }
  Faults& faults() { return faults_; }

  // Nothing but the fixtures, at the real time, as after a first start. Nothing fails on purpose any more.
  void reset();
  // Makes happen what is due by now.
  void catch_up();
  // Gives `work` a call of this account and region, after catching up. All or nothing.
  void perform(const storage::Scope& scope, const std::function<void(handlers::Call&)>& work);
  // All or nothing. Throws handlers::FixtureError.
  std::vector<handlers::FixtureCount> load(std::span<const handlers::FixtureText> fixtures);
  std::string dump();
  // Writes everything into the data file itself; to be called at the end.
  void flush();

 private:
  void begin();

  storage::Catalogue catalogue_;
  EmulationOptions options_;
  storage::Store store_;
  Clock clock_;
  handlers::Ids ids_;
  Faults faults_;
};

}  // namespace amity::emulator
