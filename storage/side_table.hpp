// The values of a side table (storage/tables.hpp) by themselves: which are taken, in all accounts and regions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace amity::storage {

class Database;

class SideTable {
 public:
  SideTable(Database& database, std::string_view table) : database_(database), table_(table) {}

  bool contains(std::string_view value) const;
  std::size_t count_with_prefix(std::string_view prefix) const;
  std::vector<std::string> with_prefix(std::string_view prefix) const;

 private:
  class Statement select_with_prefix(std::string_view what, std::string_view prefix) const;

  Database& database_;
  std::string_view table_;  // one of the constants of storage/tables.hpp
};

}  // namespace amity::storage
