// Block maps as layers. A layer holds the blocks that were written since its parent was frozen; a map is what one sees
// from a layer down to the root, the nearest layer first. Every volume writes to an open layer of its own; a snapshot
// freezes it, and the volume goes on in an empty layer above: what a snapshot costs is what has changed.
//
// Layers that may share blocks form a lineage: one tree, of one owner in one region under one KMS key. A parent in
// another lineage only lends its blocks: to a volume made of somebody else's snapshot, until its own first snapshot
// copies all. So no layer of a snapshot ever has one.
#pragma once

#include "storage/block_extents.hpp"
#include "storage/database.hpp"
#include "storage/extents.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace amity::storage {

// Where blocks are shared rather than copied.
struct BlockPlace {
  std::string account;
  std::string region;
  std::string kms_key;  // ARN, empty for plain data

  friend bool operator==(const BlockPlace&, const BlockPlace&) = default;
};

struct BlockLayer {
  std::int64_t id = 0;
  std::int64_t lineage = 0;
  std::optional<std::int64_t> parent{};
  std::int64_t blocks = 0;   // of data, in the layer itself
  std::int64_t written = 0;  // blocks of the map seen from here; known once the layer is frozen
  std::int64_t unheld = 0;   // of its blocks, those that no snapshot holds (storage/block_holders.hpp)
};

// From a layer down to the root.
using LayerPath = std::vector<BlockLayer>;

class BlockLayers {
 public:
  explicit BlockLayers(Database& database) : database_(database), extents_(database), contents_(database) {}

  std::int64_t add_lineage(const BlockPlace& place);
  BlockPlace place_of(std::int64_t lineage) const;

  std::int64_t add(std::int64_t lineage, std::optional<std::int64_t> parent);
  BlockLayer get(std::int64_t layer) const;
  // Of the columns only; not its blocks.
  void update(const BlockLayer& layer);
  void remove(const BlockLayer& layer);

  LayerPath path(std::int64_t layer) const;
  // At most two.
  std::vector<std::int64_t> children(std::int64_t layer) const;

  // Writes to the layer and counts its blocks.
  void put(std::int64_t layer, Extent run, Fill fill = Fill::Data);
  void put_content(std::int64_t layer, std::int64_t block, std::string_view digest, std::string_view bytes);

  // Whether it holds nothing, not even a hole.
  bool is_empty(std::int64_t layer) const { return !extents_.any(layer); }
  // Its own runs.
  Extents own(std::int64_t layer, Fill fill) const { return extents_.in(layer, {kAllBlocks}, fill); }
  std::vector<std::string> digests(std::int64_t layer) const { return contents_.digests(layer); }
  // How many blocks its map has, given that its parent is frozen.
  std::int64_t count_written(const BlockLayer& layer) const;

  // What of `wanted` the map has.
  Extents visible(std::span<const BlockLayer> path, const Extents& wanted) const;
  // What the map has of `from` and behind, as far as `count` blocks reach.
  Extents visible_from(std::span<const BlockLayer> path, std::int64_t from, std::int64_t count) const;
  // Runs that the layers themselves have, of data or holes.
  Extents runs_of(std::span<const BlockLayer> layers, const Extents& wanted) const;
  // All blocks of `where` that are not the same in two maps of a lineage.
  Extents differing(const LayerPath& first, const LayerPath& second, Extent where) const;
  // Whether the map has the block, and its bytes: nullopt when it has not, empty when they are zeros.
  std::optional<std::string> read(std::span<const BlockLayer> path, std::int64_t block) const;

  // Copies to `to` what the map shows of `wanted`, where `to` has nothing; answers how many blocks.
  std::int64_t copy(std::span<const BlockLayer> path, const Extents& wanted, std::int64_t to);
  // Puts everything that `layer` sees through its ancestors into itself; it becomes a root.
  void flatten(std::int64_t layer);
  // Makes one layer of `lower` and `upper`, which must be the only child of the other: the smaller goes into the
  // larger. Answers the layer that is left; whatever was said of the other is now said of it.
  std::int64_t fold(const BlockLayer& lower, const BlockLayer& upper);

 private:
  using VisitRun = std::function<void(const BlockLayer& layer, const Extents& runs)>;
  void visit_visible(std::span<const BlockLayer> path, const Extents& wanted, const VisitRun& visit) const;
  void lay_over(const BlockLayer& lower, const BlockLayer& upper);
  void lay_under(const BlockLayer& upper, const BlockLayer& lower);
  void redirect(std::int64_t from, std::int64_t to);

  Database& database_;
  BlockExtents extents_;
  BlockContents contents_;
};

}  // namespace amity::storage
