// Describe operations over one kind of resource whose answers are stored as they are shown: ids, filters, tags, pages.
#pragma once

#include "handlers/candidates.hpp"
#include "handlers/listing.hpp"
#include "handlers/network.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// How rows of a kind are shown: their core, and its id.
template <class Row, class Item>
struct ShownResource {
  const ResourceKind& kind;
  Item Row::*item;
  std::optional<std::string> Item::*id;
  std::span<const FilterRule> filters;
  std::string_view ids_parameter;
};

// Collects a page. `complete(item)` sets the members that are not stored.
template <class Row, class Item, class Complete>
Listing<Item> list_resources(Call& call, const ShownResource<Row, Item>& shown, const std::vector<std::string>& ids,
                             const std::vector<ec2::Filter>& filters, const std::optional<std::int32_t>& max_results,
                             const std::optional<std::string>& next_token, Complete complete) {
  ensure_default_network(call);
  const Page page = page_of(max_results, next_token, shown.ids_parameter, !ids.empty());
  Listing<Item> listing(shown.filters, filters, page);
  visit_candidates(call.table<Row>(), shown.kind, ids, storage::Query().after(listing.after()),
                   [&](std::int64_t position, const Row& row) {
                     Item item = row.*shown.item;
                     complete(item);
                     return listing.offer(position, item, [&] { return call.tags().of(*(item.*shown.id)); });
                   });
  return listing;
}

template <class Row, class Item>
Listing<Item> list_resources(Call& call, const ShownResource<Row, Item>& shown, const std::vector<std::string>& ids,
                             const std::vector<ec2::Filter>& filters, const std::optional<std::int32_t>& max_results,
                             const std::optional<std::string>& next_token) {
  return list_resources(call, shown, ids, filters, max_results, next_token, [](Item&) {});
}

// Removes a resource and its tags.
template <class Row>
void remove_resource(Call& call, std::string_view id) {
  call.table<Row>().remove(id);
  call.tags().remove_all(id);
}

}  // namespace amity::handlers
