#include "storage/agenda.hpp"

#include "storage/database.hpp"
#include "storage/store.hpp"
#include "tests/storage/place.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using storage::AgendaItem;
using storage::Scope;
using tests::Kind;
using tests::Place;

namespace {

const Scope kMine{"111111111111", "us-east-1"};
const Scope kOthers{"222222222222", "us-east-1"};

model::Timestamp at(int seconds) {
  return *model::parse_iso8601("2026-01-02T03:04:05Z") + std::chrono::seconds(seconds);
}

struct Fixture {
  Place place{GENERATE(Kind::Memory, Kind::File)};
  storage::Store store{place.path()};
  storage::Agenda& agenda = store.agenda();

  void schedule(int seconds, const std::string& id, const std::string& transition = "done",
                const Scope& scope = kMine) {
    agenda.schedule({at(seconds), scope, id, transition});
  }
  // The resources of what falls due, in order.
  std::string due(int seconds) {
    std::string ids;
    while (const auto item = agenda.take_due(at(seconds))) ids += (ids.empty() ? "" : " ") + item->resource_id;
    return ids;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "What is scheduled falls due in order of time, then of scheduling", "[storage][Agenda]") {
  schedule(20, "c");
  schedule(10, "a");
  schedule(20, "d");
  schedule(10, "b");
  schedule(30, "e");
  CHECK(agenda.next_due() == at(10));
  CHECK(due(9).empty());
  CHECK(due(10) == "a b");
  CHECK(agenda.next_due() == at(20));
  CHECK(due(29) == "c d");
  CHECK(due(1000) == "e");
  CHECK_FALSE(agenda.next_due());
  CHECK(due(1000).empty());
}

TEST_CASE_METHOD(Fixture, "An item tells what, whose and when, to the millisecond", "[storage][Agenda]") {
  const auto time = at(1) + std::chrono::milliseconds(7);
  agenda.schedule({time, kOthers, "i-1", "instance.running"});
  CHECK_FALSE(agenda.take_due(time - std::chrono::milliseconds(1)));
  const auto item = agenda.take_due(time);
  REQUIRE(item);
  CHECK(item->due == time);
  CHECK(item->scope == kOthers);
  CHECK(item->resource_id == "i-1");
  CHECK(item->transition == "instance.running");
}

TEST_CASE_METHOD(Fixture, "What falls due may schedule more, also at once", "[storage][Agenda]") {
  schedule(1, "a");
  REQUIRE(agenda.take_due(at(5)));
  schedule(5, "b");
  schedule(6, "c");
  CHECK(due(5) == "b");
  CHECK(agenda.next_due() == at(6));
}

TEST_CASE_METHOD(Fixture, "A resource's future can be forgotten, all of it or one transition", "[storage][Agenda]") {
  schedule(1, "a", "start");
  schedule(2, "a", "stop");
  schedule(3, "a", "start", kOthers);
  schedule(4, "b", "start");
  CHECK(agenda.next_due() == at(1));
  agenda.cancel(kMine, "a", "start");
  CHECK(agenda.next_due() == at(2));
  CHECK_FALSE(agenda.is_scheduled(kMine, "a", "start"));
  CHECK(agenda.is_scheduled(kMine, "a", "stop"));
  CHECK(agenda.is_scheduled(kOthers, "a", "start"));
  schedule(5, "a", "start");
  agenda.cancel(kMine, "a");
  CHECK_FALSE(agenda.is_scheduled(kMine, "a", "stop"));
  agenda.cancel(kMine, "unknown");
  CHECK(due(10) == "a b");
}

TEST_CASE_METHOD(Fixture, "After a rollback the agenda is asked anew", "[storage][Agenda]") {
  schedule(10, "kept");
  CHECK(agenda.next_due() == at(10));
  {
    storage::Transaction transaction(store.database());
    schedule(5, "dropped");
    CHECK(agenda.next_due() == at(5));
  }
  agenda.forget();
  CHECK(agenda.next_due() == at(10));
  {
    storage::Transaction transaction(store.database());
    CHECK(due(10) == "kept");
  }
  agenda.forget();
  CHECK(due(10) == "kept");
}
