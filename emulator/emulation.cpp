#include "emulator/emulation.hpp"

#include "handlers/digest.hpp"
#include "handlers/transitions.hpp"
#include "model/encoding.hpp"
#include "storage/prices.hpp"
#include "storage/settings.hpp"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>

namespace amity::emulator {
namespace {

// Emulator settings: how often this state was started with a seed, and which fixtures it has seen, by their digests.
constexpr std::string_view kStarts = "starts";
constexpr std::string_view kSeenFixture = "fixture ";

storage::Settings settings_of(storage::Store& store) { return {store.database(), {}}; }

storage::Store open_store(const EmulationOptions& options) try {
  return storage::Store(options.data_file, options.durability);
} catch (const storage::Error& error) {
  throw std::runtime_error(fmt::format("cannot keep the state in '{}': {}", options.data_file, error.what()));
}

EmulationOptions checked(EmulationOptions options, const storage::Catalogue& catalogue) {
  if (!catalogue.region(options.defaults.region))
    throw std::runtime_error(fmt::format("'{}' is no AWS Region", options.defaults.region));
  return options;
}

std::string seen_setting(const handlers::FixtureText& fixture) {
  return std::string(kSeenFixture) +
         model::base64_encode(handlers::digest(handlers::DigestAlgorithm::Sha256, fixture.text));
}

// The ids of a second start must not be those that the first one gave out; still each is the same for the same seed.
std::uint64_t seed_of_start(std::uint64_t seed, std::uint64_t start) { return seed + start * 0x9e3779b97f4a7c15; }

std::uint64_t count_start(storage::Settings settings) {
  const std::string before = settings.get(kStarts).value_or("0");
  std::uint64_t starts = 0;
  std::from_chars(before.data(), before.data() + before.size(), starts);
  settings.set(kStarts, std::to_string(starts + 1));
  return starts;
}

// A transaction after which the agenda knows what it holds, however it ended.
template <class Work>
auto in_transaction(storage::Store& store, Work work) {
  struct Forget {
    storage::Agenda& agenda;
    ~Forget() { agenda.forget(); }
  } const forget{store.agenda()};
  storage::Transaction transaction(store.database());
  if constexpr (std::is_void_v<decltype(work())>) {
    work();
    transaction.commit();
  } else {
    auto result = work();
    transaction.commit();
    return result;
  }
}

}  // namespace

Emulation::Emulation(EmulationOptions options, Clock::RealTime real_time)
    : options_(checked(std::move(options), catalogue_)),
      store_(open_store(options_)),
      clock_(store_, std::move(real_time)),
      faults_(options_.seed) {
  if (options_.seed || !options_.fixtures.empty() || !options_.prices.empty())
    in_transaction(store_, [this] { begin(); });
}

void Emulation::begin() {
  storage::Settings settings = settings_of(store_);
  if (options_.seed) ids_ = handlers::Ids(seed_of_start(*options_.seed, count_start(settings)));
  if (!options_.prices.empty()) storage::keep_prices(store_.database(), options_.prices);
  std::vector<handlers::FixtureText> unseen;
  for (const handlers::FixtureText& fixture : options_.fixtures) {
    const std::string setting = seen_setting(fixture);
    if (settings.get(setting)) continue;
    settings.set(setting, "loaded");
    unseen.push_back(fixture);
  }
  load_fixtures(environment(), {options_.defaults.account, options_.defaults.region}, clock_.now(), unseen);
}

void Emulation::reset() {
  faults_.clear();
  in_transaction(store_, [this] {
    store_.clear();
    clock_.reset();
    begin();
  });
}

void Emulation::catch_up() { handlers::apply_due_transitions(environment(), clock_.now()); }

void Emulation::perform(const storage::Scope& scope, const std::function<void(handlers::Call&)>& work) {
  catch_up();
  in_transaction(store_, [&] {
    handlers::Call call(environment(), scope, {.account = scope.account, .access_key_id = {}}, clock_.now(), {});
    work(call);
  });
}

std::vector<handlers::FixtureCount> Emulation::load(std::span<const handlers::FixtureText> fixtures) {
  return in_transaction(store_, [&] {
    return load_fixtures(environment(), {options_.defaults.account, options_.defaults.region}, clock_.now(), fixtures);
  });
}

std::string Emulation::dump() {
  catch_up();
  return dump_fixtures(environment());
}

void Emulation::flush() { store_.database().checkpoint(); }

}  // namespace amity::emulator
