// What must hold of every state, whatever was done to it: rules that are read from the tables alone. Those that need to
// know what EC2 means by it are in handlers/check.hpp, which asks for these too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace amity::storage {

class Catalogue;
class Database;

struct Finding {
  std::string rule;  // the sentence that does not hold: "every volume in use is attached"
  std::string what;  // where: "us-east-1 vol-0123456789abcdef0"

  friend bool operator==(const Finding&, const Finding&) = default;
};
using Findings = std::vector<Finding>;

// Everything that is wrong. Reads only, and leaves nothing behind; a running transaction is checked as it stands. A
// file that SQLite finds damaged is not looked at any further. Time and memory grow with the number of resources.
Findings check(Database& database, const Catalogue& catalogue);

}  // namespace amity::storage
