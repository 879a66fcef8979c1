#include "handlers/tag_history.hpp"

#include <algorithm>
#include <iterator>

namespace amity::handlers {
namespace {

bool holds(const storage::TagSpan& span, std::int64_t time) { return span.since <= time && time < span.until; }

}  // namespace

void TagHistory::take_up(std::string_view key) {
  if (std::ranges::find(keys_, key) != keys_.end()) return;
  keys_.emplace_back(key);
  take_up(history_.tag_spans(key));
}

void TagHistory::take_up_all() { take_up(history_.tag_spans()); }

void TagHistory::take_up(std::vector<storage::TagSpan> spans) {
  for (storage::TagSpan& span : spans) {
    OfResource& resource = resources_[span.resource];
    for (const std::int64_t change : {span.since, span.until}) {
      const auto place = std::ranges::lower_bound(resource.changes, change);
      if (place == resource.changes.end() || *place != change) resource.changes.insert(place, change);
    }
    resource.spans.push_back(std::move(span));
  }
}

const TagHistory::OfResource* TagHistory::find(std::int64_t resource) const {
  const auto found = resources_.find(resource);
  return found == resources_.end() ? nullptr : &found->second;
}

std::optional<std::string> TagHistory::value(std::int64_t resource, std::string_view key, std::int64_t time) const {
  if (const OfResource* found = find(resource))
    for (const storage::TagSpan& span : found->spans)
      if (span.key == key && holds(span, time)) return span.value;
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> TagHistory::tags(std::int64_t resource, std::int64_t time) const {
  std::vector<std::pair<std::string, std::string>> tags;
  if (const OfResource* found = find(resource))
    for (const storage::TagSpan& span : found->spans)
      if (holds(span, time)) tags.emplace_back(span.key, span.value);
  return tags;
}

void TagHistory::cut(const storage::MeterInterval& interval, const storage::MeterHistory::Visit& visit) const {
  const OfResource* found = resources_.empty() ? nullptr : find(interval.resource);
  if (!found || interval.since == interval.until) return visit(interval);
  storage::MeterInterval piece = interval;
  piece.is_open = false;
  for (auto change = std::ranges::upper_bound(found->changes, interval.since);
       change != found->changes.end() && *change < interval.until; ++change) {
    piece.until = *change;
    visit(piece);
    piece.since = *change;
  }
  piece.until = interval.until;
  piece.is_open = interval.is_open;
  visit(piece);
}

std::int64_t TagHistory::same_since(std::int64_t resource, std::int64_t time) const {
  const OfResource* found = find(resource);
  if (!found) return 0;
  const auto next = std::ranges::upper_bound(found->changes, time);
  return next == found->changes.begin() ? 0 : *std::prev(next);
}

}  // namespace amity::handlers
