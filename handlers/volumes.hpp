// Volumes as other resources use them: made at launch, attached, detached, deleted on termination.
#pragma once

#include "handlers/call.hpp"
#include "handlers/encryption.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// What CreateVolume, or a block device mapping at launch, asks for.
struct NewVolume {
  std::string availability_zone;
  std::optional<std::string> snapshot_id;
  std::optional<std::int32_t> size_gib;
  std::optional<std::string> volume_type;  // absent: gp2
  std::optional<std::int32_t> iops;
  std::optional<std::int32_t> throughput_mibps;
  EncryptionWish encryption;
  bool multi_attach = false;
  std::vector<ec2::Tag> tags;
};

// Checks size, type, IOPS and throughput against the limits of the type, as both CreateVolume and block device mappings
// do; `least_gib` is the snapshot's size, 0 without one. Throws InvalidParameterValue, InvalidParameterCombination,
// UnknownVolumeType …
void check_volume_limits(const NewVolume& wanted, std::int32_t least_gib);

// Inserts the volume as "creating"; the agenda makes it "available" (unless attach_at_launch took it first). The
// snapshot must be one that the caller may use (or that a launch permission lets it use: `through_image`).
state::Volume create_volume_row(Call& call, const NewVolume& wanted, bool through_image = false);

// Attaches a just made volume to an instance that is being launched: "in-use", attachment "attached" at once.
// Updates the volume's row; the caller updates the instance's BlockDeviceMappings.
ec2::InstanceBlockDeviceMapping attach_at_launch(Call& call, state::Volume& volume, std::string_view instance_id,
                                                 std::string_view device, bool delete_on_termination);

// On termination: volumes with DeleteOnTermination vanish, others become "available".
void release_volumes_of(Call& call, const state::Instance& instance);

// Every volume attached to the instance, root first, then by device name.
std::vector<state::Volume> volumes_attached_to(Call& call, std::string_view instance_id);

}  // namespace amity::handlers
