// Random histories of volumes and snapshots by the calls of EC2, with their delays, against a model that is simple
// enough to be right: it keeps for every block which write it shows, and lets the oldest snapshot that has a write pay
// for it.
#include "handlers/block_maps.hpp"
#include "handlers/volume_writes.hpp"
#include "tests/handlers/ebs_builder.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>

using namespace amity;
using namespace amity::tests;

namespace {

constexpr int kBlocks = 2048;  // of a volume of 1 GiB
constexpr int kSteps = 250;
using Map = std::map<int, int>;  // from a block to the write that it shows

struct Snapshot {
  std::string id;
  Map map;
  bool archived = false;
};

class History {
 public:
  explicit History(unsigned seed) : random_(seed) {}

  void run() {
    for (int step = 0; step < kSteps; ++step) {
      do_something();
      look();
      check();
    }
  }

 private:
  int below(std::size_t limit) { return static_cast<int>(random_() % limit); }

  void do_something() {
    const int what = below(20);
    if (volumes_.empty() || what == 0) return create();
    if (what < 8) return write();
    if (what < 12) return snapshot();
    if (what == 12) return delete_volume();
    if (what < 17) return world_.advance(std::chrono::minutes(1 + below(120)));
    if (snapshots_.empty()) return;
    Snapshot& one = snapshots_[static_cast<std::size_t>(below(snapshots_.size()))];
    if (what == 17) return delete_snapshot(one);
    if (describe_snapshot(world_, one.id).state != ec2::SnapshotState::completed) return;
    if (what == 18) return archive_or_restore(one);
    if (one.archived) return;
    if (below(2) == 0) return copy(one);
    volumes_.emplace(make_volume(world_, {.snapshot_id = one.id}), one.map);
  }

  void create() { volumes_.emplace(make_volume(world_, {.size = 1}), Map()); }

  std::map<std::string, Map>::iterator any_volume() { return std::next(volumes_.begin(), below(volumes_.size())); }

  void write() {
    auto& [id, map] = *any_volume();
    const int start = below(kBlocks);
    const int length = 1 + below(static_cast<std::size_t>(std::min(kBlocks - start, 200)));
    handlers::Call call = world_.make_call();
    handlers::write_volume(call, id, start * storage::kBlockBytes, length * storage::kBlockBytes);
    for (int block = start; block < start + length; ++block) map[block] = next_write_++;
  }

  void snapshot() {
    const auto& [id, map] = *any_volume();
    const ec2::CreateSnapshotRequest request{.volume_id = id};
    // It may still be creating, or have too many pending snapshots.
    if (world_.error_of(request).empty()) remember_newest(map);
  }

  void copy(const Snapshot& source) {
    const ec2::CopySnapshotRequest request{.source_region = "us-east-1", .source_snapshot_id = source.id};
    const Map map = source.map;
    if (world_.error_of(request).empty()) remember_newest(map);
  }

  // The one that is not known yet.
  void remember_newest(const Map& map) {
    for (const ec2::Snapshot& shown : world_.call(ec2::DescribeSnapshotsRequest{.owner_ids = {"self"}}).snapshots)
      if (std::ranges::find(snapshots_, *shown.snapshot_id, &Snapshot::id) == snapshots_.end())
        return snapshots_.push_back({.id = *shown.snapshot_id, .map = map});
    FAIL("the snapshot is not there");
  }

  void delete_volume() {
    const auto volume = any_volume();
    if (world_.error_of(ec2::DeleteVolumeRequest{.volume_id = volume->first}).empty()) volumes_.erase(volume);
  }

  // A pending one goes as soon as it is completed: look() sees it.
  void delete_snapshot(const Snapshot& snapshot) {
    world_.call(ec2::DeleteSnapshotRequest{.snapshot_id = snapshot.id});
  }

  void archive_or_restore(Snapshot& snapshot) {
    handlers::Call call = world_.make_call();
    const ec2::Snapshot row = call.snapshots().find(snapshot.id).value().snapshot;
    snapshot.archived = !snapshot.archived;
    if (snapshot.archived) return handlers::archive_blocks(call, row);
    handlers::restore_blocks(call, row);
    for (auto& [block, write] : snapshot.map) write = next_write_++;  // it comes back with blocks of its own
  }

  void look() {
    std::set<std::string> there;
    for (const ec2::Snapshot& shown : world_.call(ec2::DescribeSnapshotsRequest{.owner_ids = {"self"}}).snapshots)
      there.insert(*shown.snapshot_id);
    std::erase_if(snapshots_, [&](const Snapshot& snapshot) { return !there.contains(snapshot.id); });
  }

  void check() {
    std::set<int> paid;
    handlers::Call call = world_.make_call();
    for (const Snapshot& snapshot : snapshots_) {
      std::int64_t stored = 0;
      if (!snapshot.archived)
        for (const auto& [block, write] : snapshot.map) stored += paid.insert(write).second ? 1 : 0;
      INFO(snapshot.id);
      const auto size = handlers::snapshot_size(call, call.snapshots().find(snapshot.id).value().snapshot);
      REQUIRE(size.stored_bytes == stored * storage::kBlockBytes);
      REQUIRE(size.full_bytes == std::ssize(snapshot.map) * storage::kBlockBytes);
    }
    for (const auto& [id, map] : volumes_)
      if (call.blocks().is_open(id)) REQUIRE(call.blocks().written_bytes(id) == std::ssize(map) * storage::kBlockBytes);
  }

  World world_{handlers::realistic_profile()};
  std::mt19937 random_;
  std::map<std::string, Map> volumes_;
  std::vector<Snapshot> snapshots_;  // the oldest first
  int next_write_ = 0;
};

}  // namespace

TEST_CASE("Snapshots store what a simple model says, whatever happens", "[snapshots][blocks]") {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    INFO("seed " << seed);
    History(seed).run();
  }
}
