#include "storage/agenda.hpp"

#include "storage/database.hpp"

#include <algorithm>

namespace amity::storage {
namespace {

std::int64_t milliseconds(model::Timestamp time) { return time.time_since_epoch().count(); }
model::Timestamp timestamp(std::int64_t value) { return model::Timestamp(std::chrono::milliseconds(value)); }

}  // namespace

void Agenda::schedule(const AgendaItem& item) {
  database_.prepare("INSERT INTO agenda (due, account, region, resource_id, transition) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(1, milliseconds(item.due))
      .bind(2, item.scope.account)
      .bind(3, item.scope.region)
      .bind(4, item.resource_id)
      .bind(5, item.transition)
      .run();
  if (known_) next_due_ = next_due_ ? std::min(*next_due_, item.due) : item.due;
}

void Agenda::cancel(const Scope& scope, std::string_view resource_id, std::string_view transition) {
  database_
      .prepare(
          "DELETE FROM agenda WHERE resource_id = ?1 AND account = ?2 AND region = ?3 AND (?4 = '' OR transition = ?4)")
      .bind(1, resource_id)
      .bind(2, scope.account)
      .bind(3, scope.region)
      .bind(4, transition)
      .run();
  known_ = false;
}

bool Agenda::is_scheduled(const Scope& scope, std::string_view resource_id, std::string_view transition) const {
  auto rows = database_.prepare(
      "SELECT 1 FROM agenda WHERE resource_id = ?1 AND account = ?2 AND region = ?3 AND transition = ?4 LIMIT 1");
  return rows.bind(1, resource_id).bind(2, scope.account).bind(3, scope.region).bind(4, transition).step();
}

std::vector<AgendaItem> Agenda::of(const Scope& scope) const {
  auto rows = database_.prepare(
      "SELECT due, resource_id, transition FROM agenda WHERE account = ?1 AND region = ?2 ORDER BY due, row");
  rows.bind(1, scope.account).bind(2, scope.region);
  std::vector<AgendaItem> items;
  while (rows.step())
    items.push_back({.due = timestamp(rows.integer(0)),
                     .scope = scope,
                     .resource_id = std::string(rows.text(1)),
                     .transition = std::string(rows.text(2))});
  return items;
}

std::optional<AgendaItem> Agenda::take_due(model::Timestamp now) {
  const auto next = next_due();
  if (!next || *next > now) return std::nullopt;
  auto row = database_.prepare(
      "DELETE FROM agenda WHERE row = (SELECT row FROM agenda ORDER BY due, row LIMIT 1) "
      "RETURNING due, account, region, resource_id, transition");
  std::optional<AgendaItem> item;
  if (row.step())
    item = AgendaItem{.due = timestamp(row.integer(0)),
                      .scope = {.account = std::string(row.text(1)), .region = std::string(row.text(2))},
                      .resource_id = std::string(row.text(3)),
                      .transition = std::string(row.text(4))};
  row.run();
  known_ = false;
  return item;
}

std::optional<model::Timestamp> Agenda::next_due() {
  if (!known_) {
    auto row = database_.prepare("SELECT due FROM agenda ORDER BY due, row LIMIT 1");
    next_due_ = row.step() ? std::optional(timestamp(row.integer(0))) : std::nullopt;
    known_ = true;
  }
  return next_due_;
}

}  // namespace amity::storage
