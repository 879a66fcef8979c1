#include "storage/extents.hpp"

#include <algorithm>

namespace amity::storage {

void append(Extents& set, Extent run) {
  if (!set.empty() && set.back().end() == run.start)
    set.back().length += run.length;
  else
    set.push_back(run);
}

Extents united(std::vector<Extent> runs) {
  std::ranges::sort(runs, {}, &Extent::start);
  Extents set;
  for (const Extent& run : runs) {
    if (!set.empty() && run.start <= set.back().end())
      set.back().length = std::max(set.back().end(), run.end()) - set.back().start;
    else
      set.push_back(run);
  }
  return set;
}

Extents subtract(const Extents& from, const Extents& what) {
  Extents rest;
  ExtentsCursor cuts(what);
  for (const Extent& run : from) {
    std::int64_t start = run.start;
    while (start < run.end()) {
      const Extent* cut = cuts.at_or_after(start);
      const std::int64_t stop = cut ? std::min(cut->start, run.end()) : run.end();
      if (start < stop) rest.push_back({start, stop - start});
      start = cut ? std::max(stop, cut->end()) : stop;
    }
  }
  return rest;
}

Extents first_blocks(const Extents& set, std::int64_t count) {
  Extents taken;
  for (const Extent& run : set) {
    if (count <= 0) break;
    taken.push_back({run.start, std::min(run.length, count)});
    count -= taken.back().length;
  }
  return taken;
}

std::int64_t total(const Extents& set) {
  std::int64_t blocks = 0;
  for (const Extent& run : set) blocks += run.length;
  return blocks;
}

const Extent* ExtentsCursor::at_or_after(std::int64_t block) {
  // Mostly the answer is near; a leap is found by doubling steps.
  std::size_t step = 1;
  while (position_ + step < set_.size() && set_[position_ + step - 1].end() <= block) {
    position_ += step;
    step *= 2;
  }
  const auto from = set_.begin() + static_cast<std::ptrdiff_t>(position_);
  const auto to = position_ + step < set_.size() ? from + static_cast<std::ptrdiff_t>(step) : set_.end();
  const auto found =
      std::lower_bound(from, to, block, [](const Extent& run, std::int64_t b) { return run.end() <= b; });
  position_ = static_cast<std::size_t>(found - set_.begin());
  return found == set_.end() ? nullptr : &*found;
}

}  // namespace amity::storage
