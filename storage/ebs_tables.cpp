#include "storage/ebs_tables.hpp"

namespace amity::storage {
namespace {

using Text = std::optional<std::string>;

std::string restore_id(const state::FastSnapshotRestore& row) {
  const auto& restore = row.fast_snapshot_restore;
  return fast_snapshot_restore_id(restore.owner_id.value_or(""), restore.snapshot_id.value_or(""),
                                  restore.availability_zone.value_or(""));
}
Text restored_snapshot(const state::FastSnapshotRestore& row) {
  return row.fast_snapshot_restore.snapshot_id.value_or("");
}
constexpr ColumnSpec kRestoreColumns[] = {{"snapshot_id", over<state::FastSnapshotRestore, restored_snapshot>}};

std::string task_id(const state::ReplaceRootVolumeTask& row) {
  return row.replace_root_volume_task.replace_root_volume_task_id.value_or("");
}
Text task_instance(const state::ReplaceRootVolumeTask& row) {
  return row.replace_root_volume_task.instance_id.value_or("");
}
constexpr ColumnSpec kTaskColumns[] = {{"instance_id", over<state::ReplaceRootVolumeTask, task_instance>}};

}  // namespace

template <>
const TableSpec& table_of<state::FastSnapshotRestore>() {
  static const TableSpec spec{"fast_snapshot_restore",
                              state::FastSnapshotRestore::shape,
                              over<state::FastSnapshotRestore, restore_id>,
                              kRestoreColumns,
                              {}};
  return spec;
}
template <>
const TableSpec& table_of<state::ReplaceRootVolumeTask>() {
  static const TableSpec spec{"replace_root_volume_task",
                              state::ReplaceRootVolumeTask::shape,
                              over<state::ReplaceRootVolumeTask, task_id>,
                              kTaskColumns,
                              {}};
  return spec;
}

std::string fast_snapshot_restore_id(std::string_view account, std::string_view snapshot_id, std::string_view zone) {
  return std::string(account).append(1, '/').append(snapshot_id).append(1, '/').append(zone);
}

}  // namespace amity::storage
