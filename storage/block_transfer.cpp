#include "storage/block_transfer.hpp"

#include "storage/block_holders.hpp"

#include <unordered_map>

namespace amity::storage {
namespace {

std::vector<MovedContent> contents_of(Database& database, std::int64_t layer) {
  auto rows = database.prepare(
      "SELECT block, digest, bytes FROM block_content JOIN block_data USING (digest) WHERE layer = ?1 ORDER BY block");
  std::vector<MovedContent> contents;
  rows.bind(1, layer);
  while (rows.step())
    contents.push_back(
        {.block = rows.integer(0), .digest = std::string(rows.blob(1)), .bytes = std::string(rows.blob(2))});
  return contents;
}

// Numbers layers and lineages anew, from one in the order in which they come: what is moved twice looks the same.
class Departure {
 public:
  explicit Departure(Database& database) : database_(database), layers_(database) {}

  MovedBlocks take() {
    take_layers();
    take_snapshots();
    take_open();
    return std::move(moved_);
  }

 private:
  static std::int64_t number(std::unordered_map<std::int64_t, std::int64_t>& numbers, std::int64_t id) {
    return numbers.try_emplace(id, std::ssize(numbers) + 1).first->second;
  }
  std::int64_t layer_number(std::int64_t id) { return number(layer_numbers_, id); }
  std::int64_t lineage_number(std::int64_t id) { return number(lineage_numbers_, id); }

  void take_layers() {
    auto rows = database_.prepare(
        "WITH RECURSIVE up (id, depth) AS (SELECT id, 0 FROM block_layer WHERE parent IS NULL UNION ALL "
        "SELECT block_layer.id, depth + 1 FROM up JOIN block_layer ON parent = up.id) "
        "SELECT id, lineage, parent FROM up JOIN block_layer USING (id) ORDER BY depth, id");
    while (rows.step()) {
      const std::int64_t id = rows.integer(0);
      MovedLayer& layer = moved_.layers.emplace_back();
      layer.number = layer_number(id);
      layer.lineage = lineage_number(rows.integer(1));
      layer.place = layers_.place_of(rows.integer(1));
      if (!rows.is_null(2)) layer.parent = layer_number(rows.integer(2));
      layer.data = layers_.own(id, Fill::Data);
      layer.holes = layers_.own(id, Fill::Hole);
      layer.contents = contents_of(database_, id);
    }
  }

  void take_snapshots() {
    auto rows = database_.prepare(
        "SELECT s.region, s.id, s.layer, s.made_layer, s.archived, c.lineage, c.source FROM block_snapshot s "
        "LEFT JOIN block_copy c ON c.snapshot = s.number ORDER BY s.number");
    while (rows.step()) {
      MovedMap& map = moved_.maps.emplace_back();
      map.region = rows.text(0);
      map.id = rows.text(1);
      map.layer = layer_number(rows.integer(2));
      map.is_snapshot = true;
      map.made_layer = rows.integer(3) != 0;
      map.archived = rows.integer(4) != 0;
      if (!rows.is_null(5)) map.copied_lineage = lineage_number(rows.integer(5));
      if (!rows.is_null(6)) map.copied_layer = layer_number(rows.integer(6));
    }
  }

  void take_open() {
    auto rows = database_.prepare("SELECT region, id, layer, next FROM block_open ORDER BY region, id");
    while (rows.step())
      moved_.maps.push_back({.region = std::string(rows.text(0)),
                             .id = std::string(rows.text(1)),
                             .layer = layer_number(rows.integer(2)),
                             .next = rows.integer(3)});
  }

  Database& database_;
  BlockLayers layers_;
  std::unordered_map<std::int64_t, std::int64_t> layer_numbers_;
  std::unordered_map<std::int64_t, std::int64_t> lineage_numbers_;
  MovedBlocks moved_;
};

class Arrival {
 public:
  explicit Arrival(Database& database) : database_(database), layers_(database), holders_(database, layers_) {}

  void add(const MovedLayer& moved) {
    auto [lineage, is_new] = lineages_.try_emplace(moved.lineage);
    if (is_new) lineage->second = layers_.add_lineage(moved.place);
    const auto parent = moved.parent ? std::optional(new_layers_.at(*moved.parent)) : std::nullopt;
    const std::int64_t id = layers_.add(lineage->second, parent);
    new_layers_.emplace(moved.number, id);
    for (const Extent& run : moved.data) layers_.put(id, run);
    for (const Extent& run : moved.holes) layers_.put(id, run, Fill::Hole);
    for (const MovedContent& content : moved.contents)
      layers_.put_content(id, content.block, content.digest, content.bytes);
    BlockLayer layer = layers_.get(id);
    layer.written = layers_.count_written(layer);
    layer.unheld = layer.blocks;
    layers_.update(layer);
  }

  void add(const MovedMap& moved) {
    if (moved.is_snapshot)
      add_snapshot(moved);
    else
      add_open(moved);
  }

  void finish() { holders_.take_changes(); }

 private:
  void add_snapshot(const MovedMap& moved) {
    const std::int64_t layer = new_layers_.at(moved.layer);
    database_
        .prepare(
            "INSERT INTO block_snapshot (region, id, layer, made_layer, archived, stored) "
            "VALUES (?1, ?2, ?3, ?4, ?5, 0)")
        .bind(1, moved.region)
        .bind(2, moved.id)
        .bind(3, layer)
        .bind(4, std::int64_t{moved.made_layer})
        .bind(5, std::int64_t{moved.archived})
        .run();
    const std::int64_t number = database_.last_row();
    if (!moved.archived) holders_.add(number, layer);
    if (moved.copied_lineage) note_copy(number, layers_.place_of(layers_.get(layer).lineage), moved);
  }

  void note_copy(std::int64_t snapshot, const BlockPlace& place, const MovedMap& moved) {
    auto statement = database_.prepare(
        "INSERT INTO block_copy (snapshot, lineage, account, region, kms_key, source) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    statement.bind(1, snapshot)
        .bind(2, lineages_.at(*moved.copied_lineage))
        .bind(3, place.account)
        .bind(4, place.region)
        .bind(5, place.kms_key);
    if (moved.copied_layer)
      statement.bind(6, new_layers_.at(*moved.copied_layer));
    else
      statement.bind_null(6);
    statement.run();
  }

  void add_open(const MovedMap& moved) {
    database_.prepare("INSERT INTO block_open (region, id, layer, next) VALUES (?1, ?2, ?3, ?4)")
        .bind(1, moved.region)
        .bind(2, moved.id)
        .bind(3, new_layers_.at(moved.layer))
        .bind(4, moved.next)
        .run();
  }

  Database& database_;
  BlockLayers layers_;
  BlockHolders holders_;
  std::unordered_map<std::int64_t, std::int64_t> lineages_;
  std::unordered_map<std::int64_t, std::int64_t> new_layers_;
};

}  // namespace

MovedBlocks take_block_maps(Database& database) { return Departure(database).take(); }

void put_block_maps(Database& database, const MovedBlocks& moved) {
  Arrival arrival(database);
  for (const MovedLayer& layer : moved.layers) arrival.add(layer);
  for (const MovedMap& map : moved.maps) arrival.add(map);
  arrival.finish();
}

}  // namespace amity::storage
