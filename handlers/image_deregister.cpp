#include "handlers/image_errors.hpp"
#include "handlers/image_operations.hpp"
#include "handlers/image_protection.hpp"
#include "handlers/image_transitions.hpp"
#include "handlers/images.hpp"
#include "handlers/recycle_bin.hpp"
#include "handlers/snapshots.hpp"

#include <set>
#include <string>

namespace amity::handlers {
namespace {

// Deletes a snapshot of a deregistered image, and tells in EC2's words what became of it.
std::string delete_snapshot_of_image(Call& call, const std::string& snapshot_id) {
  const auto snapshot = any_snapshot(call, snapshot_id);
  if (!snapshot) return ec2::SnapshotReturnCodes::client_error;
  if (snapshot->snapshot.owner_id != call.account()) return ec2::SnapshotReturnCodes::missing_permissions;
  if (image_using(call, *snapshot)) return ec2::SnapshotReturnCodes::skipped;
  try {
    check_deletable(call, *snapshot);
  } catch (const ApiError&) {
    return ec2::SnapshotReturnCodes::client_error;
  }
  delete_snapshot_row(call, *snapshot);
  return ec2::SnapshotReturnCodes::success;
}

std::vector<ec2::DeleteSnapshotReturnCode> delete_snapshots_of(Call& call, const ec2::Image& image) {
  std::vector<ec2::DeleteSnapshotReturnCode> results;
  std::set<std::string> seen;
  for (const ec2::BlockDeviceMapping& mapping : image.block_device_mappings)
    if (mapping.ebs && mapping.ebs->snapshot_id && seen.insert(*mapping.ebs->snapshot_id).second)
      results.push_back({.snapshot_id = mapping.ebs->snapshot_id,
                         .return_code = delete_snapshot_of_image(call, *mapping.ebs->snapshot_id)});
  return results;
}

}  // namespace

// DeregisterImage: no more launches; instances run on. Its snapshots stay unless the request wants them gone and no
// other image needs them. A pending image's creation or copy is cancelled.
ec2::DeregisterImageResult deregister_image(Call& call, const ec2::DeregisterImageRequest& request) {
  state::Image image = find_own_image(call, request.image_id);
  if (is_protected(image.image, call.now())) throw errors::deregistration_protected(request.image_id);
  call.unschedule(request.image_id);
  if (!recycle(call, image)) {
    call.tags().remove_all(request.image_id);
    call.images().remove(request.image_id);
  }
  image.image.state = ec2::ImageState::deregistered;
  call.deregistered_images().insert({.image_id = request.image_id, .image = image.image});
  forget_image_later(call, request.image_id);
  ec2::DeregisterImageResult result{.return_value = true};
  if (request.delete_associated_snapshots.value_or(false))
    result.delete_snapshot_results = delete_snapshots_of(call, image.image);
  return result;
}

}  // namespace amity::handlers
