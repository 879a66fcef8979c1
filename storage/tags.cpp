#include "storage/tags.hpp"

#include "model/json.hpp"
#include "storage/database.hpp"

#include <utility>

namespace amity::storage {

std::vector<ec2::Tag> Tags::of(std::string_view resource_id) const {
  auto rows = database_.prepare(
      "SELECT key, value FROM tag WHERE account = ?1 AND region = ?2 AND resource_id = ?3 ORDER BY key");
  rows.bind(1, scope_.account).bind(2, scope_.region).bind(3, resource_id);
  std::vector<ec2::Tag> tags;
  while (rows.step()) tags.push_back({.key = std::string(rows.text(0)), .value = std::string(rows.text(1))});
  return tags;
}

std::size_t Tags::count(std::string_view resource_id) const {
  auto rows = database_.prepare("SELECT count(*) FROM tag WHERE account = ?1 AND region = ?2 AND resource_id = ?3");
  rows.bind(1, scope_.account).bind(2, scope_.region).bind(3, resource_id).step();
  return static_cast<std::size_t>(rows.integer(0));
}

void Tags::set(std::string_view resource_id, std::string_view resource_type, std::string_view key,
               std::string_view value) {
  database_
      .prepare(
          "INSERT INTO tag (account, region, resource_id, resource_type, key, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
          "ON CONFLICT (account, region, resource_id, key) DO UPDATE SET value = excluded.value")
      .bind(1, scope_.account)
      .bind(2, scope_.region)
      .bind(3, resource_id)
      .bind(4, resource_type)
      .bind(5, key)
      .bind(6, value)
      .run();
}

void Tags::remove(std::string_view resource_id, std::string_view key, const std::optional<std::string>& value) {
  auto statement = database_.prepare(
      "DELETE FROM tag WHERE account = ?1 AND region = ?2 AND resource_id = ?3 AND key = ?4 AND (?5 IS NULL OR value = "
      "?5)");
  statement.bind(1, scope_.account).bind(2, scope_.region).bind(3, resource_id).bind(4, key);
  if (value) statement.bind(5, *value);
  statement.run();
}

void Tags::remove_all(std::string_view resource_id) {
  // Tags of other accounts on a shared resource go with the resource.
  database_.prepare("DELETE FROM tag WHERE region = ?1 AND resource_id = ?2")
      .bind(1, scope_.region)
      .bind(2, resource_id)
      .run();
}

void Tags::scan(std::int64_t after, std::span<const std::string> resource_ids, const Visit& visit) const {
  std::string sql =
      "SELECT row, resource_id, resource_type, key, value FROM tag WHERE account = ?1 AND region = ?2 AND row > ?3";
  if (!resource_ids.empty()) sql += " AND resource_id IN (SELECT value FROM json_each(?4))";
  auto rows = database_.prepare(sql + " ORDER BY row");
  rows.bind(1, scope_.account).bind(2, scope_.region).bind(3, after);
  if (!resource_ids.empty()) rows.bind(4, model::list_to_json(resource_ids));
  while (rows.step()) {
    ec2::TagDescription tag{.key = std::string(rows.text(3)),
                            .resource_id = std::string(rows.text(1)),
                            .resource_type = std::string(rows.text(2)),
                            .value = std::string(rows.text(4))};
    if (!visit(rows.integer(0), std::move(tag))) return;
  }
}

}  // namespace amity::storage
