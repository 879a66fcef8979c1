#include "handlers/block_maps.hpp"

#include "handlers/meters.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/volume_writes.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// The block maps of another owner, or in another region.
storage::Blocks blocks_at(Call& call, std::string_view account, std::string_view region) {
  return {call.store().database(), {std::string(account), std::string(region)}};
}

std::string key_of(const std::optional<std::string>& kms_key_id) { return kms_key_id.value_or(""); }

std::int64_t blocks_for(std::int64_t bytes) { return (bytes + storage::kBlockBytes - 1) / storage::kBlockBytes; }

std::optional<state::Snapshot> snapshot_under(Call& call, const ec2::Volume& volume) {
  const std::string id = volume.snapshot_id.value_or("");
  return id.empty() ? std::nullopt : any_snapshot(call, id);
}

void ensure_blocks_in(Call& call, std::string_view region, const ec2::Snapshot& snapshot) {
  storage::Blocks blocks = blocks_at(call, snapshot.owner_id.value_or(""), region);
  if (blocks.has_snapshot(*snapshot.snapshot_id)) return;
  // All that is known is how much is written; it lies at the beginning.
  storage::Extents written;
  if (const std::int64_t count = blocks_for(full_size_in_bytes(snapshot)); count > 0) written = {{0, count}};
  blocks.add(*snapshot.snapshot_id, key_of(snapshot.kms_key_id), written);
  if (snapshot.storage_tier == ec2::StorageTier::archive) blocks.archive(*snapshot.snapshot_id);
}

void open_map(Call& call, const std::string& id, const std::optional<std::string>& kms_key_id,
              const ec2::Snapshot* source) {
  if (!source) return call.blocks().open(id, key_of(kms_key_id));
  ensure_blocks(call, *source);
  call.blocks().open_from(id, key_of(kms_key_id), *source->snapshot_id);
}

}  // namespace

std::int64_t full_size_in_bytes(const ec2::Snapshot& snapshot) {
  return snapshot.full_snapshot_size_in_bytes.value_or(kGibBytes * snapshot.volume_size.value_or(0));
}

SnapshotSize snapshot_size(Call& call, const ec2::Snapshot& snapshot) {
  const std::string& id = *snapshot.snapshot_id;
  storage::Blocks blocks = blocks_at(call, snapshot.owner_id.value_or(""), call.region());
  // Without a map it is of the catalogue, or has come to nothing: nobody is billed for it.
  if (!blocks.has_snapshot(id)) return {.full_bytes = snapshot.full_snapshot_size_in_bytes.value_or(0)};
  return {.stored_bytes = blocks.stored_bytes(id), .full_bytes = blocks.full_bytes(id)};
}

void open_blocks(Call& call, const ec2::Volume& volume, const ec2::Snapshot* source) {
  open_map(call, *volume.volume_id, volume.kms_key_id, source);
}

void open_blocks(Call& call, const ec2::Snapshot& snapshot, const ec2::Snapshot* source) {
  open_map(call, *snapshot.snapshot_id, snapshot.kms_key_id, source);
}

void copy_blocks(Call& call, const state::Volume& source, const ec2::Volume& copy) {
  ensure_blocks(call, source);
  settle_churn(call, source);
  storage::Blocks blocks = call.blocks();
  const std::string& id = *copy.volume_id;
  if (blocks.is_open(id)) blocks.close(id);
  // A snapshot that lasts as long as it takes to begin with it.
  blocks.take(*source.volume.volume_id, id);
  blocks.open_from(id, key_of(copy.kms_key_id), id);
  blocks.remove(id);
}

void seal_blocks(Call& call, const ec2::Snapshot& snapshot) { call.blocks().seal(*snapshot.snapshot_id); }

void take_blocks(Call& call, const state::Volume& volume, const ec2::Snapshot& snapshot) {
  ensure_blocks(call, volume);
  settle_churn(call, volume);
  call.blocks().take(*volume.volume.volume_id, *snapshot.snapshot_id);
}

void copy_blocks(Call& call, std::string_view source_region, const ec2::Snapshot& source, const ec2::Snapshot& copy) {
  ensure_blocks_in(call, source_region, source);
  const auto copied =
      call.blocks().copy(source_region, *source.snapshot_id, *copy.snapshot_id, key_of(copy.kms_key_id));
  count_copy_traffic(call, source_region, *source.snapshot_id, *copy.snapshot_id, copied.bytes);
}

void archive_blocks(Call& call, const ec2::Snapshot& snapshot) {
  ensure_blocks(call, snapshot);
  call.blocks().archive(*snapshot.snapshot_id);
}

void restore_blocks(Call& call, const ec2::Snapshot& snapshot) {
  ensure_blocks(call, snapshot);
  call.blocks().restore(*snapshot.snapshot_id);
}

void drop_blocks(Call& call, std::string_view id) {
  storage::Blocks blocks = call.blocks();
  if (blocks.is_open(id)) blocks.close(id);
  if (blocks.has_snapshot(id)) blocks.remove(id);
}

void ensure_blocks(Call& call, const ec2::Snapshot& snapshot) { ensure_blocks_in(call, call.region(), snapshot); }

void ensure_blocks(Call& call, const state::Volume& volume) {
  const std::string& id = *volume.volume.volume_id;
  if (call.blocks().is_open(id)) return;
  const auto source = snapshot_under(call, volume.volume);
  open_blocks(call, volume.volume, source ? &source->snapshot : nullptr);
  const std::int64_t behind = source ? blocks_for(full_size_in_bytes(source->snapshot)) : 0;
  const std::int64_t size = blocks_for(kGibBytes * volume.volume.size.value_or(0));
  const std::int64_t count = std::min(blocks_for(volume.written_bytes.value_or(0)), size - behind);
  if (count > 0) call.blocks().write(id, {behind, count});
}

}  // namespace amity::handlers
