#include "storage/blocks.hpp"

#include "storage/database.hpp"

#include <algorithm>

namespace amity::storage {

void Blocks::open(std::string_view id, std::string_view kms_key) {
  insert_open(id, layers_.add(layers_.add_lineage(place(kms_key)), std::nullopt));
}

void Blocks::open_from(std::string_view id, std::string_view kms_key, std::string_view snapshot_id) {
  const BlockLayer source = layers_.get(get(snapshot_id).layer);
  const BlockPlace wanted = place(kms_key);
  const bool shares = layers_.place_of(source.lineage) == wanted;
  insert_open(id, layers_.add(shares ? source.lineage : layers_.add_lineage(wanted), source.id));
}

void Blocks::insert_open(std::string_view id, std::int64_t layer) {
  database_.prepare("INSERT INTO block_open (region, id, layer, next) VALUES (?1, ?2, ?3, 0)")
      .bind(1, scope_.region)
      .bind(2, id)
      .bind(3, layer)
      .run();
}

void Blocks::write(std::string_view id, Extent run) { layers_.put(opened(id).layer, run); }

void Blocks::write(std::string_view id, std::int64_t block, std::string_view digest, std::string_view bytes) {
  layers_.put_content(opened(id).layer, block, digest, bytes);
}

void Blocks::change(std::string_view id, std::int64_t blocks, std::int64_t size) {
  const Open open = opened(id);
  const LayerPath map = layers_.path(open.layer);
  std::int64_t left = std::min(blocks, size);
  std::int64_t next = open.next;
  const auto rewrite = [&](const Extents& runs) {
    for (const Extent& run : runs) {
      layers_.put(open.layer, run);
      left -= run.length;
      next = run.end();
    }
  };
  rewrite(layers_.visible_from(map, open.next, left));
  if (left > 0) rewrite(first_blocks(layers_.visible(map, {{0, open.next}}), left));
  if (left > 0) {
    rewrite(first_blocks(subtract({{0, size}}, layers_.visible(map, {{0, size}})), left));
    next = 0;
  }
  database_.prepare("UPDATE block_open SET next = ?3 WHERE region = ?1 AND id = ?2")
      .bind(1, scope_.region)
      .bind(2, id)
      .bind(3, next)
      .run();
}

void Blocks::close(std::string_view id) {
  const BlockLayer layer = layers_.get(opened(id).layer);
  BlockHolders holders(database_, layers_);
  database_.prepare("DELETE FROM block_open WHERE region = ?1 AND id = ?2").bind(1, scope_.region).bind(2, id).run();
  prune(layer.id, holders);
  retire(layer.lineage, holders);
}

bool Blocks::has_snapshot(std::string_view snapshot_id) const { return find(scope_.region, snapshot_id).has_value(); }

bool Blocks::is_open(std::string_view id) const {
  auto row = database_.prepare("SELECT 1 FROM block_open WHERE region = ?1 AND id = ?2");
  return row.bind(1, scope_.region).bind(2, id).step();
}

std::int64_t Blocks::full_bytes(std::string_view snapshot_id) const {
  return layers_.get(get(snapshot_id).layer).written * kBlockBytes;
}

std::int64_t Blocks::stored_bytes(std::string_view snapshot_id) const { return get(snapshot_id).stored * kBlockBytes; }

std::int64_t Blocks::written_bytes(std::string_view id) const {
  return layers_.count_written(layers_.get(opened(id).layer)) * kBlockBytes;
}

std::int64_t Blocks::changed_blocks(std::string_view id) const { return layers_.get(opened(id).layer).blocks; }

std::vector<std::string> Blocks::digests(std::string_view id) const { return layers_.digests(opened(id).layer); }

Extents Blocks::written(std::string_view snapshot_id, std::int64_t from, std::int64_t count) const {
  return layers_.visible_from(layers_.path(get(snapshot_id).layer), from, count);
}

std::optional<std::vector<ChangedBlocks>> Blocks::changed(std::string_view first_id, std::string_view second_id,
                                                          Extent where) const {
  const LayerPath first = layers_.path(get(first_id).layer);
  const LayerPath second = layers_.path(get(second_id).layer);
  if (first.front().lineage != second.front().lineage) return std::nullopt;
  const Extents runs = layers_.differing(first, second, where);
  const Extents in_first = layers_.visible(first, runs);
  const Extents in_second = layers_.visible(second, runs);
  std::vector<ChangedBlocks> changes;
  for (const Extent& run : subtract(in_first, in_second)) changes.push_back({run, true, false});
  for (const Extent& run : subtract(in_second, in_first)) changes.push_back({run, false, true});
  ExtentsCursor left(in_first);
  ExtentsCursor right(in_second);
  for_each_common(left, right, [&](Extent run, const Extent&, const Extent&) { changes.push_back({run, true, true}); });
  std::ranges::sort(changes, {}, [](const ChangedBlocks& change) { return change.run.start; });
  return changes;
}

std::optional<std::string> Blocks::read(std::string_view snapshot_id, std::int64_t block) const {
  return layers_.read(layers_.path(get(snapshot_id).layer), block);
}

Blocks::Open Blocks::opened(std::string_view id) const {
  auto row = database_.prepare("SELECT layer, next FROM block_open WHERE region = ?1 AND id = ?2");
  if (!row.bind(1, scope_.region).bind(2, id).step()) throw Error("no block map of " + std::string(id));
  return {.layer = row.integer(0), .next = row.integer(1)};
}

std::optional<Blocks::Snapshot> Blocks::find(std::string_view region, std::string_view snapshot_id) const {
  auto row =
      database_.prepare("SELECT number, layer, archived, stored FROM block_snapshot WHERE region = ?1 AND id = ?2");
  if (!row.bind(1, region).bind(2, snapshot_id).step()) return std::nullopt;
  return Snapshot{
      .number = row.integer(0), .layer = row.integer(1), .archived = row.integer(2) != 0, .stored = row.integer(3)};
}

Blocks::Snapshot Blocks::get(std::string_view snapshot_id) const {
  const auto snapshot = find(scope_.region, snapshot_id);
  if (!snapshot) throw Error("no block map of " + std::string(snapshot_id));
  return *snapshot;
}

BlockPlace Blocks::place(std::string_view kms_key) const {
  return {.account = scope_.account, .region = scope_.region, .kms_key = std::string(kms_key)};
}

}  // namespace amity::storage
