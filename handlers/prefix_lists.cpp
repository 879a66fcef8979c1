#include "handlers/prefix_lists.hpp"

#include "handlers/candidates.hpp"
#include "handlers/cidr.hpp"
#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

constexpr ResourceKind kPrefixList{"pl",
                                   "prefix-list",
                                   "InvalidPrefixListId.Malformed",
                                   "InvalidPrefixListID.NotFound",
                                   "The prefix list ID '{}' does not exist",
                                   "The prefix list IDs '{}' do not exist"};

// The two lists that gateway endpoints and security groups use, in each region.
struct ManagedList {
  std::string_view service;
  std::string_view first_id;  // in us-east-1, which everybody knows
  std::string_view blocks[3];
};
constexpr std::string_view kRegionOfKnownIds = "us-east-1";
constexpr ManagedList kLists[] = {
    {"s3", "pl-63a5400a", {"52.216.0.0/15", "54.231.0.0/16", "3.5.0.0/19"}},
    {"dynamodb", "pl-02cd2c6b", {"3.218.180.0/22", "52.94.0.0/22", "52.119.224.0/20"}},
};

std::string name_of(const Call& call, const ManagedList& list) {
  return fmt::format("com.amazonaws.{}.{}", call.region(), list.service);
}

std::string id_of(const Call& call, const ManagedList& list) {
  if (call.region() == kRegionOfKnownIds) return std::string(list.first_id);
  return stable_id(kPrefixList.prefix, "AWS", call.region(), list.service).substr(0, list.first_id.size());
}

// Offers the lists that are asked for, with their position. Throws for an id that is none of theirs.
template <class Offer>
void visit_lists(Call& call, const std::vector<std::string>& ids, std::int64_t after, Offer offer) {
  for (const std::string& id : ids) check_prefix_list(call, id);
  std::int64_t position = 0;
  for (const ManagedList& list : kLists) {
    const std::string id = id_of(call, list);
    if (++position <= after || (!ids.empty() && std::ranges::find(ids, id) == ids.end())) continue;
    if (!offer(position, id, list)) return;
  }
}

constexpr FilterRule kPrefixListFilters[] = {
    {"prefix-list-id", "PrefixListId"},
    {"prefix-list-name", "PrefixListName"},
};
constexpr FilterRule kManagedFilters[] = {
    {"owner-id", "OwnerId"},
    {"prefix-list-id", "PrefixListId"},
    {"prefix-list-name", "PrefixListName"},
};

constexpr PageLimits kManagedLimits{.least = 1, .most = 100};

ec2::DescribePrefixListsResult describe_prefix_lists(Call& call, const ec2::DescribePrefixListsRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, "prefixListIds", !request.prefix_list_ids.empty());
  Listing<ec2::PrefixList> listing(kPrefixListFilters, request.filters, page);
  visit_lists(call, request.prefix_list_ids, listing.after(),
              [&](std::int64_t position, const std::string& id, const ManagedList& list) {
                return listing.offer(position,
                                     ec2::PrefixList{.cidrs = {std::begin(list.blocks), std::end(list.blocks)},
                                                     .prefix_list_id = id,
                                                     .prefix_list_name = name_of(call, list)});
              });
  return {.next_token = listing.next_token(), .prefix_lists = listing.take()};
}

ec2::DescribeManagedPrefixListsResult describe_managed_prefix_lists(
    Call& call, const ec2::DescribeManagedPrefixListsRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, "prefixListIds", !request.prefix_list_ids.empty(),
                            kManagedLimits);
  Listing<ec2::ManagedPrefixList> listing(kManagedFilters, request.filters, page);
  visit_lists(call, request.prefix_list_ids, listing.after(),
              [&](std::int64_t position, const std::string& id, const ManagedList& list) {
                return listing.offer(
                    position, ec2::ManagedPrefixList{.prefix_list_id = id,
                                                     .address_family = "IPv4",
                                                     .state = ec2::PrefixListState::create_complete,
                                                     .prefix_list_arn = fmt::format("arn:aws:ec2:{}:aws:prefix-list/{}",
                                                                                    call.region(), id),
                                                     .prefix_list_name = name_of(call, list),
                                                     .owner_id = "AWS"});
              });
  return {.next_token = listing.next_token(), .prefix_lists = listing.take()};
}

// AWS's own lists have no versions.
ec2::GetManagedPrefixListEntriesResult get_managed_prefix_list_entries(
    Call& call, const ec2::GetManagedPrefixListEntriesRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, {}, false, kManagedLimits);
  Listing<ec2::PrefixListEntry> listing({}, {}, page);
  visit_lists(call, {request.prefix_list_id}, 0, [&](std::int64_t, const std::string&, const ManagedList& list) {
    if (request.target_version)
      throw errors::invalid_value("TargetVersion", std::to_string(*request.target_version),
                                  "The prefix list has no versions.");
    std::int64_t position = 0;
    for (const std::string_view block : list.blocks)
      if (++position > page.after && !listing.offer(position, {.cidr = std::string(block)})) break;
    return true;
  });
  return {.entries = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

void check_prefix_list(Call& call, std::string_view id) {
  check_id(kPrefixList, id);
  if (std::ranges::none_of(kLists, [&](const ManagedList& list) { return id_of(call, list) == id; }))
    throw not_found(kPrefixList, id);
}

std::span<const Operation> prefix_list_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_prefix_lists>(),
      bind<describe_managed_prefix_lists>(),
      bind<get_managed_prefix_list_entries>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
