#include "storage/database.hpp"

#include "model/encoding.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace amity::storage {

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), key_(other.key_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() {
  if (statement_) database_->give_back(key_, statement_);
}

Statement& Statement::bind(int index, std::int64_t value) {
  if (sqlite3_bind_int64(statement_, index, value) != SQLITE_OK) database_->fail("bind");
  return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
  // An empty view may have no data at all, which SQLite would take for NULL.
  const char* data = value.empty() ? "" : value.data();
  if (sqlite3_bind_text64(statement_, index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK)
    database_->fail("bind");
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  const char* data = bytes.empty() ? "" : bytes.data();
  if (sqlite3_bind_blob64(statement_, index, data, bytes.size(), SQLITE_TRANSIENT) != SQLITE_OK)
    database_->fail("bind");
  return *this;
}

Statement& Statement::bind_null(int index) {
  if (sqlite3_bind_null(statement_, index) != SQLITE_OK) database_->fail("bind");
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) database_->fail(key_);
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return data ? std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
              : std::string_view();
}

std::string_view Statement::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return data ? std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
              : std::string_view();
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Database::Database(const std::string& path, Access access) : in_memory_(path.empty()) {
  constexpr int kChange = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  std::error_code ignored;
  const bool has_log = !in_memory_ && std::filesystem::exists(path + "-wal", ignored);
  int result = SQLITE_OK;
  if (access == Access::LookOnly && !has_log)
    result = sqlite3_open_v2(("file:" + model::percent_encode(path) + "?immutable=1").c_str(), &connection_,
                             SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  else
    result = sqlite3_open_v2(in_memory_ ? ":memory:" : path.c_str(), &connection_, kChange, nullptr);
  try {
    if (result != SQLITE_OK) fail("opening " + path);
    if (access == Access::Change && sqlite3_db_readonly(connection_, "main") == 1)
      throw Error("the file cannot be written");
    if (has_log) set_checkpoint_at_close(false);
    // Plans do not depend on what is bound: otherwise SQLite prepares a statement anew for each value behind a `>`.
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
    // Exclusive: a second process on the same file would see a state without this one's clock and agenda.
    execute(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; PRAGMA temp_store = "
        "MEMORY; PRAGMA wal_autocheckpoint = 4000;");
    if (access == Access::LookOnly) execute("PRAGMA query_only = ON");
    if (in_memory_) execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;");
  } catch (...) {
    sqlite3_close_v2(connection_);
    throw;
  }
}

void Database::start_log(Durability durability) {
  if (in_memory_) return;
  set_checkpoint_at_close(true);
  {
    auto mode = prepare("PRAGMA journal_mode = WAL");
    if (!mode.step() || mode.text(0) != "wal") throw Error("a write-ahead log cannot be kept beside the file");
  }
  execute(durability == Durability::Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  execute("BEGIN IMMEDIATE; COMMIT;");  // takes the lock now, so that a second process hears of it at start
}

void Database::set_checkpoint_at_close(bool is_on) {
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_on ? 0 : 1, nullptr);
}

Database::~Database() {
  for (auto& [sql, statements] : idle_)
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  sqlite3_close_v2(connection_);
}

Statement Database::prepare(std::string_view sql) {
  auto found = idle_.find(sql);
  if (found == idle_.end()) found = idle_.emplace(std::string(sql), std::vector<sqlite3_stmt*>()).first;
  const std::string_view key = found->first;  // nodes of an unordered_map do not move
  if (!found->second.empty()) {
    sqlite3_stmt* statement = found->second.back();
    found->second.pop_back();
    return {*this, key, statement};
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(connection_, key.data(), static_cast<int>(key.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK)
    fail(key);
  return {*this, key, statement};
}

void Database::give_back(std::string_view key, sqlite3_stmt* statement) noexcept {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  idle_.find(key)->second.push_back(statement);
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(connection_); }
std::int64_t Database::changes() const { return sqlite3_changes64(connection_); }

std::int64_t Database::user_version() {
  auto query = prepare("PRAGMA user_version");
  return query.step() ? query.integer(0) : 0;
}

void Database::checkpoint() {
  if (!in_memory_) execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

int Database::total_changes() const { return sqlite3_total_changes(connection_); }

void Database::check_in_place() const {
  int has_moved = 0;
  sqlite3_file_control(connection_, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
  if (has_moved) throw Error("the file is not in its place any more");
}

void Database::fail(std::string_view what) const {
  switch (sqlite3_errcode(connection_)) {
    case SQLITE_NOTADB: throw Error("the file is not a database");
    case SQLITE_BUSY: throw Error("another process holds the file");
    case SQLITE_CANTOPEN: throw Error("the file cannot be opened");
    case SQLITE_READONLY: throw Error("the file cannot be written");
    case SQLITE_CORRUPT: throw Error("the file is damaged");
    case SQLITE_FULL: throw Error("there is no space left for the file");
    case SQLITE_IOERR: throw Error("the file cannot be read or written: input/output error");
    default: throw Error(std::string(sqlite3_errmsg(connection_)) + " (" + std::string(what) + ")");
  }
}

Transaction::Transaction(Database& database) : database_(database), changes_before_(database.total_changes()) {
  database_.prepare("BEGIN IMMEDIATE").run();
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.prepare("ROLLBACK").run();
  } catch (const Error&) {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}

void Transaction::commit() {
  if (database_.total_changes() != changes_before_) database_.check_in_place();
  database_.prepare("COMMIT").run();
  open_ = false;
}

Savepoint::Savepoint(Database& database) : database_(database) { database_.prepare("SAVEPOINT part").run(); }

Savepoint::~Savepoint() {
  if (!open_) return;
  try {
    database_.prepare("ROLLBACK TO part").run();
    database_.prepare("RELEASE part").run();
  } catch (const Error&) {
    // The surrounding transaction is gone, and this part with it.
  }
}

void Savepoint::release() {
  database_.prepare("RELEASE part").run();
  open_ = false;
}

}  // namespace amity::storage
