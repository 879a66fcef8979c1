#include "storage/store.hpp"

#include "storage/client_tokens.hpp"
#include "storage/migrations.hpp"
#include "storage/settings.hpp"
#include "storage/tables.hpp"
#include "storage/tags.hpp"
#include "tests/storage/place.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <set>

using namespace amity;
using storage::Store;
using tests::bytes_of;
using tests::Kind;
using tests::Place;

namespace {

const storage::Scope kScope{"111111111111", "us-east-1"};
const auto kTime = *model::parse_iso8601("2026-01-02T03:04:05Z");

// What some other program does with SQLite.
void run_sql(const std::string& path, const char* sql) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
  REQUIRE(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(connection);
}

std::string refusal(const std::string& path) {
  try {
    const Store store(path);
    return {};
  } catch (const storage::Error& error) {
    return error.what();
  }
}

std::set<std::string> files_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

// One thing of every kind that a store keeps.
void fill(Store& store) {
  storage::Database& database = store.database();
  storage::Transaction transaction(database);
  storage::Repository<state::Volume>(database, kScope)
      .insert({.volume = {.volume_id = "vol-1", .attachments = {{.instance_id = "i-1"}}}});
  storage::Tags(database, kScope).set("vol-1", "volume", "Name", "data");
  storage::Settings(database, kScope).set("colour", "blue");
  storage::ClientTokens(database, kScope).insert("CreateVolume", "token", {"{}", "{}"}, kTime);
  store.agenda().schedule({kTime, kScope, "vol-1", "volume.available"});
  transaction.commit();
}

bool is_filled(Store& store) {
  storage::Database& database = store.database();
  const auto volumes = storage::Repository<state::Volume>(database, kScope);
  return volumes.find("vol-1") && volumes.count(storage::Query().linked(storage::kVolumeAttachment, "i-1")) == 1 &&
         storage::Tags(database, kScope).count("vol-1") == 1 &&
         storage::Settings(database, kScope).get("colour") == "blue" &&
         storage::ClientTokens(database, kScope).find("CreateVolume", "token") && store.agenda().next_due() == kTime;
}

// Runs the hidden test case of that tag in a process of its own; answers whether it succeeded.
bool succeeds_in_another_process(const std::string& tag, const std::string& path) {
  setenv("AMITY_TEST_STATE", path.c_str(), 1);
  const std::string command =
      std::filesystem::read_symlink("/proc/self/exe").string() + " '" + tag + "' >/dev/null 2>&1";
  return std::system(command.c_str()) == 0;
}

std::string state_of_test() {
  const char* path = std::getenv("AMITY_TEST_STATE");
  return path ? path : "";
}

}  // namespace

TEST_CASE("A store holds everything that was put in, and nothing after clear", "[storage][Store]") {
  const Place place(GENERATE(Kind::Memory, Kind::File));
  Store store(place.path());
  CHECK_FALSE(store.agenda().next_due());
  fill(store);
  CHECK(is_filled(store));
  store.clear();
  for (const storage::TableSpec* spec : storage::all_tables()) {
    auto count = store.database().prepare("SELECT count(*) FROM " + std::string(spec->name));
    count.step();
    CHECK(count.integer(0) == 0);
  }
  CHECK(storage::Tags(store.database(), kScope).of("vol-1").empty());
  CHECK_FALSE(storage::Settings(store.database(), kScope).get("colour"));
  CHECK_FALSE(store.agenda().next_due());
  fill(store);
  CHECK(is_filled(store));
}

TEST_CASE("A clear that is rolled back clears nothing", "[storage][Store]") {
  Store store;
  fill(store);
  {
    storage::Transaction transaction(store.database());
    store.clear();
  }
  store.agenda().forget();
  CHECK(is_filled(store));
}

TEST_CASE("A file keeps the state after it was closed", "[storage][Store]") {
  const Place place;
  {
    Store store(place.path());
    fill(store);
  }
  CHECK(files_in(place.folder()) == std::set<std::string>{"state.db"});
  Store store(place.path());
  CHECK(is_filled(store));
  CHECK(store.database().user_version() == storage::newest_schema_version());
}

TEST_CASE("Opening and closing a state does not change its file", "[storage][Store]") {
  const Place place;
  {
    Store store(place.path());
    fill(store);
  }
  const std::string before = bytes_of(place.path());
  CHECK(refusal(place.path()).empty());
  CHECK(bytes_of(place.path()) == before);
}

TEST_CASE("What was committed outlives a killed process, what was not does not", "[storage][Store]") {
  const Place place;
  REQUIRE(succeeds_in_another_process("[killed]", place.path()));
  Store store(place.path());
  CHECK(is_filled(store));
  CHECK_FALSE(storage::Settings(store.database(), kScope).get("shape"));
}

TEST_CASE("Fill a state and be killed in the middle of the next transaction", "[.][killed]") {
  Store store(state_of_test());
  fill(store);
  storage::Transaction transaction(store.database());
  storage::Settings(store.database(), kScope).set("shape", "round");
  std::_Exit(0);
}

TEST_CASE("A file is one store's alone until that is closed", "[storage][Store]") {
  const Place place;
  {
    const Store store(place.path());
    CHECK(refusal(place.path()) == "another process holds the file");
    CHECK_FALSE(succeeds_in_another_process("[opened]", place.path()));
  }
  CHECK(succeeds_in_another_process("[opened]", place.path()));
  CHECK(refusal(place.path()).empty());
}

TEST_CASE("Open a state", "[.][opened]") { const Store store(state_of_test()); }

TEST_CASE("A file from a newer Amity is refused and left as it is", "[storage][Store]") {
  const Place place;
  const bool has_log = GENERATE(false, true);
  { const Store store(place.path()); }
  const std::string newer = "PRAGMA user_version = " + std::to_string(storage::newest_schema_version() + 1);
  run_sql(place.path(), has_log ? newer.c_str() : ("PRAGMA journal_mode = DELETE; " + newer).c_str());
  const std::string before = bytes_of(place.path());
  CHECK_THAT(refusal(place.path()), Catch::Contains("newer Amity"));
  CHECK(bytes_of(place.path()) == before);
  CHECK(files_in(place.folder()) == std::set<std::string>{"state.db"});
}

TEST_CASE("Another program's database is refused and left as it is", "[storage][Store]") {
  const Place place;
  const bool has_log = GENERATE(false, true);
  if (has_log) run_sql(place.path(), "PRAGMA journal_mode = WAL");
  run_sql(place.path(), "CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('cake')");
  const std::string before = bytes_of(place.path());
  CHECK_THAT(refusal(place.path()), Catch::Contains("another program"));
  CHECK(bytes_of(place.path()) == before);
  CHECK(files_in(place.folder()) == std::set<std::string>{"state.db"});
}

TEST_CASE("Another program's database is left as it is with what is in its log", "[storage][Store]") {
  const Place place;
  const std::filesystem::path source = place.folder() / "source.db", log = place.path() + "-wal";
  // Copied while it is open, as a crash would leave it: the log holds what the file does not.
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(source.c_str(), &connection) == SQLITE_OK);
  REQUIRE(sqlite3_exec(connection, "PRAGMA journal_mode = WAL; CREATE TABLE recipe (name TEXT)", nullptr, nullptr,
                       nullptr) == SQLITE_OK);
  std::filesystem::copy(source, place.path());
  std::filesystem::copy(source.string() + "-wal", log);
  sqlite3_close(connection);

  const std::string before = bytes_of(place.path()), log_before = bytes_of(log);
  REQUIRE_FALSE(log_before.empty());
  CHECK_THAT(refusal(place.path()), Catch::Contains("another program"));
  CHECK(bytes_of(place.path()) == before);
  CHECK(bytes_of(log) == log_before);
}

TEST_CASE("A file that is no database is refused and left as it is", "[storage][Store]") {
  const std::string contents[] = {"just some notes\n", std::string(100, '\0'), std::string(5000, 'x'),
                                  "SQLite format 3", std::string("SQLite format 3\0", 16) + std::string(2000, 'x')};
  for (const std::string& content : contents) {
    INFO(content.substr(0, 20) << " (" << content.size() << ')');
    const Place place;
    tests::write_file(place.path(), content);
    CHECK(refusal(place.path()) == "the file is not a database");
    CHECK(bytes_of(place.path()) == content);
    CHECK(files_in(place.folder()) == std::set<std::string>{"state.db"});
  }
}

TEST_CASE("An empty file becomes a state", "[storage][Store]") {
  const Place place;
  tests::write_file(place.path(), "");
  CHECK(refusal(place.path()).empty());
  CHECK_FALSE(bytes_of(place.path()).empty());
}
