// One SQLite connection with the manners this house needs: cached statements, checked results, nested transactions.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace amity::storage {

// A failure of the state file or a bug in a statement; never the caller's fault.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Database;

// A prepared statement on loan from the connection's cache. Parameters and columns count from 1 and 0, as in SQLite.
// Given back, reset and with its bindings cleared, when it goes out of scope.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view value);       // copied
  Statement& bind_blob(int index, std::string_view bytes);  // copied
  Statement& bind_null(int index);

  bool step();  // true when there is a row
  void run();   // to the end
  void reset();

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // valid until the next step
  std::string_view blob(int column) const;  // likewise
  bool is_null(int column) const;

 private:
  friend class Database;
  Statement(Database& database, std::string_view key, sqlite3_stmt* statement)
      : database_(&database), key_(key), statement_(statement) {}

  Database* database_;
  std::string_view key_;  // owned by the cache
  sqlite3_stmt* statement_;
};

enum class Durability { Normal, Full };

// What a connection is for. LookOnly changes nothing, not even the log that a killed process has left beside the file.
enum class Access { Change, LookOnly };

class Database {
 public:
  // Opens or makes the file at `path`, for this process alone; an empty path keeps everything in memory. Nothing is
  // written yet. Throws Error when the file cannot be opened.
  explicit Database(const std::string& path = {}, Access access = Access::Change);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Statement prepare(std::string_view sql);
  void execute(const std::string& sql);  // one or more statements without parameters

  std::int64_t last_row() const;
  std::int64_t changes() const;
  // Switches to the write-ahead log and takes the lock on the file. Throws Error when another process holds it or the
  // file cannot be written. Nothing to do in memory.
  void start_log(Durability durability);
  std::int64_t user_version();
  // Writes the log back into the file, so that a stopped Amity leaves one file.
  void checkpoint();
  // Rows that were inserted, updated or deleted since the connection was opened.
  int total_changes() const;
  // Throws Error when the file is not where it was: what is written now would be lost.
  void check_in_place() const;

 private:
  friend class Statement;
  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  [[noreturn]] void fail(std::string_view what) const;
  // Off until the file is known to be Amity's: one that is only looked at keeps the log that it has.
  void set_checkpoint_at_close(bool is_on);
  void give_back(std::string_view key, sqlite3_stmt* statement) noexcept;

  sqlite3* connection_ = nullptr;
  bool in_memory_;
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>, KeyHash, std::equal_to<>> idle_;
};

// Begins at construction; what is not committed is rolled back. A commit of changes to a file that is gone throws
// Error.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
  int changes_before_;
};

// A part of a transaction that can be undone alone.
class Savepoint {
 public:
  explicit Savepoint(Database& database);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  void release();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace amity::storage
