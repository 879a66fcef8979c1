// Small values under a name: of an account in a region (block public access, default network made …), or, in the empty
// scope, of the emulator itself (the clock's offset).
#pragma once

#include "storage/table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::storage {

class Database;

class Settings {
 public:
  Settings(Database& database, const Scope& scope) : database_(database), scope_(scope) {}

  std::optional<std::string> get(std::string_view name) const;
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  std::vector<std::pair<std::string, std::string>> all() const;  // names and values, in order of names

 private:
  Database& database_;
  Scope scope_;
};

}  // namespace amity::storage
