#include "storage/meter_history.hpp"

#include "storage/database.hpp"

namespace amity::storage {
namespace {

constexpr const char* kTagSpans =
    "SELECT r.row, t.key, t.value, t.since, t.until FROM tag_span t JOIN metered_resource r "
    "ON r.region = t.region AND r.id = t.resource_id AND r.account = t.account";
constexpr const char* kTagSpanOrder = " ORDER BY r.row, t.key, t.since";

std::vector<TagSpan> read_spans(Statement& rows) {
  std::vector<TagSpan> spans;
  while (rows.step())
    spans.push_back({.resource = rows.integer(0),
                     .key = std::string(rows.text(1)),
                     .value = std::string(rows.text(2)),
                     .since = rows.integer(3),
                     .until = rows.integer(4)});
  return spans;
}

}  // namespace

std::vector<MeteredLine> MeterHistory::lines() const {
  auto rows = database_.prepare(
      "SELECT row, account, region, source, usage_type, operation, zone, minimum FROM meter_line ORDER BY row");
  std::vector<MeteredLine> lines;
  while (rows.step())
    lines.push_back({.row = rows.integer(0),
                     .scope = {.account = std::string(rows.text(1)), .region = std::string(rows.text(2))},
                     .line = {.source = std::string(rows.text(3)),
                              .usage_type = std::string(rows.text(4)),
                              .operation = std::string(rows.text(5)),
                              .zone = std::string(rows.text(6)),
                              .minimum_seconds = rows.integer(7)}});
  return lines;
}

void MeterHistory::scan(std::int64_t from, std::int64_t until, const Visit& visit) const {
  {
    auto rows = database_.prepare(
        "SELECT line, resource, quantity, since, until FROM meter INDEXED BY meter_by_time "
        "WHERE until > ?1 AND since < ?2");
    rows.bind(1, from).bind(2, until);
    while (rows.step())
      visit({.line = rows.integer(0),
             .resource = rows.integer(1),
             .quantity = rows.integer(2),
             .since = rows.integer(3),
             .until = rows.integer(4),
             .is_open = rows.integer(4) == kOpenMeter});
  }
  auto rows =
      database_.prepare("SELECT line, resource, quantity, hour FROM meter_count WHERE hour >= ?1 AND hour < ?2");
  rows.bind(1, from).bind(2, until);
  while (rows.step())
    visit({.line = rows.integer(0),
           .resource = rows.integer(1),
           .quantity = rows.integer(2),
           .since = rows.integer(3),
           .until = rows.integer(3)});
}

std::unordered_map<std::int64_t, MeteredResource> MeterHistory::resources() const {
  auto rows = database_.prepare("SELECT row, account, region, id, image_id FROM metered_resource");
  std::unordered_map<std::int64_t, MeteredResource> resources;
  while (rows.step())
    resources.emplace(rows.integer(0), MeteredResource{.scope = {.account = std::string(rows.text(1)),
                                                                 .region = std::string(rows.text(2))},
                                                       .id = std::string(rows.text(3)),
                                                       .image_id = std::string(rows.text(4))});
  return resources;
}

std::vector<TagSpan> MeterHistory::tag_spans(std::string_view key) const {
  auto rows = database_.prepare(std::string(kTagSpans) + " WHERE t.key = ?1" + kTagSpanOrder);
  rows.bind(1, key);
  return read_spans(rows);
}

std::vector<TagSpan> MeterHistory::tag_spans() const {
  auto rows = database_.prepare(std::string(kTagSpans) + kTagSpanOrder);
  return read_spans(rows);
}

std::vector<std::string> MeterHistory::tag_keys(std::string_view account) const {
  auto rows = database_.prepare("SELECT DISTINCT key FROM tag_span WHERE account = ?1 ORDER BY key");
  rows.bind(1, account);
  std::vector<std::string> keys;
  while (rows.step()) keys.emplace_back(rows.text(0));
  return keys;
}

}  // namespace amity::storage
