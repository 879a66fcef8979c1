// Random histories, checked after every step against a model that knows nothing of layers: a map of every block of
// every snapshot to the version that it holds.
#include "storage/blocks.hpp"
#include "storage/store.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace amity::storage;

namespace {

constexpr std::int64_t kVolumeBlocks = 48;

using Version = int;
using BlockMap = std::map<std::int64_t, Version>;

struct Owned {
  std::string id;
  BlockPlace place;
  int lineage = 0;
  BlockMap map;
};

struct ModelSnapshot : Owned {
  int age = 0;
  bool archived = false;
};

// A copy of a snapshot of `lineage`, by the place that it went to.
struct ModelCopy {
  std::string id;
  int lineage = 0;
  BlockPlace place;
  bool is_latest = false;
  BlockMap source;
};

class Model {
 public:
  std::vector<Owned> volumes;
  std::vector<ModelSnapshot> snapshots;

  Version write(BlockMap& map, std::int64_t block, std::string bytes = {}) {
    map[block] = ++last_version_;
    bytes_[last_version_] = std::move(bytes);
    return last_version_;
  }
  const std::string& bytes(Version version) const { return bytes_.at(version); }

  BlockMap fresh(const BlockMap& map) {
    BlockMap copy;
    for (const auto& [block, version] : map) write(copy, block, bytes_.at(version));
    return copy;
  }

  Owned volume_of(const ModelSnapshot* source, std::string id, BlockPlace place) {
    Owned volume{.id = std::move(id), .place = std::move(place), .map = {}};
    const bool shares = source && source->place == volume.place;
    volume.lineage = shares ? source->lineage : ++last_lineage_;
    if (source) volume.map = shares ? source->map : fresh(source->map);
    return volume;
  }

  void take(const Owned& volume, std::string id) {
    ModelSnapshot snapshot;
    static_cast<Owned&>(snapshot) = volume;
    snapshot.id = std::move(id);
    snapshot.age = ++last_age_;
    snapshots.push_back(std::move(snapshot));
  }

  // Answers how many blocks had to be copied.
  std::size_t copy(const ModelSnapshot source, std::string id, BlockPlace place) {
    ModelSnapshot made;
    made.id = std::move(id);
    made.place = place;
    made.age = ++last_age_;
    std::size_t copied = source.map.size();
    const bool moves = place.account != source.place.account || place.region != source.place.region;
    if (place == source.place) {
      made.map = source.map;
      made.lineage = source.lineage;
      copied = 0;
    } else if (const ModelCopy* latest = moves ? usable_copy(source.lineage, place) : nullptr) {
      const ModelSnapshot& below = *find(latest->id);
      made.lineage = below.lineage;
      for (const auto& [block, version] : source.map) {
        const auto before = latest->source.find(block);
        if (before != latest->source.end() && before->second == version)
          made.map[block] = below.map.at(block), --copied;
        else
          write(made.map, block, bytes_.at(version));
      }
    } else {
      made.lineage = ++last_lineage_;
      made.map = fresh(source.map);
    }
    if (moves) {
      for (ModelCopy& copy : copies_)
        if (copy.lineage == source.lineage && is_there(copy, place)) copy.is_latest = false;
      copies_.push_back(
          {.id = made.id, .lineage = source.lineage, .place = place, .is_latest = true, .source = source.map});
    }
    snapshots.push_back(std::move(made));
    return copied;
  }

  void remove(const std::string& id) {
    forget_copy(id);
    std::erase_if(snapshots, [&](const ModelSnapshot& snapshot) { return snapshot.id == id; });
  }

  void archive(const std::string& id) {
    forget_copy(id);
    ModelSnapshot& snapshot = *find(id);
    snapshot.archived = true;
    snapshot.map = fresh(snapshot.map);
    snapshot.lineage = ++last_lineage_;
  }

  ModelSnapshot* find(const std::string& id) {
    for (ModelSnapshot& snapshot : snapshots)
      if (snapshot.id == id) return &snapshot;
    return nullptr;
  }

  std::map<std::string, std::int64_t> stored() const {
    std::map<Version, const ModelSnapshot*> holders;
    std::map<std::string, std::int64_t> sizes;
    for (const ModelSnapshot& snapshot : snapshots) {
      sizes[snapshot.id] = 0;
      if (snapshot.archived) continue;
      for (const auto& [block, version] : snapshot.map) {
        const ModelSnapshot*& holder = holders[version];
        if (!holder || snapshot.age < holder->age) holder = &snapshot;
      }
    }
    for (const auto& [version, holder] : holders) sizes[holder->id] += kBlockBytes;
    return sizes;
  }

 private:
  static bool is_there(const ModelCopy& copy, const BlockPlace& place) {
    return copy.place.account == place.account && copy.place.region == place.region;
  }

  const ModelCopy* usable_copy(int lineage, const BlockPlace& place) const {
    const ModelCopy* latest = nullptr;
    for (const ModelCopy& copy : copies_) {
      if (copy.lineage != lineage || !is_there(copy, place)) continue;
      if (copy.place != place) return nullptr;
      if (copy.is_latest) latest = &copy;
    }
    return latest;
  }

  void forget_copy(const std::string& id) {
    std::erase_if(copies_, [&](const ModelCopy& copy) { return copy.id == id; });
  }

  std::vector<ModelCopy> copies_;
  std::map<Version, std::string> bytes_;
  Version last_version_ = 0;
  int last_lineage_ = 0;
  int last_age_ = 0;
};

class History {
 public:
  // Each history has a mix of its own.
  explicit History(unsigned seed) : random_(seed) {
    for (const Operation operation :
         {&History::open_from, &History::write, &History::write_bytes, &History::take, &History::copy,
          &History::restore, &History::close, &History::remove, &History::write_directly})
      for (std::size_t i = 1 + below(6); i > 0; --i) mix_.push_back(operation);
    // These begin lineages; the fewer there are, the more happens in each.
    mix_.push_back(&History::open);
    if (below(2) == 0) mix_.push_back(&History::archive);
  }

  void step() { (this->*mix_[below(mix_.size())])(); }

  void check() {
    const auto stored = model_.stored();
    for (const ModelSnapshot& snapshot : model_.snapshots) {
      INFO(snapshot.id);
      Blocks blocks = at(snapshot.place);
      REQUIRE(blocks.full_bytes(snapshot.id) == std::ssize(snapshot.map) * kBlockBytes);
      REQUIRE(blocks.stored_bytes(snapshot.id) == stored.at(snapshot.id));
      REQUIRE(reported_[snapshot.id] == stored.at(snapshot.id));
    }
    for (const Owned& volume : model_.volumes)
      REQUIRE(at(volume.place).written_bytes(volume.id) == std::ssize(volume.map) * kBlockBytes);
    check_contents();
    check_changes();
    check_layers();
  }

  void end() {
    for (; !model_.volumes.empty(); check()) close();
    for (; !model_.snapshots.empty(); check()) remove();
    for (const char* table : {"block_lineage", "block_layer", "block_extent", "block_content", "block_data",
                              "block_open", "block_snapshot", "block_holding", "block_unheld", "block_copy"}) {
      INFO(table);
      CHECK(count("SELECT count(*) FROM " + std::string(table)) == 0);
    }
  }

 private:
  using Operation = void (History::*)();

  std::size_t below(std::size_t limit) { return random_() % limit; }

  template <class T>
  T* any(std::vector<T>& items) {
    return items.empty() ? nullptr : &items[below(items.size())];
  }
  ModelSnapshot* any_standard() {
    ModelSnapshot* snapshot = any(model_.snapshots);
    return snapshot && !snapshot->archived ? snapshot : nullptr;
  }

  BlockPlace any_place() {
    return {.account = below(3) == 0 ? "222222222222" : "111111111111",
            .region = below(3) == 0 ? "eu-west-1" : "us-east-1",
            .kms_key = below(5) == 0 ? "key" : ""};
  }
  // Often where the snapshot is, or in the other region.
  BlockPlace any_place_for(const ModelSnapshot& snapshot) {
    BlockPlace place = snapshot.place;
    switch (below(8)) {
      case 0: return any_place();
      case 1:
      case 2:
      case 3: place.region = place.region == "us-east-1" ? "eu-west-1" : "us-east-1"; return place;
      default: return place;
    }
  }

  Blocks at(const BlockPlace& place) { return {store_.database(), {place.account, place.region}}; }
  std::string new_id(const char* prefix) { return prefix + std::to_string(++last_id_); }

  void report(const StoredChanges& changes) {
    for (const StoredChange& change : changes) {
      INFO("a change is reported that is none: " << change.snapshot_id);
      REQUIRE(reported_[change.snapshot_id] != change.stored_bytes);
      reported_[change.snapshot_id] = change.stored_bytes;
    }
  }

  void open() {
    if (model_.volumes.size() > 7) return close();
    Owned volume = model_.volume_of(nullptr, new_id("vol-"), any_place());
    at(volume.place).open(volume.id, volume.place.kms_key);
    model_.volumes.push_back(std::move(volume));
  }

  void open_from() {
    const ModelSnapshot* source = any_standard();
    if (!source) return;
    if (model_.volumes.size() > 7) return close();
    BlockPlace place = any_place_for(*source);
    place.region = source->place.region;
    Owned volume = model_.volume_of(source, new_id("vol-"), place);
    at(place).open_from(volume.id, place.kms_key, source->id);
    model_.volumes.push_back(std::move(volume));
  }

  Extent any_run() {
    const auto start = static_cast<std::int64_t>(below(kVolumeBlocks));
    const auto most = static_cast<std::size_t>(std::min<std::int64_t>(kVolumeBlocks - start, below(4) == 0 ? 40 : 4));
    return {start, static_cast<std::int64_t>(1 + below(most))};
  }

  void write_to(Owned& map) {
    const Extent run = any_run();
    at(map.place).write(map.id, run);
    for (std::int64_t block = run.start; block < run.end(); ++block) model_.write(map.map, block);
  }

  void write() {
    if (Owned* volume = any(model_.volumes)) write_to(*volume);
  }

  void write_bytes() {
    Owned* volume = any(model_.volumes);
    if (!volume) return;
    const std::int64_t block = any_run().start;
    const std::string bytes = "bytes " + std::to_string(below(6));
    at(volume->place).write(volume->id, block, "digest of " + bytes, bytes);
    model_.write(volume->map, block, bytes);
  }

  void take() {
    const Owned* volume = any(model_.volumes);
    if (!volume) return;
    const std::string id = new_id("snap-");
    report(at(volume->place).take(volume->id, id));
    model_.take(*volume, id);
  }

  // StartSnapshot, some blocks, CompleteSnapshot.
  void write_directly() {
    const ModelSnapshot* source = any_standard();
    const std::string id = new_id("snap-");
    Owned map = model_.volume_of(source, id, source ? source->place : any_place());
    if (source)
      at(map.place).open_from(id, map.place.kms_key, source->id);
    else
      at(map.place).open(id, map.place.kms_key);
    for (std::size_t i = below(3); i > 0; --i) write_to(map);
    report(at(map.place).seal(id));
    model_.take(map, id);
  }

  void copy() {
    const ModelSnapshot* source = any_standard();
    if (!source) return;
    const BlockPlace place = any_place_for(*source);
    const std::string id = new_id("snap-");
    const CopiedBlocks copied = at(place).copy(source->place.region, source->id, id, place.kms_key);
    report(copied.changes);
    const std::size_t expected = model_.copy(*source, id, place);
    REQUIRE(copied.bytes == static_cast<std::int64_t>(expected) * kBlockBytes);
  }

  void remove() {
    const ModelSnapshot* snapshot = any(model_.snapshots);
    if (!snapshot) return;
    const std::string id = snapshot->id;
    report(at(snapshot->place).remove(id));
    REQUIRE(reported_[id] == 0);
    model_.remove(id);
  }

  void archive() {
    const ModelSnapshot* snapshot = any_standard();
    if (!snapshot) return;
    const std::string id = snapshot->id;
    report(at(snapshot->place).archive(id));
    model_.archive(id);
  }

  void restore() {
    ModelSnapshot* snapshot = any(model_.snapshots);
    if (!snapshot || !snapshot->archived) return;
    report(at(snapshot->place).restore(snapshot->id));
    snapshot->archived = false;
  }

  void close() {
    if (model_.volumes.empty()) return;
    const auto volume = model_.volumes.begin() + static_cast<std::ptrdiff_t>(below(model_.volumes.size()));
    at(volume->place).close(volume->id);
    model_.volumes.erase(volume);
  }

  void check_contents() {
    const ModelSnapshot* snapshot = any(model_.snapshots);
    if (!snapshot) return;
    INFO(snapshot->id);
    Blocks blocks = at(snapshot->place);
    Extents expected;
    for (const auto& [block, version] : snapshot->map) append(expected, {block, 1});
    REQUIRE(united(blocks.written(snapshot->id, 0, kVolumeBlocks)) == expected);
    const std::int64_t block = any_run().start;
    const auto found = snapshot->map.find(block);
    const std::optional<std::string> bytes =
        found == snapshot->map.end() ? std::nullopt : std::optional(model_.bytes(found->second));
    REQUIRE(blocks.read(snapshot->id, block) == bytes);
  }

  void check_changes() {
    const ModelSnapshot* first = any(model_.snapshots);
    const ModelSnapshot* second = any(model_.snapshots);
    if (!first || first->place.region != second->place.region) return;
    INFO(first->id << " and " << second->id);
    const auto changes = at(first->place).changed(first->id, second->id, {0, kVolumeBlocks});
    REQUIRE(changes.has_value() == (first->lineage == second->lineage));
    if (!changes) return;
    std::map<std::int64_t, std::pair<bool, bool>> found;
    for (const ChangedBlocks& change : *changes)
      for (std::int64_t block = change.run.start; block < change.run.end(); ++block)
        found[block] = {change.in_first, change.in_second};
    std::map<std::int64_t, std::pair<bool, bool>> expected;
    for (std::int64_t block = 0; block < kVolumeBlocks; ++block) {
      const auto before = first->map.find(block);
      const auto after = second->map.find(block);
      const bool in_first = before != first->map.end();
      const bool in_second = after != second->map.end();
      if ((in_first || in_second) && !(in_first && in_second && before->second == after->second))
        expected[block] = {in_first, in_second};
    }
    REQUIRE(found == expected);
  }

  // Layers that are neither used nor a fork go at once, and the counts in the rows are true.
  void check_layers() {
    REQUIRE(
        count("SELECT count(*) FROM block_layer AS l WHERE (SELECT count(*) FROM block_layer WHERE parent = l.id) < 2 "
              "AND NOT EXISTS (SELECT 1 FROM block_snapshot WHERE layer = l.id) "
              "AND NOT EXISTS (SELECT 1 FROM block_open WHERE layer = l.id) "
              "AND NOT EXISTS (SELECT 1 FROM block_copy WHERE source = l.id)") == 0);
    // Nothing is kept for copies of what can be copied no more.
    REQUIRE(count("SELECT count(*) FROM block_copy AS c WHERE source IS NOT NULL AND NOT EXISTS "
                  "(SELECT 1 FROM block_layer AS l WHERE l.lineage = c.lineage AND "
                  "(l.id IN (SELECT layer FROM block_snapshot) OR l.id IN (SELECT layer FROM block_open)))") == 0);
    REQUIRE(count("SELECT count(*) FROM block_layer WHERE blocks <> "
                  "(SELECT coalesce(sum(length), 0) FROM block_extent WHERE layer = id AND hole = 0)") == 0);
    REQUIRE(count("SELECT count(*) FROM block_lineage WHERE id NOT IN (SELECT lineage FROM block_layer)") == 0);
    REQUIRE(count("SELECT count(*) FROM block_data WHERE digest NOT IN (SELECT digest FROM block_content)") == 0);
  }

  std::int64_t count(const std::string& sql) {
    auto row = store_.database().prepare(sql);
    row.step();
    return row.integer(0);
  }

  std::mt19937 random_;
  std::vector<Operation> mix_;
  Store store_;
  Model model_;
  std::map<std::string, std::int64_t> reported_;
  int last_id_ = 0;
};

}  // namespace

TEST_CASE("Whatever happens, every snapshot's full and stored sizes are those of a block by block account",
          "[blocks][property]") {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    History history(seed);
    for (int step = 0; step < 250; ++step) {
      INFO("seed " << seed << ", step " << step);
      history.step();
      history.check();
    }
    INFO("seed " << seed);
    history.end();
  }
}
