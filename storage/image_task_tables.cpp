#include "storage/image_task_tables.hpp"

namespace amity::storage {
namespace {

std::string store_task_id(const state::StoreImageTask& task) { return task.task_id; }
std::string stored_image_id(const state::StoredImage& image) { return image.bucket + '/' + image.object_key; }
std::string fast_launch_id(const state::FastLaunchImage& image) { return image.settings.image_id.value_or(""); }

using OptionalText = std::optional<std::string>;

std::string import_id(const state::ImportImageTask& row) { return row.import_image_task.import_task_id.value_or(""); }
OptionalText import_status(const void* row) {
  return static_cast<const state::ImportImageTask*>(row)->import_image_task.status;
}
constexpr ColumnSpec kImportColumns[] = {{"status", import_status}};

std::string snapshot_import_id(const state::ImportSnapshotTask& row) {
  return row.import_snapshot_task.import_task_id.value_or("");
}
OptionalText snapshot_import_status(const void* row) {
  const auto& detail = static_cast<const state::ImportSnapshotTask*>(row)->import_snapshot_task.snapshot_task_detail;
  return detail ? detail->status : std::nullopt;
}
constexpr ColumnSpec kSnapshotImportColumns[] = {{"status", snapshot_import_status}};

std::string export_id(const state::ExportImageTask& row) {
  return row.export_image_task.export_image_task_id.value_or("");
}
OptionalText export_status(const void* row) {
  return static_cast<const state::ExportImageTask*>(row)->export_image_task.status;
}
constexpr ColumnSpec kExportColumns[] = {{"status", export_status}};

}  // namespace

template <>
const TableSpec& table_of<state::ImportImageTask>() {
  static const TableSpec spec{
      "import_image_task", state::ImportImageTask::shape, over<state::ImportImageTask, import_id>, kImportColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::ImportSnapshotTask>() {
  static const TableSpec spec{"import_snapshot_task",
                              state::ImportSnapshotTask::shape,
                              over<state::ImportSnapshotTask, snapshot_import_id>,
                              kSnapshotImportColumns,
                              {}};
  return spec;
}
template <>
const TableSpec& table_of<state::ExportImageTask>() {
  static const TableSpec spec{
      "export_image_task", state::ExportImageTask::shape, over<state::ExportImageTask, export_id>, kExportColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::StoreImageTask>() {
  static const TableSpec spec{
      "store_image_task", state::StoreImageTask::shape, over<state::StoreImageTask, store_task_id>, {}, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::StoredImage>() {
  static const TableSpec spec{
      "stored_image", state::StoredImage::shape, over<state::StoredImage, stored_image_id>, {}, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::FastLaunchImage>() {
  static const TableSpec spec{
      "fast_launch_image", state::FastLaunchImage::shape, over<state::FastLaunchImage, fast_launch_id>, {}, {}};
  return spec;
}

}  // namespace amity::storage
