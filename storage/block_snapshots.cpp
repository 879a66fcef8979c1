// The half of storage/blocks.hpp that makes, copies, moves and removes snapshots.
#include "storage/blocks.hpp"
#include "storage/database.hpp"

namespace amity::storage {

StoredChanges Blocks::take(std::string_view volume_id, std::string_view snapshot_id) {
  return freeze(volume_id, snapshot_id, true);
}

StoredChanges Blocks::seal(std::string_view snapshot_id) { return freeze(snapshot_id, snapshot_id, false); }

StoredChanges Blocks::freeze(std::string_view id, std::string_view snapshot_id, bool goes_on) {
  BlockHolders holders(database_, layers_);
  BlockLayer layer = layers_.get(opened(id).layer);
  if (layer.parent && layers_.get(*layer.parent).lineage != layer.lineage) {
    layers_.flatten(layer.id);
    prune(*layer.parent, holders);
    layer = layers_.get(layer.id);
  }
  if (!goes_on)
    database_.prepare("DELETE FROM block_open WHERE region = ?1 AND id = ?2").bind(1, scope_.region).bind(2, id).run();
  if (layer.parent && layers_.is_empty(layer.id)) {  // nothing has changed: the snapshots share the layer below
    holders.add(insert_snapshot(snapshot_id, *layer.parent, false), *layer.parent);
    if (!goes_on) prune(layer.id, holders);
    return holders.take_changes();
  }
  close_layer(layer.id);
  if (goes_on)
    database_.prepare("UPDATE block_open SET layer = ?3 WHERE region = ?1 AND id = ?2")
        .bind(1, scope_.region)
        .bind(2, id)
        .bind(3, layers_.add(layer.lineage, layer.id))
        .run();
  holders.add(insert_snapshot(snapshot_id, layer.id, true), layer.id);
  return holders.take_changes();
}

StoredChanges Blocks::add(std::string_view snapshot_id, std::string_view kms_key, const Extents& written) {
  const std::int64_t layer = layers_.add(layers_.add_lineage(place(kms_key)), std::nullopt);
  for (const Extent& run : written) layers_.put(layer, run);
  close_layer(layer);
  BlockHolders holders(database_, layers_);
  holders.add(insert_snapshot(snapshot_id, layer, true), layer);
  return holders.take_changes();
}

CopiedBlocks Blocks::copy(std::string_view source_region, std::string_view source_id, std::string_view snapshot_id,
                          std::string_view kms_key) {
  const auto source = find(source_region, source_id);
  if (!source || source->archived) throw Error("the block map of a copy's source is missing");
  BlockHolders holders(database_, layers_);
  const LayerPath map = layers_.path(source->layer);
  const BlockPlace from = layers_.place_of(map.front().lineage);
  const BlockPlace to = place(kms_key);
  if (from == to) {
    holders.add(insert_snapshot(snapshot_id, source->layer, false), source->layer);
    return {.changes = holders.take_changes(), .bytes = 0};
  }
  // Under another key in the same account and region the copy is full every time.
  const bool moves = from.account != to.account || from.region != to.region;
  const auto latest = moves ? latest_copy(map.front().lineage, kms_key) : std::nullopt;
  const std::int64_t layer = latest ? add_difference(*latest, map) : add_full_copy(map, kms_key);
  const std::int64_t number = insert_snapshot(snapshot_id, layer, true);
  holders.add(number, layer);
  if (moves) note_copy(number, map.front(), kms_key, holders);
  return {.changes = holders.take_changes(), .bytes = layers_.get(layer).blocks * kBlockBytes};
}

StoredChanges Blocks::remove(std::string_view snapshot_id) {
  const Snapshot snapshot = get(snapshot_id);
  const std::int64_t lineage = layers_.get(snapshot.layer).lineage;
  BlockHolders holders(database_, layers_);
  leave_standard_tier(snapshot.number);
  holders.remove(snapshot.number);
  StoredChanges changes = holders.take_changes();
  forget_copy(snapshot.number, holders);
  database_.prepare("DELETE FROM block_snapshot WHERE number = ?1").bind(1, snapshot.number).run();
  prune(snapshot.layer, holders);
  retire(lineage, holders);
  return changes;
}

StoredChanges Blocks::archive(std::string_view snapshot_id) {
  const Snapshot snapshot = get(snapshot_id);
  if (snapshot.archived) return {};
  BlockHolders holders(database_, layers_);
  forget_copy(snapshot.number, holders);
  const LayerPath map = layers_.path(snapshot.layer);
  leave_standard_tier(snapshot.number);
  if (!stands_alone(snapshot)) {
    const std::int64_t full = add_full_copy(map, layers_.place_of(map.front().lineage).kms_key);
    database_.prepare("UPDATE block_snapshot SET layer = ?2, made_layer = 1 WHERE number = ?1")
        .bind(1, snapshot.number)
        .bind(2, full)
        .run();
  }
  holders.remove(snapshot.number);
  StoredChanges changes = holders.take_changes();
  prune(snapshot.layer, holders);
  retire(map.front().lineage, holders);
  return changes;
}

StoredChanges Blocks::restore(std::string_view snapshot_id) {
  const Snapshot snapshot = get(snapshot_id);
  if (!snapshot.archived) return {};
  BlockHolders holders(database_, layers_);
  database_.prepare("UPDATE block_snapshot SET archived = 0 WHERE number = ?1").bind(1, snapshot.number).run();
  holders.add(snapshot.number, snapshot.layer);
  return holders.take_changes();
}

void Blocks::leave_standard_tier(std::int64_t snapshot) {
  database_.prepare("UPDATE block_snapshot SET archived = 1 WHERE number = ?1").bind(1, snapshot).run();
}

// Whether nothing else can ever see a block of its map.
bool Blocks::stands_alone(const Snapshot& snapshot) const {
  if (layers_.get(snapshot.layer).parent || !layers_.children(snapshot.layer).empty()) return false;
  auto others = database_.prepare(
      "SELECT 1 FROM block_snapshot WHERE layer = ?1 AND number <> ?2 UNION ALL "
      "SELECT 1 FROM block_copy WHERE source = ?1 LIMIT 1");
  return !others.bind(1, snapshot.layer).bind(2, snapshot.number).step();
}

void Blocks::close_layer(std::int64_t id) {
  BlockLayer layer = layers_.get(id);
  layer.written = layers_.count_written(layer);
  layer.unheld = layer.blocks;
  layers_.update(layer);
}

std::int64_t Blocks::add_full_copy(const LayerPath& source, std::string_view kms_key) {
  const std::int64_t layer = layers_.add(layers_.add_lineage(place(kms_key)), std::nullopt);
  layers_.copy(source, {kAllBlocks}, layer);
  close_layer(layer);
  return layer;
}

std::optional<Blocks::LatestCopy> Blocks::latest_copy(std::int64_t lineage, std::string_view kms_key) const {
  auto rows = database_.prepare(
      "SELECT kms_key, source, layer FROM block_copy JOIN block_snapshot ON number = snapshot "
      "WHERE lineage = ?1 AND account = ?2 AND block_copy.region = ?3");
  rows.bind(1, lineage).bind(2, scope_.account).bind(3, scope_.region);
  std::optional<LatestCopy> latest;
  while (rows.step()) {
    if (rows.text(0) != kms_key) return std::nullopt;
    if (!rows.is_null(1)) latest = LatestCopy{.layer = rows.integer(2), .source = rows.integer(1)};
  }
  return latest;
}

std::int64_t Blocks::add_difference(const LatestCopy& latest, const LayerPath& source) {
  const LayerPath before = layers_.path(latest.source);
  const std::int64_t layer = layers_.add(layers_.get(latest.layer).lineage, latest.layer);
  const Extents runs = layers_.differing(before, source, kAllBlocks);
  layers_.copy(source, runs, layer);
  for (const Extent& run : subtract(layers_.visible(before, runs), layers_.visible(source, runs)))
    layers_.put(layer, run, Fill::Hole);
  close_layer(layer);
  return layer;
}

void Blocks::note_copy(std::int64_t snapshot, const BlockLayer& source, std::string_view kms_key,
                       BlockHolders& holders) {
  std::optional<std::int64_t> before;
  {
    auto latest = database_.prepare(
        "SELECT source FROM block_copy WHERE lineage = ?1 AND account = ?2 AND region = ?3 AND source IS NOT NULL");
    if (latest.bind(1, source.lineage).bind(2, scope_.account).bind(3, scope_.region).step())
      before = latest.integer(0);
  }
  database_.prepare("UPDATE block_copy SET source = NULL WHERE lineage = ?1 AND account = ?2 AND region = ?3")
      .bind(1, source.lineage)
      .bind(2, scope_.account)
      .bind(3, scope_.region)
      .run();
  database_
      .prepare(
          "INSERT INTO block_copy (snapshot, lineage, account, region, kms_key, source) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
      .bind(1, snapshot)
      .bind(2, source.lineage)
      .bind(3, scope_.account)
      .bind(4, scope_.region)
      .bind(5, kms_key)
      .bind(6, source.id)
      .run();
  if (before) prune(*before, holders);
}

void Blocks::forget_copy(std::int64_t snapshot, BlockHolders& holders) {
  std::optional<std::int64_t> source;
  {
    auto row = database_.prepare("DELETE FROM block_copy WHERE snapshot = ?1 RETURNING source");
    if (row.bind(1, snapshot).step() && !row.is_null(0)) source = row.integer(0);
    row.run();
  }
  if (source) prune(*source, holders);
}

void Blocks::prune(std::int64_t id, BlockHolders& holders) {
  std::optional<std::int64_t> next = id;
  while (next && !is_needed(*next)) {
    const BlockLayer layer = layers_.get(*next);
    const std::vector<std::int64_t> children = layers_.children(layer.id);
    if (children.size() > 1) return;
    if (children.size() == 1) return holders.renew(layers_.fold(layer, layers_.get(children.front())));
    layers_.remove(layer);
    next = layer.parent;
  }
}

bool Blocks::is_needed(std::int64_t layer) const {
  auto users = database_.prepare(
      "SELECT 1 FROM block_snapshot WHERE layer = ?1 UNION ALL SELECT 1 FROM block_open WHERE layer = ?1 UNION ALL "
      "SELECT 1 FROM block_copy WHERE source = ?1 LIMIT 1");
  return users.bind(1, layer).step();
}

void Blocks::retire(std::int64_t lineage, BlockHolders& holders) {
  while (true) {
    std::int64_t copy = 0;
    {
      auto kept = database_.prepare(
          "SELECT snapshot FROM block_copy WHERE lineage = ?1 AND source IS NOT NULL AND NOT EXISTS ("
          "SELECT 1 FROM block_layer JOIN block_snapshot ON layer = block_layer.id WHERE lineage = ?1) AND NOT EXISTS ("
          "SELECT 1 FROM block_layer JOIN block_open ON layer = block_layer.id WHERE lineage = ?1) LIMIT 1");
      if (!kept.bind(1, lineage).step()) return;
      copy = kept.integer(0);
    }
    forget_copy(copy, holders);
  }
}

std::int64_t Blocks::insert_snapshot(std::string_view id, std::int64_t layer, bool made_layer) {
  database_
      .prepare(
          "INSERT INTO block_snapshot (region, id, layer, made_layer, archived, stored) VALUES (?1, ?2, ?3, ?4, 0, 0)")
      .bind(1, scope_.region)
      .bind(2, id)
      .bind(3, layer)
      .bind(4, std::int64_t{made_layer})
      .run();
  return database_.last_row();
}

}  // namespace amity::storage
