#include "handlers/block_maps.hpp"
#include "handlers/block_tokens.hpp"
#include "handlers/digest.hpp"
#include "handlers/ebs_direct_errors.hpp"
#include "handlers/meters.hpp"
#include "handlers/registry.hpp"
#include "handlers/snapshots.hpp"
#include "model/ebs.hpp"
#include "model/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

// A page has at least a hundred blocks, also when fewer are asked for, or nothing is said.
constexpr std::int32_t kFewestResults = 100;

// A completed snapshot of the caller's, or one that is shared with the caller by name: these APIs do not know public
// ones ("Concepts for EBS direct APIs").
ec2::Snapshot find_readable(Call& call, const std::string& id) {
  const auto found = any_snapshot(call, id);
  if (!found || !may_use(call, *found)) throw errors::ebs_snapshot_not_found(id);
  const ec2::Snapshot& snapshot = found->snapshot;
  const auto names_caller = [&](const auto& permission) { return permission.user_id == call.account(); };
  if (snapshot.owner_id != call.account() && std::ranges::none_of(found->create_volume_permissions, names_caller))
    throw errors::ebs_access_denied(fmt::format("The public snapshot '{}' cannot be read.", id));
  if (snapshot.state.value_or(ec2::SnapshotState::completed) != ec2::SnapshotState::completed)
    throw errors::ebs_invalid(fmt::format("The snapshot '{}' is not completed.", id), "INVALID_SNAPSHOT_ID");
  if (snapshot.storage_tier == ec2::StorageTier::archive)
    throw errors::ebs_invalid(fmt::format("The snapshot '{}' is archived.", id), "INVALID_SNAPSHOT_ID");
  ensure_blocks(call, snapshot);
  return snapshot;
}

std::string block_purpose(const Call& call, std::string_view snapshot_id) {
  return fmt::format("block {} {}", call.account(), snapshot_id);
}

// One page of a list of blocks: which blocks it is about, and the tokens that it gives out.
class BlockPage {
 public:
  // `list` tells one list from another; the request is of either operation.
  template <class Request>
  BlockPage(const Call& call, std::string list, const Request& request)
      : list_(std::move(list)),
        limit_(std::max(request.max_results.value_or(kFewestResults), kFewestResults)),
        block_tokens_expire_(call.now() + kBlockTokenLifetime),
        page_tokens_expire_(call.now() + kPageTokenLifetime) {
    from_ = request.starting_block_index.value_or(0);
    if (!request.next_token) return;
    const auto block = read_block_token(list_, *request.next_token, call.now());
    if (!block) throw errors::ebs_invalid("The page token is invalid or has expired.", "INVALID_PAGE_TOKEN");
    from_ = *block;
  }

  std::int64_t from() const { return from_; }
  // One more than the page holds, which tells whether there is another page.
  std::int64_t to_look_at() const { return limit_ + 1; }
  // What of the blocks that were found is on the page; the token for the next one goes to `next_token`.
  storage::Extents cut(const storage::Extents& found, std::optional<std::string>& next_token) const {
    if (total(found) <= limit_) return found;
    storage::Extents page = first_blocks(found, limit_);
    next_token = make_block_token(list_, page.back().end(), page_tokens_expire_);
    return page;
  }

  std::string token_of(const Call& call, const std::string& snapshot_id, std::int64_t block) const {
    return make_block_token(block_purpose(call, snapshot_id), block, block_tokens_expire_);
  }
  model::Timestamp expiry() const { return block_tokens_expire_; }

 private:
  std::string list_;
  std::int64_t limit_;
  std::int64_t from_ = 0;
  model::Timestamp block_tokens_expire_;
  model::Timestamp page_tokens_expire_;
};

// Blocks that were never written are not listed.
ebs::ListSnapshotBlocksResponse list_snapshot_blocks(Call& call, const ebs::ListSnapshotBlocksRequest& request) {
  const ec2::Snapshot snapshot = find_readable(call, request.snapshot_id);
  const BlockPage page(call, "blocks of " + request.snapshot_id, request);
  ebs::ListSnapshotBlocksResponse result{.expiry_time = page.expiry(),
                                         .volume_size = snapshot.volume_size,
                                         .block_size = static_cast<std::int32_t>(storage::kBlockBytes)};
  const storage::Extents found = call.blocks().written(request.snapshot_id, page.from(), page.to_look_at());
  for (const storage::Extent& run : page.cut(found, result.next_token))
    for (std::int64_t block = run.start; block < run.end(); ++block)
      result.blocks.push_back({.block_index = static_cast<std::int32_t>(block),
                               .block_token = page.token_of(call, request.snapshot_id, block)});
  count_direct_requests(call, DirectRequest::List, request.snapshot_id);
  return result;
}

// A page is about as many written blocks as it may hold, and tells those that differ: it may be empty although there
// are more ("Read Amazon EBS snapshots with EBS direct APIs").
ebs::ListChangedBlocksResponse list_changed_blocks(Call& call, const ebs::ListChangedBlocksRequest& request) {
  const std::string& second = request.second_snapshot_id;
  if (!request.first_snapshot_id) throw errors::ebs_invalid("FirstSnapshotId is missing.");
  const std::string& first = *request.first_snapshot_id;
  find_readable(call, first);
  const ec2::Snapshot snapshot = find_readable(call, second);
  const BlockPage page(call, "changes from " + first + " to " + second, request);
  ebs::ListChangedBlocksResponse result{.expiry_time = page.expiry(),
                                        .volume_size = snapshot.volume_size,
                                        .block_size = static_cast<std::int32_t>(storage::kBlockBytes)};
  storage::Blocks blocks = call.blocks();
  storage::Extents found = blocks.written(first, page.from(), page.to_look_at());
  const storage::Extents in_second = blocks.written(second, page.from(), page.to_look_at());
  found.insert(found.end(), in_second.begin(), in_second.end());
  const storage::Extents written = page.cut(storage::united(std::move(found)), result.next_token);
  const std::int64_t end = written.empty() ? page.from() : written.back().end();
  const auto changes = blocks.changed(first, second, {page.from(), end - page.from()});
  if (!changes)
    throw errors::ebs_invalid(fmt::format("The snapshots '{}' and '{}' are not of one lineage.", first, second),
                              "UNRELATED_SNAPSHOTS");
  for (const storage::ChangedBlocks& change : *changes)
    for (std::int64_t block = change.run.start; block < change.run.end(); ++block) {
      ebs::ChangedBlock& told = result.changed_blocks.emplace_back();
      told.block_index = static_cast<std::int32_t>(block);
      if (change.in_first) told.first_block_token = page.token_of(call, first, block);
      if (change.in_second) told.second_block_token = page.token_of(call, second, block);
    }
  count_direct_requests(call, DirectRequest::List, second);
  return result;
}

// What no client has written bytes to (the catalogue's images, the writes that are only counted) reads as zeros.
ebs::GetSnapshotBlockResponse get_snapshot_block(Call& call, const ebs::GetSnapshotBlockRequest& request) {
  find_readable(call, request.snapshot_id);
  const auto block = read_block_token(block_purpose(call, request.snapshot_id), request.block_token, call.now());
  if (block != request.block_index)
    throw errors::ebs_invalid("The block token is invalid or has expired.", "INVALID_BLOCK_TOKEN");
  auto bytes = call.blocks().read(request.snapshot_id, request.block_index);
  if (!bytes)
    throw errors::ebs_invalid(fmt::format("The snapshot has no block {}.", request.block_index), "INVALID_BLOCK");
  if (bytes->empty()) bytes->resize(static_cast<std::size_t>(storage::kBlockBytes));
  count_direct_requests(call, DirectRequest::Get, request.snapshot_id);
  return {.data_length = static_cast<std::int32_t>(bytes->size()),
          .block_data = *bytes,
          .checksum = model::base64_encode(digest(DigestAlgorithm::Sha256, *bytes)),
          .checksum_algorithm = ebs::ChecksumAlgorithm::SHA256};
}

}  // namespace

std::span<const Operation> ebs_direct_read_operations() {
  static constexpr Operation kOperations[] = {
      bind<list_snapshot_blocks>(),
      bind<list_changed_blocks>(),
      bind<get_snapshot_block>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
