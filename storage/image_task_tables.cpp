#include "storage/image_task_tables.hpp"

namespace amity::storage {
namespace {

std::string store_task_id(const state::StoreImageTask& task) { return task.task_id; }
std::string stored_image_id(const state::StoredImage& image) { return image.bucket + '/' + image.object_key; }
std::string fast_launch_id(const state::FastLaunchImage& image) { return image.settings.image_id.value_or(""); }

}  // namespace

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
