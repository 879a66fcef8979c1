#include "storage/store.hpp"

#include "storage/migrations.hpp"

namespace amity::storage {

Store::Store(const std::string& path, Durability durability) : database_(path), agenda_(database_) {
  refuse_foreign_file(database_);
  database_.start_log(durability);
  migrate(database_);
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
