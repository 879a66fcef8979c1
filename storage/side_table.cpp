#include "storage/side_table.hpp"

#include "storage/database.hpp"

#include <fmt/format.h>

namespace amity::storage {

bool SideTable::contains(std::string_view value) const {
  auto rows = database_.prepare(fmt::format("SELECT 1 FROM {} WHERE value = ?1", table_));
  rows.bind(1, value);
  return rows.step();
}

std::size_t SideTable::count_with_prefix(std::string_view prefix) const {
  auto rows = select_with_prefix("count(*)", prefix);
  rows.step();
  return static_cast<std::size_t>(rows.integer(0));
}

std::vector<std::string> SideTable::with_prefix(std::string_view prefix) const {
  std::vector<std::string> values;
  auto rows = select_with_prefix("value", prefix);
  while (rows.step()) values.emplace_back(rows.text(0));
  return values;
}

Statement SideTable::select_with_prefix(std::string_view what, std::string_view prefix) const {
  // A range rather than LIKE, so that the index serves it. No value holds the byte that ends the range.
  auto rows = database_.prepare(fmt::format("SELECT {} FROM {} WHERE value >= ?1 AND value < ?2", what, table_));
  rows.bind(1, prefix).bind(2, std::string(prefix) + '\x7f');
  return rows;
}

}  // namespace amity::storage
