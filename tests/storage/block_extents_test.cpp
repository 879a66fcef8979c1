#include "storage/block_extents.hpp"

#include "storage/block_layers.hpp"
#include "storage/store.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <optional>
#include <random>

using namespace amity::storage;

namespace {

constexpr std::int64_t kBlocks = 40;
using Line = std::array<std::optional<Fill>, kBlocks>;

Extents runs_in(const Line& line, Fill fill) {
  Extents runs;
  for (std::int64_t block = 0; block < kBlocks; ++block)
    if (line[static_cast<std::size_t>(block)] == fill) append(runs, {block, 1});
  return runs;
}

}  // namespace

TEST_CASE("A layer holds what was put there last, in as few rows as that takes", "[blocks][extents]") {
  Store store;
  BlockLayers layers(store.database());
  BlockExtents extents(store.database());
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round) {
    const std::int64_t layer = layers.add(layers.add_lineage({}), std::nullopt);
    Line line{};
    std::int64_t blocks = 0;
    for (int step = 0; step < 40; ++step) {
      const auto start = static_cast<std::int64_t>(random() % kBlocks);
      const Extent run{start, 1 + static_cast<std::int64_t>(random() % 12) % (kBlocks - start)};
      const Fill fill = random() % 3 == 0 ? Fill::Hole : Fill::Data;
      blocks += extents.put(layer, run, fill);
      for (std::int64_t block = run.start; block < run.end(); ++block) line[static_cast<std::size_t>(block)] = fill;
      REQUIRE(extents.in(layer, {kAllBlocks}, Fill::Data) == runs_in(line, Fill::Data));
      REQUIRE(extents.in(layer, {kAllBlocks}, Fill::Hole) == runs_in(line, Fill::Hole));
      REQUIRE(blocks == total(runs_in(line, Fill::Data)));
      auto rows = store.database().prepare("SELECT count(*) FROM block_extent WHERE layer = ?1");
      rows.bind(1, layer).step();
      REQUIRE(rows.integer(0) == std::ssize(runs_in(line, Fill::Data)) + std::ssize(runs_in(line, Fill::Hole)));
    }
  }
}

TEST_CASE("A cursor finds a run near by and far away", "[blocks][extents]") {
  Store store;
  BlockLayers layers(store.database());
  const std::int64_t layer = layers.add(layers.add_lineage({}), std::nullopt);
  for (std::int64_t block = 0; block < 1000; block += 2) layers.put(layer, {block, 1});
  LayerCursor cursor(store.database(), layer);
  for (const std::int64_t block : {0, 1, 2, 11, 12, 300, 301, 997}) {
    const LayerExtent* run = cursor.at_or_after(block);
    REQUIRE(run);
    CHECK(run->start == block + block % 2);
  }
  CHECK(cursor.at_or_after(999) == nullptr);
  CHECK(cursor.at_or_after(1000) == nullptr);
}

TEST_CASE("The smaller of two layers is told by its rows", "[blocks][extents]") {
  Store store;
  BlockLayers layers(store.database());
  BlockExtents extents(store.database());
  const auto with_rows = [&](std::int64_t count) {
    const std::int64_t layer = layers.add(layers.add_lineage({}), std::nullopt);
    for (std::int64_t row = 0; row < count; ++row) layers.put(layer, {2 * row, 1});
    return layer;
  };
  const std::int64_t few = with_rows(63);
  const std::int64_t some = with_rows(64);
  const std::int64_t many = with_rows(300);
  CHECK(extents.is_smaller(few, some));
  CHECK(extents.is_smaller(few, few));
  CHECK_FALSE(extents.is_smaller(some, few));
  CHECK(extents.is_smaller(some, many));
  CHECK_FALSE(extents.is_smaller(many, some));
}
