// Which snapshot pays for which block: a block, as one layer holds it, is stored by the oldest snapshot in the standard
// tier that sees it. Each layer keeps how many of its blocks which snapshot holds; for most that is one row, the
// snapshot that made the layer. Blocks that only volumes see are held by nobody.
#pragma once

#include "storage/block_layers.hpp"
#include "storage/database.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace amity::storage {

// A snapshot whose size in the standard tier has changed.
struct StoredChange {
  std::string snapshot_id;
  std::int64_t stored_bytes = 0;

  friend bool operator==(const StoredChange&, const StoredChange&) = default;
};
using StoredChanges = std::vector<StoredChange>;

// Made for one operation, which takes the changes at its end.
class BlockHolders {
 public:
  BlockHolders(Database& database, BlockLayers& layers) : database_(database), layers_(layers) {}

  // A snapshot, younger than all that its layer's ancestors know, holds what nobody else does.
  void add(std::int64_t snapshot, std::int64_t layer);
  // The snapshot holds nothing any more; what it held goes to the next oldest that see it. It must not be among the
  // standard snapshots of its layer any more.
  void remove(std::int64_t snapshot);
  // Finds anew who holds the layer's blocks.
  void renew(std::int64_t layer);

  // The snapshots whose sizes are not what they were before, in order of age.
  StoredChanges take_changes();

 private:
  void forget(BlockLayer& layer);
  void claim(BlockLayer& layer, std::int64_t snapshot, std::span<const std::int64_t> above);
  Extents hidden_by(const BlockLayer& layer, std::span<const std::int64_t> above) const;
  Extents unheld(std::int64_t layer) const;
  void set_unheld(BlockLayer& layer, const Extents& runs);

  Database& database_;
  BlockLayers& layers_;
  std::set<std::int64_t> touched_;  // snapshots
};

}  // namespace amity::storage
