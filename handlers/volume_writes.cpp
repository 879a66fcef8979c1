#include "handlers/volume_writes.hpp"

#include "handlers/block_maps.hpp"
#include "handlers/errors.hpp"
#include "handlers/resource_kind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace amity::handlers {
namespace {

constexpr double kMostGib = 65536;  // no volume is larger
constexpr auto kChurnPeriod = std::chrono::hours{24};

constexpr std::int64_t kBlocksPerGib = kGibBytes / storage::kBlockBytes;

std::int64_t size_in_blocks(const ec2::Volume& volume) { return volume.size.value_or(0) * kBlocksPerGib; }

std::int64_t blocks_in(double gib) {
  return static_cast<std::int64_t>(std::ceil(gib * static_cast<double>(kBlocksPerGib)));
}

void check_gib(std::string_view name, double gib, double least) {
  if (!(gib >= least) || gib > kMostGib)
    throw errors::invalid_value(name, fmt::format("{}", gib), fmt::format("Expecting {} to {} GiB.", least, kMostGib));
}

// The call's like of the account that owns the resource.
template <class T>
Call owners_call(Call& call, storage::Repository<T> resources, const ResourceKind& kind, std::string_view id) {
  check_id(kind, id);
  const auto owner = resources.owner(id);
  if (!owner) throw not_found(kind, id);
  return {call.environment(), {*owner, call.region()}, {.account = *owner, .access_key_id = {}}, call.now(), {}};
}

// The volume, its owner's call, and its map up to date.
struct OwnedVolume {
  Call call;
  state::Volume volume;
};
OwnedVolume find_volume(Call& call, std::string_view id) {
  OwnedVolume found{owners_call(call, call.volumes(), kVolume, id), {}};
  found.volume = found.call.volumes().find(id).value();
  settle_churn(found.call, found.volume);
  ensure_blocks(found.call, found.volume);
  return found;
}

// Since when the instance runs. What a fixture tells of does not say.
std::optional<model::Timestamp> running_since(const state::Instance& row) {
  if (row.running_since) return row.running_since;
  const auto& state = row.instance.state;
  return state && state->name == ec2::InstanceStateName::running ? row.instance.launch_time : std::nullopt;
}

// "" when it is not known.
std::string root_volume_id(const ec2::Instance& instance) {
  for (const ec2::InstanceBlockDeviceMapping& mapping : instance.block_device_mappings)
    if (mapping.device_name == instance.root_device_name && mapping.ebs) return mapping.ebs->volume_id.value_or("");
  return {};
}

}  // namespace

void write_volume(Call& call, std::string_view volume_id, std::int64_t offset, std::int64_t length) {
  OwnedVolume found = find_volume(call, volume_id);
  const std::int64_t size = found.volume.volume.size.value_or(0) * kGibBytes;
  if (offset < 0 || length < 1 || offset >= size || length > size - offset)
    throw errors::invalid_parameter_value(
        fmt::format("{} bytes from {} on are not within the {} bytes of the volume.", length, offset, size));
  const std::int64_t first = offset / storage::kBlockBytes;
  const std::int64_t last = (offset + length - 1) / storage::kBlockBytes;
  found.call.blocks().write(volume_id, storage::Extent{first, last - first + 1});
}

void change_volume(Call& call, std::string_view volume_id, double gib) {
  check_gib("changed_gib", gib, 0);
  OwnedVolume found = find_volume(call, volume_id);
  found.call.blocks().change(volume_id, blocks_in(gib), size_in_blocks(found.volume.volume));
}

std::int64_t written_on_volume(Call& call, std::string_view volume_id) {
  OwnedVolume found = find_volume(call, volume_id);
  return found.call.blocks().written_bytes(volume_id);
}

void set_daily_churn(Call& call, std::string_view instance_id, double gib) {
  check_gib("gib_per_day", gib, 0);
  Call own = owners_call(call, call.instances(), kInstance, instance_id);
  state::Instance row = own.instances().find(instance_id).value();
  settle_churn(own, row);
  row.daily_churn_gib = gib;
  row.churned_until = call.now();
  own.instances().update(row);
}

bool settle_churn(Call& call, state::Instance& row) {
  const auto since = running_since(row);
  if (row.daily_churn_gib.value_or(0) <= 0 || !since) return false;
  const model::Timestamp from = std::max(row.churned_until.value_or(*since), *since);
  const auto days = (call.now() - from) / kChurnPeriod;
  const auto volume = call.volumes().find(root_volume_id(row.instance));
  if (days <= 0 || !volume) return false;
  ensure_blocks(call, *volume);
  const std::string& id = *volume->volume.volume_id;
  // Day by day, so that each changes what is written rather than the next what never was.
  for (auto day = days; day > 0; --day)
    call.blocks().change(id, blocks_in(*row.daily_churn_gib), size_in_blocks(volume->volume));
  row.churned_until = from + days * kChurnPeriod;
  return true;
}

void settle_churn(Call& call, const state::Volume& volume) {
  for (const ec2::VolumeAttachment& attachment : volume.volume.attachments) {
    auto row = call.instances().find(attachment.instance_id.value_or(""));
    if (row && root_volume_id(row->instance) == volume.volume.volume_id && settle_churn(call, *row))
      call.instances().update(*row);
  }
}

}  // namespace amity::handlers
