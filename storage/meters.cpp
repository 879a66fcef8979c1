#include "storage/meters.hpp"

#include "storage/database.hpp"
#include "storage/meter_history.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace amity::storage {
namespace {

constexpr std::int64_t kHour = 3600;

}  // namespace

struct Meters::Open {
  std::int64_t row = 0;
  std::int64_t line = 0;
  MeterReading reading;
  std::int64_t since = 0;
};

std::int64_t Meters::resource_row(std::string_view resource_id) {
  auto query = database_.prepare("SELECT row FROM metered_resource WHERE region = ?1 AND id = ?2 AND account = ?3");
  query.bind(1, scope_.region).bind(2, resource_id).bind(3, scope_.account);
  if (query.step()) return query.integer(0);
  database_.prepare("INSERT INTO metered_resource (region, id, account) VALUES (?1, ?2, ?3)")
      .bind(1, scope_.region)
      .bind(2, resource_id)
      .bind(3, scope_.account)
      .run();
  return database_.last_row();
}

std::int64_t Meters::line_row(const MeterLine& line) {
  auto query = database_.prepare(
      "SELECT row FROM meter_line WHERE account = ?1 AND region = ?2 AND zone = ?3 AND usage_type = ?4 "
      "AND operation = ?5");
  query.bind(1, scope_.account)
      .bind(2, scope_.region)
      .bind(3, line.zone)
      .bind(4, line.usage_type)
      .bind(5, line.operation);
  if (query.step()) return query.integer(0);
  database_
      .prepare(
          "INSERT INTO meter_line (account, region, zone, usage_type, operation, source, minimum) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
      .bind(1, scope_.account)
      .bind(2, scope_.region)
      .bind(3, line.zone)
      .bind(4, line.usage_type)
      .bind(5, line.operation)
      .bind(6, line.source)
      .bind(7, line.minimum_seconds)
      .run();
  return database_.last_row();
}

// SQLite would rather look through all that is open: the index by time holds every column.
std::vector<Meters::Open> Meters::open_meters(std::int64_t resource, std::string_view source) {
  auto rows = database_.prepare(
      "SELECT m.row, l.source, l.usage_type, l.operation, l.zone, l.minimum, m.quantity, m.since, m.line "
      "FROM meter m INDEXED BY meter_of_resource JOIN meter_line l ON l.row = m.line "
      "WHERE m.resource = ?1 AND m.until = ?2 AND l.source = ?3");
  rows.bind(1, resource).bind(2, kOpenMeter).bind(3, source);
  std::vector<Open> open;
  while (rows.step())
    open.push_back({.row = rows.integer(0),
                    .line = rows.integer(8),
                    .reading = {.line = {.source = std::string(rows.text(1)),
                                         .usage_type = std::string(rows.text(2)),
                                         .operation = std::string(rows.text(3)),
                                         .zone = std::string(rows.text(4)),
                                         .minimum_seconds = rows.integer(5)},
                                .quantity = rows.integer(6)},
                    .since = rows.integer(7)});
  return open;
}

// A use that has gone on in other quantities has begun with the first of them.
std::int64_t Meters::beginning_of(std::int64_t resource, const Open& open, Seconds now) {
  std::int64_t since = open.since, quantity = open.reading.quantity;
  while (since + open.reading.line.minimum_seconds > number_of(now)) {
    auto before = database_.prepare(
        "SELECT since, quantity FROM meter WHERE resource = ?1 AND line = ?2 AND until = ?3 AND quantity <> ?4");
    before.bind(1, resource).bind(2, open.line).bind(3, since).bind(4, quantity);
    if (!before.step()) break;
    since = before.integer(0);
    quantity = before.integer(1);
  }
  return since;
}

std::vector<EndedMeter> Meters::set(std::string_view resource_id, std::string_view source,
                                    std::span<const MeterReading> readings, Seconds now) {
  const std::int64_t resource = resource_row(resource_id);
  std::vector<MeterReading> wanted(readings.begin(), readings.end());
  std::erase_if(wanted, [](const MeterReading& reading) { return reading.quantity == 0; });
  std::vector<EndedMeter> ended;
  for (Open& open : open_meters(resource, source)) {
    if (const auto same = std::ranges::find(wanted, open.reading); same != wanted.end()) {
      wanted.erase(same);
      continue;
    }
    // A use that goes on in another quantity has not ended: no minimum.
    const bool goes_on = std::ranges::find(wanted, open.reading.line, &MeterReading::line) != wanted.end();
    const std::int64_t least =
        goes_on ? open.since : beginning_of(resource, open, now) + open.reading.line.minimum_seconds;
    const std::int64_t until = std::max({number_of(now), open.since, least});
    if (until == open.since)
      database_.prepare("DELETE FROM meter WHERE row = ?1").bind(1, open.row).run();
    else
      database_.prepare("UPDATE meter SET until = ?2 WHERE row = ?1").bind(1, open.row).bind(2, until).run();
    ended.push_back({.reading = std::move(open.reading), .since = Seconds(std::chrono::seconds(open.since))});
  }
  for (const MeterReading& reading : wanted)
    database_.prepare("INSERT INTO meter (resource, line, quantity, since, until) VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(1, resource)
        .bind(2, line_row(reading.line))
        .bind(3, reading.quantity)
        .bind(4, number_of(now))
        .bind(5, kOpenMeter)
        .run();
  return ended;
}

void Meters::count(std::string_view resource_id, const MeterReading& reading, Seconds now) {
  if (reading.quantity == 0) return;
  database_
      .prepare(
          "INSERT INTO meter_count (hour, line, resource, quantity) VALUES (?1, ?2, ?3, ?4) "
          "ON CONFLICT (hour, line, resource) DO UPDATE SET quantity = quantity + excluded.quantity")
      .bind(1, number_of(now) - number_of(now) % kHour)
      .bind(2, line_row(reading.line))
      .bind(3, resource_row(resource_id))
      .bind(4, reading.quantity)
      .run();
}

void Meters::belongs_to(std::string_view resource_id, std::string_view image_id) {
  database_.prepare("UPDATE metered_resource SET image_id = ?2 WHERE row = ?1 AND image_id IS NOT ?2")
      .bind(1, resource_row(resource_id))
      .bind(2, image_id)
      .run();
}

std::vector<MeterDue> Meters::take_due(Database& database) {
  std::vector<MeterDue> due;
  std::set<std::tuple<std::string, std::string, std::string, std::string>> seen;
  {
    // Each once, but not by DISTINCT: that makes a table, and most calls have nothing due.
    auto rows = database.prepare("SELECT source, account, region, id FROM meter_due");
    while (rows.step()) {
      MeterDue one{.source = std::string(rows.text(0)),
                   .scope = {.account = std::string(rows.text(1)), .region = std::string(rows.text(2))},
                   .id = std::string(rows.text(3))};
      if (seen.emplace(one.source, one.scope.account, one.scope.region, one.id).second) due.push_back(std::move(one));
    }
  }
  if (!due.empty()) database.prepare("DELETE FROM meter_due").run();
  return due;
}

void Meters::note_tags(Database& database, Seconds now) {
  const std::int64_t hour = number_of(now) - number_of(now) % kHour;
  database
      .prepare("DELETE FROM tag_span WHERE (since = -1 OR until = -1) AND until = -1 AND (since = -1 OR since >= ?1)")
      .bind(1, hour)
      .run();
  database
      .prepare(
          "UPDATE tag_span SET since = CASE since WHEN -1 THEN ?1 ELSE since END, "
          "until = CASE until WHEN -1 THEN ?1 ELSE until END WHERE since = -1 OR until = -1")
      .bind(1, hour)
      .run();
}

void Meters::note_gone_images(Database& database, Seconds now) {
  database.prepare("UPDATE gone_image SET since = ?1 WHERE since IS NULL").bind(1, number_of(now)).run();
}

}  // namespace amity::storage
