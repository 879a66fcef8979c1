// The block maps of volumes and snapshots (storage/blocks.hpp), made and changed together with their rows. What comes
// without a map, the catalogue's snapshots and what fixtures tell, gets one here when it is first needed.
//
// Whenever what a snapshot stores changes, its own map's or that of another whose blocks it takes over, so does its row
// of the table block_snapshot: meters follow that.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"
#include "storage/blocks.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace amity::handlers {

inline constexpr std::int64_t kGibBytes = std::int64_t{1} << 30;

// How many bytes of a snapshot are written blocks, whether or not it has a map: of one that came without its size, all.
std::int64_t full_size_in_bytes(const ec2::Snapshot& snapshot);

// What a snapshot takes at this moment. Only a completed one is billed.
struct SnapshotSize {
  std::int64_t stored_bytes = 0;  // in the standard tier: the blocks of which it is the oldest holder
  std::int64_t full_bytes = 0;    // everything that it holds, which is what it takes in the archive tier
};
SnapshotSize snapshot_size(Call& call, const ec2::Snapshot& snapshot);

// Of a new volume, or of a snapshot that is to be written directly: empty, or what `source` holds that it is made from.
void open_blocks(Call& call, const ec2::Volume& volume, const ec2::Snapshot* source);
void open_blocks(Call& call, const ec2::Snapshot& snapshot, const ec2::Snapshot* source);
// A new volume shall hold what `source` holds now, in place of what it was opened with (CopyVolumes).
void copy_blocks(Call& call, const state::Volume& source, const ec2::Volume& copy);
// Finishes what was opened for a snapshot.
void seal_blocks(Call& call, const ec2::Snapshot& snapshot);
// Freezes the volume's blocks into the new snapshot.
void take_blocks(Call& call, const state::Volume& volume, const ec2::Snapshot& snapshot);
// Makes the new snapshot a copy of one in the source region, whoever owns that.
void copy_blocks(Call& call, std::string_view source_region, const ec2::Snapshot& source, const ec2::Snapshot& copy);
// A snapshot of the caller's arrives in the archive tier, where it shares nothing; what others need of it stays in the
// standard tier with the next oldest of them. Also when the time of a temporary restore is over. Nothing happens to one
// that is there already.
void archive_blocks(Call& call, const ec2::Snapshot& snapshot);
// It comes back to the standard tier, for a time or for good, in full: it does not share its blocks again. Nothing
// happens to one that is not archived.
void restore_blocks(Call& call, const ec2::Snapshot& snapshot);
// Lets go of the blocks of a volume or a snapshot of the call's account.
void drop_blocks(Call& call, std::string_view id);

// Makes sure that the map is there: for whoever reads it, in the call's region whoever owns it.
void ensure_blocks(Call& call, const ec2::Snapshot& snapshot);
void ensure_blocks(Call& call, const state::Volume& volume);

}  // namespace amity::handlers
