#include "handlers/meter_readings.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace amity::handlers {
namespace {

using storage::MeterReading;

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHourSeconds = 3600;
constexpr std::int64_t kBlocksPerGiB = 2048;

bool hibernates(const ec2::Instance& instance, std::string_view state) {
  return state == ec2::InstanceStateName::stopping && instance.state_reason &&
         instance.state_reason->code == "Client.UserInitiatedHibernate";
}

// "BoxUsage:t3.micro". The first type of all, m1.small, has no name there.
std::string instance_usage_type(const ec2::Instance& instance) {
  std::string usage = "BoxUsage";
  if (instance.placement && instance.placement->tenancy == ec2::Tenancy::dedicated) usage = "DedicatedUsage";
  if (instance.instance_lifecycle == ec2::InstanceLifecycleType::spot) usage = "SpotUsage";
  const std::string type = instance.instance_type.value_or("m1.small");
  return type == "m1.small" ? usage : usage + ":" + type;
}

struct VolumeNames {
  std::string_view type;
  std::string_view usage;  // behind "EBS:VolumeUsage" and "EBS:VolumeP-IOPS"
  std::string_view operation;
};
constexpr VolumeNames kVolumeNames[] = {
    {ec2::VolumeType::gp3, ".gp3", "CreateVolume-Gp3"},      {ec2::VolumeType::gp2, ".gp2", "CreateVolume-Gp2"},
    {ec2::VolumeType::io1, ".piops", "CreateVolume-P-IOPS"}, {ec2::VolumeType::io2, ".io2", "CreateVolume-Io2"},
    {ec2::VolumeType::st1, ".st1", "CreateVolume-St1"},      {ec2::VolumeType::sc1, ".sc1", "CreateVolume-Sc1"},
    {ec2::VolumeType::standard, "", "CreateVolume"},
};

const VolumeNames& names_of(std::string_view type) {
  const auto found = std::ranges::find(kVolumeNames, type, &VolumeNames::type);
  return found == std::end(kVolumeNames) ? kVolumeNames[1] : *found;
}

// IOPS that cost: gp3's beyond its first 3,000, all of io1's, and io2's by tiers.
struct IopsTier {
  std::string_view type;
  std::string_view suffix;
  std::int64_t above;
  std::int64_t up_to;
};
constexpr IopsTier kIopsTiers[] = {
    {ec2::VolumeType::gp3, "", 3'000, INT64_MAX},
    {ec2::VolumeType::io1, "", 0, INT64_MAX},
    {ec2::VolumeType::io2, "", 0, 32'000},
    {ec2::VolumeType::io2, ".tier2", 32'000, 64'000},
    {ec2::VolumeType::io2, ".tier3", 64'000, INT64_MAX},
};
constexpr std::int64_t kGp3Throughput = 125;  // MiB/s that are free

}  // namespace

MeterReadings readings_of(const state::Instance& row) {
  const ec2::Instance& instance = row.instance;
  const std::string state = instance.state ? instance.state->name.value_or("") : "";
  if (state != ec2::InstanceStateName::running && !hibernates(instance, state)) return {};
  // A Dedicated Host is billed, not what runs on it.
  if (instance.placement && instance.placement->tenancy == ec2::Tenancy::host) return {};
  return {{.line = {.source = "instance",
                    .usage_type = instance_usage_type(instance),
                    .operation = instance.usage_operation.value_or("RunInstances"),
                    .zone = instance.placement ? instance.placement->availability_zone.value_or("") : "",
                    .minimum_seconds = kMinute},
           .quantity = 1}};
}

MeterReadings readings_of(const state::Volume& row) {
  const ec2::Volume& volume = row.volume;
  if (volume.state == ec2::VolumeState::error) return {};
  const std::string type = volume.volume_type.value_or(ec2::VolumeType::gp2);
  const VolumeNames& names = names_of(type);
  MeterReadings readings;
  const auto add = [&](std::string usage_type, std::int64_t quantity) {
    if (quantity > 0)
      readings.push_back({.line = {.source = "volume",
                                   .usage_type = std::move(usage_type),
                                   .operation = std::string(names.operation),
                                   .zone = volume.availability_zone.value_or(""),
                                   .minimum_seconds = kMinute},
                          .quantity = quantity});
  };
  add("EBS:VolumeUsage" + std::string(names.usage), kBlocksPerGiB * volume.size.value_or(0));
  const std::int64_t iops = volume.iops.value_or(0);
  for (const IopsTier& tier : kIopsTiers)
    if (tier.type == type)
      add("EBS:VolumeP-IOPS" + std::string(names.usage) + std::string(tier.suffix),
          std::min(iops, tier.up_to) - tier.above);
  if (type == ec2::VolumeType::gp3)
    add("EBS:VolumeP-Throughput.gp3", volume.throughput.value_or(kGp3Throughput) - kGp3Throughput);
  return readings;
}

MeterReadings readings_of(const state::NetworkInterface& row) {
  const ec2::NetworkInterface& interface = row.network_interface;
  const auto has_public_address = [](const auto& holder) {
    return holder.association && holder.association->public_ip;
  };
  const std::int64_t secondary = std::ranges::count_if(
      interface.private_ip_addresses, [&](const auto& address) { return has_public_address(address); });
  const std::int64_t count = std::max<std::int64_t>(secondary, has_public_address(interface) ? 1 : 0);
  if (count == 0) return {};
  const bool elastic = interface.association && interface.association->allocation_id;
  return {{.line = {.source = "network_interface",
                    .usage_type = "PublicIPv4:InUseAddress",
                    .operation = elastic ? "AssociateAddressVPC" : "RunInstances",
                    .zone = interface.availability_zone.value_or("")},
           .quantity = count}};
}

MeterReadings readings_of(const state::Address& row) {
  if (row.address.association_id) return {};  // its interface says so
  return {{.line = {.source = "address", .usage_type = "PublicIPv4:IdleAddress", .operation = "AllocateAddressVPC"},
           .quantity = 1}};
}

MeterReadings readings_of(const state::FastSnapshotRestore& row) {
  using State = ec2::FastSnapshotRestoreStateCode;
  const ec2::DescribeFastSnapshotRestoreSuccessItem& restore = row.fast_snapshot_restore;
  if (restore.state == State::disabling || restore.state == State::disabled) return {};
  return {{.line = {.source = "fast_snapshot_restore",
                    .usage_type = "EBS:FastSnapshotRestore",
                    .operation = "EnableFastSnapshotRestores",
                    .zone = restore.availability_zone.value_or(""),
                    .minimum_seconds = kHourSeconds},
           .quantity = 1}};
}

// Nothing for one that is being made, and nothing for one that failed.
MeterReadings readings_of(const state::Snapshot& row, const SnapshotSize& size) {
  const ec2::Snapshot& snapshot = row.snapshot;
  const std::string state = snapshot.state.value_or(ec2::SnapshotState::completed);
  // One on its way out of the Recycle Bin was there all the time.
  if (state != ec2::SnapshotState::completed && state != ec2::SnapshotState::recovering) return {};
  MeterReadings readings;
  const auto add = [&](std::string_view usage_type, std::int64_t bytes) {
    if (bytes > 0)
      readings.push_back(
          {.line = {.source = "snapshot", .usage_type = std::string(usage_type), .operation = "CreateSnapshot"},
           .quantity = blocks_of(bytes)});
  };
  add("EBS:SnapshotUsage", size.stored_bytes);
  // One that is restored for a time stays in the archive, too.
  if (snapshot.storage_tier == ec2::StorageTier::archive || snapshot.restore_expiry_time)
    add("EBS:SnapshotArchiveStorage", size.full_bytes);
  return readings;
}

}  // namespace amity::handlers
