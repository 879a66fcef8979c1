#include "storage/blocks.hpp"

#include "storage/store.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

using namespace amity::storage;

namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr std::int64_t kGiBBlocks = kGiB / kBlockBytes;

// Sizes in GiB, as AWS's examples have them.
class Account {
 public:
  explicit Account(Store& store, std::string account = "111111111111", std::string region = "us-east-1")
      : blocks_(store.database(), {std::move(account), std::move(region)}) {}

  Blocks* operator->() { return &blocks_; }

  void write(const char* id, std::int64_t from_gib, std::int64_t gib) {
    blocks_.write(id, {from_gib * kGiBBlocks, gib * kGiBBlocks});
  }
  std::int64_t stored(const char* id) { return blocks_.stored_bytes(id) / kGiB; }
  std::int64_t full(const char* id) { return blocks_.full_bytes(id) / kGiB; }

 private:
  Blocks blocks_;
};

std::map<std::string, std::int64_t> in_gib(const StoredChanges& changes) {
  std::map<std::string, std::int64_t> sizes;
  for (const StoredChange& change : changes) sizes[change.snapshot_id] = change.stored_bytes / kGiB;
  return sizes;
}
using Sizes = std::map<std::string, std::int64_t>;

// Snap A of 10 GiB, B after 4 of them changed.
void take_a_and_b(Account& account) {
  account->open("vol-1", "");
  account.write("vol-1", 0, 10);
  account->take("vol-1", "snap-a");
  account.write("vol-1", 2, 4);
  account->take("vol-1", "snap-b");
}

// And C after 2 more were written.
void take_a_b_and_c(Account& account) {
  take_a_and_b(account);
  account.write("vol-1", 10, 2);
  account->take("vol-1", "snap-c");
}

// And C after 4 more were written, as in the guidelines for archiving.
void take_a_b_and_big_c(Account& account) {
  take_a_and_b(account);
  account.write("vol-1", 10, 4);
  account->take("vol-1", "snap-c");
}

}  // namespace

TEST_CASE("Example 1: a snapshot stores what has changed since the one before", "[blocks]") {
  Store store;
  Account account(store);
  account->open("vol-1", "");
  account.write("vol-1", 0, 10);
  CHECK(in_gib(account->take("vol-1", "snap-a")) == Sizes{{"snap-a", 10}});
  account.write("vol-1", 2, 4);
  CHECK(in_gib(account->take("vol-1", "snap-b")) == Sizes{{"snap-b", 4}});
  account.write("vol-1", 10, 2);
  CHECK(in_gib(account->take("vol-1", "snap-c")) == Sizes{{"snap-c", 2}});
  CHECK(account.stored("snap-a") + account.stored("snap-b") + account.stored("snap-c") == 16);
  CHECK(account.full("snap-a") == 10);
  CHECK(account.full("snap-b") == 10);
  CHECK(account.full("snap-c") == 12);
  CHECK(account->written_bytes("vol-1") == 12 * kGiB);
}

TEST_CASE("Example 2: a volume made from a snapshot stays in its lineage", "[blocks]") {
  Store store;
  Account account(store);
  account->open("vol-1", "");
  account.write("vol-1", 0, 10);
  account->take("vol-1", "snap-a");
  SECTION("of the same owner under the same key") {
    account->open_from("vol-2", "", "snap-a");
    account.write("vol-2", 10, 4);
    CHECK(in_gib(account->take("vol-2", "snap-b")) == Sizes{{"snap-b", 4}});
    CHECK(account.full("snap-b") == 14);
  }
  SECTION("but not another owner's, whose first snapshot is full") {
    Account other(store, "222222222222");
    other->open_from("vol-2", "", "snap-a");
    CHECK(other->written_bytes("vol-2") == 10 * kGiB);
    other.write("vol-2", 10, 4);
    CHECK(in_gib(other->take("vol-2", "snap-b")) == Sizes{{"snap-b", 14}});
    other.write("vol-2", 0, 1);
    CHECK(in_gib(other->take("vol-2", "snap-c")) == Sizes{{"snap-c", 1}});
  }
  SECTION("nor one that is encrypted with another key") {
    account->open_from("vol-2", "key", "snap-a");
    account.write("vol-2", 10, 4);
    CHECK(in_gib(account->take("vol-2", "snap-b")) == Sizes{{"snap-b", 14}});
  }
}

TEST_CASE("Example 3: deleting the first snapshot frees only what the next has replaced", "[blocks]") {
  Store store;
  Account account(store);
  take_a_and_b(account);
  CHECK(in_gib(account->remove("snap-a")) == Sizes{{"snap-a", 0}, {"snap-b", 10}});
  CHECK(account.stored("snap-b") == 10);
  CHECK(account.full("snap-b") == 10);
}

TEST_CASE("Example 4: blocks of a middle snapshot move to the later one that has them", "[blocks]") {
  Store store;
  Account account(store);
  take_a_and_b(account);
  account.write("vol-1", 4, 3);  // 2 GiB of what B changed, 1 GiB of A's
  account->take("vol-1", "snap-c");
  CHECK(account.stored("snap-c") == 3);
  CHECK(in_gib(account->remove("snap-b")) == Sizes{{"snap-b", 0}, {"snap-c", 5}});
  CHECK(account.stored("snap-a") == 10);
}

TEST_CASE("Examples 5 and 6: archiving takes the full size there and leaves shared blocks here", "[blocks]") {
  Store store;
  Account account(store);
  take_a_b_and_big_c(account);
  CHECK(account.full("snap-b") == 10);
  SECTION("a middle snapshot's own blocks are stored by the next one") {
    CHECK(in_gib(account->archive("snap-b")) == Sizes{{"snap-b", 0}, {"snap-c", 8}});
    CHECK(account.full("snap-b") == 10);
    CHECK(account.stored("snap-a") == 10);
  }
  SECTION("the last one's leave the standard tier") {
    CHECK(account.full("snap-c") == 14);
    CHECK(in_gib(account->archive("snap-c")) == Sizes{{"snap-c", 0}});
    CHECK(account.full("snap-c") == 14);
  }
  SECTION("a snapshot that comes back is full, and so is what is made from it incremental to it") {
    account->archive("snap-b");
    CHECK(in_gib(account->restore("snap-b")) == Sizes{{"snap-b", 10}});
    CHECK(account.stored("snap-c") == 8);
    account->open_from("vol-2", "", "snap-b");
    account.write("vol-2", 0, 1);
    CHECK(in_gib(account->take("vol-2", "snap-d")) == Sizes{{"snap-d", 1}});
    SECTION("and when its time is over, others take over what they share with it") {
      CHECK(in_gib(account->archive("snap-b")) == Sizes{{"snap-b", 0}, {"snap-d", 10}});
      CHECK(account.full("snap-b") == 10);
    }
  }
}

TEST_CASE("Example 7: only the difference is stored, the whole is archived", "[blocks]") {
  Store store;
  Account account(store);
  account->open("vol-1", "");
  account.write("vol-1", 0, 100);
  account->take("vol-1", "snap-a");
  account.write("vol-1", 100, 5);
  account->take("vol-1", "snap-b");
  CHECK(account.stored("snap-a") == 100);
  CHECK(account.stored("snap-b") == 5);
  account->archive("snap-b");
  CHECK(account.full("snap-b") == 105);
}

TEST_CASE("One byte costs a block", "[blocks]") {
  Store store;
  Account account(store);
  account->open("vol-1", "");
  account->write("vol-1", {0, 1});
  account->take("vol-1", "snap-a");
  account->write("vol-1", {0, 1});
  account->take("vol-1", "snap-b");
  CHECK(account->stored_bytes("snap-a") == kBlockBytes);
  CHECK(account->stored_bytes("snap-b") == kBlockBytes);
}

TEST_CASE("A snapshot without changes stores nothing and takes over when the one before goes", "[blocks]") {
  Store store;
  Account account(store);
  take_a_and_b(account);
  CHECK(account->take("vol-1", "snap-c").empty());
  CHECK(account.full("snap-c") == 10);
  CHECK(in_gib(account->remove("snap-b")) == Sizes{{"snap-b", 0}, {"snap-c", 4}});
  CHECK(account->written_bytes("vol-1") == 10 * kGiB);
}

TEST_CASE("Shared blocks go to the oldest that has them, whichever branch it is on", "[blocks]") {
  Store store;
  Account account(store);
  account->open("vol-1", "");
  account.write("vol-1", 0, 10);
  account->take("vol-1", "snap-a");
  account->open_from("vol-2", "", "snap-a");
  account.write("vol-2", 0, 4);
  account->take("vol-2", "snap-2");
  account.write("vol-1", 8, 2);
  account->take("vol-1", "snap-1");
  account->copy("us-east-1", "snap-a", "snap-copy", "");
  CHECK(account.stored("snap-copy") == 0);
  // snap-2 is older than snap-1 and than the copy: it takes all that it has; snap-1 the rest that it has.
  CHECK(in_gib(account->remove("snap-a")) == Sizes{{"snap-a", 0}, {"snap-2", 10}, {"snap-1", 6}});
  CHECK(in_gib(account->remove("snap-2")) == Sizes{{"snap-2", 0}, {"snap-1", 10}, {"snap-copy", 2}});
}

TEST_CASE("Blocks that only volumes still have cost nothing until one of them is snapshotted", "[blocks]") {
  Store store;
  Account account(store);
  account->open("vol-1", "");
  account.write("vol-1", 0, 10);
  account->take("vol-1", "snap-a");
  account->open_from("vol-2", "", "snap-a");
  account.write("vol-2", 0, 2);
  CHECK(in_gib(account->remove("snap-a")) == Sizes{{"snap-a", 0}});
  CHECK(in_gib(account->take("vol-2", "snap-2")) == Sizes{{"snap-2", 10}});
  CHECK(in_gib(account->take("vol-1", "snap-1")) == Sizes{{"snap-1", 2}});
}

TEST_CASE("Copies store what their place has not got", "[blocks]") {
  Store store;
  Account here(store);
  Account there(store, "111111111111", "eu-west-1");
  take_a_b_and_c(here);
  SECTION("nothing in the same account and region under the same key") {
    const CopiedBlocks copied = here->copy("us-east-1", "snap-b", "snap-copy", "");
    CHECK(copied.changes.empty());
    CHECK(copied.bytes == 0);
    CHECK(here.full("snap-copy") == 10);
    CHECK(in_gib(here->remove("snap-b")) == Sizes{{"snap-b", 0}, {"snap-c", 6}});
    CHECK(in_gib(here->remove("snap-c")) == Sizes{{"snap-c", 0}, {"snap-copy", 4}});
  }
  SECTION("all under another key, every time") {
    CHECK(here->copy("us-east-1", "snap-a", "copy-a", "key").bytes == 10 * kGiB);
    CHECK(here->copy("us-east-1", "snap-b", "copy-b", "key").bytes == 10 * kGiB);
    CHECK(here.stored("copy-b") == 10);
  }
  SECTION("all the first time in another region, then the difference") {
    CHECK(there->copy("us-east-1", "snap-a", "copy-a", "").bytes == 10 * kGiB);
    CHECK(there->copy("us-east-1", "snap-b", "copy-b", "").bytes == 4 * kGiB);
    CHECK(there->copy("us-east-1", "snap-c", "copy-c", "").bytes == 2 * kGiB);
    CHECK(there.stored("copy-a") == 10);
    CHECK(there.stored("copy-b") == 4);
    CHECK(there.stored("copy-c") == 2);
    CHECK(there.full("copy-c") == 12);
    CHECK(in_gib(there->remove("copy-a")) == Sizes{{"copy-a", 0}, {"copy-b", 10}});
  }
  SECTION("the difference also when the source of the last copy is gone") {
    there->copy("us-east-1", "snap-a", "copy-a", "");
    here->remove("snap-a");
    CHECK(there->copy("us-east-1", "snap-c", "copy-c", "").bytes == 6 * kGiB);
  }
  SECTION("the difference also backwards in time, where blocks are missing again") {
    there->copy("us-east-1", "snap-c", "copy-c", "");
    CHECK(there->copy("us-east-1", "snap-a", "copy-a", "").bytes == 4 * kGiB);
    CHECK(there.full("copy-a") == 10);
    CHECK(there->written("copy-a", 0, 100'000) == Extents{{0, 10 * kGiBBlocks}});
    CHECK(in_gib(there->remove("copy-c")) == Sizes{{"copy-c", 0}, {"copy-a", 10}});
  }
  SECTION("all again once the last copy is deleted") {
    there->copy("us-east-1", "snap-a", "copy-a", "");
    there->copy("us-east-1", "snap-b", "copy-b", "");
    there->remove("copy-b");
    CHECK(there->copy("us-east-1", "snap-c", "copy-c", "").bytes == 12 * kGiB);
  }
  SECTION("all again once the last copy is archived") {
    there->copy("us-east-1", "snap-a", "copy-a", "");
    there->archive("copy-a");
    CHECK(there->copy("us-east-1", "snap-b", "copy-b", "").bytes == 10 * kGiB);
  }
  SECTION("all when the copies there are not all under one key") {
    there->copy("us-east-1", "snap-a", "copy-a", "");
    CHECK(there->copy("us-east-1", "snap-b", "copy-b", "key").bytes == 10 * kGiB);
    CHECK(there->copy("us-east-1", "snap-c", "copy-c", "key").bytes == 12 * kGiB);
    there->remove("copy-a");
    CHECK(there->copy("us-east-1", "snap-c", "copy-d", "key").bytes == 0);
  }
  SECTION("all for another account") {
    Account other(store, "222222222222");
    CHECK(other->copy("us-east-1", "snap-a", "copy-a", "").bytes == 10 * kGiB);
    CHECK(other->copy("us-east-1", "snap-b", "copy-b", "").bytes == 4 * kGiB);
  }
}

TEST_CASE("A volume may lose its snapshot and keep its blocks", "[blocks]") {
  Store store;
  Account account(store);
  Account other(store, "222222222222");
  take_a_and_b(account);
  other->open_from("vol-2", "", "snap-a");
  account->close("vol-1");
  account->remove("snap-a");
  account->remove("snap-b");
  CHECK(other->written_bytes("vol-2") == 10 * kGiB);
  CHECK(in_gib(other->take("vol-2", "snap-2")) == Sizes{{"snap-2", 10}});
}

TEST_CASE("A snapshot may be written directly, on top of another", "[blocks]") {
  Store store;
  Account account(store);
  take_a_and_b(account);
  account->open_from("snap-c", "", "snap-b");
  CHECK(account->is_open("snap-c"));
  account.write("snap-c", 9, 2);
  CHECK_FALSE(account->has_snapshot("snap-c"));
  CHECK(in_gib(account->seal("snap-c")) == Sizes{{"snap-c", 2}});
  CHECK(account.full("snap-c") == 11);
  CHECK_FALSE(account->is_open("snap-c"));
  SECTION("without a change it shares all") {
    account->open_from("snap-d", "", "snap-c");
    CHECK(account->seal("snap-d").empty());
    CHECK(account.full("snap-d") == 11);
  }
}

TEST_CASE("Changing some of a volume rewrites what is written, each time other blocks", "[blocks]") {
  Store store;
  Account account(store);
  account->open("vol-1", "");
  account->write("vol-1", {5, 4});
  account->write("vol-1", {20, 4});
  account->take("vol-1", "snap-a");
  const auto changed_since = [&](const char* before, const char* now) {
    account->take("vol-1", now);
    const auto changes = account->changed(before, now, kAllBlocks);
    Extents runs;
    for (const ChangedBlocks& change : *changes) append(runs, change.run);
    return runs;
  };
  account->change("vol-1", 3, 100);
  CHECK(changed_since("snap-a", "snap-b") == Extents{{5, 3}});
  account->change("vol-1", 3, 100);
  CHECK(changed_since("snap-b", "snap-c") == Extents{{8, 1}, {20, 2}});
  account->change("vol-1", 4, 100);
  CHECK(changed_since("snap-c", "snap-d") == Extents{{5, 2}, {22, 2}});
  SECTION("and unwritten ones only when there are no others") {
    account->change("vol-1", 11, 100);
    CHECK(changed_since("snap-d", "snap-e") == Extents{{0, 3}, {5, 4}, {20, 4}});
    account->change("vol-1", 1000, 100);
    CHECK(account->written_bytes("vol-1") == 100 * kBlockBytes);
  }
}

TEST_CASE("Two snapshots of a lineage differ in the blocks that were written between them", "[blocks]") {
  Store store;
  Account account(store);
  account->open("vol-1", "");
  account->write("vol-1", {0, 100});
  account->take("vol-1", "snap-a");
  account->write("vol-1", {50, 2});
  account->write("vol-1", {99, 3});
  account->take("vol-1", "snap-b");
  const auto changes = account->changed("snap-a", "snap-b", kAllBlocks);
  REQUIRE(changes);
  REQUIRE(changes->size() == 3);
  CHECK((*changes)[0].run == Extent{50, 2});
  CHECK(((*changes)[0].in_first && (*changes)[0].in_second));
  CHECK((*changes)[1].run == Extent{99, 1});
  CHECK((*changes)[2].run == Extent{100, 2});
  CHECK((!(*changes)[2].in_first && (*changes)[2].in_second));
  CHECK(account->changed("snap-a", "snap-b", {0, 50})->empty());
  CHECK(account->changed("snap-a", "snap-a", kAllBlocks)->empty());

  account->open("vol-2", "");
  account->take("vol-2", "snap-other");
  CHECK_FALSE(account->changed("snap-a", "snap-other", kAllBlocks));
}

TEST_CASE("Bytes are read through the layers, and kept once however many blocks have them", "[blocks]") {
  Store store;
  Account account(store);
  const auto kept = [&] {
    auto row = store.database().prepare("SELECT count(*) FROM block_data");
    row.step();
    return row.integer(0);
  };
  account->open("vol-1", "");
  account->write("vol-1", 3, "digest-x", "x");
  account->write("vol-1", 4, "digest-x", "x");
  account->write("vol-1", 4, "digest-x", "x");
  account->write("vol-1", 5, "digest-y", std::string("y\0y", 3));
  account->write("vol-1", {6, 1});
  account->take("vol-1", "snap-a");
  CHECK(kept() == 2);
  account->write("vol-1", {5, 1});
  account->take("vol-1", "snap-b");
  CHECK(account->read("snap-a", 3) == "x");
  CHECK(account->read("snap-b", 4) == "x");
  CHECK(account->read("snap-a", 5) == std::string("y\0y", 3));
  CHECK(account->read("snap-b", 5) == "");
  CHECK(account->read("snap-b", 6) == "");
  CHECK(account->read("snap-b", 7) == std::nullopt);
  account->remove("snap-a");
  CHECK(kept() == 1);
  CHECK(account->read("snap-b", 3) == "x");
  Account there(store, "111111111111", "eu-west-1");
  there->copy("us-east-1", "snap-b", "copy-b", "");
  account->close("vol-1");
  account->remove("snap-b");
  CHECK(there->read("copy-b", 4) == "x");
  there->remove("copy-b");
  CHECK(kept() == 0);
}

TEST_CASE("The written blocks of a sparse snapshot are found page by page", "[blocks]") {
  Store store;
  Account account(store);
  account->open("vol-1", "");
  account->write("vol-1", {7, 3});
  account->write("vol-1", {134'217'000, 5});  // near the end of 64 TiB
  account->take("vol-1", "snap-a");
  account->write("vol-1", {8, 1});
  account->take("vol-1", "snap-b");
  CHECK(account->written("snap-b", 0, 2) == Extents{{7, 2}});
  CHECK(account->written("snap-b", 9, 100) == Extents{{9, 1}, {134'217'000, 5}});
  CHECK(account->written("snap-b", 134'217'005, 100).empty());
}

TEST_CASE("Clearing the state takes the block maps with it", "[blocks][store]") {
  Store store;
  Account account(store);
  take_a_b_and_c(account);
  account->write("vol-1", 3, "digest-x", "x");
  Account there(store, "111111111111", "eu-west-1");
  there->copy("us-east-1", "snap-b", "copy-b", "");
  Transaction transaction(store.database());
  store.clear();
  transaction.commit();
  CHECK_FALSE(account->has_snapshot("snap-a"));
  take_a_and_b(account);
  CHECK(account.stored("snap-b") == 4);
}
