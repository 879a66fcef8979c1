// Snapshots as other resources use them: finding one that the caller may use, starting one of a volume, copying.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// The snapshot if it is the caller's, shared with the caller, public, or in the catalogue; in the call's region.
std::optional<state::Snapshot> usable_snapshot(Call& call, std::string_view snapshot_id);
// The same, or throws InvalidSnapshotID.Malformed, InvalidSnapshot.NotFound.
state::Snapshot find_usable_snapshot(Call& call, std::string_view snapshot_id);

// Starts a snapshot of a volume of the caller (CreateSnapshot, and CreateImage for each volume): inserted as "pending",
// completed by the agenda after profile().snapshot.
struct NewSnapshot {
  std::string description;
  std::vector<ec2::Tag> tags;
  std::string created_for_image_id;  // empty unless CreateImage or CopyImage makes it
};
state::Snapshot start_snapshot(Call& call, const state::Volume& volume, const NewSnapshot& wanted);

// Copies a snapshot that the caller may use into the call's region as the caller's own: VolumeId "vol-ffffffff",
// "pending", completed (or put in error, when the key cannot be used) by the agenda after `delay`.
struct SnapshotCopy {
  std::string source_region;
  std::string description;
  std::vector<ec2::Tag> tags;
  std::optional<bool> encrypted;          // as in the request
  std::optional<std::string> kms_key_id;  // as in the request: id, alias or ARN
  std::string created_for_image_id;
  Duration delay{};
};
state::Snapshot copy_snapshot_of(Call& call, const state::Snapshot& source, std::string_view source_owner,
                                 const SnapshotCopy& wanted);

// Whether its create volume permissions (or being public) let the caller use it.
bool is_shared_with(Call& call, const state::Snapshot& snapshot);

}  // namespace amity::handlers
