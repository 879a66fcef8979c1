#include "handlers/fixture_blocks.hpp"

#include "handlers/digest.hpp"
#include "handlers/fixture_target.hpp"
#include "model/encoding.hpp"
#include "storage/block_transfer.hpp"
#include "storage/blocks.hpp"
#include "storage/catalogue.hpp"

#include <map>

namespace amity::handlers {
namespace {

// Runs are written as their starts and lengths in turn.
std::vector<std::int64_t> run_numbers(const storage::Extents& runs) {
  std::vector<std::int64_t> numbers;
  for (const storage::Extent& run : runs) numbers.insert(numbers.end(), {run.start, run.length});
  return numbers;
}

storage::Extents block_runs(const std::vector<std::int64_t>& numbers, const std::string& field) {
  if (numbers.size() % 2 != 0) throw FieldError{field, "must hold pairs of a first block and how many"};
  storage::Extents runs;
  for (std::size_t i = 0; i < numbers.size(); i += 2) {
    const storage::Extent run{numbers[i], numbers[i + 1]};
    const std::int64_t least = runs.empty() ? 0 : runs.back().end();
    if (run.start < least || run.length < 1 || run.length > storage::kAllBlocks.length ||
        run.end() > storage::kAllBlocks.length)
      throw FieldError{field, "must hold runs of blocks in ascending order"};
    runs.push_back(run);
  }
  return runs;
}

// Reads the maps, and makes sure that they only name what there is.
class BlockMapReader {
 public:
  BlockMapReader(Environment environment, const state::Fixture& fixture) : environment_(environment) {
    for (std::size_t i = 0; i < fixture.block_layers.size(); ++i)
      add(fixture.block_layers[i], element_path("BlockLayers", i));
    for (std::size_t i = 0; i < fixture.block_maps.size(); ++i)
      add(fixture.block_maps[i], element_path("BlockMaps", i));
  }

  const storage::MovedBlocks& moved() const { return moved_; }
  const std::string& account_of(const storage::MovedMap& map) const { return places_.at(map.layer).account; }

 private:
  void add(const state::FixtureBlockLayer& written, const std::string& path) {
    storage::MovedLayer layer{.number = written.layer, .lineage = written.lineage, .place = {}};
    layer.place = {.account = written.account, .region = written.region, .kms_key = written.kms_key_id.value_or("")};
    check_region(written.region, path + ".Region");
    if (written.parent) layer.parent = known(*written.parent, path + ".Parent");
    layer.data = block_runs(written.data, path + ".Data");
    layer.holes = block_runs(written.holes, path + ".Holes");
    for (std::size_t i = 0; i < written.contents.size(); ++i)
      layer.contents.push_back(content_of(written.contents[i], path + '.' + element_path("Contents", i)));
    if (!places_.emplace(layer.number, layer.place).second) throw FieldError{path + ".Layer", "is there already"};
    lineages_.emplace(layer.lineage, layer.place);
    if (lineages_.at(layer.lineage) != layer.place)
      throw FieldError{path + ".Lineage", "is of one account, region and key"};
    moved_.layers.push_back(std::move(layer));
  }

  static storage::MovedContent content_of(const state::FixtureBlockContent& written, const std::string& path) {
    auto bytes = model::base64_decode(written.bytes);
    if (!bytes || std::ssize(*bytes) != storage::kBlockBytes) throw FieldError{path + ".Bytes", "must be one block"};
    if (written.block < 0 || written.block >= storage::kAllBlocks.length)
      throw FieldError{path + ".Block", "is no block"};
    std::string sum = digest(DigestAlgorithm::Sha256, *bytes);
    return {.block = written.block, .digest = std::move(sum), .bytes = *std::move(bytes)};
  }

  void add(const state::FixtureBlockMap& written, const std::string& path) {
    storage::MovedMap map{.region = written.region,
                          .id = written.id,
                          .layer = known(written.layer, path + ".Layer"),
                          .is_snapshot = written.is_snapshot.value_or(false),
                          .made_layer = written.made_layer.value_or(false),
                          .archived = written.archived.value_or(false),
                          .next = written.next.value_or(0)};
    check_region(written.region, path + ".Region");
    if (written.copied_lineage) {
      if (!lineages_.contains(*written.copied_lineage)) throw FieldError{path + ".CopiedLineage", "is unknown"};
      map.copied_lineage = written.copied_lineage;
      if (written.copied_layer) map.copied_layer = known(*written.copied_layer, path + ".CopiedLayer");
    }
    if (!ids_.emplace(std::pair(map.region, map.id), 0).second) throw FieldError{path + ".Id", "is there already"};
    moved_.maps.push_back(std::move(map));
  }

  void check_region(const std::string& region, const std::string& field) const {
    if (!environment_.catalogue.region(region)) throw FieldError{field, "is no AWS Region"};
  }

  std::int64_t known(std::int64_t layer, const std::string& field) const {
    if (!places_.contains(layer)) throw FieldError{field, "is a layer that does not come before"};
    return layer;
  }

  Environment environment_;
  storage::MovedBlocks moved_;
  std::map<std::int64_t, storage::BlockPlace> places_;
  std::map<std::int64_t, storage::BlockPlace> lineages_;
  std::map<std::pair<std::string, std::string>, int> ids_;
};

std::optional<bool> if_true(bool value) { return value ? std::optional(true) : std::nullopt; }

}  // namespace

void dump_block_maps(Environment environment, state::Fixture& fixture) {
  const storage::MovedBlocks moved = storage::take_block_maps(environment.store.database());
  for (const storage::MovedLayer& layer : moved.layers) {
    state::FixtureBlockLayer& written = fixture.block_layers.emplace_back();
    written = {.layer = layer.number,
               .lineage = layer.lineage,
               .account = layer.place.account,
               .region = layer.place.region,
               .parent = layer.parent,
               .data = run_numbers(layer.data),
               .holes = run_numbers(layer.holes)};
    if (!layer.place.kms_key.empty()) written.kms_key_id = layer.place.kms_key;
    for (const storage::MovedContent& content : layer.contents)
      written.contents.push_back({.block = content.block, .bytes = model::base64_encode(content.bytes)});
  }
  for (const storage::MovedMap& map : moved.maps)
    fixture.block_maps.push_back({.id = map.id,
                                  .region = map.region,
                                  .layer = map.layer,
                                  .is_snapshot = if_true(map.is_snapshot),
                                  .made_layer = if_true(map.made_layer),
                                  .archived = if_true(map.archived),
                                  .copied_lineage = map.copied_lineage,
                                  .copied_layer = map.copied_layer,
                                  .next = map.next == 0 ? std::nullopt : std::optional(map.next)});
}

std::size_t load_block_maps(Environment environment, const state::Fixture& fixture) {
  const BlockMapReader reader(environment, fixture);
  storage::Database& database = environment.store.database();
  for (const storage::MovedMap& map : reader.moved().maps) {
    storage::Blocks blocks(database, {.account = reader.account_of(map), .region = map.region});
    if (blocks.is_open(map.id)) blocks.close(map.id);
    if (blocks.has_snapshot(map.id)) blocks.remove(map.id);
  }
  storage::put_block_maps(database, reader.moved());
  return reader.moved().maps.size();
}

}  // namespace amity::handlers
