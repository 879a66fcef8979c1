// Block maps (storage/blocks.hpp) as fixtures carry them: layers, what sees the world through them, and the bytes that
// are known. Numbers of layers and lineages count within one transfer only.
#pragma once

#include "storage/block_layers.hpp"
#include "storage/extents.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace amity::storage {

class Database;

struct MovedContent {
  std::int64_t block = 0;
  std::string digest;
  std::string bytes;
};

struct MovedLayer {
  std::int64_t number = 0;
  std::int64_t lineage = 0;
  BlockPlace place;                      // the lineage's
  std::optional<std::int64_t> parent{};  // comes before its children
  Extents data{};
  Extents holes{};
  std::vector<MovedContent> contents{};
};

// A snapshot, or what is written to: a volume, or a snapshot that is not completed.
struct MovedMap {
  std::string region;
  std::string id;
  std::int64_t layer = 0;
  bool is_snapshot = false;
  // Of snapshots, which come in order of age.
  bool made_layer = false;
  bool archived = false;
  std::optional<std::int64_t> copied_lineage{};  // of its source, when it is a copy that later ones may build upon
  std::optional<std::int64_t> copied_layer{};
  // Of the others: see Blocks::change.
  std::int64_t next = 0;
};

struct MovedBlocks {
  std::vector<MovedLayer> layers;
  std::vector<MovedMap> maps;
};

// Everything, of all accounts and regions.
MovedBlocks take_block_maps(Database& database);
// Adds them to what is there; maps of the same ids must be gone. Every number must be known.
void put_block_maps(Database& database, const MovedBlocks& moved);

}  // namespace amity::storage
