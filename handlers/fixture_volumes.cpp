#include "handlers/fixture_target.hpp"
#include "handlers/volumes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

void complete(ec2::VolumeAttachment& attachment, const ec2::Volume& volume, const std::string& path) {
  if (!attachment.instance_id) throw FieldError{path + ".InstanceId", "is missing"};
  if (!attachment.device) throw FieldError{path + ".Device", "is missing"};
  attachment.volume_id = volume.volume_id;
  set_default(attachment.state, ec2::VolumeAttachmentState::attached);
  set_default(attachment.delete_on_termination, false);
  set_default(attachment.attach_time, volume.create_time);
}

void complete_performance(ec2::Volume& volume) {
  const VolumePerformance performance = performance_of(
      {.volume_type = volume.volume_type, .iops = volume.iops, .throughput_mibps = volume.throughput}, *volume.size);
  volume.iops = performance.iops;
  volume.throughput = performance.throughput_mibps;
}

// A volume is in the account of the instance that it is attached to.
std::string owner_of(FixtureTarget& target, const ec2::Volume& volume) {
  for (const ec2::VolumeAttachment& attachment : volume.attachments)
    if (const auto owner = target.call().instances().owner(*attachment.instance_id)) return *owner;
  return target.account();
}

}  // namespace

void complete_volume(FixtureTarget& target, state::Volume& row, const std::string& path) {
  ec2::Volume& volume = row.volume;
  target.complete_zone(volume.availability_zone, volume.availability_zone_id, path + ".AvailabilityZone");
  set_default(volume.volume_type, ec2::VolumeType::gp2);
  complete_performance(volume);
  set_default(volume.create_time, target.now());
  set_default(volume.encrypted, false);
  set_default(volume.multi_attach_enabled, false);
  set_default(volume.snapshot_id, "");
  set_default(volume.operator_value, ec2::OperatorResponse{.managed = false});
  set_default(volume.state, volume.attachments.empty() ? ec2::VolumeState::available : ec2::VolumeState::in_use);
}

void load_volumes(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.volumes.size(); ++i) {
    const auto path = [i](std::string_view member) { return element_path("Volumes", i, member); };
    state::Volume row = target.fixture.volumes[i];
    ec2::Volume& volume = row.volume;
    target.check_id(kVolume, volume.volume_id, path("VolumeId"));
    if (volume.size.value_or(0) < 1) throw FieldError{path("Size"), "is missing, or less than 1 GiB"};
    target.check_value(ec2::Volume::shape, "State", volume.state, path("State"));
    target.check_value(ec2::Volume::shape, "VolumeType", volume.volume_type, path("VolumeType"));
    complete_volume(target, row, element_path("Volumes", i));
    for (std::size_t j = 0; j < volume.attachments.size(); ++j)
      complete(volume.attachments[j], volume, path(element_path("Attachments", j)));
    target.put(owner_of(target, volume), std::move(row));
  }
}

void load_key_pairs(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.key_pairs.size(); ++i) {
    const auto path = [i](std::string_view member) { return element_path("KeyPairs", i, member); };
    state::KeyPair row = target.fixture.key_pairs[i];
    ec2::KeyPairInfo& pair = row.key_pair;
    if (pair.key_name.value_or("").empty()) throw FieldError{path("KeyName"), "is missing"};
    if (!pair.key_fingerprint) throw FieldError{path("KeyFingerprint"), "is missing"};
    // Lists of older tools have no ids.
    set_default(pair.key_pair_id, stable_id(kKeyPair.prefix, target.account(), target.region(), *pair.key_name));
    target.check_id(kKeyPair, pair.key_pair_id, path("KeyPairId"));
    target.check_value(ec2::KeyPairInfo::shape, "KeyType", pair.key_type, path("KeyType"));
    set_default(pair.key_type, ec2::KeyType::rsa);
    set_default(pair.create_time, target.now());
    // A name means one pair: another one that has it is replaced.
    Call call = target.call();
    if (const auto other = call.key_pairs().find_by(storage::Query().where("name", *pair.key_name));
        other && other->key_pair.key_pair_id != pair.key_pair_id) {
      call.key_pairs().remove(*other->key_pair.key_pair_id);
      call.tags().remove_all(*other->key_pair.key_pair_id);
    }
    target.put(target.account(), std::move(row));
  }
}

}  // namespace amity::handlers
