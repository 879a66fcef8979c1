#include "handlers/volumes.hpp"

#include "handlers/block_maps.hpp"
#include "handlers/fast_snapshot_restores.hpp"
#include "handlers/recycle_bin.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "handlers/volume_errors.hpp"
#include "handlers/zones.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// An id that is empty means none.
std::optional<state::Snapshot> source_of(Call& call, const NewVolume& wanted, bool through_image) {
  if (!wanted.snapshot_id || wanted.snapshot_id->empty()) return std::nullopt;
  const std::string& id = *wanted.snapshot_id;
  check_id(kSnapshot, id);
  auto snapshot = through_image ? any_snapshot(call, id) : usable_snapshot(call, id);
  if (!snapshot) throw not_found(kSnapshot, id);
  check_completed(*snapshot);
  return snapshot;
}

void hang(const Call& call, ec2::Volume& volume, const NewAttachment& wanted) {
  volume.state = ec2::VolumeState::in_use;
  volume.attachments.push_back({.delete_on_termination = wanted.delete_on_termination,
                                .ebs_card_index = wanted.ebs_card_index,
                                .volume_id = volume.volume_id,
                                .instance_id = wanted.instance_id,
                                .device = wanted.device,
                                .state = wanted.state,
                                .attach_time = std::chrono::floor<std::chrono::seconds>(call.now())});
}

}  // namespace

bool is_device_name(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  if (name.starts_with("/dev/")) name.remove_prefix(5);
  if (name == "sda1") return true;
  if (name.starts_with("sd")) return name.size() == 3 && is_letter(name[2]);
  if (!name.starts_with("xvd")) return false;
  if (name.size() == 4) return is_letter(name[3]);
  return name.size() == 5 && name[3] >= 'b' && name[3] <= 'd' && is_letter(name[4]);
}

state::Volume create_volume_row(Call& call, const NewVolume& wanted, bool through_image) {
  const auto source = source_of(call, wanted, through_image);
  const auto snapshot_gib = source ? source->snapshot.volume_size : std::nullopt;
  check_volume_limits(wanted, snapshot_gib);
  const std::int32_t gib = wanted.size_gib ? *wanted.size_gib : *snapshot_gib;
  if (snapshot_gib && gib < *snapshot_gib)
    throw errors::smaller_than_snapshot(gib, *source->snapshot.snapshot_id, *snapshot_gib);
  const ec2::AvailabilityZone* zone = zone_named(call, wanted.availability_zone);
  if (!zone) throw errors::unknown_zone(wanted.availability_zone);
  const Encryption encryption =
      decide_encryption(call, wanted.encryption, source ? encryption_of(source->snapshot) : Encryption());
  const VolumePerformance performance = performance_of(wanted, gib);

  state::Volume made;
  ec2::Volume& volume = made.volume;
  volume.volume_id = call.ids().make(kVolume.prefix);
  volume.state = ec2::VolumeState::creating;
  volume.create_time = call.now();
  volume.availability_zone = zone->zone_name;
  volume.availability_zone_id = zone->zone_id;
  volume.size = gib;
  volume.snapshot_id = source ? source->snapshot.snapshot_id.value() : "";  // EC2 shows an empty one too
  volume.volume_type = wanted.volume_type.value_or(ec2::VolumeType::gp2);
  volume.iops = performance.iops;
  volume.throughput = performance.throughput_mibps;
  volume.volume_initialization_rate = wanted.initialization_rate_mibps;
  volume.multi_attach_enabled = wanted.multi_attach;
  volume.encrypted = encryption.encrypted;
  volume.kms_key_id = encryption.kms_key_id;
  made.data_encryption_key_id = encryption.data_encryption_key_id;
  volume.operator_value = ec2::OperatorResponse{.managed = false};
  if (source) {
    made.product_codes = source->product_codes;
    made.source_kms_key_id = foreign_key_of(call, source->snapshot);
    if (!wanted.initialization_rate_mibps && restores_fast(call, *volume.snapshot_id, *volume.availability_zone))
      volume.fast_restored = true;
  }

  if (wanted.attachment) hang(call, volume, *wanted.attachment);

  call.volumes().insert(made);
  open_blocks(call, volume, source ? &source->snapshot : nullptr);
  set_tags(call, *volume.volume_id, kVolume.type, wanted.tags);
  if (!wanted.attachment) call.schedule(*volume.volume_id, "volume.available", call.profile().volume_create);
  return made;
}

bool has_usable_keys(Call& call, const state::Volume& volume) {
  return (!volume.volume.kms_key_id || can_use_key(call, *volume.volume.kms_key_id)) &&
         (!volume.source_kms_key_id || can_decrypt_with(call, *volume.source_kms_key_id));
}

void delete_volume_row(Call& call, std::string_view volume_id) {
  if (const auto row = call.volumes().find(volume_id); row && recycle(call, *row)) return;
  drop_blocks(call, volume_id);
  call.volumes().remove(volume_id);
  call.tags().remove_all(volume_id);
  call.unschedule(volume_id);
}

ec2::InstanceBlockDeviceMapping attach(Call& call, state::Volume& volume, const NewAttachment& wanted) {
  hang(call, volume.volume, wanted);
  call.unschedule(*volume.volume.volume_id, "volume.available");
  call.volumes().update(volume);
  return as_instance_shows(volume.volume.attachments.back());
}

ec2::InstanceBlockDeviceMapping as_instance_shows(const ec2::VolumeAttachment& attachment) {
  return {.device_name = attachment.device,
          .ebs = ec2::EbsInstanceBlockDevice{.attach_time = attachment.attach_time,
                                             .delete_on_termination = attachment.delete_on_termination,
                                             .status = attachment.state,
                                             .volume_id = attachment.volume_id,
                                             .ebs_card_index = attachment.ebs_card_index}};
}

void set_delete_on_termination(Call& call, std::string_view volume_id, std::string_view instance_id, bool value) {
  auto volume = call.volumes().find(volume_id);
  ec2::VolumeAttachment* attachment = volume ? attachment_to(*volume, instance_id) : nullptr;
  if (!attachment) return;
  attachment->delete_on_termination = value;
  call.volumes().update(*volume);
}

void release_volumes_of(Call& call, const state::Instance& instance) {
  const std::string& instance_id = *instance.instance.instance_id;
  for (state::Volume& volume : volumes_attached_to(call, instance_id)) {
    const ec2::VolumeAttachment* attachment = attachment_to(volume, instance_id);
    if (attachment->delete_on_termination.value_or(false)) {
      delete_volume_row(call, *volume.volume.volume_id);
    } else {
      detach(volume, instance_id);
      call.volumes().update(volume);
    }
  }
}

std::vector<state::Volume> volumes_attached_to(Call& call, std::string_view instance_id) {
  auto volumes = call.volumes().all(storage::Query().linked(storage::kVolumeAttachment, instance_id));
  const auto instance = call.instances().find(instance_id);
  const auto root = instance ? instance->instance.root_device_name : std::nullopt;
  std::ranges::sort(volumes, {}, [&](state::Volume& volume) {
    const auto& device = attachment_to(volume, instance_id)->device;
    return std::pair(device != root, device);
  });
  return volumes;
}

ec2::VolumeAttachment* attachment_to(state::Volume& volume, std::string_view instance_id) {
  auto& attachments = volume.volume.attachments;
  const auto found = std::ranges::find_if(
      attachments, [&](const ec2::VolumeAttachment& attachment) { return attachment.instance_id == instance_id; });
  return found == attachments.end() ? nullptr : &*found;
}

void detach(state::Volume& volume, std::string_view instance_id) {
  auto& attachments = volume.volume.attachments;
  std::erase_if(attachments,
                [&](const ec2::VolumeAttachment& attachment) { return attachment.instance_id == instance_id; });
  if (attachments.empty()) volume.volume.state = ec2::VolumeState::available;
}

}  // namespace amity::handlers
