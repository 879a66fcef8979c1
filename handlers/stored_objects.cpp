#include "handlers/stored_objects.hpp"

#include "handlers/block_maps.hpp"
#include "handlers/errors.hpp"
#include "handlers/snapshot_tiers.hpp"
#include "handlers/snapshots.hpp"
#include "storage/image_task_tables.hpp"

#include <fmt/format.h>

namespace amity::handlers {
namespace {

std::string path_of(std::string_view bucket, std::string_view key) { return fmt::format("{}/{}", bucket, key); }

// Block maps of objects belong to nobody, so that no snapshot shares their blocks.
Call keeper_of(Call& call) { return {call.environment(), {"", call.region()}, {}, call.now(), {}}; }

void remove_object(Call& call, const std::string& path) {
  const auto object = call.table<state::StoredImage>().find(path);
  if (!object) return;
  Call keeper = keeper_of(call);
  for (const state::Snapshot& snapshot : object->snapshots) drop_blocks(keeper, *snapshot.snapshot.snapshot_id);
  call.table<state::StoredImage>().remove(path);
}

bool keeps_snapshot(const ec2::BlockDeviceMapping& mapping) { return mapping.ebs && mapping.ebs->snapshot_id; }

bool has_all_snapshots(Call& call, const ec2::Image& image) {
  for (const ec2::BlockDeviceMapping& mapping : image.block_device_mappings) {
    if (!keeps_snapshot(mapping)) continue;
    const auto source = usable_snapshot(call, *mapping.ebs->snapshot_id);
    if (!source || source->snapshot.state != ec2::SnapshotState::completed || is_archived(*source)) return false;
  }
  return true;
}

void keep_snapshots(Call& call, state::StoredImage& object, const std::string& path) {
  Call keeper = keeper_of(call);
  for (ec2::BlockDeviceMapping& mapping : object.image.image.block_device_mappings) {
    if (!keeps_snapshot(mapping)) continue;
    const auto source = usable_snapshot(call, *mapping.ebs->snapshot_id);
    state::Snapshot& kept = object.snapshots.emplace_back(*source);
    kept.snapshot.tags = call.tags().of(*mapping.ebs->snapshot_id);
    kept.snapshot.snapshot_id = fmt::format("{}/{}", path, object.snapshots.size());
    mapping.ebs->snapshot_id = kept.snapshot.snapshot_id;
    copy_blocks(keeper, call.region(), source->snapshot, kept.snapshot);
  }
}

}  // namespace

void check_bucket(std::string_view name) {
  constexpr std::string_view kEnds = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  if (name.size() < 3 || name.size() > 63 || kEnds.find(name.front()) == std::string_view::npos ||
      kEnds.find(name.back()) == std::string_view::npos ||
      name.find_first_not_of(kCharacters) != std::string_view::npos || name.find("..") != std::string_view::npos)
    throw errors::invalid_value("bucket", name, "It is not the name of an S3 bucket.");
}

bool is_foreign_object(Call& call, std::string_view bucket, std::string_view key) {
  const auto owner = call.table<state::StoredImage>().owner(path_of(bucket, key));
  return owner && *owner != call.account();
}

std::optional<state::StoredImage> find_object(Call& call, std::string_view bucket, std::string_view key) {
  return call.table<state::StoredImage>().find(path_of(bucket, key));
}

bool put_object(Call& call, state::StoredImage object) {
  if (!has_all_snapshots(call, object.image.image)) return false;
  const std::string path = path_of(object.bucket, object.object_key);
  remove_object(call, path);
  keep_snapshots(call, object, path);
  call.table<state::StoredImage>().insert(object);
  return true;
}

namespace errors {

ApiError object_not_found(std::string_view bucket, std::string_view key) {
  return invalid_parameter_value(fmt::format("The S3 object {}/{} does not exist.", bucket, key));
}

ApiError bucket_access_denied(std::string_view bucket) {
  return invalid_parameter_value(fmt::format("The S3 bucket {} belongs to another account.", bucket));
}

}  // namespace errors
}  // namespace amity::handlers
