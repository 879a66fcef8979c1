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

// How a volume hangs on an instance.
struct NewAttachment {
  std::string instance_id{};
  std::string device{};
  const char* state = ec2::VolumeAttachmentState::attaching;
  bool delete_on_termination = false;
  std::optional<std::int32_t> ebs_card_index{};
};

// What CreateVolume, or a block device mapping at launch, asks for.
struct NewVolume {
  std::string availability_zone{};
  std::optional<std::string> snapshot_id{};
  std::optional<std::int32_t> size_gib{};
  std::optional<std::string> volume_type{};  // absent: gp2
  std::optional<std::int32_t> iops{};
  std::optional<std::int32_t> throughput_mibps{};
  std::optional<std::int32_t> initialization_rate_mibps{};
  EncryptionWish encryption{};
  bool multi_attach = false;
  std::vector<ec2::Tag> tags{};
  // At launch: "in-use" at once, which saves rewriting the row.
  std::optional<NewAttachment> attachment{};
};

// Checks size, type, IOPS, throughput and Multi-Attach against the limits of the type, as both CreateVolume and block
// device mappings do; `snapshot_gib` is the size when none is asked for. Throws MissingParameter (no size, no
// snapshot), InvalidParameterValue, InvalidParameterCombination.
void check_volume_limits(const NewVolume& wanted, std::optional<std::int32_t> snapshot_gib = {});

// What a volume of that type and size performs, as EC2 shows it: asked for, or the type's own.
struct VolumePerformance {
  std::optional<std::int32_t> iops{};
  std::optional<std::int32_t> throughput_mibps{};
};
VolumePerformance performance_of(const NewVolume& wanted, std::int32_t gib);

// Whether EC2 takes it as the name of an EBS device of a hardware virtual machine: "/dev/sdf", "/dev/sda1", "xvdf" …
bool is_device_name(std::string_view name);

// Inserts the volume as "creating", with its tags; the agenda makes it "available", or lets it vanish when its key
// cannot be used. One that is attached at launch is "in-use" at once, whatever its key. The snapshot must be completed,
// and one that the caller may use, or that a launch permission lets it use: `through_image`. Throws what
// find_usable_snapshot, check_completed, check_volume_limits and decide_encryption throw, InvalidBlockDeviceMapping for
// a size below the snapshot's, InvalidZone.NotFound.
state::Volume create_volume_row(Call& call, const NewVolume& wanted, bool through_image = false);

// Whether the volume's key, and that of another account's snapshot that it is made of, can be used.
bool has_usable_keys(Call& call, const state::Volume& volume);

// Deletes the caller's volume, with its tags and what was going to happen to it. Asks no questions. What a retention
// rule keeps goes to the Recycle Bin.
void delete_volume_row(Call& call, std::string_view volume_id);

// Attaches the volume, which is then "in-use", and updates its row; the caller updates the instance's
// BlockDeviceMappings with what is given back. Asks no questions.
ec2::InstanceBlockDeviceMapping attach(Call& call, state::Volume& volume, const NewAttachment& wanted);
// What the instance shows of a volume.
ec2::InstanceBlockDeviceMapping as_instance_shows(const ec2::VolumeAttachment& attachment);

// Changes what happens to the volume on termination (ModifyInstanceAttribute); the caller updates the instance's
// BlockDeviceMappings.
void set_delete_on_termination(Call& call, std::string_view volume_id, std::string_view instance_id, bool value);

// On termination: volumes with DeleteOnTermination vanish, others become "available". The caller clears the instance's
// BlockDeviceMappings.
void release_volumes_of(Call& call, const state::Instance& instance);

// Every volume attached to the instance, root first, then by device name.
std::vector<state::Volume> volumes_attached_to(Call& call, std::string_view instance_id);

// The volume's attachment to the instance, nullptr when there is none.
ec2::VolumeAttachment* attachment_to(state::Volume& volume, std::string_view instance_id);
// Takes it away; the volume is "available" after its last.
void detach(state::Volume& volume, std::string_view instance_id);

}  // namespace amity::handlers
