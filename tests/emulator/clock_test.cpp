#include "emulator/clock.hpp"

#include "storage/store.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace std::chrono_literals;
using amity::emulator::Clock;
using amity::model::Timestamp;

namespace {

const Timestamp kStart = *amity::model::parse_iso8601("2026-01-02T03:04:05.678Z");

// A machine whose time the test moves.
struct Machine {
  Timestamp time = kStart;
  amity::storage::Store store;

  Clock clock() {
    return Clock(store, [this] { return time; });
  }
};

}  // namespace

TEST_CASE("A clock that nobody has set shows the real time", "[clock]") {
  Machine machine;
  Clock clock = machine.clock();
  CHECK(clock.now() == kStart);
  machine.time += 5ms;
  CHECK(clock.now() == kStart + 5ms);
  CHECK_FALSE(clock.is_frozen());
  CHECK(clock.offset() == 0ms);
}

TEST_CASE("The machine's own clock is read in milliseconds", "[clock]") {
  const Timestamp before = Clock::system_time();
  amity::storage::Store store;
  Clock clock(store);
  CHECK(clock.now() >= before);
  CHECK(clock.now() - before < 1h);
}

TEST_CASE("An advanced clock goes on at the real time's pace", "[clock]") {
  Machine machine;
  Clock clock = machine.clock();
  clock.advance(720h);
  clock.advance(1s);
  CHECK(clock.now() == kStart + 720h + 1s);
  CHECK(clock.offset() == 720h + 1s);
  machine.time += 1min;
  CHECK(clock.now() == kStart + 720h + 1s + 1min);
}

TEST_CASE("A frozen clock stands still until it is moved or resumed", "[clock]") {
  Machine machine;
  Clock clock = machine.clock();
  clock.freeze();
  machine.time += 1h;
  CHECK(clock.now() == kStart);
  CHECK(clock.is_frozen());
  clock.advance(1min);
  CHECK(clock.now() == kStart + 1min);
  clock.set(kStart + 24h);
  machine.time += 1h;
  CHECK(clock.now() == kStart + 24h);
  clock.resume();
  CHECK_FALSE(clock.is_frozen());
  CHECK(clock.now() == kStart + 24h);
  machine.time += 1s;
  CHECK(clock.now() == kStart + 24h + 1s);
}

TEST_CASE("A clock can be set back, and then goes on from there", "[clock]") {
  Machine machine;
  Clock clock = machine.clock();
  CHECK(clock.now() == kStart);
  clock.set(kStart - 48h);
  CHECK(clock.now() == kStart - 48h);
  machine.time += 1s;
  CHECK(clock.now() == kStart - 48h + 1s);
}

TEST_CASE("The clock does not go back with the machine's", "[clock]") {
  Machine machine;
  Clock clock = machine.clock();
  CHECK(clock.now() == kStart);
  machine.time -= 10s;
  CHECK(clock.now() == kStart);
  machine.time += 11s;
  CHECK(clock.now() == kStart + 1s);
}

TEST_CASE("How the clock was set outlives the process", "[clock]") {
  Machine machine;
  SECTION("an offset") {
    machine.clock().advance(48h);
    machine.time += 1h;
    CHECK(machine.clock().now() == kStart + 49h);
  }
  SECTION("an offset into the past") {
    machine.clock().set(kStart - 1h);
    machine.time += 2h;
    CHECK(machine.clock().now() == kStart + 1h);
  }
  SECTION("a moment at which it stands still") {
    machine.clock().freeze();
    machine.time += 1h;
    Clock clock = machine.clock();
    CHECK(clock.now() == kStart);
    CHECK(clock.is_frozen());
  }
  SECTION("a clock that was reset is as new") {
    Clock first = machine.clock();
    first.freeze();
    first.advance(48h);
    first.reset();
    CHECK(first.now() == kStart);
    machine.time += 1h;
    Clock clock = machine.clock();
    CHECK(clock.now() == kStart + 1h);
    CHECK_FALSE(clock.is_frozen());
  }
}

TEST_CASE("The clock refuses years that four digits or AWS cannot write", "[clock]") {
  Machine machine;
  Clock clock = machine.clock();
  CHECK_THROWS_AS(clock.advance(std::chrono::milliseconds::max()), std::out_of_range);
  CHECK_THROWS_AS(clock.advance(std::chrono::milliseconds::min()), std::out_of_range);
  CHECK_THROWS_AS(clock.set(Timestamp() - 1ms), std::out_of_range);
  CHECK_THROWS_AS(clock.set(amity::model::kLatestTimestamp + 1ms), std::out_of_range);
  CHECK(clock.now() == kStart);
  clock.set(amity::model::kLatestTimestamp);
  CHECK(clock.now() == amity::model::kLatestTimestamp);
}
