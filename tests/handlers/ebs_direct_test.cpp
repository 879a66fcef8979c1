#include "handlers/digest.hpp"
#include "model/ebs.hpp"
#include "model/encoding.hpp"
#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace amity;
using namespace amity::tests;

namespace {

constexpr std::int32_t kBlockBytes = 524288;
const std::string kMissing = "snap-0123456789abcdef0";

std::string block_of(char fill) { return std::string(kBlockBytes, fill); }
std::string sha256(std::string_view bytes) { return handlers::digest(handlers::DigestAlgorithm::Sha256, bytes); }

std::string start(World& world, ebs::StartSnapshotRequest request = {}) {
  if (request.volume_size == 0) request.volume_size = 1;
  return *world.call(request).snapshot_id;
}

ebs::PutSnapshotBlockRequest put_request(const std::string& snapshot, std::int32_t index, char fill) {
  const std::string bytes = block_of(fill);
  return {.snapshot_id = snapshot,
          .block_index = index,
          .block_data = bytes,
          .data_length = kBlockBytes,
          .checksum = model::base64_encode(sha256(bytes)),
          .checksum_algorithm = "SHA256"};
}
void put(World& world, const std::string& snapshot, std::int32_t index, char fill) {
  world.call(put_request(snapshot, index, fill));
}

void complete(World& world, const std::string& snapshot, std::int32_t blocks) {
  world.call(ebs::CompleteSnapshotRequest{.snapshot_id = snapshot, .changed_blocks_count = blocks});
}

// A completed snapshot of 1 GiB with these blocks.
std::string make_direct(World& world, const std::map<std::int32_t, char>& blocks,
                        const std::optional<std::string>& parent = {}) {
  const std::string id = start(world, {.parent_snapshot_id = parent});
  for (const auto& [index, fill] : blocks) put(world, id, index, fill);
  complete(world, id, static_cast<std::int32_t>(blocks.size()));
  return id;
}

// Code and reason.
template <class Request>
std::string refusal(World& world, const Request& request) {
  try {
    world.call(request);
    return {};
  } catch (const handlers::ApiError& error) {
    return error.code() + " " + error.reason();
  }
}

ebs::GetSnapshotBlockRequest get_request(const std::string& snapshot, const ebs::Block& block) {
  return {.snapshot_id = snapshot, .block_index = *block.block_index, .block_token = *block.block_token};
}

std::vector<ebs::Block> list(World& world, const std::string& snapshot) {
  return world.call(ebs::ListSnapshotBlocksRequest{.snapshot_id = snapshot}).blocks;
}

constexpr const char* kInvalidSnapshot = "ValidationException INVALID_SNAPSHOT_ID";
constexpr const char* kInvalidValue = "ValidationException INVALID_PARAMETER_VALUE";
constexpr const char* kNotFound = "ResourceNotFoundException SNAPSHOT_NOT_FOUND";
constexpr const char* kDenied = "AccessDeniedException UNAUTHORIZED_ACCOUNT";

}  // namespace

TEST_CASE("A snapshot is written block by block and read back", "[ebs]") {
  World world;
  const auto started = world.call(ebs::StartSnapshotRequest{
      .volume_size = 2, .tags = {{.key = "Name", .value = "disk"}}, .description = "from home"});
  const std::string id = *started.snapshot_id;
  CHECK(started.status == "pending");
  CHECK(started.owner_id == kAccount);
  CHECK(started.block_size == kBlockBytes);
  CHECK(started.volume_size == 2);
  CHECK(started.start_time == world.now());
  CHECK(started.tags.size() == 1);
  CHECK(describe_snapshot(world, id).state == ec2::SnapshotState::pending);
  CHECK(describe_snapshot(world, id).volume_id == "vol-ffffffff");

  auto second = put_request(id, 4095, 'b');
  second.progress = 50;
  const auto answer = world.call(second);
  CHECK(answer.checksum == second.checksum);
  CHECK(answer.checksum_algorithm == "SHA256");
  CHECK(describe_snapshot(world, id).progress == "50%");
  put(world, id, 3, 'a');

  const std::string all = model::base64_encode(sha256(sha256(block_of('a')) + sha256(block_of('b'))));
  const auto completed = world.call(ebs::CompleteSnapshotRequest{.snapshot_id = id,
                                                                 .changed_blocks_count = 2,
                                                                 .checksum = all,
                                                                 .checksum_algorithm = "SHA256",
                                                                 .checksum_aggregation_method = "LINEAR"});
  CHECK(completed.status == "pending");
  const ec2::Snapshot snapshot = describe_snapshot(world, id);
  CHECK(snapshot.state == ec2::SnapshotState::completed);
  CHECK(snapshot.progress == "100%");
  CHECK(snapshot.description == "from home");
  CHECK(snapshot.full_snapshot_size_in_bytes == 2 * kBlockBytes);
  CHECK(snapshot.tags.size() == 1);

  const auto listed = world.call(ebs::ListSnapshotBlocksRequest{.snapshot_id = id});
  CHECK(listed.volume_size == 2);
  CHECK(listed.block_size == kBlockBytes);
  CHECK(listed.expiry_time == world.now() + std::chrono::hours(7 * 24));
  CHECK_FALSE(listed.next_token);
  REQUIRE(listed.blocks.size() == 2);
  CHECK(listed.blocks[0].block_index == 3);
  CHECK(listed.blocks[1].block_index == 4095);
  const auto read = world.call(get_request(id, listed.blocks[1]));
  CHECK(read.data_length == kBlockBytes);
  CHECK(read.block_data == block_of('b'));
  CHECK(read.checksum == second.checksum);
  CHECK(read.checksum_algorithm == "SHA256");
}

TEST_CASE("A volume made from such a snapshot goes on from there", "[ebs]") {
  World world;
  const std::string id = make_direct(world, {{0, 'a'}, {1, 'b'}});
  const std::string volume = make_volume(world, {.snapshot_id = id});
  world.make_call().blocks().write(volume, storage::Extent{1, 1});
  const std::string next = make_snapshot(world, volume);
  CHECK(world.make_call().blocks().stored_bytes(next) == kBlockBytes);
  const auto blocks = list(world, next);
  CHECK(world.call(get_request(next, blocks.at(0))).block_data == block_of('a'));
  CHECK(world.call(get_request(next, blocks.at(1))).block_data == block_of('\0'));
}

TEST_CASE("A snapshot with a parent holds the parent's blocks too, and stores its own", "[ebs][StartSnapshot]") {
  World world;
  const std::string parent = make_direct(world, {{0, 'a'}, {1, 'b'}});
  const std::string child = make_direct(world, {{1, 'c'}, {7, 'd'}}, parent);
  CHECK(list(world, child).size() == 3);
  CHECK(describe_snapshot(world, child).full_snapshot_size_in_bytes == 3 * kBlockBytes);
  CHECK(world.make_call().blocks().stored_bytes(child) == 2 * kBlockBytes);
  const auto changes =
      world.call(ebs::ListChangedBlocksRequest{.first_snapshot_id = parent, .second_snapshot_id = child});
  REQUIRE(changes.changed_blocks.size() == 2);
  const ebs::ChangedBlock& changed = changes.changed_blocks[0];
  CHECK(changed.block_index == 1);
  CHECK(world
            .call(ebs::GetSnapshotBlockRequest{
                .snapshot_id = parent, .block_index = 1, .block_token = *changed.first_block_token})
            .block_data == block_of('b'));
  CHECK(world
            .call(ebs::GetSnapshotBlockRequest{
                .snapshot_id = child, .block_index = 1, .block_token = *changed.second_block_token})
            .block_data == block_of('c'));
  CHECK(changes.changed_blocks[1].block_index == 7);
  CHECK_FALSE(changes.changed_blocks[1].first_block_token);
}

TEST_CASE("Encryption is the parent's, or as asked for", "[ebs][StartSnapshot]") {
  World world;
  const std::string key = key_arn(kAccount);
  const auto encrypted = world.call(ebs::StartSnapshotRequest{.volume_size = 1, .encrypted = true, .kms_key_arn = key});
  CHECK(encrypted.kms_key_arn == key);
  complete(world, *encrypted.snapshot_id, 0);
  CHECK(describe_snapshot(world, *encrypted.snapshot_id).encrypted == true);
  CHECK(world.call(ebs::StartSnapshotRequest{.volume_size = 1, .encrypted = true}).kms_key_arn.has_value());
  CHECK(world.call(ebs::StartSnapshotRequest{.volume_size = 1, .kms_key_arn = key}).kms_key_arn == key);
  CHECK_FALSE(world.call(ebs::StartSnapshotRequest{.volume_size = 1, .encrypted = false}).kms_key_arn);
  const auto child =
      world.call(ebs::StartSnapshotRequest{.volume_size = 1, .parent_snapshot_id = encrypted.snapshot_id});
  CHECK(child.kms_key_arn == key);
  CHECK(child.parent_snapshot_id == encrypted.snapshot_id);

  const std::string plain = make_direct(world, {{0, 'a'}});
  world.call(ec2::EnableEbsEncryptionByDefaultRequest{});
  CHECK(world.call(ebs::StartSnapshotRequest{.volume_size = 1}).kms_key_arn.has_value());
  CHECK(refusal(world, ebs::StartSnapshotRequest{.volume_size = 1, .encrypted = false}) == kInvalidValue);
  CHECK(refusal(world, ebs::StartSnapshotRequest{.volume_size = 1, .parent_snapshot_id = plain}) == kInvalidValue);
}

TEST_CASE("StartSnapshot refuses what cannot be", "[ebs][StartSnapshot]") {
  World world;
  const std::string parent = make_direct(world, {{0, 'a'}});
  const std::string pending = start(world);
  const auto refused = [&](ebs::StartSnapshotRequest request) {
    if (request.volume_size == 0) request.volume_size = 1;
    return refusal(world, request);
  };
  CHECK(refused({.volume_size = 65537}) == "ValidationException INVALID_VOLUME_SIZE");
  CHECK(refused({.parent_snapshot_id = kMissing}) == kNotFound);
  CHECK(refused({.parent_snapshot_id = pending}) == kInvalidSnapshot);
  CHECK(refused({.parent_snapshot_id = parent, .encrypted = false}) == kInvalidValue);
  CHECK(refused({.parent_snapshot_id = parent, .kms_key_arn = key_arn(kAccount)}) == kInvalidValue);
  CHECK(refused({.encrypted = false, .kms_key_arn = key_arn(kAccount)}) == kInvalidValue);
  CHECK(refused({.encrypted = true, .kms_key_arn = key_arn(kOtherAccount)}) ==
        "ValidationException INVALID_CUSTOMER_KEY");
  CHECK(refused({.tags = {{.key = "aws:x", .value = ""}}}) == "ValidationException INVALID_TAG");
  CHECK(refused({.tags = {{.key = "a", .value = ""}, {.key = "a", .value = ""}}}) == "ValidationException INVALID_TAG");
  const std::string big = start(world, {.volume_size = 4});
  complete(world, big, 0);
  CHECK(refused({.volume_size = 3, .parent_snapshot_id = big}) == "ValidationException INVALID_VOLUME_SIZE");
  share(world, parent, kOtherAccount);
  world.as(kOtherAccount);
  CHECK(refused({.parent_snapshot_id = parent}) == kDenied);
}

TEST_CASE("A client token starts one snapshot", "[ebs][StartSnapshot]") {
  World world;
  const std::string token(200, 't');
  const std::string id = start(world, {.client_token = token});
  CHECK(start(world, {.client_token = token}) == id);
  CHECK(refusal(world, ebs::StartSnapshotRequest{.volume_size = 2, .client_token = token}) == "ConflictException ");
}

TEST_CASE("PutSnapshotBlock takes whole blocks with the right checksum, of the caller's unfinished snapshots",
          "[ebs][PutSnapshotBlock]") {
  World world;
  const std::string id = start(world);
  const auto refused = [&](auto change) {
    auto request = put_request(id, 0, 'a');
    change(request);
    return refusal(world, request);
  };
  CHECK(refused([](auto& request) { request.block_index = 2048; }) == "ValidationException INVALID_BLOCK");
  CHECK(refused([](auto& request) { request.data_length = 4096; }) == kInvalidValue);
  CHECK(refused([](auto& request) { request.block_data.pop_back(); }) == kInvalidValue);
  CHECK(refused([](auto& request) { request.block_data[7] = 'b'; }) == kInvalidValue);
  CHECK(refused([](auto& request) { request.checksum = "bm9uc2Vuc2U="; }) == kInvalidValue);
  CHECK(refused([](auto& request) { request.snapshot_id = kMissing; }) == kNotFound);
  world.as(kOtherAccount);
  CHECK(refused([](auto&) {}) == kNotFound);
  world.as(kAccount);
  complete(world, id, 0);
  CHECK(refused([](auto&) {}) == kInvalidSnapshot);
  CHECK(list(world, id).empty());
  const std::string of_volume = make_snapshot(world);
  CHECK(refused([&](auto& request) { request.snapshot_id = of_volume; }) == kInvalidSnapshot);
  share(world, id, kOtherAccount);
  world.as(kOtherAccount);
  CHECK(refused([](auto&) {}) == kDenied);
}

TEST_CASE("A block that is put again is overwritten", "[ebs][PutSnapshotBlock]") {
  World world;
  const std::string id = start(world);
  put(world, id, 5, 'a');
  put(world, id, 5, 'b');
  complete(world, id, 1);
  CHECK(world.call(get_request(id, list(world, id).at(0))).block_data == block_of('b'));
}

TEST_CASE("CompleteSnapshot counts and sums up", "[ebs][CompleteSnapshot]") {
  World world;
  const std::string id = start(world);
  put(world, id, 0, 'a');
  put(world, id, 1, 'b');
  const auto refused = [&](ebs::CompleteSnapshotRequest request) {
    request.snapshot_id = id;
    return refusal(world, request);
  };
  CHECK(refused({.changed_blocks_count = 1}) == kInvalidValue);
  CHECK(refused({.changed_blocks_count = 3}) == kInvalidValue);
  const std::string wrong = model::base64_encode(sha256(sha256(block_of('b')) + sha256(block_of('a'))));
  CHECK(refused({.changed_blocks_count = 2, .checksum = wrong}) == kInvalidValue);
  CHECK(refused({.changed_blocks_count = 2,
                 .checksum = wrong,
                 .checksum_algorithm = "SHA256",
                 .checksum_aggregation_method = "LINEAR"}) == kInvalidValue);
  complete(world, id, 2);
  CHECK(refused({.changed_blocks_count = 2}) == kInvalidSnapshot);
  CHECK(refusal(world, ebs::CompleteSnapshotRequest{.snapshot_id = kMissing}) == kNotFound);
}

TEST_CASE("A snapshot that nobody writes to or completes ends in error", "[ebs][StartSnapshot]") {
  World world;
  const std::string id = start(world, {.timeout = 10});
  world.advance(std::chrono::minutes(9));
  put(world, id, 0, 'a');
  world.advance(std::chrono::minutes(9));
  CHECK(describe_snapshot(world, id).state == ec2::SnapshotState::pending);
  world.advance(std::chrono::minutes(1));
  CHECK(describe_snapshot(world, id).state == ec2::SnapshotState::error);
  CHECK(refusal(world, put_request(id, 1, 'b')) == kInvalidSnapshot);
  auto kept = world.store().database().prepare("SELECT count(*) FROM block_data");
  kept.step();
  CHECK(kept.integer(0) == 0);
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = id});
}

TEST_CASE("Deleting a snapshot that is being written ends that at once", "[ebs][DeleteSnapshot]") {
  World world;
  const std::string id = start(world);
  put(world, id, 0, 'a');
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = id});
  CHECK(refusal(world, put_request(id, 1, 'b')) == kNotFound);
  world.advance(std::chrono::hours(2));
  CHECK(world.error_of(ec2::DescribeSnapshotsRequest{.snapshot_ids = {id}}) == "InvalidSnapshot.NotFound");
}

TEST_CASE("Only completed snapshots are read, by those who own them or are named", "[ebs][ListSnapshotBlocks]") {
  World world;
  const std::string id = make_direct(world, {{0, 'a'}});
  const ebs::ListSnapshotBlocksRequest request{.snapshot_id = id};
  world.as(kOtherAccount);
  CHECK(refusal(world, request) == kNotFound);
  world.as(kAccount);
  make_public(world, id);
  world.as(kOtherAccount);
  CHECK(refusal(world, request) == kDenied);
  world.as(kAccount);
  share(world, id, kOtherAccount);
  world.as(kOtherAccount);
  const auto blocks = list(world, id);
  REQUIRE(blocks.size() == 1);
  CHECK(world.call(get_request(id, blocks[0])).block_data == block_of('a'));
  CHECK(refusal(world, ebs::ListSnapshotBlocksRequest{.snapshot_id = start(world)}) == kInvalidSnapshot);
  CHECK(refusal(world, ebs::ListSnapshotBlocksRequest{.snapshot_id = kMissing}) == kNotFound);
  const std::string& listed = *world.catalogue().snapshots("us-east-1").front().snapshot_id;
  CHECK(refusal(world, ebs::ListSnapshotBlocksRequest{.snapshot_id = listed}) == kDenied);
}

TEST_CASE("Block tokens are good for their block, for seven days", "[ebs][GetSnapshotBlock]") {
  World world;
  const std::string id = make_direct(world, {{0, 'a'}, {1, 'b'}});
  const std::string other = make_direct(world, {{0, 'c'}});
  const auto blocks = list(world, id);
  const std::string invalid = "ValidationException INVALID_BLOCK_TOKEN";
  ebs::GetSnapshotBlockRequest request = get_request(id, blocks[0]);
  request.block_index = 1;
  CHECK(refusal(world, request) == invalid);
  CHECK(refusal(world, get_request(other, blocks[0])) == invalid);
  request = get_request(id, blocks[0]);
  for (const char* token : {"", "AAAA", "not base64!", "AAABAcJmJgLFVvJ4JjFk0i1w2fXvVvvNnkWmEwA6bKzQHKQy"}) {
    request.block_token = token;
    CHECK(refusal(world, request) == invalid);
  }
  world.advance(std::chrono::hours(7 * 24) - std::chrono::seconds(1));
  CHECK(refusal(world, get_request(id, blocks[0])).empty());
  world.advance(std::chrono::seconds(1));
  CHECK(refusal(world, get_request(id, blocks[0])) == invalid);
}

TEST_CASE("Written blocks are listed in pages of at least a hundred", "[ebs][ListSnapshotBlocks]") {
  World world;
  const std::string volume = make_volume(world, {.size = 1});
  world.make_call().blocks().write(volume, storage::Extent{10, 150});
  world.make_call().blocks().write(volume, storage::Extent{1000, 70});
  const std::string id = make_snapshot(world, volume);
  const auto page = [&](ebs::ListSnapshotBlocksRequest request) {
    request.snapshot_id = id;
    return world.call(request);
  };
  for (const auto asked : {std::optional<std::int32_t>(), std::optional(1), std::optional(100)}) {
    const auto first = page({.max_results = asked});
    CHECK(first.blocks.size() == 100);
    const auto second = page({.next_token = first.next_token, .max_results = asked, .starting_block_index = 7});
    CHECK(second.blocks.size() == 100);
    CHECK(second.blocks.front().block_index == 110);
    CHECK(second.blocks.back().block_index == 1049);
    const auto third = page({.next_token = second.next_token, .max_results = asked});
    CHECK(third.blocks.size() == 20);
    CHECK_FALSE(third.next_token);
  }
  CHECK(page({.max_results = 10000}).blocks.size() == 220);
  CHECK(page({.max_results = 220}).next_token == std::nullopt);
  CHECK(page({.starting_block_index = 1060}).blocks.size() == 10);
  CHECK(page({.starting_block_index = 2000}).blocks.empty());

  const auto token = page({}).next_token;
  const std::string invalid = "ValidationException INVALID_PAGE_TOKEN";
  CHECK(refusal(world, ebs::ListSnapshotBlocksRequest{.snapshot_id = make_snapshot(world), .next_token = token}) ==
        invalid);
  CHECK(refusal(world, ebs::ListSnapshotBlocksRequest{.snapshot_id = id, .next_token = "AAAA"}) == invalid);
  world.advance(std::chrono::minutes(60));
  CHECK(refusal(world, ebs::ListSnapshotBlocksRequest{.snapshot_id = id, .next_token = token}) == invalid);
}

TEST_CASE("A page of changes may be empty and not the last", "[ebs][ListChangedBlocks]") {
  // The example of "Read Amazon EBS snapshots with EBS direct APIs".
  World world;
  const std::string volume = make_volume(world, {.size = 1});
  world.make_call().blocks().write(volume, storage::Extent{0, 1000});
  const std::string first = make_snapshot(world, volume);
  world.make_call().blocks().write(volume, storage::Extent{999, 1});
  const std::string second = make_snapshot(world, volume);
  ebs::ListChangedBlocksRequest request{
      .first_snapshot_id = first, .second_snapshot_id = second, .max_results = 100, .starting_block_index = 0};
  for (int page = 1; page < 10; ++page) {
    const auto result = world.call(request);
    CHECK(result.changed_blocks.empty());
    REQUIRE(result.next_token);
    request.next_token = result.next_token;
  }
  const auto last = world.call(request);
  REQUIRE(last.changed_blocks.size() == 1);
  CHECK(last.changed_blocks[0].block_index == 999);
  CHECK_FALSE(last.next_token);
}

TEST_CASE("Changes skip what was never written", "[ebs][ListChangedBlocks]") {
  World world;
  const std::string volume = make_volume(world, {.size = 2});
  world.make_call().blocks().write(volume, storage::Extent{2000, 1000});
  const std::string first = make_snapshot(world, volume);
  world.make_call().blocks().write(volume, storage::Extent{2000, 1});
  const std::string second = make_snapshot(world, volume);
  const auto page = world.call(
      ebs::ListChangedBlocksRequest{.first_snapshot_id = first, .second_snapshot_id = second, .max_results = 100});
  REQUIRE(page.changed_blocks.size() == 1);
  CHECK(page.changed_blocks[0].block_index == 2000);
}

TEST_CASE("Changes are told of two readable snapshots of one lineage", "[ebs][ListChangedBlocks]") {
  World world;
  const std::string one = make_direct(world, {{0, 'a'}});
  const std::string other = make_direct(world, {{0, 'a'}});
  const auto refused = [&](std::optional<std::string> first, std::string second) {
    return refusal(world, ebs::ListChangedBlocksRequest{.first_snapshot_id = std::move(first),
                                                        .second_snapshot_id = std::move(second)});
  };
  CHECK(refused(one, other) == "ValidationException UNRELATED_SNAPSHOTS");
  CHECK(refused({}, other) == kInvalidValue);
  CHECK(refused(kMissing, other) == kNotFound);
  CHECK(refused(one, kMissing) == kNotFound);
  CHECK(refused(one, start(world)) == kInvalidSnapshot);
  CHECK(refused(one, one).empty());
}

TEST_CASE("Equal blocks are kept once", "[ebs]") {
  World world;
  const std::string id = make_direct(world, {{0, 'a'}, {1, 'a'}, {2, 'a'}});
  const std::string other = make_direct(world, {{9, 'a'}});
  const auto kept = [&] {
    auto row = world.store().database().prepare("SELECT count(*) FROM block_data");
    row.step();
    return row.integer(0);
  };
  CHECK(kept() == 1);
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = id});
  CHECK(kept() == 1);
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = other});
  CHECK(kept() == 0);
}
