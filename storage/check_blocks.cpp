// Block maps: storage/block_layers.hpp says what a layer is, storage/block_holders.hpp who holds its blocks.
#include "storage/block_layers.hpp"
#include "storage/check_rules.hpp"

#include <fmt/format.h>

namespace amity::storage {

std::span<const CheckRule> block_rules() {
  static constexpr CheckRule kRules[] = {
      {"an open block map is a volume's, or that of a snapshot that is being written", R"sql(
SELECT o.region || ' ' || o.id FROM block_open o
WHERE NOT EXISTS (SELECT 1 FROM volume v WHERE v.region = o.region AND v.id = o.id)
  AND NOT EXISTS (SELECT 1 FROM recycled_resource r WHERE r.region = o.region AND r.id = o.id AND r.resource_type = 'EBS_VOLUME')
  AND NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.region = o.region AND s.id = o.id AND s.state = 'pending'))sql"},

      {"a closed block map is a snapshot's, or of a stored image", R"sql(
SELECT b.region || ' ' || b.id, b.region, b.id FROM block_snapshot b
WHERE NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.region = b.region AND s.id = b.id)
  AND NOT EXISTS (SELECT 1 FROM recycled_resource r WHERE r.region = b.region AND r.id = b.id AND r.resource_type = 'EBS_SNAPSHOT')
  AND NOT EXISTS (SELECT 1 FROM stored_image i, json_each(i.document, '$.Snapshots') s
    WHERE i.region = b.region AND s.value ->> '$.Snapshot.SnapshotId' = b.id))sql",
       true},

      {"a map is open or closed, not both",
       "SELECT region || ' ' || id FROM block_open JOIN block_snapshot USING (region, id)"},

      {"a layer is needed: by a map, by a copy to come, or because two others lie upon it", R"sql(
SELECT 'layer ' || y.id FROM block_layer y
WHERE NOT EXISTS (SELECT 1 FROM block_snapshot WHERE layer = y.id) AND NOT EXISTS (SELECT 1 FROM block_open WHERE layer = y.id)
  AND NOT EXISTS (SELECT 1 FROM block_copy WHERE source = y.id)
  AND 2 > (SELECT count(*) FROM (SELECT 1 FROM block_layer c WHERE c.parent = y.id LIMIT 2)))sql"},

      {"layers lie upon one another without end or circle", R"sql(
WITH RECURSIVE up (id) AS (SELECT id FROM block_layer WHERE parent IS NULL UNION ALL
  SELECT c.id FROM up JOIN block_layer c ON c.parent = up.id)
SELECT 'layer ' || id FROM block_layer WHERE id NOT IN (SELECT id FROM up))sql"},

      {"nothing lies upon a layer that is written to", R"sql(
SELECT o.region || ' ' || o.id FROM block_open o
WHERE EXISTS (SELECT 1 FROM block_layer c WHERE c.parent = o.layer) OR EXISTS (SELECT 1 FROM block_snapshot s WHERE s.layer = o.layer))sql"},

      {"a lineage has layers",
       "SELECT 'lineage ' || id FROM block_lineage g WHERE NOT EXISTS (SELECT 1 FROM block_layer WHERE lineage = "
       "g.id)"},

      {"a map is in its lineage's region", R"sql(
SELECT m.region || ' ' || m.id FROM (SELECT region, id, layer FROM block_snapshot UNION ALL SELECT region, id, layer FROM block_open) m
JOIN block_layer y ON y.id = m.layer JOIN block_lineage g ON g.id = y.lineage WHERE g.region <> m.region)sql"},

      {"a snapshot's layers are of one lineage", R"sql(
SELECT s.region || ' ' || s.id FROM block_snapshot s JOIN block_layer y ON y.id = s.layer JOIN block_layer p ON p.id = y.parent
WHERE p.lineage <> y.lineage)sql"},

      {"runs of blocks have a length, and do not overlap", R"sql(
SELECT 'layer ' || layer || ' block ' || start FROM (
  SELECT layer, start, length, lag(start + length) OVER (PARTITION BY layer ORDER BY start) AS before FROM block_extent)
WHERE start < 0 OR length < 1 OR start < before)sql"},

      {"a layer counts its blocks", R"sql(
SELECT 'layer ' || y.id FROM block_layer y
WHERE y.blocks <> (SELECT coalesce(sum(length), 0) FROM block_extent e WHERE e.layer = y.id AND e.hole = 0))sql"},

      {"every block of a closed layer is held by a snapshot or by nobody", R"sql(
SELECT 'layer ' || y.id FROM block_layer y
WHERE NOT EXISTS (SELECT 1 FROM block_open WHERE layer = y.id)
  AND y.blocks <> y.unheld + (SELECT coalesce(sum(blocks), 0) FROM block_holding h WHERE h.layer = y.id))sql"},

      {"the blocks that nobody holds are listed where others are held", R"sql(
SELECT 'layer ' || y.id FROM block_layer y
WHERE NOT EXISTS (SELECT 1 FROM block_open WHERE layer = y.id)
  AND (SELECT coalesce(sum(length), 0) FROM block_unheld u WHERE u.layer = y.id) <> iif(y.unheld = y.blocks, 0, y.unheld))sql"},

      {"a snapshot stores the blocks that it holds", R"sql(
SELECT s.region || ' ' || s.id FROM block_snapshot s
WHERE s.stored <> (SELECT coalesce(sum(blocks), 0) FROM block_holding h WHERE h.snapshot = s.number)
  OR (s.archived AND s.stored <> 0))sql"},

      {"the bytes of a block are of one that is written", R"sql(
SELECT 'layer ' || c.layer || ' block ' || c.block FROM block_content c
WHERE NOT EXISTS (SELECT 1 FROM (SELECT start, length, hole FROM block_extent e
  WHERE e.layer = c.layer AND e.start <= c.block ORDER BY e.start DESC LIMIT 1) WHERE c.block < start + length AND hole = 0))sql"},

      {"bytes are kept as long as a block has them",
       "SELECT 'bytes ' || hex(digest) FROM block_data d WHERE NOT EXISTS (SELECT 1 FROM block_content c WHERE "
       "c.digest = d.digest)"},
  };
  return kRules;
}

// How many blocks one sees from a closed layer down to the root.
void check_written_blocks(Database& database, Findings& findings) {
  const BlockLayers layers(database);
  auto rows = database.prepare("SELECT id FROM block_layer WHERE id NOT IN (SELECT layer FROM block_open) ORDER BY id");
  while (rows.step()) {
    const BlockLayer layer = layers.get(rows.integer(0));
    if (layers.count_written(layer) != layer.written)
      findings.push_back({.rule = "a closed layer counts what is written", .what = fmt::format("layer {}", layer.id)});
  }
}

}  // namespace amity::storage
