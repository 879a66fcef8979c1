// ImportImage: an AMI from disks in Amazon S3 or from snapshots. What runs on a disk cannot be looked at here: the
// request says it, or it counts as Linux. AWS: "Import your VM as an image", "Licensing options" in the VM
// Import/Export user guide.
#include "handlers/disk_containers.hpp"
#include "handlers/errors.hpp"
#include "handlers/image_tasks.hpp"
#include "handlers/new_image.hpp"
#include "handlers/products.hpp"
#include "handlers/registry.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/transitions.hpp"
#include "model/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

using Row = state::ImportImageTask;

constexpr std::size_t kMaxActive = 20;
constexpr std::string_view kFormats[] = {"OVA", "RAW", "VHD", "VHDX", "VMDK"};
constexpr std::string_view kWindows = "Windows";
constexpr std::string_view kLinux = "Linux";

void check_one_of(std::string_view name, const std::optional<std::string>& value,
                  std::initializer_list<std::string_view> allowed) {
  if (value && std::ranges::find(allowed, *value) == allowed.end())
    throw errors::invalid_conversion(
        fmt::format("Invalid {} {}. Expecting one of: {}.", name, *value, fmt::join(allowed, ", ")));
}

bool is_windows(std::string_view usage_operation) {
  return platform_details_of(usage_operation).value_or("").starts_with(kWindows);
}

ec2::SnapshotDetail read_container(Call& call, const ec2::ImageDiskContainer& container) {
  ec2::SnapshotDetail detail{.description = container.description, .device_name = container.device_name};
  if (container.snapshot_id) {
    if (container.url || container.user_bucket)
      throw errors::invalid_conversion("A disk container names a snapshot or a file, and not both.");
    check_completed(find_usable_snapshot(call, *container.snapshot_id));
    detail.snapshot_id = container.snapshot_id;
  } else {
    const DiskPlace place = read_place(call, container.url, container.user_bucket);
    detail.url = place.url;
    detail.user_bucket = place.user_bucket;
    detail.format = read_format(container.format, place, kFormats);
  }
  detail.disk_image_size = 0.0;
  return detail;
}

void check(Call& call, const ec2::ImportImageRequest& request) {
  if (request.disk_containers.empty()) throw errors::missing_parameter("DiskContainers");
  check_one_of("architecture", request.architecture, {"i386", "x86_64", "arm64"});
  check_one_of("platform", request.platform, {kWindows, kLinux});
  check_one_of("license type", request.license_type, {"AWS", "aws", "BYOL", "byol"});
  check_one_of("hypervisor", request.hypervisor, {"xen"});
  if (request.license_type && request.usage_operation)
    throw errors::invalid_conversion("LicenseType and UsageOperation cannot be specified together.");
  if (request.usage_operation && !platform_details_of(*request.usage_operation))
    throw errors::invalid_conversion(fmt::format("Invalid usage operation {}.", *request.usage_operation));
  check_active_tasks<Row>(call, kMaxActive);
}

std::optional<std::string> license_of(const ec2::ImportImageRequest& request) {
  if (!request.license_type) return std::nullopt;
  return *request.license_type == "aws" || *request.license_type == "AWS" ? "AWS" : "BYOL";
}

// Ignored: RoleName, because no role has to allow the reading; ClientData, which only tells of the upload.
ec2::ImportImageResult import_image(Call& call, const ec2::ImportImageRequest& request) {
  const auto tags = tags_for(request.tag_specifications, kImportImageTask.type, {kImportImageTask.type});
  check(call, request);
  const Encryption encryption =
      decide_encryption(call, {.encrypted = request.encrypted, .kms_key_id = request.kms_key_id});
  Row row;
  ec2::ImportImageTask& task = row.import_image_task;
  for (const ec2::ImageDiskContainer& container : request.disk_containers)
    task.snapshot_details.push_back(read_container(call, container));
  task.import_task_id = call.ids().make(kImportImageTask.prefix);
  task.architecture = request.architecture;
  task.description = request.description;
  if (encryption.encrypted) task.encrypted = true;
  task.kms_key_id = encryption.kms_key_id;
  task.hypervisor = request.hypervisor;
  task.license_type = license_of(request);
  task.platform = request.platform;
  task.usage_operation = request.usage_operation;
  task.boot_mode = request.boot_mode;
  for (const auto& one : request.license_specifications)
    task.license_specifications.push_back({.license_configuration_arn = one.license_configuration_arn});
  begin_task(call, image_import_course(), row, tags);
  auto answer = model::from_json<ec2::ImportImageResult>(model::to_json(task)).value();
  answer.tags = call.tags().of(*task.import_task_id);
  return answer;
}

std::vector<FoundDisk> disks_of(Call& call, const ec2::SnapshotDetail& detail) {
  if (detail.snapshot_id) return {find_disk(call, *detail.snapshot_id)};
  return find_disks(call, detail.user_bucket, detail.format);
}

void look_at_disks(Call& call, Row& row) {
  for (ec2::SnapshotDetail& detail : row.import_image_task.snapshot_details) {
    const std::vector<FoundDisk> disks = disks_of(call, detail);
    detail.status = std::string(kTaskActive);
    detail.disk_image_size = 0.0;
    for (const FoundDisk& disk : disks) {
      detail.disk_image_size = *detail.disk_image_size + disk.bytes;
      if (!disk.format.empty()) detail.format = disk.format;
      if (disk.platform) row.import_image_task.platform = std::string(kWindows);
    }
  }
}

// Windows Server is licensed by AWS unless it is said otherwise, Linux never is.
void recognize_system(Call&, Row& row) {
  ec2::ImportImageTask& task = row.import_image_task;
  const std::string usage = task.usage_operation.value_or(task.license_type == "AWS" ? "RunInstances:0002" : "");
  if (!task.platform) task.platform = std::string(is_windows(usage) ? kWindows : kLinux);
  const bool on_windows = task.platform == kWindows;
  if (!usage.empty() && is_windows(usage) != on_windows)
    throw TaskFailure{fmt::format("ClientError: The license does not fit the platform {}.", *task.platform)};
  if (!task.license_type && !task.usage_operation) task.license_type = on_windows ? "AWS" : "BYOL";
  if (!task.architecture) task.architecture = ec2::ArchitectureValues::x86_64;
}

std::string usage_operation_of(const ec2::ImportImageTask& task) {
  if (task.usage_operation) return *task.usage_operation;
  if (task.platform != kWindows) return "RunInstances";
  return task.license_type == "BYOL" ? "RunInstances:0800" : "RunInstances:0002";
}

// The root is /dev/sda1; other disks follow from /dev/sdf on.
std::string device_of(const ec2::SnapshotDetail& detail, std::size_t index) {
  if (detail.device_name) return *detail.device_name;
  return index == 0 ? "/dev/sda1" : fmt::format("/dev/sd{}", static_cast<char>('e' + index));
}

struct ContainedDisk {
  ec2::SnapshotDetail detail;
  FoundDisk disk;
};

// An archive holds as many disks as it likes.
std::vector<ContainedDisk> unpack(Call& call, const ec2::ImportImageTask& task) {
  std::vector<ContainedDisk> contained;
  for (const ec2::SnapshotDetail& container : task.snapshot_details)
    for (FoundDisk& disk : disks_of(call, container)) {
      contained.push_back({.detail = container, .disk = std::move(disk)});
      contained.back().detail.device_name = device_of(container, contained.size() - 1);
    }
  return contained;
}

// One volume of the image for every disk, which the task's details show from now on.
void import_disks(Call& call, ec2::ImportImageTask& task, ec2::Image& image) {
  const Encryption encryption{.encrypted = task.encrypted.value_or(false), .kms_key_id = task.kms_key_id};
  std::vector<ContainedDisk> contained = unpack(call, task);
  task.snapshot_details.clear();
  for (auto& [detail, disk] : contained) {
    const ec2::Snapshot snapshot = import_disk(call, disk, *task.import_task_id, encryption, *image.image_id).snapshot;
    detail.disk_image_size = disk.bytes;
    detail.snapshot_id = snapshot.snapshot_id;
    detail.status = std::string(kTaskCompleted);
    image.block_device_mappings.push_back({.ebs = ec2::EbsBlockDevice{.delete_on_termination = false,
                                                                      .snapshot_id = snapshot.snapshot_id,
                                                                      .volume_size = snapshot.volume_size,
                                                                      .volume_type = ec2::VolumeType::gp2,
                                                                      .encrypted = snapshot.encrypted},
                                           .device_name = detail.device_name});
    task.snapshot_details.push_back(std::move(detail));
  }
}

void register_import(Call& call, Row& row) {
  ec2::ImportImageTask& task = row.import_image_task;
  state::Image made = new_image(call, *task.import_task_id, fmt::format("AWS-VMImport service: {}", *task.platform));
  ec2::Image& image = made.image;
  import_disks(call, task, image);
  image.root_device_name = task.snapshot_details.front().device_name;
  image.architecture = task.architecture;
  image.virtualization_type = ec2::VirtualizationType::hvm;
  image.ena_support = true;
  image.boot_mode = task.boot_mode;
  image.usage_operation = usage_operation_of(task);
  image.platform_details = *platform_details_of(*image.usage_operation);
  if (task.platform == kWindows) image.platform = "windows";
  insert_image(call, made, {});
  task.image_id = image.image_id;
}

constexpr TaskStage<Row> kStages[] = {
    {"1", "pending"},
    {"4", "validating"},
    {"19", "converting", look_at_disks},
    {"42", "updating"},
    {"64", "booting", recognize_system},
    {"84", "preparing ami"},
};
constexpr TaskCourse<Row> kCourse{kImportImageTask, "image_import.step", kStages, register_import};

}  // namespace

const TaskCourse<Row>& image_import_course() { return kCourse; }

std::span<const Operation> image_import_operations() {
  static constexpr Operation kOperations[] = {bind<import_image>()};
  return kOperations;
}

std::span<const Transition> image_import_transitions() {
  static constexpr Transition kTransitions[] = {
      {kCourse.step, [](Call& call, std::string_view id) { advance_task(call, kCourse, id); }}};
  return kTransitions;
}

}  // namespace amity::handlers
