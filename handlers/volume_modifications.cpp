#include "handlers/candidates.hpp"
#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/transitions.hpp"
#include "handlers/volume_errors.hpp"
#include "handlers/volumes.hpp"

#include <algorithm>
#include <chrono>

namespace amity::handlers {
namespace {

using Modification = ec2::VolumeModification;
using ModificationState = ec2::VolumeModificationState;

// "Modify an EBS volume": so many modifications of a volume may begin in 24 hours, one after the other. Until January
// of 2026 EC2 wanted six hours between them.
constexpr std::size_t kMaxModifications = 4;
constexpr std::chrono::hours kModificationWindow{24};
constexpr std::int32_t kDefaultIops = 3000;

constexpr std::string_view kOptimizing = "volume.optimizing";
constexpr std::string_view kModified = "volume.modified";

bool is_in_progress(const state::Volume& volume) {
  if (!volume.modification) return false;
  const auto& state = volume.modification->modification_state;
  return state == ModificationState::modifying || state == ModificationState::optimizing;
}

bool is_provisioned_iops(std::string_view type) { return type == ec2::VolumeType::io1 || type == ec2::VolumeType::io2; }

// A volume that is, or may become, the root of an instance.
bool is_root(Call& call, const ec2::Volume& volume) {
  return std::ranges::any_of(volume.attachments, [&](const ec2::VolumeAttachment& attachment) {
    const auto instance = call.instances().find(attachment.instance_id.value_or(""));
    return instance && instance->instance.root_device_name == attachment.device;
  });
}

// What the volume is to become: what the request leaves out stays, as far as it goes with the type.
NewVolume target_of(const ec2::Volume& volume, const ec2::ModifyVolumeRequest& request) {
  NewVolume target{.size_gib = request.size ? request.size : volume.size,
                   .volume_type = request.volume_type ? request.volume_type : volume.volume_type,
                   .iops = request.iops,
                   .throughput_mibps = request.throughput,
                   .multi_attach = request.multi_attach_enabled.value_or(volume.multi_attach_enabled.value_or(false))};
  const std::string& type = *target.volume_type;
  const bool keeps_type = type == volume.volume_type;
  if (!target.iops && (is_provisioned_iops(type) || type == ec2::VolumeType::gp3))
    target.iops = keeps_type ? volume.iops : kDefaultIops;
  if (!target.throughput_mibps && type == ec2::VolumeType::gp3 && keeps_type)
    target.throughput_mibps = volume.throughput;
  return target;
}

// "Requirements for EBS volume modifications" and "Multi-Attach" in the user guide.
void check_multi_attach(const ec2::Volume& volume, const NewVolume& target) {
  const bool has_it = volume.multi_attach_enabled.value_or(false);
  const bool is_io1 = volume.volume_type == ec2::VolumeType::io1;
  if (has_it && (is_io1 || target.volume_type != volume.volume_type))
    throw errors::unsupported_operation(
        "The type of a volume with Multi-Attach, and all of an io1 one, cannot be changed.");
  if (has_it == target.multi_attach) return;
  if (is_io1) throw errors::unsupported_operation("Multi-Attach of an io1 volume can be set when it is created only.");
  if (!volume.attachments.empty())
    throw errors::volume_attached_to(*volume.volume_id, volume.attachments.front().instance_id.value_or(""));
}

void check_rate(const Call& call, const state::Volume& volume) {
  const auto& times = volume.modification_times;
  const auto recent =
      std::ranges::find_if(times, [&](model::Timestamp time) { return time > call.now() - kModificationWindow; });
  if (static_cast<std::size_t>(times.end() - recent) >= kMaxModifications)
    throw errors::volume_modification_rate_exceeded(kMaxModifications, *recent + kModificationWindow);
}

void check(Call& call, const state::Volume& found, const ec2::ModifyVolumeRequest& request, const NewVolume& target) {
  const ec2::Volume& volume = found.volume;
  if (volume.state != ec2::VolumeState::available && volume.state != ec2::VolumeState::in_use)
    throw errors::volume_in_state(request.volume_id, volume.state.value_or(""));
  if (is_in_progress(found))
    throw errors::incorrect_modification_state(request.volume_id, *found.modification->modification_state);
  if (*target.size_gib < *volume.size) throw errors::volume_cannot_shrink(*target.size_gib, *volume.size);
  check_volume_limits(target);
  check_multi_attach(volume, target);
  const bool is_hdd = target.volume_type == ec2::VolumeType::st1 || target.volume_type == ec2::VolumeType::sc1;
  if (is_hdd && target.volume_type != volume.volume_type && is_root(call, volume))
    throw errors::root_volume_cannot_be(request.volume_id, *target.volume_type);
  check_rate(call, found);
}

Modification modification_of(const Call& call, const ec2::Volume& volume, const NewVolume& target) {
  const VolumePerformance performance = performance_of(target, *target.size_gib);
  return {.volume_id = volume.volume_id,
          .modification_state = ModificationState::modifying,
          .target_size = target.size_gib,
          .target_iops = performance.iops,
          .target_volume_type = target.volume_type,
          .target_throughput = performance.throughput_mibps,
          .target_multi_attach_enabled = target.multi_attach,
          .original_size = volume.size,
          .original_iops = volume.iops,
          .original_volume_type = volume.volume_type,
          .original_throughput = volume.throughput,
          .original_multi_attach_enabled = volume.multi_attach_enabled.value_or(false),
          .progress = 0,
          .start_time = call.now()};
}

ec2::ModifyVolumeResult modify_volume(Call& call, const ec2::ModifyVolumeRequest& request) {
  state::Volume volume = find_owned(call.volumes(), kVolume, request.volume_id);
  if (!request.size && !request.volume_type && !request.iops && !request.throughput && !request.multi_attach_enabled)
    throw errors::missing_parameter("Size");
  const NewVolume target = target_of(volume.volume, request);
  check(call, volume, request, target);
  volume.modification = modification_of(call, volume.volume, target);
  std::erase_if(volume.modification_times,
                [&](model::Timestamp time) { return time <= call.now() - kModificationWindow; });
  volume.modification_times.push_back(call.now());
  call.volumes().update(volume);
  call.schedule(request.volume_id, kOptimizing, call.profile().volume_modify);
  return {.volume_modification = volume.modification};
}

// How far a volume is optimized.
std::int64_t progress_of(const Call& call, const Modification& modification) {
  const Duration whole = call.profile().volume_modify + call.profile().volume_optimize;
  if (modification.modification_state != ModificationState::optimizing || whole.count() <= 0)
    return modification.progress.value_or(0);
  return std::clamp<std::int64_t>(100 * (call.now() - *modification.start_time) / whole, 0, 99);
}

constexpr FilterRule kModificationFilters[] = {
    {"modification-state", "ModificationState"},
    {"original-iops", "OriginalIops"},
    {"original-size", "OriginalSize"},
    {"original-volume-type", "OriginalVolumeType"},
    {"originalMultiAttachEnabled", "OriginalMultiAttachEnabled"},
    {"start-time", "StartTime"},
    {"target-iops", "TargetIops"},
    {"target-size", "TargetSize"},
    {"target-volume-type", "TargetVolumeType"},
    {"targetMultiAttachEnabled", "TargetMultiAttachEnabled"},
    {"volume-id", "VolumeId"},
};

// The last modification of each volume that was ever modified.
ec2::DescribeVolumesModificationsResult describe_volumes_modifications(
    Call& call, const ec2::DescribeVolumesModificationsRequest& request) {
  constexpr PageLimits kLimits{.least = 1, .most = 500};
  const Page page = page_of(request.max_results, request.next_token, "VolumeId", !request.volume_ids.empty(), kLimits);
  Listing<Modification> listing(kModificationFilters, request.filters, page);
  const bool names_them = !request.volume_ids.empty();
  visit_candidates(call.volumes(), kVolume, request.volume_ids, storage::Query().after(page.after),
                   [&](std::int64_t row, const state::Volume& volume) {
                     if (!volume.modification) {
                       if (names_them) throw errors::volume_modification_not_found(*volume.volume.volume_id);
                       return true;
                     }
                     Modification shown = *volume.modification;
                     shown.progress = progress_of(call, shown);
                     return listing.offer(row, std::move(shown));
                   });
  return {.next_token = listing.next_token(), .volumes_modifications = listing.take()};
}

// From now on the volume has its new size and performs somewhere between old and new.
void begin_optimizing(Call& call, std::string_view id) {
  auto found = call.volumes().find(id);
  if (!found || !found->modification || found->modification->modification_state != ModificationState::modifying) return;
  Modification& modification = *found->modification;
  ec2::Volume& volume = found->volume;
  volume.size = modification.target_size;
  volume.volume_type = modification.target_volume_type;
  volume.iops = modification.target_iops;
  volume.throughput = modification.target_throughput;
  volume.multi_attach_enabled = modification.target_multi_attach_enabled;
  modification.modification_state = ModificationState::optimizing;
  call.volumes().update(*found);
  call.schedule(id, kModified, call.profile().volume_optimize);
}

void complete_modification(Call& call, std::string_view id) {
  auto found = call.volumes().find(id);
  if (!found || !found->modification || found->modification->modification_state != ModificationState::optimizing)
    return;
  found->modification->modification_state = ModificationState::completed;
  found->modification->progress = 100;
  found->modification->end_time = call.now();
  call.volumes().update(*found);
}

}  // namespace

std::span<const Operation> volume_modification_operations() {
  static constexpr Operation kOperations[] = {
      bind<modify_volume>(),
      bind<describe_volumes_modifications>(),
  };
  return kOperations;
}

std::span<const Transition> volume_modification_transitions() {
  static constexpr Transition kTransitions[] = {
      {kOptimizing, begin_optimizing},
      {kModified, complete_modification},
  };
  return kTransitions;
}

}  // namespace amity::handlers
