// The schema's history: numbered steps, forward only, each in a transaction. PRAGMA user_version says where a file
// stands.
#pragma once

#include <cstdint>

namespace amity::storage {

class Database;

std::int64_t newest_schema_version();

// Throws Error when a newer Amity wrote the file, when it is some other program's, or no database at all. Reads only.
void refuse_foreign_file(Database& database);

// Brings the file to the newest version.
void migrate(Database& database);

}  // namespace amity::storage
