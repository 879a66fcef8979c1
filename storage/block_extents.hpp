// The rows that say which blocks a layer of a block map holds (storage/block_layers.hpp), and the bytes of those whose
// bytes are known.
#pragma once

#include "storage/database.hpp"
#include "storage/extents.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::storage {

// Data, or a hole: blocks that look as if they had never been written, whatever lies below.
enum class Fill { Data, Hole };

struct LayerExtent : Extent {
  Fill fill = Fill::Data;
};

// Walks one layer's runs in ascending order (see ExtentsCursor). Nothing may be written to the layer meanwhile.
class LayerCursor {
 public:
  LayerCursor(Database& database, std::int64_t layer);
  const LayerExtent* at_or_after(std::int64_t block);

 private:
  void seek(std::int64_t block);
  void next();

  Statement rows_;
  std::int64_t layer_;
  LayerExtent current_;
  enum class At { Start, Run, End } at_ = At::Start;
};

class BlockExtents {
 public:
  explicit BlockExtents(Database& database) : database_(database) {}

  // Makes the run data, or a hole, whatever it was before; touching runs are joined. Answers how many blocks of data
  // the layer has gained.
  std::int64_t put(std::int64_t layer, Extent run, Fill fill);
  // The same for a run that the layer has nothing in.
  void insert(std::int64_t layer, Extent run, Fill fill);
  // The layer's runs of data, or of holes, that lie in `where`.
  Extents in(std::int64_t layer, const Extents& where, Fill fill) const;
  bool any(std::int64_t layer) const;
  // Whether `a` has at most as many rows as `b`.
  bool is_smaller(std::int64_t a, std::int64_t b) const;

 private:
  std::int64_t rows_up_to(std::int64_t layer, std::int64_t limit) const;

  Database& database_;
};

// Bytes of blocks, stored once by their SHA-256 and dropped with the last block that has them. A block of data without
// bytes here is all zeros.
class BlockContents {
 public:
  explicit BlockContents(Database& database) : database_(database) {}

  void put(std::int64_t layer, std::int64_t block, std::string_view digest, std::string_view bytes);
  std::optional<std::string> find(std::int64_t layer, std::int64_t block) const;
  bool any(std::int64_t layer) const;
  std::vector<std::string> digests(std::int64_t layer) const;  // in the order of the blocks
  void erase(std::int64_t layer, Extent run);
  // `to` has no contents in the run yet.
  void copy(std::int64_t from, Extent run, std::int64_t to);
  void move(std::int64_t from, Extent run, std::int64_t to);

 private:
  Database& database_;
};

}  // namespace amity::storage
