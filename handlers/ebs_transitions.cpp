#include "handlers/block_maps.hpp"
#include "handlers/encryption.hpp"
#include "handlers/snapshot_locks.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/transitions.hpp"
#include "handlers/volumes.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// EC2 looks at the keys of new volumes and copies only now.
bool has_usable_keys(Call& call, const state::Snapshot& copy) {
  return (!copy.snapshot.kms_key_id || can_use_key(call, *copy.snapshot.kms_key_id)) &&
         (!copy.source_kms_key_id || can_decrypt_with(call, *copy.source_kms_key_id));
}

void complete_snapshot(Call& call, std::string_view id) {
  auto found = call.snapshots().find(id);
  if (!found || found->snapshot.state != ec2::SnapshotState::pending) return;
  ec2::Snapshot& snapshot = found->snapshot;
  found->completes_at.reset();
  if (found->source_snapshot_id && !has_usable_keys(call, *found)) {
    snapshot.state = ec2::SnapshotState::error;
    snapshot.state_message = "Given key ID is not accessible";
    drop_blocks(call, id);
  } else {
    snapshot.state = ec2::SnapshotState::completed;
    snapshot.progress = "100%";
    snapshot.completion_time = call.now();
    ensure_blocks(call, snapshot);
    snapshot.full_snapshot_size_in_bytes = call.blocks().full_bytes(id);
    begin_lock_duration(*found, call.now());
  }
  if (found->delete_when_completed.value_or(false))
    delete_snapshot_row(call, *found);
  else
    call.snapshots().update(*found);
}

void finish_volume(Call& call, std::string_view id) {
  auto volume = call.volumes().find(id);
  if (!volume || volume->volume.state != ec2::VolumeState::creating) return;
  if (!has_usable_keys(call, *volume)) {
    delete_volume_row(call, id);
    return;
  }
  volume->volume.state = ec2::VolumeState::available;
  call.volumes().update(*volume);
}

void delete_volume(Call& call, std::string_view id) { delete_volume_row(call, id); }

// What the instance shows of the volume.
ec2::InstanceBlockDeviceMapping* mapping_of(ec2::Instance& instance, std::string_view volume_id) {
  auto& mappings = instance.block_device_mappings;
  const auto found = std::ranges::find_if(mappings, [&](const ec2::InstanceBlockDeviceMapping& mapping) {
    return mapping.ebs && mapping.ebs->volume_id == volume_id;
  });
  return found == mappings.end() ? nullptr : &*found;
}

void show_attached(Call& call, std::string_view instance_id, std::string_view volume_id) {
  auto instance = call.instances().find(instance_id);
  ec2::InstanceBlockDeviceMapping* mapping = instance ? mapping_of(instance->instance, volume_id) : nullptr;
  if (!mapping) return;
  mapping->ebs->status = ec2::AttachmentStatus::attached;
  call.instances().update(*instance);
}

// The product codes of a volume go with it.
void show_detached(Call& call, std::string_view instance_id, const state::Volume& volume) {
  auto instance = call.instances().find(instance_id);
  ec2::InstanceBlockDeviceMapping* mapping =
      instance ? mapping_of(instance->instance, *volume.volume.volume_id) : nullptr;
  if (!mapping) return;
  auto& mappings = instance->instance.block_device_mappings;
  mappings.erase(mappings.begin() + (mapping - mappings.data()));
  for (const ec2::ProductCode& code : volume.product_codes)
    std::erase_if(instance->instance.product_codes,
                  [&](const ec2::ProductCode& shown) { return shown.product_code_id == code.product_code_id; });
  call.instances().update(*instance);
}

void finish_attaching(Call& call, std::string_view id) {
  auto volume = call.volumes().find(id);
  if (!volume) return;
  for (ec2::VolumeAttachment& attachment : volume->volume.attachments) {
    if (attachment.state != ec2::VolumeAttachmentState::attaching) continue;
    attachment.state = ec2::VolumeAttachmentState::attached;
    show_attached(call, *attachment.instance_id, id);
  }
  call.volumes().update(*volume);
}

void finish_detaching(Call& call, std::string_view id) {
  auto volume = call.volumes().find(id);
  if (!volume) return;
  for (const ec2::VolumeAttachment& attachment : std::vector(volume->volume.attachments)) {
    if (attachment.state != ec2::VolumeAttachmentState::detaching) continue;
    detach(*volume, *attachment.instance_id);
    show_detached(call, *attachment.instance_id, *volume);
  }
  call.volumes().update(*volume);
}

constexpr Transition kEbsTransitions[] = {
    {"snapshot.completed", complete_snapshot}, {"volume.available", finish_volume},
    {"volume.attached", finish_attaching},     {"volume.detached", finish_detaching},
    {"volume.deleted", delete_volume},
};

}  // namespace

std::span<const Transition> ebs_transitions() { return kEbsTransitions; }

}  // namespace amity::handlers
