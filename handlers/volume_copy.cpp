#include "handlers/block_maps.hpp"
#include "handlers/errors.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/tagging.hpp"
#include "handlers/volume_errors.hpp"
#include "handlers/volumes.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxCopiesOfVolume = 5;  // of one volume

void check(Call& call, const state::Volume& source, const ec2::CopyVolumesRequest& request) {
  const ec2::Volume& volume = source.volume;
  if (volume.state != ec2::VolumeState::available && volume.state != ec2::VolumeState::in_use)
    throw errors::volume_in_state(request.source_volume_id, volume.state.value_or(""));
  if (request.size && *request.size < *volume.size) throw errors::volume_cannot_shrink(*request.size, *volume.size);
  std::size_t copies = 0;
  call.volumes().scan(storage::Query().where("state", ec2::VolumeState::creating),
                      [&](std::int64_t, const state::Volume& other) {
                        if (other.volume.source_volume_id == volume.volume_id) ++copies;
                        return true;
                      });
  if (copies >= kMaxCopiesOfVolume) throw errors::volume_copy_limit_exceeded(kMaxCopiesOfVolume);
}

// The copy stays in its source's zone, as encrypted as it is.
NewVolume copy_of(const ec2::Volume& source, const ec2::CopyVolumesRequest& request) {
  NewVolume copy{.availability_zone = source.availability_zone.value_or(""),
                 .size_gib = request.size ? request.size : source.size,
                 .volume_type = request.volume_type,
                 .iops = request.iops,
                 .throughput_mibps = request.throughput,
                 .multi_attach = request.multi_attach_enabled.value_or(false),
                 .tags = tags_for(request.tag_specifications, kVolume.type, {kVolume.type})};
  if (source.encrypted.value_or(false)) copy.encryption = {.encrypted = true, .kms_key_id = source.kms_key_id};
  return copy;
}

ec2::CopyVolumesResult copy_volumes(Call& call, const ec2::CopyVolumesRequest& request) {
  const state::Volume source = find_owned(call.volumes(), kVolume, request.source_volume_id);
  check(call, source, request);
  state::Volume copy = create_volume_row(call, copy_of(source.volume, request));
  copy.volume.source_volume_id = request.source_volume_id;
  copy.product_codes = source.product_codes;
  if (copy.volume.kms_key_id == source.volume.kms_key_id) copy.data_encryption_key_id = source.data_encryption_key_id;
  call.volumes().update(copy);
  copy_blocks(call, source, copy.volume);
  copy.volume.tags = call.tags().of(*copy.volume.volume_id);
  return {.volumes = {copy.volume}};
}

}  // namespace

std::span<const Operation> volume_copy_operations() {
  static constexpr Operation kOperations[] = {bind<copy_volumes>()};
  return kOperations;
}

}  // namespace amity::handlers
