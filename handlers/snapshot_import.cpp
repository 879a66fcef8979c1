// ImportSnapshot: a snapshot of a disk in Amazon S3. AWS: "Importing a disk as a snapshot" in the VM Import/Export user
// guide.
#include "handlers/disk_containers.hpp"
#include "handlers/errors.hpp"
#include "handlers/image_tasks.hpp"
#include "handlers/registry.hpp"
#include "handlers/transitions.hpp"

namespace amity::handlers {
namespace {

using Row = state::ImportSnapshotTask;

constexpr std::size_t kMaxActive = 20;
constexpr std::string_view kFormats[] = {"RAW", "VHD", "VHDX", "VMDK"};

// Ignored: RoleName, because no role has to allow the reading; ClientData, which only tells of the upload.
ec2::ImportSnapshotResult import_snapshot(Call& call, const ec2::ImportSnapshotRequest& request) {
  const auto tags = tags_for(request.tag_specifications, kImportSnapshotTask.type, {kImportSnapshotTask.type});
  if (!request.disk_container) throw errors::missing_parameter("DiskContainer");
  check_active_tasks<Row>(call, kMaxActive);
  const ec2::SnapshotDiskContainer& container = *request.disk_container;
  const DiskPlace place = read_place(call, container.url, container.user_bucket);
  const Encryption encryption =
      decide_encryption(call, {.encrypted = request.encrypted, .kms_key_id = request.kms_key_id});
  Row row;
  ec2::ImportSnapshotTask& task = row.import_snapshot_task;
  task.import_task_id = call.ids().make(kImportSnapshotTask.prefix);
  task.description = request.description;
  ec2::SnapshotTaskDetail& detail = status_of(row);
  detail.description = container.description;
  detail.format = read_format(container.format, place, kFormats);
  detail.disk_image_size = 0.0;
  if (encryption.encrypted) detail.encrypted = true;
  detail.kms_key_id = encryption.kms_key_id;
  detail.url = place.url;
  detail.user_bucket = place.user_bucket;
  begin_task(call, snapshot_import_course(), row, tags);
  return {.description = task.description,
          .import_task_id = task.import_task_id,
          .snapshot_task_detail = task.snapshot_task_detail,
          .tags = call.tags().of(*task.import_task_id)};
}

FoundDisk only_disk(Call& call, const ec2::SnapshotTaskDetail& detail) {
  std::vector<FoundDisk> disks = find_disks(call, detail.user_bucket, detail.format);
  if (disks.size() != 1) throw TaskFailure{"ClientError: Disk validation failed [Expecting one disk]"};
  return std::move(disks.front());
}

void look_at_disk(Call& call, Row& row) {
  ec2::SnapshotTaskDetail& detail = status_of(row);
  const FoundDisk disk = only_disk(call, detail);
  detail.disk_image_size = disk.bytes;
  if (!disk.format.empty()) detail.format = disk.format;
}

void make_snapshot(Call& call, Row& row) {
  ec2::SnapshotTaskDetail& detail = status_of(row);
  const Encryption encryption{.encrypted = detail.encrypted.value_or(false), .kms_key_id = detail.kms_key_id};
  const FoundDisk disk = only_disk(call, detail);
  detail.snapshot_id =
      import_disk(call, disk, *row.import_snapshot_task.import_task_id, encryption).snapshot.snapshot_id;
}

constexpr TaskStage<Row> kStages[] = {{"3", "pending"}, {"22", "validated", look_at_disk}, {"42", "converting"}};
constexpr TaskCourse<Row> kCourse{kImportSnapshotTask, "snapshot_import.step", kStages, make_snapshot};

}  // namespace

const TaskCourse<Row>& snapshot_import_course() { return kCourse; }

std::span<const Operation> snapshot_import_operations() {
  static constexpr Operation kOperations[] = {bind<import_snapshot>()};
  return kOperations;
}

std::span<const Transition> snapshot_import_transitions() {
  static constexpr Transition kTransitions[] = {
      {kCourse.step, [](Call& call, std::string_view id) { advance_task(call, kCourse, id); }}};
  return kTransitions;
}

}  // namespace amity::handlers
