#include "storage/block_extents.hpp"

#include <algorithm>

namespace amity::storage {
namespace {

// Beyond so many rows it is quicker to look a block up than to walk there.
constexpr int kStepsBeforeSeek = 8;

constexpr std::string_view kRunsFrom =
    "SELECT start, length, hole FROM block_extent WHERE layer = ?1 AND start >= coalesce("
    "(SELECT start FROM block_extent WHERE layer = ?1 AND start <= ?2 ORDER BY start DESC LIMIT 1), ?2) ORDER BY start";

LayerExtent extent_of(const Statement& row) {
  LayerExtent extent;
  extent.start = row.integer(0);
  extent.length = row.integer(1);
  extent.fill = row.integer(2) != 0 ? Fill::Hole : Fill::Data;
  return extent;
}

}  // namespace

LayerCursor::LayerCursor(Database& database, std::int64_t layer) : rows_(database.prepare(kRunsFrom)), layer_(layer) {}

void LayerCursor::seek(std::int64_t block) {
  rows_.reset();
  rows_.bind(1, layer_).bind(2, block);
  at_ = At::Run;
  next();
}

void LayerCursor::next() {
  if (rows_.step())
    current_ = extent_of(rows_);
  else
    at_ = At::End;
}

const LayerExtent* LayerCursor::at_or_after(std::int64_t block) {
  if (at_ == At::Start) seek(block);
  for (int steps = 0; at_ == At::Run && current_.end() <= block; ++steps) {
    if (steps == kStepsBeforeSeek)
      seek(block);
    else
      next();
  }
  return at_ == At::Run ? &current_ : nullptr;
}

std::int64_t BlockExtents::put(std::int64_t layer, Extent run, Fill fill) {
  std::vector<LayerExtent> pieces;  // that touch the run
  {
    auto rows = database_.prepare(kRunsFrom);
    rows.bind(1, layer).bind(2, run.start - 1);
    while (rows.step()) {
      const LayerExtent piece = extent_of(rows);
      if (piece.start > run.end()) break;
      if (piece.end() >= run.start) pieces.push_back(piece);
    }
  }
  if (pieces.size() == 1 && pieces[0].fill == fill && pieces[0].start <= run.start && pieces[0].end() >= run.end())
    return 0;

  Extent whole = run;
  std::vector<LayerExtent> rests;
  std::int64_t data_before = 0;
  for (const LayerExtent& piece : pieces) {
    const std::int64_t from = std::max(piece.start, run.start);
    const std::int64_t to = std::min(piece.end(), run.end());
    if (piece.fill == Fill::Data) data_before += to - from;
    if (piece.fill == fill) {
      whole = {std::min(whole.start, piece.start), 0};
      whole.length = std::max(run.end(), piece.end()) - whole.start;
      continue;
    }
    if (piece.start < from) rests.push_back({{piece.start, from - piece.start}, piece.fill});
    if (piece.end() > to) rests.push_back({{to, piece.end() - to}, piece.fill});
  }
  if (!pieces.empty())
    database_.prepare("DELETE FROM block_extent WHERE layer = ?1 AND start BETWEEN ?2 AND ?3")
        .bind(1, layer)
        .bind(2, pieces.front().start)
        .bind(3, pieces.back().start)
        .run();
  for (const LayerExtent& rest : rests) insert(layer, rest, rest.fill);
  insert(layer, whole, fill);
  return (fill == Fill::Data ? run.length : 0) - data_before;
}

void BlockExtents::insert(std::int64_t layer, Extent run, Fill fill) {
  database_.prepare("INSERT INTO block_extent (layer, start, length, hole) VALUES (?1, ?2, ?3, ?4)")
      .bind(1, layer)
      .bind(2, run.start)
      .bind(3, run.length)
      .bind(4, std::int64_t{fill == Fill::Hole})
      .run();
}

Extents BlockExtents::in(std::int64_t layer, const Extents& where, Fill fill) const {
  Extents found;
  ExtentsCursor wanted(where);
  LayerCursor runs(database_, layer);
  for_each_common(wanted, runs, [&](Extent run, const Extent&, const LayerExtent& row) {
    if (row.fill == fill) append(found, run);
  });
  return found;
}

bool BlockExtents::any(std::int64_t layer) const { return rows_up_to(layer, 1) > 0; }

bool BlockExtents::is_smaller(std::int64_t a, std::int64_t b) const {
  for (std::int64_t limit = 64;; limit *= 4) {
    const std::int64_t in_a = rows_up_to(a, limit);
    if (in_a < limit) return in_a <= rows_up_to(b, limit);
    if (rows_up_to(b, limit) < limit) return false;
  }
}

std::int64_t BlockExtents::rows_up_to(std::int64_t layer, std::int64_t limit) const {
  auto rows = database_.prepare("SELECT count(*) FROM (SELECT 1 FROM block_extent WHERE layer = ?1 LIMIT ?2)");
  rows.bind(1, layer).bind(2, limit).step();
  return rows.integer(0);
}

void BlockContents::put(std::int64_t layer, std::int64_t block, std::string_view digest, std::string_view bytes) {
  erase(layer, {block, 1});
  database_.prepare("INSERT INTO block_data (digest, bytes) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING")
      .bind_blob(1, digest)
      .bind_blob(2, bytes)
      .run();
  database_.prepare("INSERT INTO block_content (layer, block, digest) VALUES (?1, ?2, ?3)")
      .bind(1, layer)
      .bind(2, block)
      .bind_blob(3, digest)
      .run();
}

std::optional<std::string> BlockContents::find(std::int64_t layer, std::int64_t block) const {
  auto row = database_.prepare(
      "SELECT bytes FROM block_content JOIN block_data USING (digest) WHERE layer = ?1 AND block = ?2");
  row.bind(1, layer).bind(2, block);
  return row.step() ? std::optional(std::string(row.blob(0))) : std::nullopt;
}

bool BlockContents::any(std::int64_t layer) const {
  auto row = database_.prepare("SELECT 1 FROM block_content WHERE layer = ?1 LIMIT 1");
  return row.bind(1, layer).step();
}

std::vector<std::string> BlockContents::digests(std::int64_t layer) const {
  auto rows = database_.prepare("SELECT digest FROM block_content WHERE layer = ?1 ORDER BY block");
  std::vector<std::string> digests;
  rows.bind(1, layer);
  while (rows.step()) digests.emplace_back(rows.blob(0));
  return digests;
}

void BlockContents::erase(std::int64_t layer, Extent run) {
  std::vector<std::string> digests;
  {
    auto rows =
        database_.prepare("DELETE FROM block_content WHERE layer = ?1 AND block >= ?2 AND block < ?3 RETURNING digest");
    rows.bind(1, layer).bind(2, run.start).bind(3, run.end());
    while (rows.step()) digests.emplace_back(rows.blob(0));
  }
  for (const std::string& digest : digests)
    database_
        .prepare(
            "DELETE FROM block_data WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM block_content WHERE digest = ?1)")
        .bind_blob(1, digest)
        .run();
}

void BlockContents::copy(std::int64_t from, Extent run, std::int64_t to) {
  database_
      .prepare(
          "INSERT INTO block_content (layer, block, digest) SELECT ?4, block, digest FROM block_content "
          "WHERE layer = ?1 AND block >= ?2 AND block < ?3")
      .bind(1, from)
      .bind(2, run.start)
      .bind(3, run.end())
      .bind(4, to)
      .run();
}

void BlockContents::move(std::int64_t from, Extent run, std::int64_t to) {
  database_.prepare("UPDATE block_content SET layer = ?4 WHERE layer = ?1 AND block >= ?2 AND block < ?3")
      .bind(1, from)
      .bind(2, run.start)
      .bind(3, run.end())
      .bind(4, to)
      .run();
}

}  // namespace amity::storage
