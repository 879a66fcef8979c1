// Snapshots as other resources use them: finding one that the caller may use, starting one of a volume, copying,
// deleting.
#pragma once

#include "handlers/call.hpp"
#include "handlers/encryption.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// What EC2 shows as the volume of a copied snapshot.
inline constexpr std::string_view kNoVolume = "vol-ffffffff";

// The snapshot whoever owns it, in the call's region; the catalogue's included.
std::optional<state::Snapshot> any_snapshot(Call& call, std::string_view snapshot_id);
// The snapshot if it is the caller's, shared with the caller, public, or in the catalogue; in the call's region.
std::optional<state::Snapshot> usable_snapshot(Call& call, std::string_view snapshot_id);
// The same, or throws InvalidSnapshotID.Malformed, InvalidSnapshot.NotFound.
state::Snapshot find_usable_snapshot(Call& call, std::string_view snapshot_id);
// The caller's own snapshot, to be changed. Throws InvalidSnapshotID.Malformed, InvalidSnapshot.NotFound, AuthFailure
// (another's that the caller may use).
state::Snapshot find_own_snapshot(Call& call, std::string_view snapshot_id);
// Whether it is the caller's, or its create volume permissions (or being public) let the caller use it.
bool may_use(Call& call, const state::Snapshot& snapshot);
// Throws IncorrectState unless the snapshot is completed, and not archived: no other can be copied, registered or made
// into a volume.
void check_completed(const state::Snapshot& snapshot);

// What every new snapshot of the caller has, however it is made. Not a row yet.
ec2::Snapshot pending_snapshot(Call& call, std::string description);

// Starts a snapshot of a volume of the caller (CreateSnapshot, and CreateImage for each volume): inserted as "pending",
// completed by the agenda after profile().snapshot. Throws IncorrectState, ConcurrentSnapshotLimitExceeded.
struct NewSnapshot {
  std::string description{};
  std::vector<ec2::Tag> tags{};
  std::string created_for_image_id{};              // empty unless CreateImage makes it
  std::optional<std::string> availability_zone{};  // the Local Zone that is to hold it
};
state::Snapshot start_snapshot(Call& call, const state::Volume& volume, const NewSnapshot& wanted);

// Copies a completed snapshot that the caller may use into the call's region as the caller's own: VolumeId
// "vol-ffffffff", "pending", completed (or put in error, when the key cannot be used) by the agenda after `delay`.
struct SnapshotCopy {
  std::string source_region{};
  std::string description{};
  std::vector<ec2::Tag> tags{};
  EncryptionWish encryption{};
  std::string created_for_image_id{};  // empty unless CopyImage makes it
  std::optional<std::int32_t> completion_duration_minutes{};
  std::optional<std::string> availability_zone{};  // the Local Zone that is to hold it
  Duration delay{};
};
state::Snapshot copy_snapshot_of(Call& call, const state::Snapshot& source, const SnapshotCopy& wanted);

// A registered image, of whatever account, that needs the snapshot; not counting `except`.
std::optional<std::string> image_using(Call& call, const state::Snapshot& snapshot, std::string_view except = {});
// Throws InvalidSnapshot.InUse for a snapshot that an image needs, OperationNotPermitted for a locked one.
void check_deletable(Call& call, const state::Snapshot& snapshot);
// Deletes the caller's snapshot, with its tags; a pending one as soon as it is completed, unless it is still being
// written to (PutSnapshotBlock). Asks no questions. What a retention rule keeps goes to the Recycle Bin.
void delete_snapshot_row(Call& call, state::Snapshot snapshot);

Encryption encryption_of(const ec2::Snapshot& snapshot);
// The key that the caller must be able to decrypt with to use another account's snapshot.
std::optional<std::string> foreign_key_of(const Call& call, const ec2::Snapshot& snapshot);

}  // namespace amity::handlers
