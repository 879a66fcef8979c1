#include "storage/database.hpp"

#include "tests/storage/place.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <optional>

using namespace amity::storage;
using amity::tests::Kind;
using amity::tests::Place;
using namespace std::string_literals;

namespace {

// A database with one table, in memory and in a file in turn.
struct Fixture {
  Place place{GENERATE(Kind::Memory, Kind::File)};
  Database database{place.path()};

  Fixture() {
    database.start_log(Durability::Normal);
    database.execute("CREATE TABLE word (row INTEGER PRIMARY KEY, text TEXT UNIQUE, number INTEGER) STRICT");
  }

  void insert(std::string_view text) { database.prepare("INSERT INTO word (text) VALUES (?1)").bind(1, text).run(); }

  std::string words() {
    std::string words;
    auto rows = database.prepare("SELECT text FROM word ORDER BY row");
    while (rows.step()) words.append(rows.text(0)).append(" ");
    return words;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A statement gives back what was bound to it", "[storage][Database]") {
  const std::string texts[] = {"plain", "", "with \0 inside"s, "it's \"quoted\"; DROP TABLE word; --",
                               "\xf0\x9f\x98\x80"};
  for (const std::string& text : texts) {
    insert(text);
    auto row = database.prepare("SELECT text, number, length(text) FROM word WHERE row = ?1");
    REQUIRE(row.bind(1, database.last_row()).step());
    CHECK(row.text(0) == text);
    CHECK_FALSE(row.is_null(0));
    CHECK(row.is_null(1));
    CHECK(row.text(1).empty());
    CHECK_FALSE(row.step());
  }
  for (const std::int64_t number :
       {std::int64_t{0}, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    auto row = database.prepare("SELECT ?1");
    REQUIRE(row.bind(1, number).step());
    CHECK(row.integer(0) == number);
  }
  auto row = database.prepare("SELECT ?1");
  REQUIRE(row.bind_null(1).step());
  CHECK(row.is_null(0));
}

TEST_CASE_METHOD(Fixture, "A statement on loan comes clean from the cache", "[storage][Database]") {
  constexpr std::string_view kSql = "SELECT ?1, ?2";
  {
    auto used = database.prepare(kSql);
    REQUIRE(used.bind(1, "left").bind(2, "over").step());
  }
  auto fresh = database.prepare(kSql);
  REQUIRE(fresh.step());
  CHECK(fresh.is_null(0));
  CHECK(fresh.is_null(1));
}

TEST_CASE_METHOD(Fixture, "The same statement can run inside itself", "[storage][Database]") {
  for (const char* text : {"a", "b", "c"}) insert(text);
  std::string pairs;
  constexpr std::string_view kSql = "SELECT text FROM word ORDER BY row";
  auto outer = database.prepare(kSql);
  while (outer.step()) {
    auto inner = database.prepare(kSql);
    while (inner.step()) pairs.append(outer.text(0)).append(inner.text(0)).append(" ");
  }
  CHECK(pairs == "aa ab ac ba bb bc ca cb cc ");
}

TEST_CASE_METHOD(Fixture, "A statement can be moved, and run again after a reset", "[storage][Database]") {
  insert("a");
  auto first = database.prepare("SELECT row FROM word WHERE text = ?1");
  first.bind(1, "a");
  Statement second = std::move(first);
  CHECK(second.step());
  second.reset();
  CHECK_FALSE(second.bind(1, "b").step());
}

TEST_CASE_METHOD(Fixture, "What SQLite refuses is an Error, and the connection goes on", "[storage][Database]") {
  insert("a");
  CHECK_THROWS_AS(insert("a"), Error);
  CHECK_THROWS_AS(database.prepare("SELEC 1"), Error);
  CHECK_THROWS_AS(database.execute("INSERT INTO nowhere VALUES (1)"), Error);
  CHECK_THROWS_AS(database.prepare("SELECT 1").bind(2, "too many"), Error);
  CHECK_THROWS_AS(database.prepare("INSERT INTO word (number) VALUES (?1)").bind(1, "no number").run(), Error);
  insert("b");
  CHECK(words() == "a b ");
}

TEST_CASE_METHOD(Fixture, "Foreign keys are enforced", "[storage][Database]") {
  database.execute("CREATE TABLE part (owner INTEGER NOT NULL REFERENCES word (row) ON DELETE CASCADE) STRICT");
  CHECK_THROWS_AS(database.execute("INSERT INTO part VALUES (7)"), Error);
  insert("a");
  database.prepare("INSERT INTO part VALUES (?1)").bind(1, database.last_row()).run();
  database.execute("DELETE FROM word");
  auto count = database.prepare("SELECT count(*) FROM part");
  count.step();
  CHECK(count.integer(0) == 0);
}

TEST_CASE_METHOD(Fixture, "A transaction keeps its changes only when it is committed", "[storage][Transaction]") {
  {
    Transaction transaction(database);
    insert("kept");
    transaction.commit();
  }
  {
    Transaction transaction(database);
    insert("dropped");
  }
  try {
    Transaction transaction(database);
    insert("dropped too");
    throw 1;
  } catch (int) {
  }
  CHECK(words() == "kept ");
}

TEST_CASE_METHOD(Fixture, "A transaction cannot begin inside another, which goes on", "[storage][Transaction]") {
  Transaction outer(database);
  insert("a");
  CHECK_THROWS_AS(Transaction(database), Error);
  outer.commit();
  CHECK(words() == "a ");
}

TEST_CASE_METHOD(Fixture, "A transaction can be rolled back while a statement is half read", "[storage][Transaction]") {
  insert("a");
  insert("b");
  auto reading = database.prepare("SELECT text FROM word ORDER BY row");
  REQUIRE(reading.step());
  {
    Transaction transaction(database);
    insert("c");
  }
  CHECK(words() == "a b ");
}

TEST_CASE_METHOD(Fixture, "A savepoint undoes a part of a transaction alone", "[storage][Savepoint]") {
  {
    Transaction transaction(database);
    insert("before");
    {
      Savepoint part(database);
      insert("undone");
    }
    {
      Savepoint part(database);
      insert("kept");
      {
        Savepoint inner(database);
        insert("undone");
      }
      part.release();
    }
    insert("after");
    transaction.commit();
  }
  CHECK(words() == "before kept after ");
}

TEST_CASE_METHOD(Fixture, "What a savepoint kept goes with its transaction", "[storage][Savepoint]") {
  {
    Transaction transaction(database);
    Savepoint part(database);
    insert("a");
    part.release();
  }
  CHECK(words().empty());
}

TEST_CASE("A checkpoint brings everything into the one file", "[storage][Database]") {
  const Place place;
  Database database(place.path());
  database.start_log(Durability::Full);
  database.execute("CREATE TABLE word (text TEXT) STRICT; INSERT INTO word VALUES ('kept');");
  database.checkpoint();
  CHECK(std::filesystem::file_size(place.path() + "-wal") == 0);
  CHECK(amity::tests::bytes_of(place.path()).find("kept") != std::string::npos);
}

TEST_CASE("A file that cannot be opened is an Error", "[storage][Database]") {
  const Place place;
  CHECK_THROWS_AS(Database((place.folder() / "no" / "such" / "folder.db").string()), Error);
  CHECK_THROWS_AS(Database(place.folder().string()), Error);
}
