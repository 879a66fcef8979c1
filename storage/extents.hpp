// Runs of blocks, and the arithmetic of sets of them. No database here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace amity::storage {

// EBS counts in these: what is written at all is written, kept and paid for as a whole block.
inline constexpr std::int64_t kBlockBytes = std::int64_t{512} * 1024;

struct Extent {
  std::int64_t start = 0;
  std::int64_t length = 0;

  std::int64_t end() const { return start + length; }
  friend bool operator==(const Extent&, const Extent&) = default;
};

// A set of blocks: runs in ascending order that neither overlap nor are empty.
using Extents = std::vector<Extent>;

// Every block that a volume can have and then some.
inline constexpr Extent kAllBlocks{0, std::int64_t{1} << 40};

// Adds a run that lies behind all others, joined to the last one where they touch.
void append(Extents& set, Extent run);
// The set of runs in any order, overlapping or not.
Extents united(std::vector<Extent> runs);
Extents subtract(const Extents& from, const Extents& what);
// The first `count` blocks of the set.
Extents first_blocks(const Extents& set, std::int64_t count);
std::int64_t total(const Extents& set);

// A set seen through a cursor. at_or_after(block) answers the first run that ends behind `block`, or nullptr; it is
// asked for ascending blocks only.
class ExtentsCursor {
 public:
  explicit ExtentsCursor(const Extents& set) : set_(set) {}
  const Extent* at_or_after(std::int64_t block);

 private:
  const Extents& set_;
  std::size_t position_ = 0;
};

// Calls `visit(run, left, right)` for every run that lies in both, in ascending order, with the runs that it was cut
// from. Leaps over what only one of them has, so that it costs what the smaller one has.
template <class Left, class Right, class Visit>
void for_each_common(Left& left, Right& right, Visit visit) {
  std::int64_t block = 0;
  while (true) {
    const auto* a = left.at_or_after(block);
    if (!a) return;
    if (block < a->start) block = a->start;
    const auto* b = right.at_or_after(block);
    if (!b) return;
    if (block < b->start) block = b->start;
    if (block >= a->end()) continue;
    const std::int64_t end = a->end() < b->end() ? a->end() : b->end();
    visit(Extent{block, end - block}, *a, *b);
    block = end;
  }
}

}  // namespace amity::storage
