#include "storage/store.hpp"

#include "storage/migrations.hpp"
#include "storage/tables.hpp"

namespace amity::storage {

Store::Store(const std::string& path, Durability durability) : database_(path), agenda_(database_) {
  refuse_foreign_file(database_);
  database_.start_log(durability);
  migrate(database_);
}

Store::Store(const std::string& path, LookOnly) : database_(path, Access::LookOnly), agenda_(database_) {
  refuse_foreign_file(database_);
  if (database_.user_version() < newest_schema_version())
    throw Error("the file was written by an older Amity; serve it once, and it will be up to date");
}

std::vector<Scope> Store::scopes() {
  std::string sql =
      "SELECT account, region FROM setting UNION SELECT account, region FROM tag "
      "UNION SELECT account, region FROM metered_resource";
  for (const TableSpec* table : all_tables()) sql.append(" UNION SELECT account, region FROM ").append(table->name);
  auto rows = database_.prepare("SELECT account, region FROM (" + sql + ") WHERE account <> '' ORDER BY 1, 2");
  std::vector<Scope> scopes;
  while (rows.step()) scopes.push_back({.account = std::string(rows.text(0)), .region = std::string(rows.text(1))});
  return scopes;
}

void Store::clear() {
  std::string deletes;
  auto tables = database_.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  while (tables.step()) deletes += "DELETE FROM " + std::string(tables.text(0)) + ";";
  tables.reset();
  database_.execute(deletes);
  agenda_.forget();
}

}  // namespace amity::storage
