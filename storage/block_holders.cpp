#include "storage/block_holders.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace amity::storage {
namespace {

// The snapshot that made the layer, which is older than any above it.
std::optional<std::int64_t> maker(Database& database, std::int64_t layer) {
  auto row =
      database.prepare("SELECT min(number) FROM block_snapshot WHERE layer = ?1 AND made_layer = 1 AND archived = 0");
  row.bind(1, layer).step();
  return row.is_null(0) ? std::nullopt : std::optional(row.integer(0));
}

// The layers above one, and the standard snapshots on all of them. (Those of other lineages have none: see
// storage/block_layers.hpp.)
struct Subtree {
  std::unordered_map<std::int64_t, std::int64_t> parents;
  std::vector<std::pair<std::int64_t, std::int64_t>> snapshots;  // number and layer, oldest first
};

Subtree subtree_of(Database& database, std::int64_t layer) {
  auto rows = database.prepare(
      "WITH RECURSIVE up (id, parent) AS (SELECT ?1, NULL UNION ALL SELECT block_layer.id, block_layer.parent FROM up "
      "JOIN block_layer ON block_layer.parent = up.id) "
      "SELECT up.id, up.parent, number FROM up LEFT JOIN block_snapshot ON layer = up.id AND archived = 0");
  Subtree subtree;
  rows.bind(1, layer);
  while (rows.step()) {
    subtree.parents.emplace(rows.integer(0), rows.integer(1));
    if (!rows.is_null(2)) subtree.snapshots.emplace_back(rows.integer(2), rows.integer(0));
  }
  std::ranges::sort(subtree.snapshots);
  return subtree;
}

}  // namespace

void BlockHolders::add(std::int64_t snapshot, std::int64_t layer) {
  touched_.insert(snapshot);
  LayerPath path = layers_.path(layer);
  std::vector<std::int64_t> above;
  for (BlockLayer& below : path) {
    claim(below, snapshot, above);
    above.push_back(below.id);
  }
}

void BlockHolders::remove(std::int64_t snapshot) {
  touched_.insert(snapshot);
  std::vector<std::int64_t> held;
  {
    auto rows = database_.prepare("SELECT layer FROM block_holding WHERE snapshot = ?1");
    rows.bind(1, snapshot);
    while (rows.step()) held.push_back(rows.integer(0));
  }
  for (const std::int64_t layer : held) renew(layer);
}

void BlockHolders::renew(std::int64_t id) {
  BlockLayer layer = layers_.get(id);
  forget(layer);
  if (const auto oldest = maker(database_, id)) return claim(layer, *oldest, {});
  const Subtree subtree = subtree_of(database_, id);
  std::unordered_set<std::int64_t> done;
  for (const auto& [snapshot, from] : subtree.snapshots) {
    if (layer.unheld == 0) return;
    std::vector<std::int64_t> above;
    std::int64_t at = from;
    for (; at != id && !done.contains(at); at = subtree.parents.at(at)) above.push_back(at);
    if (at != id) continue;  // an older snapshot sees all that this one sees
    done.insert(from);
    claim(layer, snapshot, above);
  }
}

StoredChanges BlockHolders::take_changes() {
  StoredChanges changes;
  for (const std::int64_t snapshot : std::exchange(touched_, {})) {
    auto row = database_.prepare(
        "UPDATE block_snapshot SET stored = held FROM "
        "(SELECT coalesce(sum(blocks), 0) AS held FROM block_holding WHERE snapshot = ?1) "
        "WHERE number = ?1 AND stored <> held RETURNING id, stored");
    row.bind(1, snapshot);
    if (row.step())
      changes.push_back({.snapshot_id = std::string(row.text(0)), .stored_bytes = row.integer(1) * kBlockBytes});
    row.run();
  }
  return changes;
}

void BlockHolders::forget(BlockLayer& layer) {
  auto rows = database_.prepare("DELETE FROM block_holding WHERE layer = ?1 RETURNING snapshot");
  rows.bind(1, layer.id);
  while (rows.step()) touched_.insert(rows.integer(0));
  database_.prepare("DELETE FROM block_unheld WHERE layer = ?1").bind(1, layer.id).run();
  layer.unheld = layer.blocks;
  layers_.update(layer);
}

// The snapshot, which sees the layer through those `above`, holds what it sees of it and nobody holds yet.
void BlockHolders::claim(BlockLayer& layer, std::int64_t snapshot, std::span<const std::int64_t> above) {
  if (layer.unheld == 0) return;
  const Extents hidden = hidden_by(layer, above);
  const std::int64_t gained = layer.unheld - total(hidden);
  if (gained == 0) return;
  database_
      .prepare(
          "INSERT INTO block_holding (layer, snapshot, blocks) VALUES (?1, ?2, ?3) "
          "ON CONFLICT (layer, snapshot) DO UPDATE SET blocks = blocks + excluded.blocks")
      .bind(1, layer.id)
      .bind(2, snapshot)
      .bind(3, gained)
      .run();
  touched_.insert(snapshot);
  set_unheld(layer, hidden);
}

// Of the layer's blocks that nobody holds, those that the layers above cover.
Extents BlockHolders::hidden_by(const BlockLayer& layer, std::span<const std::int64_t> above) const {
  if (above.empty()) return {};
  std::vector<Extent> hidden;
  const auto collect = [&](auto& mine) {
    for (const std::int64_t id : above) {
      auto cursor = mine();
      LayerCursor covering(database_, id);
      for_each_common(cursor, covering, [&](Extent run, const auto& own, const LayerExtent&) {
        if constexpr (requires { own.fill; })
          if (own.fill == Fill::Hole) return;
        hidden.push_back(run);
      });
    }
  };
  if (layer.unheld == layer.blocks) {
    auto all = [&] { return LayerCursor(database_, layer.id); };
    collect(all);
  } else {
    const Extents rest = unheld(layer.id);
    auto some = [&] { return ExtentsCursor(rest); };
    collect(some);
  }
  return united(std::move(hidden));
}

// Kept as rows only where some blocks of the layer are held and others are not.
Extents BlockHolders::unheld(std::int64_t layer) const {
  auto rows = database_.prepare("SELECT start, length FROM block_unheld WHERE layer = ?1 ORDER BY start");
  Extents runs;
  rows.bind(1, layer);
  while (rows.step()) runs.push_back({rows.integer(0), rows.integer(1)});
  return runs;
}

void BlockHolders::set_unheld(BlockLayer& layer, const Extents& runs) {
  database_.prepare("DELETE FROM block_unheld WHERE layer = ?1").bind(1, layer.id).run();
  for (const Extent& run : runs)
    database_.prepare("INSERT INTO block_unheld (layer, start, length) VALUES (?1, ?2, ?3)")
        .bind(1, layer.id)
        .bind(2, run.start)
        .bind(3, run.length)
        .run();
  layer.unheld = total(runs);
  layers_.update(layer);
}

}  // namespace amity::storage
