#include "storage/extents.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace amity::storage;

namespace {

std::set<std::int64_t> blocks_of(const Extents& set) {
  std::set<std::int64_t> blocks;
  for (const Extent& run : set)
    for (std::int64_t block = run.start; block < run.end(); ++block) blocks.insert(block);
  return blocks;
}

bool is_in_order(const Extents& set) {
  for (std::size_t i = 0; i < set.size(); ++i)
    if (set[i].length <= 0 || (i > 0 && set[i].start < set[i - 1].end())) return false;
  return true;
}

std::vector<Extent> random_runs(std::mt19937& random) {
  std::vector<Extent> runs(random() % 12);
  for (Extent& run : runs)
    run = {static_cast<std::int64_t>(random() % 60), static_cast<std::int64_t>(1 + random() % 9)};
  return runs;
}

}  // namespace

TEST_CASE("Runs that touch are one", "[extents]") {
  Extents set;
  append(set, {0, 3});
  append(set, {3, 2});
  append(set, {9, 1});
  CHECK(set == Extents{{0, 5}, {9, 1}});
  CHECK(united({{9, 1}, {3, 2}, {0, 3}}) == set);
  CHECK(total(set) == 6);
  CHECK(first_blocks(set, 4) == Extents{{0, 4}});
  CHECK(first_blocks(set, 6) == set);
  CHECK(first_blocks(set, 0).empty());
}

TEST_CASE("Sets of runs add and subtract like sets of blocks", "[extents]") {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const Extents a = united(random_runs(random));
    const Extents b = united(random_runs(random));
    std::set<std::int64_t> common = blocks_of(a);
    std::erase_if(common, [in_b = blocks_of(b)](std::int64_t block) { return !in_b.contains(block); });
    std::set<std::int64_t> rest = blocks_of(a);
    std::erase_if(rest, [&](std::int64_t block) { return common.contains(block); });

    REQUIRE(is_in_order(a));
    const Extents difference = subtract(a, b);
    REQUIRE(is_in_order(difference));
    REQUIRE(blocks_of(difference) == rest);

    Extents both;
    ExtentsCursor left(a);
    ExtentsCursor right(b);
    for_each_common(left, right, [&](Extent run, const Extent& from_a, const Extent& from_b) {
      CHECK((from_a.start <= run.start && run.end() <= from_a.end()));
      CHECK((from_b.start <= run.start && run.end() <= from_b.end()));
      append(both, run);
    });
    REQUIRE(is_in_order(both));
    REQUIRE(blocks_of(both) == common);
  }
}
