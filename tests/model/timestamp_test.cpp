#include "model/timestamp.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
namespace model = amity::model;
using model::Timestamp;
using std::chrono::sys_days;
using std::chrono::year;

namespace {
constexpr Timestamp kMoment = sys_days{year{2024} / 5 / 1} + 12h + 34min + 56s;
}

TEST_CASE("A time is written with three fraction digits", "[timestamp]") {
  CHECK(model::to_iso8601(kMoment) == "2024-05-01T12:34:56.000Z");
  CHECK(model::to_iso8601(kMoment + 7ms) == "2024-05-01T12:34:56.007Z");
  CHECK(model::to_iso8601(Timestamp{}) == "1970-01-01T00:00:00.000Z");
  CHECK(model::to_iso8601(Timestamp{-1ms}) == "1969-12-31T23:59:59.999Z");
  CHECK(model::to_iso8601(sys_days{year{2000} / 2 / 29}) == "2000-02-29T00:00:00.000Z");

  std::string out = "at ";
  model::append_iso8601(out, kMoment);
  CHECK(out == "at 2024-05-01T12:34:56.000Z");
}

TEST_CASE("A time that four digits of a year cannot write is written as the nearest that they can", "[timestamp]") {
  CHECK(model::to_iso8601(Timestamp::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(model::to_iso8601(Timestamp::min()) == "0001-01-01T00:00:00.000Z");
}

TEST_CASE("A time is written for HTTP and for StateTransitionReason", "[timestamp]") {
  CHECK(model::to_http_date(kMoment) == "Wed, 01 May 2024 12:34:56 GMT");
  CHECK(model::to_http_date(sys_days{year{1994} / 11 / 6} + 8h + 49min + 37s) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(model::to_http_date(Timestamp{-1ms}) == "Wed, 31 Dec 1969 23:59:59 GMT");
  CHECK(model::to_gmt_text(sys_days{year{2026} / 1 / 2} + 3h + 4min + 5s + 999ms) == "2026-01-02 03:04:05 GMT");
}

TEST_CASE("The forms of a time that AWS clients send are read", "[timestamp]") {
  struct Row {
    const char* text;
    Timestamp expected;
  };
  const Row rows[] = {
      {"2024-05-01", sys_days{year{2024} / 5 / 1}},
      {"2024-05-01T12:34Z", kMoment - 56s},
      {"2024-05-01T12:34", kMoment - 56s},
      {"2024-05-01T12:34:56Z", kMoment},
      {"2024-05-01T12:34:56", kMoment},
      {"2024-05-01T12:34:56.1Z", kMoment + 100ms},
      {"2024-05-01T12:34:56.12Z", kMoment + 120ms},
      {"2024-05-01T12:34:56.123Z", kMoment + 123ms},
      {"2024-05-01T12:34:56.123456Z", kMoment + 123ms},
      {"2024-05-01T12:34:56.999999999Z", kMoment + 999ms},
      {"2024-05-01T12:34:56+00:00", kMoment},
      {"2024-05-01T14:04:56+01:30", kMoment},
      {"2024-05-01T14:04:56.500+0130", kMoment + 500ms},
      {"2024-05-01T04:34:56-08", kMoment},
      {"2024-04-30T23:34:56-13:00", kMoment},
      {"2024-02-29T00:00:00Z", sys_days{year{2024} / 2 / 29}},
      {"1969-12-31T23:59:59.999Z", Timestamp{-1ms}},
      {"0001-01-01T00:00:00Z", model::kEarliestTimestamp},
      {"9999-12-31T23:59:59.999Z", model::kLatestTimestamp},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(model::parse_iso8601(row.text) == row.expected);
  }
}

TEST_CASE("What is not a time is not read as one", "[timestamp]") {
  using namespace std::string_view_literals;
  const std::string_view rows[] = {
      "",
      "2024",
      "2024-05",
      "2024-5-1",
      "24-05-01",
      "02024-05-01",
      "2024/05/01",
      " 2024-05-01",
      "2024-05-01 ",
      "2024-05-01T",
      "2024-05-01Z",
      "2024-05-01T12",
      "2024-05-01T12Z",
      "2024-05-01 12:34:56",
      "2024-05-01T12:34:",
      "2024-05-01T12:34:5Z",
      "2024-05-01T12:34:56.Z",
      "2024-05-01T12:34:56.",
      "2024-05-01T12:34:56.1234567890Z",
      "2024-05-01T12:34:56ZZ",
      "2024-05-01T12:34:56Z ",
      "2024-05-01T12:34:56X",
      "2024-05-01T12:34:56Z+01:00",
      "2024-05-01T12:34:56+",
      "2024-05-01T12:34:56+1",
      "2024-05-01T12:34:56+01:",
      "2024-05-01T12:34:56+01:3",
      "2024-05-01T12:34:56+24:00",
      "2024-05-01T12:34:56+01:60",
      "2024-05-01T12:34:56+01:000",
      "2023-02-29",
      "2024-13-01",
      "2024-00-01",
      "2024-04-31",
      "2024-05-00",
      "2024-05-32",
      "1900-02-29",
      "2024-05-01T24:00:00Z",
      "2024-05-01T12:60:00Z",
      "2024-05-01T12:34:60Z",
      "-2024-05-01",
      "+2024-05-01",
      "2024-05--1",
      "2024-05-+1",
      "0000-01-01",
      "10000-01-01",
      "0001-01-01T00:00:00+00:01",
      "9999-12-31T23:59:59-00:01",
      "1714567890",
      "tomorrow",
      "2024-05-01T12:34:56\0Z"sv,
  };
  for (const auto row : rows) {
    INFO(row);
    CHECK_FALSE(model::parse_iso8601(row));
  }
}

TEST_CASE("A time that was written is read back", "[timestamp]") {
  // Steps of a prime number of milliseconds visit every month, leap days and times of day alike.
  for (Timestamp time = model::kEarliestTimestamp; time <= model::kLatestTimestamp; time += 9'999'999'937ms) {
    const std::string text = model::to_iso8601(time);
    INFO(text);
    REQUIRE(model::parse_iso8601(text) == time);
  }
}
