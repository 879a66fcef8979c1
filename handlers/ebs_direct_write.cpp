#include "handlers/block_maps.hpp"
#include "handlers/digest.hpp"
#include "handlers/ebs_direct_errors.hpp"
#include "handlers/encryption.hpp"
#include "handlers/meters.hpp"
#include "handlers/registry.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "handlers/transitions.hpp"
#include "model/ebs.hpp"
#include "model/encoding.hpp"

#include <fmt/format.h>

namespace amity::handlers {
namespace {

constexpr std::int64_t kMaxVolumeGib = 65536;
constexpr std::int64_t kBlocksPerGib = (std::int64_t{1} << 30) / storage::kBlockBytes;
constexpr std::int32_t kDefaultTimeoutMinutes = 60;
constexpr std::string_view kWriteTimedOut = "snapshot.write_timed_out";

// The snapshot is put in error when nobody writes to it, or completes it, for so long.
void restart_timeout(Call& call, const state::Snapshot& row) {
  const std::string& id = *row.snapshot.snapshot_id;
  call.unschedule(id, kWriteTimedOut);
  call.schedule(id, kWriteTimedOut, std::chrono::minutes(row.write_timeout_minutes.value_or(kDefaultTimeoutMinutes)));
}

std::vector<ec2::Tag> ec2_tags(const std::vector<ebs::Tag>& wanted) {
  std::vector<ec2::Tag> tags;
  for (const ebs::Tag& tag : wanted) tags.push_back({.key = tag.key, .value = tag.value});
  try {
    check_tags(tags);
  } catch (const ApiError& error) {
    throw errors::ebs_invalid(error.message(), "INVALID_TAG");
  }
  return tags;
}

ec2::Snapshot find_parent(Call& call, const std::string& id) {
  const auto parent = usable_snapshot(call, id);
  if (!parent) throw errors::ebs_snapshot_not_found(id);
  if (parent->snapshot.owner_id != call.account())
    throw errors::ebs_access_denied(fmt::format("The parent snapshot '{}' is not yours.", id));
  if (parent->snapshot.state != ec2::SnapshotState::completed ||
      parent->snapshot.storage_tier == ec2::StorageTier::archive)
    throw errors::ebs_invalid(fmt::format("The parent snapshot '{}' is not completed, or archived.", id),
                              "INVALID_SNAPSHOT_ID");
  return parent->snapshot;
}

// "Encryption outcomes for EBS direct APIs": a parent decides; without one, a key asks for encryption as Encrypted
// does.
Encryption encryption_of(Call& call, const ebs::StartSnapshotRequest& request,
                         const std::optional<ec2::Snapshot>& parent) {
  const bool must_encrypt = is_encrypted_by_default(call);
  if (parent) {
    if (request.encrypted) throw errors::ebs_invalid("Encrypted cannot be used with ParentSnapshotId.");
    if (request.kms_key_arn) throw errors::ebs_invalid("KmsKeyArn cannot be used with ParentSnapshotId.");
    const bool encrypted = parent->encrypted.value_or(false);
    if (must_encrypt && !encrypted)
      throw errors::ebs_invalid("The parent snapshot must be encrypted, because encryption by default is enabled.");
    return {.encrypted = encrypted, .kms_key_id = parent->kms_key_id};
  }
  if (request.encrypted == false && request.kms_key_arn) throw errors::ebs_invalid("KmsKeyArn needs Encrypted.");
  if (request.encrypted == false && must_encrypt)
    throw errors::ebs_invalid("The snapshot must be encrypted, because encryption by default is enabled.");
  if (!request.encrypted.value_or(must_encrypt || request.kms_key_arn)) return {};
  if (request.kms_key_arn && !can_use_key(call, *request.kms_key_arn))
    throw errors::ebs_invalid("The KMS key is not accessible.", "INVALID_CUSTOMER_KEY");
  return {.encrypted = true, .kms_key_id = request.kms_key_arn ? *request.kms_key_arn : default_kms_key(call)};
}

std::int32_t volume_gib(const ebs::StartSnapshotRequest& request, const std::optional<ec2::Snapshot>& parent) {
  const std::int64_t least = parent ? parent->volume_size.value_or(1) : 1;
  if (request.volume_size < least || request.volume_size > kMaxVolumeGib)
    throw errors::ebs_invalid(fmt::format("The volume size must be between {} and {} GiB.", least, kMaxVolumeGib),
                              "INVALID_VOLUME_SIZE");
  return static_cast<std::int32_t>(request.volume_size);
}

ebs::StartSnapshotResponse start_direct_snapshot(Call& call, const ebs::StartSnapshotRequest& request) {
  const auto tags = ec2_tags(request.tags);
  std::optional<ec2::Snapshot> parent;
  if (request.parent_snapshot_id) parent = find_parent(call, *request.parent_snapshot_id);
  const Encryption encryption = encryption_of(call, request, parent);
  state::Snapshot made{.snapshot = pending_snapshot(call, request.description.value_or(""))};
  ec2::Snapshot& snapshot = made.snapshot;
  snapshot.volume_id = kNoVolume;
  snapshot.volume_size = volume_gib(request, parent);
  snapshot.encrypted = encryption.encrypted;
  snapshot.kms_key_id = encryption.kms_key_id;
  if (encryption.encrypted)
    snapshot.data_encryption_key_id = parent ? parent->data_encryption_key_id : call.ids().uuid();
  made.write_timeout_minutes = request.timeout.value_or(kDefaultTimeoutMinutes);
  call.snapshots().insert(made);
  set_tags(call, *snapshot.snapshot_id, kSnapshot.type, tags);
  open_blocks(call, snapshot, parent ? &*parent : nullptr);
  restart_timeout(call, made);
  return {.description = request.description,
          .snapshot_id = snapshot.snapshot_id,
          .owner_id = snapshot.owner_id,
          .status = ebs::Status::pending,
          .start_time = snapshot.start_time,
          .volume_size = request.volume_size,
          .block_size = static_cast<std::int32_t>(storage::kBlockBytes),
          .tags = request.tags,
          .parent_snapshot_id = request.parent_snapshot_id,
          .kms_key_arn = encryption.kms_key_id};
}

// The caller's snapshot that is still being written.
state::Snapshot find_writable(Call& call, const std::string& id) {
  auto row = call.snapshots().find(id);
  if (!row) {
    if (usable_snapshot(call, id)) throw errors::ebs_access_denied(fmt::format("The snapshot '{}' is not yours.", id));
    throw errors::ebs_snapshot_not_found(id);
  }
  if (!call.blocks().is_open(id))
    throw errors::ebs_invalid(fmt::format("The snapshot '{}' is not being written.", id), "INVALID_SNAPSHOT_ID");
  return *std::move(row);
}

ebs::PutSnapshotBlockResponse put_snapshot_block(Call& call, const ebs::PutSnapshotBlockRequest& request) {
  state::Snapshot row = find_writable(call, request.snapshot_id);
  if (request.block_index >= row.snapshot.volume_size.value_or(0) * kBlocksPerGib)
    throw errors::ebs_invalid(fmt::format("The block {} is beyond the volume's end.", request.block_index),
                              "INVALID_BLOCK");
  if (request.data_length != storage::kBlockBytes)
    throw errors::ebs_invalid(fmt::format("The data length must be {}.", storage::kBlockBytes));
  if (std::ssize(request.block_data) != request.data_length) throw errors::ebs_invalid("Failed to read block data");
  const std::string sum = digest(DigestAlgorithm::Sha256, request.block_data);
  if (model::base64_encode(sum) != request.checksum)
    throw errors::ebs_invalid("The checksum does not match the block data.");
  call.blocks().write(request.snapshot_id, request.block_index, sum, request.block_data);
  if (request.progress) {
    row.snapshot.progress = fmt::format("{}%", *request.progress);
    call.snapshots().update(row);
  }
  restart_timeout(call, row);
  count_direct_requests(call, DirectRequest::Put, request.snapshot_id);
  return {.checksum = request.checksum, .checksum_algorithm = request.checksum_algorithm};
}

// The digest of the digests of all blocks that were put, in the order of the blocks.
std::string linear_checksum(Call& call, const std::string& id) {
  std::string digests;
  for (const std::string& one : call.blocks().digests(id)) digests += one;
  return model::base64_encode(digest(DigestAlgorithm::Sha256, digests));
}

void check_complete(Call& call, const ebs::CompleteSnapshotRequest& request) {
  const std::int64_t put = call.blocks().changed_blocks(request.snapshot_id);
  if (request.changed_blocks_count != put)
    throw errors::ebs_invalid(
        fmt::format("{} blocks were written to the snapshot, not {}.", put, request.changed_blocks_count));
  if (!request.checksum) return;
  if (!request.checksum_algorithm || !request.checksum_aggregation_method)
    throw errors::ebs_invalid("Checksum needs ChecksumAlgorithm and ChecksumAggregationMethod.");
  if (*request.checksum != linear_checksum(call, request.snapshot_id))
    throw errors::ebs_invalid("The checksum does not match the blocks that were written.");
}

ebs::CompleteSnapshotResponse complete_direct_snapshot(Call& call, const ebs::CompleteSnapshotRequest& request) {
  state::Snapshot row = find_writable(call, request.snapshot_id);
  check_complete(call, request);
  seal_blocks(call, row.snapshot);
  call.unschedule(request.snapshot_id, kWriteTimedOut);
  row.completes_at = call.now() + call.profile().snapshot;
  call.snapshots().update(row);
  call.schedule(request.snapshot_id, "snapshot.completed", call.profile().snapshot);
  return {.status = ebs::Status::pending};
}

void time_out_write(Call& call, std::string_view id) {
  auto row = call.snapshots().find(id);
  if (!row || !call.blocks().is_open(id)) return;
  drop_blocks(call, id);
  row->snapshot.state = ec2::SnapshotState::error;
  row->snapshot.state_message = "The snapshot was not completed in time";
  call.snapshots().update(*row);
}

}  // namespace

std::span<const Operation> ebs_direct_write_operations() {
  static constexpr Operation kOperations[] = {
      bind<start_direct_snapshot>(errors::ebs_conflict),
      bind<put_snapshot_block>(),
      bind<complete_direct_snapshot>(),
  };
  return kOperations;
}

std::span<const Transition> ebs_direct_transitions() {
  static constexpr Transition kTransitions[] = {
      {kWriteTimedOut, time_out_write},
  };
  return kTransitions;
}

}  // namespace amity::handlers
