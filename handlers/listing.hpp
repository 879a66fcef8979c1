// What every Describe operation does with its candidates: filters them and cuts pages. A page token says behind which
// position the next page begins, so that pages stay right while resources come and go.
#pragma once

#include "handlers/filters.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace amity::handlers {

struct PageLimits {
  std::int32_t least = 5;
  std::int32_t most = 1000;
};

// Where a page begins and how long it may be.
struct Page {
  std::int64_t after = 0;            // position of the last item already answered
  std::optional<std::size_t> limit;  // none: everything
};

// Reads MaxResults and NextToken. Throws InvalidParameterValue for a page size outside the limits, InvalidNextToken for
// a token that Amity did not make, InvalidParameterCombination when ids are named together with a page size.
Page page_of(const std::optional<std::int32_t>& max_results, const std::optional<std::string>& next_token,
             std::string_view ids_parameter = {}, bool names_ids = false, PageLimits limits = {});

// Page tokens, opaque to clients.
std::string page_token(std::int64_t after);

// Collects one page of `Item`s, the structures of the answer. Offer candidates in order of their position.
template <class Item>
class Listing {
 public:
  Listing(std::span<const FilterRule> rules, const std::vector<ec2::Filter>& filters, Page page = {})
      : filters_(Item::shape, rules, filters), page_(page) {}

  std::int64_t after() const { return page_.after; }

  // Takes the item if it passes the filters. Answers whether to go on: false once the page is full and it is known
  // whether there is another.
  bool offer(std::int64_t position, Item item) {
    if (!filters_.matches(&item)) return true;
    if (is_full()) return false;
    add(position, std::move(item));
    return true;
  }

  // The same for a candidate without its tags, which `tags_of()` fetches. It is copied only if it passes.
  template <class TagsOf>
  bool offer(std::int64_t position, const Item& candidate, TagsOf tags_of) {
    if (!filters_.matches_but_for_tags(&candidate)) return true;
    std::vector<ec2::Tag> tags = tags_of();
    if (!filters_.matches_tags(tags)) return true;
    if (is_full()) return false;
    Item& item = add(position, candidate);
    if constexpr (requires { item.tags; })
      item.tags = std::move(tags);
    else
      item.tag_set = std::move(tags);  // of interfaces
    return true;
  }

  std::vector<Item> take() { return std::move(items_); }
  // The token for the next page, absent when this was the last.
  std::optional<std::string> next_token() const { return has_more_ ? std::optional(page_token(last_)) : std::nullopt; }

 private:
  bool is_full() {
    has_more_ = page_.limit && items_.size() == *page_.limit;
    return has_more_;
  }
  Item& add(std::int64_t position, Item item) {
    last_ = position;
    return items_.emplace_back(std::move(item));
  }

  FilterSet filters_;
  Page page_;
  std::vector<Item> items_;
  std::int64_t last_ = 0;
  bool has_more_ = false;
};

}  // namespace amity::handlers
