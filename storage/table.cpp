#include "storage/table.hpp"

#include "model/document.hpp"
#include "model/json.hpp"
#include "storage/database.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::storage {

Query& Query::where(std::string_view column, std::string_view value) {
  columns_.emplace_back(column, value);
  return *this;
}

Query& Query::linked(std::string_view table, std::string_view value) {
  links_.emplace_back(table, value);
  return *this;
}

Query& Query::after(std::int64_t row) {
  after_ = row;
  return *this;
}

Query& Query::newest_first() {
  newest_first_ = true;
  return *this;
}

Query& Query::or_shared(std::string_view share, std::span<const std::string> grantees) {
  share_ = share;
  grantees_ = model::list_to_json(grantees);
  return *this;
}

Query& Query::of_any_account() {
  any_account_ = true;
  return *this;
}

std::optional<std::string> TableCore::owner(std::string_view id) const {
  auto query = database_.prepare(fmt::format("SELECT account FROM {} WHERE region = ?1 AND id = ?2", spec_.name));
  query.bind(1, scope_.region).bind(2, id);
  if (!query.step()) return std::nullopt;
  return std::string(query.text(0));
}

bool TableCore::read(std::string_view id, bool any_account, void* document) const {
  auto query =
      database_.prepare(fmt::format("SELECT account, document FROM {} WHERE region = ?1 AND id = ?2", spec_.name));
  query.bind(1, scope_.region).bind(2, id);
  if (!query.step() || !(any_account || query.text(0) == scope_.account)) return false;
  parse(query.text(1), document);
  return true;
}

std::string TableCore::conditions(const Query& query) const {
  // With a side table its index must lead, and the owner's own row follow. SQLite would rather walk through all rows of
  // the account, so their columns become expressions, which no index serves.
  const std::string_view unindexed = query.links_.empty() ? "" : " || ''";
  std::string sql = fmt::format(" WHERE t.region{} = ?1 AND t.row > ?2", unindexed);
  int parameter = 3;
  if (!query.share_.empty())
    sql += fmt::format(
        " AND (t.account = ?{} OR EXISTS (SELECT 1 FROM {} s WHERE s.owner = t.row AND s.value IN "
        "(SELECT value FROM json_each(?{}))))",
        parameter, query.share_, parameter + 1),
        parameter += 2;
  else if (!query.any_account_)
    sql += fmt::format(" AND t.account{} = ?{}", unindexed, parameter++);
  for (const auto& [column, value] : query.columns_) sql += fmt::format(" AND t.{} = ?{}", column, parameter++);
  for (const auto& [table, value] : query.links_)
    sql += fmt::format(" AND t.row IN (SELECT l.owner FROM {} l WHERE l.value = ?{})", table, parameter++);
  return sql;
}

Statement TableCore::bind_conditions(const std::string& sql, const Query& query) const {
  auto statement = database_.prepare(sql);
  statement.bind(1, scope_.region).bind(2, query.after_);
  int parameter = 3;
  if (!query.share_.empty())
    statement.bind(parameter, scope_.account).bind(parameter + 1, query.grantees_), parameter += 2;
  else if (!query.any_account_)
    statement.bind(parameter++, scope_.account);
  for (const auto& [column, value] : query.columns_) statement.bind(parameter++, value);
  for (const auto& [table, value] : query.links_) statement.bind(parameter++, value);
  return statement;
}

void TableCore::scan(const Query& query, const Visit& visit) const {
  const std::string sql = fmt::format("SELECT t.row, t.account, t.document FROM {} t{} ORDER BY t.row{}", spec_.name,
                                      conditions(query), query.newest_first_ ? " DESC" : "");
  auto rows = bind_conditions(sql, query);
  while (rows.step())
    if (!visit(rows.integer(0), rows.text(1), rows.text(2))) return;
}

std::size_t TableCore::count(const Query& query) const {
  auto rows = bind_conditions(fmt::format("SELECT count(*) FROM {} t{}", spec_.name, conditions(query)), query);
  rows.step();
  return static_cast<std::size_t>(rows.integer(0));
}

void TableCore::bind_values(Statement& statement, int first, const void* document) const {
  for (const ColumnSpec& column : spec_.columns) {
    const auto value = column.value(document);
    if (value)
      statement.bind(first++, *value);
    else
      statement.bind_null(first++);
  }
  std::string json;
  model::append_json(json, spec_.shape, document);
  statement.bind(first, json);
}

void TableCore::insert(const void* document) {
  std::string names, values;
  int parameter = 4;
  for (const ColumnSpec& column : spec_.columns) {
    names += fmt::format("{}, ", column.name);
    values += fmt::format("?{}, ", parameter++);
  }
  auto statement =
      database_.prepare(fmt::format("INSERT INTO {} (account, region, id, {}document) VALUES (?1, ?2, ?3, {}?{})",
                                    spec_.name, names, values, parameter));
  statement.bind(1, scope_.account).bind(2, scope_.region).bind(3, spec_.id(document));
  bind_values(statement, 4, document);
  statement.run();
  if (!spec_.links.empty()) write_links(database_.last_row(), document);
}

void TableCore::update(const void* document) {
  std::string assignments;
  int parameter = 3;
  for (const ColumnSpec& column : spec_.columns) assignments += fmt::format("{} = ?{}, ", column.name, parameter++);
  auto statement =
      database_.prepare(fmt::format("UPDATE {} SET {}document = ?{} WHERE region = ?1 AND id = ?2 RETURNING row",
                                    spec_.name, assignments, parameter));
  const std::string id = spec_.id(document);
  statement.bind(1, scope_.region).bind(2, id);
  bind_values(statement, 3, document);
  if (!statement.step()) throw Error(fmt::format("no {} {} to update", spec_.name, id));
  const std::int64_t row = statement.integer(0);
  statement.run();
  for (const LinkSpec& link : spec_.links)
    database_.prepare(fmt::format("DELETE FROM {} WHERE owner = ?1", link.table)).bind(1, row).run();
  write_links(row, document);
}

void TableCore::write_links(std::int64_t row, const void* document) {
  for (const LinkSpec& link : spec_.links) {
    auto values = link.values(document);
    if (values.empty()) continue;
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
    auto statement = database_.prepare(fmt::format("INSERT INTO {} (owner, value) VALUES (?1, ?2)", link.table));
    for (const std::string& value : values) {
      statement.bind(1, row).bind(2, value).run();
      statement.reset();
    }
  }
}

void TableCore::remove(std::string_view id) {
  database_.prepare(fmt::format("DELETE FROM {} WHERE region = ?1 AND id = ?2", spec_.name))
      .bind(1, scope_.region)
      .bind(2, id)
      .run();
}

void TableCore::parse(std::string_view json, void* document) const {
  if (!model::read_document(json, spec_.shape, document))
    throw Error(fmt::format("a document of table {} cannot be read", spec_.name));
}

}  // namespace amity::storage
