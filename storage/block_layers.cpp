#include "storage/block_layers.hpp"

#include <algorithm>

namespace amity::storage {
namespace {

BlockLayer layer_of(const Statement& row) {
  return {.id = row.integer(0),
          .lineage = row.integer(1),
          .parent = row.is_null(2) ? std::nullopt : std::optional(row.integer(2)),
          .blocks = row.integer(3),
          .written = row.integer(4),
          .unheld = row.integer(5)};
}

void bind_optional(Statement& statement, int index, const std::optional<std::int64_t>& value) {
  if (value)
    statement.bind(index, *value);
  else
    statement.bind_null(index);
}

// A map's layers down to where it meets the other's.
std::span<const BlockLayer> apart(const LayerPath& map, const LayerPath& other) {
  std::size_t common = 0;
  while (common < map.size() && common < other.size() &&
         map[map.size() - 1 - common].id == other[other.size() - 1 - common].id)
    ++common;
  return std::span(map).first(map.size() - common);
}

}  // namespace

std::int64_t BlockLayers::add_lineage(const BlockPlace& place) {
  database_.prepare("INSERT INTO block_lineage (account, region, kms_key) VALUES (?1, ?2, ?3)")
      .bind(1, place.account)
      .bind(2, place.region)
      .bind(3, place.kms_key)
      .run();
  return database_.last_row();
}

BlockPlace BlockLayers::place_of(std::int64_t lineage) const {
  auto row = database_.prepare("SELECT account, region, kms_key FROM block_lineage WHERE id = ?1");
  if (!row.bind(1, lineage).step()) throw Error("a block map has lost its lineage");
  return {.account = std::string(row.text(0)), .region = std::string(row.text(1)), .kms_key = std::string(row.text(2))};
}

std::int64_t BlockLayers::add(std::int64_t lineage, std::optional<std::int64_t> parent) {
  auto statement =
      database_.prepare("INSERT INTO block_layer (lineage, parent, blocks, written, unheld) VALUES (?1, ?2, 0, 0, 0)");
  bind_optional(statement.bind(1, lineage), 2, parent);
  statement.run();
  return database_.last_row();
}

BlockLayer BlockLayers::get(std::int64_t layer) const {
  auto row = database_.prepare("SELECT id, lineage, parent, blocks, written, unheld FROM block_layer WHERE id = ?1");
  if (!row.bind(1, layer).step()) throw Error("a block map has lost a layer");
  return layer_of(row);
}

void BlockLayers::update(const BlockLayer& layer) {
  auto statement = database_.prepare(
      "UPDATE block_layer SET lineage = ?2, parent = ?3, blocks = ?4, written = ?5, unheld = ?6 WHERE id = ?1");
  bind_optional(statement.bind(1, layer.id).bind(2, layer.lineage), 3, layer.parent);
  statement.bind(4, layer.blocks).bind(5, layer.written).bind(6, layer.unheld).run();
}

void BlockLayers::remove(const BlockLayer& layer) {
  contents_.erase(layer.id, kAllBlocks);
  database_.prepare("DELETE FROM block_layer WHERE id = ?1").bind(1, layer.id).run();
  database_
      .prepare("DELETE FROM block_lineage WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM block_layer WHERE lineage = ?1)")
      .bind(1, layer.lineage)
      .run();
}

LayerPath BlockLayers::path(std::int64_t layer) const {
  auto rows = database_.prepare(
      "WITH RECURSIVE down (id, depth) AS (SELECT ?1, 0 UNION ALL SELECT parent, depth + 1 FROM block_layer JOIN down "
      "USING (id) WHERE parent IS NOT NULL) "
      "SELECT id, lineage, parent, blocks, written, unheld FROM down JOIN block_layer USING (id) ORDER BY depth");
  LayerPath path;
  rows.bind(1, layer);
  while (rows.step()) path.push_back(layer_of(rows));
  return path;
}

std::vector<std::int64_t> BlockLayers::children(std::int64_t layer) const {
  auto rows = database_.prepare("SELECT id FROM block_layer WHERE parent = ?1 LIMIT 2");
  std::vector<std::int64_t> ids;
  rows.bind(1, layer);
  while (rows.step()) ids.push_back(rows.integer(0));
  return ids;
}

void BlockLayers::put(std::int64_t layer, Extent run, Fill fill) {
  const std::int64_t gained = extents_.put(layer, run, fill);
  contents_.erase(layer, run);
  if (gained != 0)
    database_.prepare("UPDATE block_layer SET blocks = blocks + ?2 WHERE id = ?1").bind(1, layer).bind(2, gained).run();
}

void BlockLayers::put_content(std::int64_t layer, std::int64_t block, std::string_view digest, std::string_view bytes) {
  put(layer, {block, 1});
  contents_.put(layer, block, digest, bytes);
}

std::int64_t BlockLayers::count_written(const BlockLayer& layer) const {
  if (!layer.parent) return layer.blocks;
  const LayerPath below = path(*layer.parent);
  const std::int64_t rewritten = total(visible(below, own(layer.id, Fill::Data)));
  const std::int64_t hidden = total(visible(below, own(layer.id, Fill::Hole)));
  return below.front().written + layer.blocks - rewritten - hidden;
}

void BlockLayers::visit_visible(std::span<const BlockLayer> path, const Extents& wanted, const VisitRun& visit) const {
  Extents missing = wanted;
  for (const BlockLayer& layer : path) {
    if (missing.empty()) return;
    Extents data;
    Extents covered;
    {
      ExtentsCursor left(missing);
      LayerCursor right(database_, layer.id);
      for_each_common(left, right, [&](Extent run, const Extent&, const LayerExtent& row) {
        append(covered, run);
        if (row.fill == Fill::Data) append(data, run);
      });
    }
    if (covered.empty()) continue;
    missing = subtract(missing, covered);
    if (!data.empty()) visit(layer, data);
  }
}

Extents BlockLayers::visible(std::span<const BlockLayer> path, const Extents& wanted) const {
  std::vector<Extent> found;
  visit_visible(path, wanted,
                [&](const BlockLayer&, const Extents& runs) { found.insert(found.end(), runs.begin(), runs.end()); });
  return united(std::move(found));
}

Extents BlockLayers::visible_from(std::span<const BlockLayer> path, std::int64_t from, std::int64_t count) const {
  Extents found;
  while (count > 0) {
    // A window of `count` blocks holds at most what is wanted; where there is nothing, leap to the next run.
    const Extent window{from, count};
    for (const Extent& run : visible(path, {window})) {
      append(found, run);
      count -= run.length;
    }
    std::optional<std::int64_t> next;
    for (const BlockLayer& layer : path) {
      LayerCursor runs(database_, layer.id);
      const LayerExtent* run = runs.at_or_after(window.end());
      if (run) next = std::min(next.value_or(run->start), run->start);
    }
    if (!next) break;
    from = std::max(window.end(), *next);
  }
  return found;
}

Extents BlockLayers::runs_of(std::span<const BlockLayer> layers, const Extents& wanted) const {
  std::vector<Extent> found;
  for (const BlockLayer& layer : layers) {
    ExtentsCursor left(wanted);
    LayerCursor right(database_, layer.id);
    for_each_common(left, right, [&](Extent run, const Extent&, const LayerExtent&) { found.push_back(run); });
  }
  return united(std::move(found));
}

// Every block that is not the same in both maps lies in a layer that they do not share.
Extents BlockLayers::differing(const LayerPath& first, const LayerPath& second, Extent where) const {
  Extents runs = runs_of(apart(first, second), {where});
  const Extents more = runs_of(apart(second, first), {where});
  runs.insert(runs.end(), more.begin(), more.end());
  return united(std::move(runs));
}

std::optional<std::string> BlockLayers::read(std::span<const BlockLayer> path, std::int64_t block) const {
  std::optional<std::string> bytes;
  visit_visible(path, {{block, 1}},
                [&](const BlockLayer& layer, const Extents&) { bytes = contents_.find(layer.id, block).value_or(""); });
  return bytes;
}

std::int64_t BlockLayers::copy(std::span<const BlockLayer> path, const Extents& wanted, std::int64_t to) {
  std::vector<Extent> found;
  visit_visible(path, wanted, [&](const BlockLayer& layer, const Extents& runs) {
    found.insert(found.end(), runs.begin(), runs.end());
    if (contents_.any(layer.id))
      for (const Extent& run : runs) contents_.copy(layer.id, run, to);
  });
  const Extents runs = united(std::move(found));
  for (const Extent& run : runs) extents_.insert(to, run, Fill::Data);
  BlockLayer grown = get(to);
  grown.blocks += total(runs);
  update(grown);
  return total(runs);
}

void BlockLayers::flatten(std::int64_t layer) {
  const LayerPath all = path(layer);
  const std::span<const BlockLayer> map(all);
  copy(map.subspan(1), subtract({kAllBlocks}, runs_of(map.first(1), {kAllBlocks})), layer);
  BlockLayer flat = get(layer);
  flat.parent.reset();
  update(flat);
}

std::int64_t BlockLayers::fold(const BlockLayer& lower, const BlockLayer& upper) {
  const bool keep_lower = extents_.is_smaller(upper.id, lower.id);
  if (keep_lower)
    lay_over(lower, upper);
  else
    lay_under(upper, lower);
  const BlockLayer& gone = keep_lower ? upper : lower;
  BlockLayer left = get(keep_lower ? lower.id : upper.id);
  left.lineage = upper.lineage;
  left.parent = lower.parent;
  left.written = upper.written;
  update(left);
  redirect(gone.id, left.id);
  // Of a lineage that has lent its last layer away nothing is left.
  remove({.id = gone.id, .lineage = lower.lineage});
  return left.id;
}

// Everything that `upper` has goes to `lower`, and wins there.
void BlockLayers::lay_over(const BlockLayer& lower, const BlockLayer& upper) {
  const bool lower_has_contents = contents_.any(lower.id);
  std::int64_t gained = 0;
  for (const Fill fill : {Fill::Data, Fill::Hole})
    for (const Extent& run : own(upper.id, fill)) {
      gained += extents_.put(lower.id, run, fill);
      if (lower_has_contents) contents_.erase(lower.id, run);
    }
  contents_.move(upper.id, kAllBlocks, lower.id);
  BlockLayer grown = get(lower.id);
  grown.blocks += gained;
  update(grown);
}

// What `lower` has and `upper` does not cover goes to `upper`.
void BlockLayers::lay_under(const BlockLayer& upper, const BlockLayer& lower) {
  const bool lower_has_contents = contents_.any(lower.id);
  std::int64_t gained = 0;
  for (const Fill fill : {Fill::Data, Fill::Hole}) {
    const Extents runs = own(lower.id, fill);
    for (const Extent& run : subtract(runs, runs_of(std::span(&upper, 1), runs))) {
      extents_.insert(upper.id, run, fill);
      if (fill == Fill::Hole) continue;
      gained += run.length;
      if (lower_has_contents) contents_.move(lower.id, run, upper.id);
    }
  }
  BlockLayer grown = get(upper.id);
  grown.blocks += gained;
  update(grown);
}

void BlockLayers::redirect(std::int64_t from, std::int64_t to) {
  for (const char* sql :
       {"UPDATE block_layer SET parent = ?2 WHERE parent = ?1 AND id <> ?2",
        "UPDATE block_open SET layer = ?2 WHERE layer = ?1", "UPDATE block_snapshot SET layer = ?2 WHERE layer = ?1",
        "UPDATE block_copy SET source = ?2 WHERE source = ?1"})
    database_.prepare(sql).bind(1, from).bind(2, to).run();
}

}  // namespace amity::storage
