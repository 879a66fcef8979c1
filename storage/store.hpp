// The state of the emulator: one file (or memory), opened, checked and brought up to date.
#pragma once

#include "storage/agenda.hpp"
#include "storage/database.hpp"
#include "storage/table.hpp"

#include <string>
#include <vector>

namespace amity::storage {

class Store {
 public:
  // An empty path keeps the state in memory. Throws Error with a sentence for people when the file cannot be used; it
  // is then untouched.
  explicit Store(const std::string& path = {}, Durability durability = Durability::Normal);
  // Only to be looked at. Throws Error also for a file that an older Amity has written.
  struct LookOnly {};
  Store(const std::string& path, LookOnly);

  Database& database() { return database_; }
  Agenda& agenda() { return agenda_; }
  // Those of whom and where there is anything, in order.
  std::vector<Scope> scopes();
  // Empties every table, in the running transaction.
  void clear();

 private:
  Database database_;
  Agenda agenda_;
};

}  // namespace amity::storage
