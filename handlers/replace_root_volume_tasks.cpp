#include "handlers/replace_root_volume_tasks.hpp"

#include "handlers/candidates.hpp"
#include "handlers/errors.hpp"
#include "handlers/images.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instances.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "handlers/transitions.hpp"
#include "handlers/volume_errors.hpp"
#include "handlers/volumes.hpp"
#include "handlers/windows.hpp"
#include "model/state_ebs.hpp"
#include "storage/catalogue.hpp"
#include "storage/ebs_tables.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

using RootVolumeTask = ec2::ReplaceRootVolumeTask;
using TaskState = ec2::ReplaceRootVolumeTaskState;

constexpr std::string_view kReplacing = "root_volume.replacing";
constexpr std::string_view kReplaced = "root_volume.replaced";

auto tasks(Call& call) { return call.table<state::ReplaceRootVolumeTask>(); }

bool is_running_now(const state::Instance& instance) { return state_of(instance) == ec2::InstanceStateName::running; }

// The volume under the instance's root device.
std::optional<state::Volume> root_volume_of(Call& call, const ec2::Instance& instance) {
  for (state::Volume& volume : volumes_attached_to(call, *instance.instance_id))
    if (attachment_to(volume, *instance.instance_id)->device == instance.root_device_name) return std::move(volume);
  return std::nullopt;
}

void check_no_other_task(Call& call, const std::string& instance_id) {
  tasks(call).scan(storage::Query().where("instance_id", instance_id),
                   [&](std::int64_t, const state::ReplaceRootVolumeTask& row) {
                     if (row.replace_root_volume_task.task_state == TaskState::pending ||
                         row.replace_root_volume_task.task_state == TaskState::in_progress)
                       throw errors::root_volume_is_being_replaced(instance_id);
                     return true;
                   });
}

// What changes with the image when the task is done: "New AMI ID", "Updated boot mode configuration (if changed by the
// AMI)", and the drivers that it brings.
void take_image(Call& call, ec2::Instance& instance, const ec2::Image& image) {
  instance.image_id = image.image_id;
  if (image.ena_support.value_or(false)) instance.ena_support = true;
  if (image.sriov_net_support) instance.sriov_net_support = image.sriov_net_support;
  instance.boot_mode = image.boot_mode;
  if (const auto* type = call.catalogue().instance_type(*instance.instance_type))
    instance.current_instance_boot_mode = boot_mode_on(*type, instance);
}

// "The AMI must have the same product code, billing information, architecture type, and virtualization type as the
// instance", bring the drivers and the TPM that it has, and boot on its type.
void check_can_boot(Call& call, const ec2::Image& image, ec2::Instance instance) {
  const auto code = [](const ec2::ProductCode& one) { return one.product_code_id; };
  const bool same_codes = std::ranges::is_permutation(image.product_codes, instance.product_codes, {}, code, code);
  const bool lacks_driver = (instance.ena_support.value_or(false) && !image.ena_support.value_or(false)) ||
                            (instance.sriov_net_support && !image.sriov_net_support) ||
                            (instance.tpm_support && !image.tpm_support);
  if (!same_codes || lacks_driver || image.usage_operation != instance.usage_operation ||
      image.architecture != instance.architecture || image.virtualization_type != instance.virtualization_type)
    throw errors::image_cannot_replace_root(image.image_id.value_or(""), *instance.instance_id);
  take_image(call, instance, image);
  if (const auto* type = call.catalogue().instance_type(*instance.instance_type)) check_fits(instance, *type);
}

const ec2::EbsBlockDevice& root_of(const ec2::Image& image) {
  for (const ec2::BlockDeviceMapping& mapping : image.block_device_mappings)
    if (mapping.device_name == image.root_device_name && mapping.ebs && mapping.ebs->snapshot_id) return *mapping.ebs;
  throw errors::unsupported_operation("The image has no EBS root volume.");
}

// A snapshot of the root volume, of the one that it replaced, or the one that both began with.
void check_lineage(Call& call, const ec2::Volume& root, const ec2::Snapshot& snapshot) {
  const std::string origin = root.snapshot_id.value_or("");
  if (snapshot.volume_id == root.volume_id || snapshot.snapshot_id == origin) return;
  const auto first = any_snapshot(call, origin);
  if (first && first->snapshot.volume_id == snapshot.volume_id && snapshot.volume_id != kNoVolume) return;
  const auto volume = call.volumes().find(snapshot.volume_id.value_or(""));
  if (!origin.empty() && volume && volume->volume.snapshot_id == origin) return;
  throw errors::snapshot_not_of_root_volume(*snapshot.snapshot_id, *root.volume_id);
}

// What the new root volume is made of.
struct RootSource {
  std::string snapshot_id;
  bool through_image = true;
  std::int32_t least_gib = 0;
};

RootSource source_of(Call& call, const ec2::CreateReplaceRootVolumeTaskRequest& request, const ec2::Instance& instance,
                     const ec2::Volume& root) {
  if (request.snapshot_id) {
    check_lineage(call, root, find_usable_snapshot(call, *request.snapshot_id).snapshot);
    return {.snapshot_id = *request.snapshot_id, .through_image = false};
  }
  if (request.image_id) {
    const FoundImage found = find_launchable_image(call, *request.image_id);
    check_can_boot(call, found.image.image, instance);
    const ec2::EbsBlockDevice& wanted = root_of(found.image.image);
    return {.snapshot_id = *wanted.snapshot_id, .least_gib = wanted.volume_size.value_or(0)};
  }
  if (root.snapshot_id.value_or("").empty())
    throw errors::unsupported_operation("The root volume has no launch state.");
  return {.snapshot_id = *root.snapshot_id};
}

// It has the type, the size and the encryption of the volume that it replaces, unless what it is made of is larger, or
// encrypted instead.
NewVolume replacement_of(Call& call, const ec2::Volume& root, const RootSource& source,
                         const std::optional<std::int64_t>& initialization_rate) {
  const auto snapshot = any_snapshot(call, source.snapshot_id);
  const bool is_gp2 = root.volume_type == ec2::VolumeType::gp2;
  return {
      .availability_zone = root.availability_zone.value_or(""),
      .snapshot_id = source.snapshot_id,
      .size_gib = std::max({*root.size, source.least_gib, snapshot ? snapshot->snapshot.volume_size.value_or(0) : 0}),
      .volume_type = root.volume_type,
      .iops = is_gp2 ? std::nullopt : root.iops,
      .throughput_mibps = root.throughput,
      .initialization_rate_mibps =
          initialization_rate ? std::optional(static_cast<std::int32_t>(*initialization_rate)) : std::nullopt,
      .encryption = root.encrypted.value_or(false) ? EncryptionWish{.encrypted = true, .kms_key_id = root.kms_key_id}
                                                   : EncryptionWish()};
}

ec2::CreateReplaceRootVolumeTaskResult create_replace_root_volume_task(
    Call& call, const ec2::CreateReplaceRootVolumeTaskRequest& request) {
  const auto tags = tags_for(request.tag_specifications, kReplaceRootVolumeTask.type, {kReplaceRootVolumeTask.type});
  if (request.snapshot_id && request.image_id) throw errors::cannot_be_combined("SnapshotId", "ImageId");
  const state::Instance instance = find_own_instance(call, request.instance_id);
  if (!is_running_now(instance)) throw errors::instance_cannot_be("given another root volume", request.instance_id);
  const auto root = root_volume_of(call, instance.instance);
  if (!root) throw errors::unsupported_operation("The instance has no EBS root volume.");
  check_no_other_task(call, request.instance_id);
  const RootSource source = source_of(call, request, instance.instance, root->volume);
  const state::Volume volume = create_volume_row(
      call, replacement_of(call, root->volume, source, request.volume_initialization_rate), source.through_image);

  state::ReplaceRootVolumeTask row{
      .replace_root_volume_task = {.replace_root_volume_task_id = call.ids().make(kReplaceRootVolumeTask.prefix),
                                   .instance_id = request.instance_id,
                                   .task_state = TaskState::pending,
                                   .start_time = model::to_iso8601(call.now()),
                                   .image_id = request.image_id,
                                   .snapshot_id = source.snapshot_id,
                                   .delete_replaced_root_volume = request.delete_replaced_root_volume.value_or(false)},
      .volume_id = volume.volume.volume_id,
      .replaced_volume_id = root->volume.volume_id};
  const std::string id = *row.replace_root_volume_task.replace_root_volume_task_id;
  tasks(call).insert(row);
  set_tags(call, id, kReplaceRootVolumeTask.type, tags);
  call.schedule(id, kReplacing, call.profile().volume_create);
  row.replace_root_volume_task.tags = call.tags().of(id);
  return {.replace_root_volume_task = row.replace_root_volume_task};
}

constexpr FilterRule kTaskFilters[] = {{"instance-id", "InstanceId"}};

ec2::DescribeReplaceRootVolumeTasksResult describe_replace_root_volume_tasks(
    Call& call, const ec2::DescribeReplaceRootVolumeTasksRequest& request) {
  constexpr PageLimits kLimits{.least = 1, .most = 50};
  const auto& ids = request.replace_root_volume_task_ids;
  const Page page = page_of(request.max_results, request.next_token, "ReplaceRootVolumeTaskId", !ids.empty(), kLimits);
  Listing<RootVolumeTask> listing(kTaskFilters, request.filters, page);
  visit_candidates(tasks(call), kReplaceRootVolumeTask, ids, storage::Query().after(page.after),
                   [&](std::int64_t row, const state::ReplaceRootVolumeTask& found) {
                     return listing.offer(row, found.replace_root_volume_task, [&] {
                       return call.tags().of(*found.replace_root_volume_task.replace_root_volume_task_id);
                     });
                   });
  return {.replace_root_volume_tasks = listing.take(), .next_token = listing.next_token()};
}

void begin_replacing(Call& call, std::string_view id) {
  auto row = tasks(call).find(id);
  if (!row || row->replace_root_volume_task.task_state != TaskState::pending) return;
  row->replace_root_volume_task.task_state = TaskState::in_progress;
  tasks(call).update(*row);
  call.schedule(id, kReplaced, call.profile().volume_detach + call.profile().volume_attach);
}

// Takes the old volume off the instance, and hangs the new one in its place; the instance reboots.
void exchange(Call& call, const state::ReplaceRootVolumeTask& row, state::Instance& instance, state::Volume& old,
              state::Volume& made) {
  const std::string& instance_id = *instance.instance.instance_id;
  const ec2::VolumeAttachment before = *attachment_to(old, instance_id);
  const auto mapping = attach(call, made,
                              {.instance_id = instance_id,
                               .device = before.device.value_or(""),
                               .state = ec2::VolumeAttachmentState::attached,
                               .delete_on_termination = before.delete_on_termination.value_or(false)});
  for (ec2::InstanceBlockDeviceMapping& shown : instance.instance.block_device_mappings)
    if (shown.ebs && shown.ebs->volume_id == row.replaced_volume_id) shown = mapping;
  if (const auto& image_id = row.replace_root_volume_task.image_id)
    if (const auto found = known_image(call, *image_id)) {
      take_image(call, instance.instance, found->image.image);
      instance.uefi_data = found->image.uefi_data;
      install_windows(call, instance, found->image);
    }
  instance.reboot_times.push_back(call.now());
  call.instances().update(instance);
  detach(old, instance_id);
  if (row.replace_root_volume_task.delete_replaced_root_volume.value_or(false) && old.volume.attachments.empty())
    delete_volume_row(call, *row.replaced_volume_id);
  else
    call.volumes().update(old);
}

// The new volume has vanished when its key cannot be used; then the old one stays.
void replace(Call& call, std::string_view id) {
  auto row = tasks(call).find(id);
  if (!row || row->replace_root_volume_task.task_state != TaskState::in_progress) return;
  auto instance = call.instances().find(*row->replace_root_volume_task.instance_id);
  // A fixture may not say which volumes these are.
  auto old = call.volumes().find(row->replaced_volume_id.value_or(""));
  auto made = call.volumes().find(row->volume_id.value_or(""));
  const bool is_ready = instance && is_running_now(*instance) && old &&
                        attachment_to(*old, *row->replace_root_volume_task.instance_id) && made &&
                        made->volume.state == ec2::VolumeState::available;
  if (is_ready)
    exchange(call, *row, *instance, *old, *made);
  else if (made)
    delete_volume_row(call, *row->volume_id);
  row->replace_root_volume_task.task_state = is_ready ? TaskState::succeeded : TaskState::failed;
  row->replace_root_volume_task.complete_time = model::to_iso8601(call.now());
  tasks(call).update(*row);
}

}  // namespace

std::span<const Operation> replace_root_volume_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_replace_root_volume_task>(),
      bind<describe_replace_root_volume_tasks>(),
  };
  return kOperations;
}

std::span<const Transition> replace_root_volume_transitions() {
  static constexpr Transition kTransitions[] = {
      {kReplacing, begin_replacing},
      {kReplaced, replace},
  };
  return kTransitions;
}

}  // namespace amity::handlers
