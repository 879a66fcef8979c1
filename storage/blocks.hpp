// What is written on volumes and kept in snapshots, block by block, as EBS bills it: a snapshot stores what has changed
// since the one before ("How Amazon EBS snapshots work"), and blocks that a deleted or archived snapshot shared move to
// the next oldest that has them. Ids are those of volumes and snapshots; the rows that describe these are elsewhere.
//
// Everything happens in the running transaction. An id that is not known is an Error: whoever calls has looked first.
#pragma once

#include "storage/block_holders.hpp"
#include "storage/block_layers.hpp"
#include "storage/extents.hpp"
#include "storage/table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::storage {

class Database;

// Blocks in which two snapshots differ, and which of the two have them.
struct ChangedBlocks {
  Extent run;
  bool in_first = false;
  bool in_second = false;
};

struct CopiedBlocks {
  StoredChanges changes;
  std::int64_t bytes = 0;  // that had to be moved
};

// Of one account in one region. KMS keys are ARNs, empty for what is not encrypted.
class Blocks {
 public:
  Blocks(Database& database, const Scope& scope) : database_(database), scope_(scope), layers_(database) {}

  // Maps that are written to: those of volumes, and of snapshots from StartSnapshot on. An empty one, or one that
  // begins with what a snapshot of this region holds, whoever owns that. It stays in the snapshot's lineage when owner
  // and key are the same; otherwise its first snapshot will be full.
  void open(std::string_view id, std::string_view kms_key);
  void open_from(std::string_view id, std::string_view kms_key, std::string_view snapshot_id);
  void write(std::string_view id, Extent run);
  // One block whose bytes are known; `digest` is their SHA-256.
  void write(std::string_view id, std::int64_t block, std::string_view digest, std::string_view bytes);
  // Changes so many blocks of a volume of `size` blocks: such as are written already, each time those behind the last,
  // and when these do not suffice, the first that are not.
  void change(std::string_view id, std::int64_t blocks, std::int64_t size);
  void close(std::string_view id);

  // Freezes a volume's map into a new snapshot; the volume goes on.
  StoredChanges take(std::string_view volume_id, std::string_view snapshot_id);
  // Freezes what was opened under the snapshot's own id.
  StoredChanges seal(std::string_view snapshot_id);
  // A snapshot that comes from outside: of a fixture, or of the catalogue.
  StoredChanges add(std::string_view snapshot_id, std::string_view kms_key, const Extents& written);
  // Copies another snapshot, of whatever account and region, to a new one. It shares the blocks of a source of the same
  // account, region and key. Elsewhere it is full, or incremental while the latest copy of the same lineage in this
  // account and region is there in the standard tier and all its copies there have this one key ("Copy an Amazon EBS
  // snapshot").
  CopiedBlocks copy(std::string_view source_region, std::string_view source_id, std::string_view snapshot_id,
                    std::string_view kms_key);
  StoredChanges remove(std::string_view snapshot_id);
  // To the archive tier, which keeps the snapshot in full and apart from all others; it stays so when it comes back.
  StoredChanges archive(std::string_view snapshot_id);
  StoredChanges restore(std::string_view snapshot_id);

  bool has_snapshot(std::string_view snapshot_id) const;
  bool is_open(std::string_view id) const;
  // FullSnapshotSizeInBytes: everything that is written.
  std::int64_t full_bytes(std::string_view snapshot_id) const;
  // What it takes in the standard tier.
  std::int64_t stored_bytes(std::string_view snapshot_id) const;
  // What is written on an open map; how many blocks since it was opened or last taken; and the digests of those whose
  // bytes are known, in their order.
  std::int64_t written_bytes(std::string_view id) const;
  std::int64_t changed_blocks(std::string_view id) const;
  std::vector<std::string> digests(std::string_view id) const;

  // The written blocks of a snapshot from `from` on, at most `count`.
  Extents written(std::string_view snapshot_id, std::int64_t from, std::int64_t count) const;
  // Where the second differs from the first within `where`; nullopt when they share no lineage.
  std::optional<std::vector<ChangedBlocks>> changed(std::string_view first_id, std::string_view second_id,
                                                    Extent where) const;
  // The bytes of a block, empty when they are zeros; nullopt when it is not written.
  std::optional<std::string> read(std::string_view snapshot_id, std::int64_t block) const;

 private:
  struct Open {
    std::int64_t layer = 0;
    std::int64_t next = 0;  // block behind the last that change() has changed
  };
  struct Snapshot {
    std::int64_t number = 0;
    std::int64_t layer = 0;
    bool archived = false;
    std::int64_t stored = 0;
  };

  Open opened(std::string_view id) const;
  void insert_open(std::string_view id, std::int64_t layer);
  std::optional<Snapshot> find(std::string_view region, std::string_view snapshot_id) const;
  Snapshot get(std::string_view snapshot_id) const;
  std::int64_t insert_snapshot(std::string_view id, std::int64_t layer, bool made_layer);
  BlockPlace place(std::string_view kms_key) const;

  StoredChanges freeze(std::string_view id, std::string_view snapshot_id, bool goes_on);
  // The layer is finished: nobody writes to it any more.
  void close_layer(std::int64_t layer);
  void leave_standard_tier(std::int64_t snapshot);
  bool stands_alone(const Snapshot& snapshot) const;
  std::int64_t add_full_copy(const LayerPath& source, std::string_view kms_key);

  // The latest copy of a lineage in this account and region, if a new one may build on it.
  struct LatestCopy {
    std::int64_t layer = 0;
    std::int64_t source = 0;  // the layer that it was made of
  };
  std::optional<LatestCopy> latest_copy(std::int64_t lineage, std::string_view kms_key) const;
  // A layer over the latest copy that makes it what `source` is.
  std::int64_t add_difference(const LatestCopy& latest, const LayerPath& source);
  void note_copy(std::int64_t snapshot, const BlockLayer& source, std::string_view kms_key, BlockHolders& holders);
  void forget_copy(std::int64_t snapshot, BlockHolders& holders);

  // Takes away layers that nobody needs, from one on downwards.
  void prune(std::int64_t layer, BlockHolders& holders);
  bool is_needed(std::int64_t layer) const;
  // When nothing is left to copy of a lineage, what was kept for the next copy goes.
  void retire(std::int64_t lineage, BlockHolders& holders);

  Database& database_;
  Scope scope_;
  BlockLayers layers_;
};

}  // namespace amity::storage
