// The parts of storage/check.hpp.
#pragma once

#include "storage/check.hpp"

#include <span>
#include <string>
#include <string_view>

namespace amity::storage {

// A sentence, and a query for where it does not hold: the text of one finding a row.
struct CheckRule {
  std::string_view says;
  std::string_view broken_where;
  // The query also tells the region and the id of what is missing: one that the catalogue has is not.
  bool may_be_listed = false;
};

// Documents can be read, and the columns and side tables beside them say what they say.
void check_documents(Database& database, Findings& findings);

std::span<const CheckRule> attachment_rules();
std::span<const CheckRule> image_rules();
std::span<const CheckRule> network_rules();
std::span<const CheckRule> meter_rules();
std::span<const CheckRule> block_rules();
void check_written_blocks(Database& database, Findings& findings);

}  // namespace amity::storage
