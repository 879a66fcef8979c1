// What the snapshots of the EC2 API store: the worked examples of the EBS user guide, made by the calls that its
// readers would make.
#include "handlers/block_maps.hpp"

#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace amity;
using namespace amity::tests;

namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr std::int64_t kBlocksPerGib = kGiB / storage::kBlockBytes;

void write(World& world, const std::string& volume, std::int64_t from_gib, std::int64_t gib) {
  world.make_call().blocks().write(volume, storage::Extent{from_gib * kBlocksPerGib, gib * kBlocksPerGib});
}

std::int64_t stored(World& world, const std::string& snapshot) {
  return world.make_call().blocks().stored_bytes(snapshot) / kGiB;
}
// What DescribeSnapshots says.
std::int64_t full(World& world, const std::string& snapshot) {
  return describe_snapshot(world, snapshot).full_snapshot_size_in_bytes.value() / kGiB;
}

// Snap A of 10 GiB, and B after 4 of them changed.
struct Chain {
  explicit Chain(World& world, const ec2::CreateVolumeRequest& request = {.size = 15})
      : volume(make_volume(world, request)) {
    write(world, volume, 0, 10);
    a = make_snapshot(world, volume);
    write(world, volume, 2, 4);
    b = make_snapshot(world, volume);
  }
  std::string volume;
  std::string a;
  std::string b;
};

std::string copy_snapshot(World& world, const std::string& source, const std::string& from,
                          ec2::CopySnapshotRequest request = {}) {
  request.source_snapshot_id = source;
  request.source_region = from;
  return *world.call(request).snapshot_id;
}

}  // namespace

TEST_CASE("A snapshot's full size is what is written, and it stores what has changed", "[snapshots][CreateSnapshot]") {
  World world;
  const Chain chain(world);
  CHECK(full(world, chain.a) == 10);
  CHECK(full(world, chain.b) == 10);
  CHECK(stored(world, chain.a) == 10);
  CHECK(stored(world, chain.b) == 4);
}

TEST_CASE("A snapshot is as large as its volume was when it was asked for", "[snapshots][CreateSnapshot]") {
  World world(handlers::realistic_profile());
  const std::string volume = make_volume(world, {.size = 15});
  world.advance(std::chrono::minutes(1));
  describe_volume(world, volume);
  write(world, volume, 0, 3);
  const std::string snapshot = make_snapshot(world, volume);
  CHECK_FALSE(describe_snapshot(world, snapshot).full_snapshot_size_in_bytes);
  write(world, volume, 3, 5);
  world.advance(std::chrono::hours(24));
  CHECK(full(world, snapshot) == 3);
}

TEST_CASE("Deleting a snapshot moves what others need to the next one", "[snapshots][DeleteSnapshot]") {
  World world;
  const Chain chain(world);
  world.call(ec2::DeleteSnapshotRequest{.snapshot_id = chain.a});
  CHECK(stored(world, chain.b) == 10);
  CHECK_FALSE(world.make_call().blocks().has_snapshot(chain.a));
}

TEST_CASE("A volume made from a snapshot stays in its lineage", "[volumes][CreateVolume]") {
  World world;
  const Chain chain(world);
  SECTION("under the same key") {
    const std::string volume = make_volume(world, {.snapshot_id = chain.a});
    write(world, volume, 10, 4);
    const std::string snapshot = make_snapshot(world, volume);
    CHECK(full(world, snapshot) == 14);
    CHECK(stored(world, snapshot) == 4);
  }
  SECTION("not under another one") {
    const std::string volume = make_volume(world, {.encrypted = true, .snapshot_id = chain.a});
    const std::string snapshot = make_snapshot(world, volume);
    CHECK(full(world, snapshot) == 10);
    CHECK(stored(world, snapshot) == 10);
  }
  SECTION("not in another account") {
    share(world, chain.a, kOtherAccount);
    world.as(kOtherAccount);
    const std::string snapshot = make_snapshot(world, make_volume(world, {.snapshot_id = chain.a}));
    CHECK(stored(world, snapshot) == 10);
  }
}

TEST_CASE("Copies share where they can", "[snapshots][CopySnapshot]") {
  World world;
  const Chain chain(world);
  SECTION("in the same region") {
    const std::string copy = copy_snapshot(world, chain.b, "us-east-1");
    CHECK(full(world, copy) == 10);
    CHECK(stored(world, copy) == 0);
  }
  SECTION("not when they are encrypted anew") {
    const std::string copy = copy_snapshot(world, chain.b, "us-east-1", {.encrypted = true});
    CHECK(stored(world, copy) == 10);
  }
  SECTION("in another region from the second on") {
    world.in("eu-west-1");
    const std::string first = copy_snapshot(world, chain.a, "us-east-1");
    const std::string second = copy_snapshot(world, chain.b, "us-east-1");
    CHECK(full(world, first) == 10);
    CHECK(full(world, second) == 10);
    CHECK(stored(world, first) == 10);
    CHECK(stored(world, second) == 4);
  }
  SECTION("and one that fails stores nothing") {
    const std::string copy =
        copy_snapshot(world, chain.b, "us-east-1", {.encrypted = true, .kms_key_id = key_arn(kOtherAccount)});
    CHECK(describe_snapshot(world, copy).state == ec2::SnapshotState::error);
    CHECK_FALSE(world.make_call().blocks().has_snapshot(copy));
    world.call(ec2::DeleteSnapshotRequest{.snapshot_id = copy});
  }
}

TEST_CASE("A volume takes its blocks with it when it is deleted", "[volumes][DeleteVolume]") {
  World world;
  const Chain chain(world);
  world.call(ec2::DeleteVolumeRequest{.volume_id = chain.volume});
  CHECK(describe_snapshot(world, chain.b).volume_id == chain.volume);
  CHECK_FALSE(world.make_call().blocks().is_open(chain.volume));
  CHECK(stored(world, chain.b) == 4);
}

TEST_CASE("A volume that is copied goes its own way from there", "[volumes][CopyVolumes]") {
  World world;
  const Chain chain(world);
  const std::string copy = make_volume(world, {.size = 15});
  write(world, chain.volume, 10, 1);
  {
    handlers::Call call = world.make_call();
    handlers::copy_blocks(call, call.volumes().find(chain.volume).value(), describe_volume(world, copy));
  }
  write(world, chain.volume, 11, 1);
  write(world, copy, 12, 2);
  const std::string of_copy = make_snapshot(world, copy);
  const std::string of_source = make_snapshot(world, chain.volume);
  CHECK(full(world, of_copy) == 13);
  CHECK(stored(world, of_copy) == 3);
  CHECK(full(world, of_source) == 12);
  CHECK(stored(world, of_source) == 1);
}

TEST_CASE("A volume of a public image's snapshot costs few rows, and its first snapshot is full", "[volumes]") {
  World world;
  const ec2::Snapshot& listed = world.catalogue().snapshots("us-east-1").front();
  const std::int64_t written = listed.full_snapshot_size_in_bytes.value();
  for (int i = 0; i < 3; ++i) make_volume(world, {.snapshot_id = listed.snapshot_id});
  auto extents = world.store().database().prepare("SELECT count(*) FROM block_extent");
  extents.step();
  CHECK(extents.integer(0) == 1);
  const std::string snapshot = make_snapshot(world, make_volume(world, {.snapshot_id = listed.snapshot_id}));
  CHECK(describe_snapshot(world, snapshot).full_snapshot_size_in_bytes == written);
  CHECK(world.make_call().blocks().stored_bytes(snapshot) == written);
}

TEST_CASE("What a client token repeats is not done twice", "[snapshots][CopySnapshot]") {
  World world;
  const std::string volume = make_volume(world, {.size = 1, .client_token = "token"});
  CHECK(make_volume(world, {.size = 1, .client_token = "token"}) == volume);
  auto open = world.store().database().prepare("SELECT count(*) FROM block_open");
  open.step();
  CHECK(open.integer(0) == 1);
}
