// Meters as fixtures keep them.
#include "storage/database.hpp"
#include "storage/meter_history.hpp"
#include "storage/meters.hpp"

namespace amity::storage {
namespace {

Seconds time_at(std::int64_t number) { return Seconds(std::chrono::seconds(number)); }

}  // namespace

std::vector<KeptMeter> Meters::all() const {
  auto rows = database_.prepare(
      "SELECT r.id, r.image_id, l.source, l.usage_type, l.operation, l.zone, l.minimum, m.quantity, m.since, m.until "
      "FROM (SELECT resource, line, quantity, since, until FROM meter "
      "UNION ALL SELECT resource, line, quantity, hour, hour FROM meter_count) m "
      "JOIN metered_resource r ON r.row = m.resource JOIN meter_line l ON l.row = m.line "
      "WHERE l.account = ?1 AND l.region = ?2 ORDER BY m.since, r.id, l.usage_type");
  rows.bind(1, scope_.account).bind(2, scope_.region);
  std::vector<KeptMeter> meters;
  while (rows.step()) {
    KeptMeter& meter = meters.emplace_back(KeptMeter{.resource_id = std::string(rows.text(0)),
                                                     .image_id = std::string(rows.text(1)),
                                                     .reading = {.line = {.source = std::string(rows.text(2)),
                                                                          .usage_type = std::string(rows.text(3)),
                                                                          .operation = std::string(rows.text(4)),
                                                                          .zone = std::string(rows.text(5)),
                                                                          .minimum_seconds = rows.integer(6)},
                                                                 .quantity = rows.integer(7)},
                                                     .since = time_at(rows.integer(8))});
    if (rows.integer(9) != kOpenMeter) meter.until = time_at(rows.integer(9));
  }
  return meters;
}

void Meters::put(const KeptMeter& meter) {
  const std::int64_t resource = resource_row(meter.resource_id);
  const std::int64_t line = line_row(meter.reading.line);
  if (!meter.image_id.empty()) belongs_to(meter.resource_id, meter.image_id);
  if (meter.until == meter.since) {
    database_.prepare("INSERT OR REPLACE INTO meter_count (hour, line, resource, quantity) VALUES (?1, ?2, ?3, ?4)")
        .bind(1, number_of(meter.since))
        .bind(2, line)
        .bind(3, resource)
        .bind(4, meter.reading.quantity)
        .run();
    return;
  }
  database_
      .prepare(
          "INSERT INTO meter (resource, line, quantity, since, until) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS "
          "(SELECT 1 FROM meter WHERE resource = ?1 AND line = ?2 AND quantity = ?3 AND since = ?4)")
      .bind(1, resource)
      .bind(2, line)
      .bind(3, meter.reading.quantity)
      .bind(4, number_of(meter.since))
      .bind(5, meter.until ? number_of(*meter.until) : kOpenMeter)
      .run();
}

std::vector<GoneImage> Meters::gone_images() const {
  auto rows = database_.prepare(
      "SELECT id, name, since FROM gone_image WHERE account = ?1 AND region = ?2 AND since IS NOT NULL ORDER BY id");
  rows.bind(1, scope_.account).bind(2, scope_.region);
  std::vector<GoneImage> images;
  while (rows.step())
    images.push_back(
        {.id = std::string(rows.text(0)), .name = std::string(rows.text(1)), .since = time_at(rows.integer(2))});
  return images;
}

void Meters::put(const GoneImage& image) {
  database_.prepare("INSERT OR REPLACE INTO gone_image (account, region, id, name, since) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(1, scope_.account)
      .bind(2, scope_.region)
      .bind(3, image.id)
      .bind(4, image.name)
      .bind(5, number_of(image.since))
      .run();
}

std::vector<KeptTag> Meters::tags() const {
  auto rows = database_.prepare(
      "SELECT resource_id, key, value, since, until FROM tag_span WHERE account = ?1 AND region = ?2 "
      "ORDER BY resource_id, key, since");
  rows.bind(1, scope_.account).bind(2, scope_.region);
  std::vector<KeptTag> tags;
  while (rows.step()) {
    KeptTag& tag = tags.emplace_back(KeptTag{.resource_id = std::string(rows.text(0)),
                                             .key = std::string(rows.text(1)),
                                             .value = std::string(rows.text(2)),
                                             .since = time_at(rows.integer(3))});
    if (rows.integer(4) != kOpenMeter) tag.until = time_at(rows.integer(4));
  }
  return tags;
}

// What is there of that time gives way: a resource that was loaded with its tags has them from now on.
void Meters::put(const KeptTag& tag) {
  const std::int64_t until = tag.until ? number_of(*tag.until) : kOpenMeter;
  database_
      .prepare(
          "DELETE FROM tag_span WHERE account = ?1 AND region = ?2 AND resource_id = ?3 AND key = ?4 "
          "AND since < ?6 AND (until > ?5 OR until = -1)")
      .bind(1, scope_.account)
      .bind(2, scope_.region)
      .bind(3, tag.resource_id)
      .bind(4, tag.key)
      .bind(5, number_of(tag.since))
      .bind(6, until)
      .run();
  database_
      .prepare(
          "INSERT INTO tag_span (account, region, resource_id, key, value, since, until) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
      .bind(1, scope_.account)
      .bind(2, scope_.region)
      .bind(3, tag.resource_id)
      .bind(4, tag.key)
      .bind(5, tag.value)
      .bind(6, number_of(tag.since))
      .bind(7, until)
      .run();
}

}  // namespace amity::storage
