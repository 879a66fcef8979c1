#include "storage/settings.hpp"

#include "storage/database.hpp"

namespace amity::storage {

std::optional<std::string> Settings::get(std::string_view name) const {
  auto row = database_.prepare("SELECT value FROM setting WHERE account = ?1 AND region = ?2 AND name = ?3");
  row.bind(1, scope_.account).bind(2, scope_.region).bind(3, name);
  return row.step() ? std::optional(std::string(row.text(0))) : std::nullopt;
}

void Settings::set(std::string_view name, std::string_view value) {
  database_
      .prepare(
          "INSERT INTO setting (account, region, name, value) VALUES (?1, ?2, ?3, ?4) "
          "ON CONFLICT (account, region, name) DO UPDATE SET value = excluded.value")
      .bind(1, scope_.account)
      .bind(2, scope_.region)
      .bind(3, name)
      .bind(4, value)
      .run();
}

void Settings::remove(std::string_view name) {
  database_.prepare("DELETE FROM setting WHERE account = ?1 AND region = ?2 AND name = ?3")
      .bind(1, scope_.account)
      .bind(2, scope_.region)
      .bind(3, name)
      .run();
}

std::vector<std::pair<std::string, std::string>> Settings::all() const {
  auto rows = database_.prepare("SELECT name, value FROM setting WHERE account = ?1 AND region = ?2 ORDER BY name");
  rows.bind(1, scope_.account).bind(2, scope_.region);
  std::vector<std::pair<std::string, std::string>> settings;
  while (rows.step()) settings.emplace_back(rows.text(0), rows.text(1));
  return settings;
}

}  // namespace amity::storage
