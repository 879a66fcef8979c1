#include "handlers/errors.hpp"
#include "handlers/images.hpp"
#include "handlers/instances.hpp"
#include "handlers/listing.hpp"
#include "handlers/network.hpp"
#include "handlers/recycle_bin.hpp"
#include "handlers/registry.hpp"
#include "handlers/replace_root_volume_tasks.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "model/wildcard.hpp"
#include "storage/ebs_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxResourcesPerCall = 1000;

// Whether a resource of the kind is there for the caller to tag: an own one, or an image or snapshot that it may use.
struct Taggable {
  const ResourceKind* kind;
  bool (*exists)(Call& call, const std::string& id);
};

template <auto RepositoryOf>
bool is_own(Call& call, const std::string& id) {
  return (call.*RepositoryOf)().find(id).has_value();
}

bool is_visible_image(Call& call, const std::string& id) {
  const auto found = any_image(call, id);
  return found && is_visible(call, *found);
}

bool is_usable_snapshot(Call& call, const std::string& id) { return usable_snapshot(call, id).has_value(); }

constexpr Taggable kTaggables[] = {
    {&kImage, is_visible_image},
    {&kSnapshot, is_usable_snapshot},
    {&kInstance, is_own<&Call::instances>},
    {&kVolume, is_own<&Call::volumes>},
    {&kKeyPair, is_own<&Call::key_pairs>},
    {&kSecurityGroup, is_own<&Call::security_groups>},
    {&kSecurityGroupRule, is_own<&Call::security_group_rules>},
    {&kNetworkInterface, is_own<&Call::network_interfaces>},
    {&kVpc, is_own<&Call::vpcs>},
    {&kSubnet, is_own<&Call::subnets>},
    {&kInternetGateway, is_own<&Call::internet_gateways>},
    {&kRouteTable, is_own<&Call::route_tables>},
    {&kNetworkAcl, is_own<&Call::network_acls>},
    {&kDhcpOptions, is_own<&Call::dhcp_options>},
    {&kReplaceRootVolumeTask, is_own<&Call::table<state::ReplaceRootVolumeTask>>},
};

const Taggable& taggable_of(const std::string& id) {
  const ResourceKind* kind = kind_of(id);
  const auto found = std::ranges::find(kTaggables, kind, &Taggable::kind);
  if (!kind || found == std::end(kTaggables)) throw ApiError("InvalidID", fmt::format("The ID '{}' is not valid", id));
  check_id(*kind, id);
  return *found;
}

// The kinds of the resources, once it is sure that every id is well-formed and none is unknown.
std::vector<const ResourceKind*> check_resources(Call& call, const std::vector<std::string>& ids) {
  if (ids.size() > kMaxResourcesPerCall)
    throw errors::invalid_parameter_value(
        fmt::format("At most {} resources may be named in a call", kMaxResourcesPerCall));
  ensure_default_network(call);
  std::vector<const ResourceKind*> kinds;
  for (const std::string& id : ids) kinds.push_back(taggable_of(id).kind);
  for (const std::string& id : ids)
    if (const Taggable& taggable = taggable_of(id); !taggable.exists(call, id) && !is_recycled(call, id))
      throw not_found(*taggable.kind, id);
  return kinds;
}

// An instance that shows its tags in its metadata takes only keys that can be a part of a path.
void check_instance_shows(Call& call, const std::string& id, const std::vector<ec2::Tag>& tags) {
  const auto instance = call.instances().find(id);
  const auto& options = instance->instance.metadata_options;
  if (options && options->instance_metadata_tags == ec2::InstanceMetadataTagsState::enabled)
    check_metadata_tag_keys(tags);
}

void create_tags(Call& call, const ec2::CreateTagsRequest& request) {
  for (const ec2::Tag& tag : request.tags)
    if (!tag.value) throw errors::invalid_parameter_value("Tag value cannot be null. Use empty string instead.");
  check_tags(request.tags);
  const auto kinds = check_resources(call, request.resources);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] == &kInstance) check_instance_shows(call, request.resources[i], request.tags);
    set_tags(call, request.resources[i], kinds[i]->type, request.tags);
  }
}

// DeleteTags: without tags all of a resource's, without a value whatever it is, with one only if it is equal. Tags that
// are not there are no error.
void delete_tags(Call& call, const ec2::DeleteTagsRequest& request) {
  for (const ec2::Tag& tag : request.tags)
    if (!tag.key || tag.key->empty()) throw errors::invalid_parameter_value("Tag key cannot be null or empty.");
  check_resources(call, request.resources);
  for (const std::string& id : request.resources) {
    for (const ec2::Tag& tag : request.tags) call.tags().remove(id, *tag.key, tag.value);
    if (!request.tags.empty()) continue;
    for (const ec2::Tag& tag : call.tags().of(id)) call.tags().remove(id, *tag.key);
  }
}

constexpr FilterRule kTagFilters[] = {
    {"key", "Key"},
    {"resource-id", "ResourceId"},
    {"resource-type", "ResourceType"},
    {"value", "Value"},
};

// "tag:<key>" means here the tag itself, not a resource that bears it.
bool is_tag_filter(const ec2::Filter& filter) { return filter.name && filter.name->starts_with("tag:"); }

bool passes(const ec2::TagDescription& tag, const ec2::Filter& filter) {
  return tag.key == filter.name->substr(4) && std::ranges::any_of(filter.values, [&](const std::string& pattern) {
           return model::matches_wildcard(pattern, *tag.value);
         });
}

// The resources that a filter names outright, so that only their tags are read.
std::vector<std::string> named_resources(const std::vector<ec2::Filter>& filters) {
  for (const ec2::Filter& filter : filters)
    if (filter.name == "resource-id" && std::ranges::none_of(filter.values, model::has_wildcards)) return filter.values;
  return {};
}

ec2::DescribeTagsResult describe_tags(Call& call, const ec2::DescribeTagsRequest& request) {
  std::vector<ec2::Filter> of_the_pair, others;
  std::ranges::partition_copy(request.filters, std::back_inserter(of_the_pair), std::back_inserter(others),
                              is_tag_filter);
  Listing<ec2::TagDescription> listing(kTagFilters, others, page_of(request.max_results, request.next_token));
  call.tags().scan(listing.after(), named_resources(request.filters), [&](std::int64_t row, ec2::TagDescription tag) {
    const bool fits = std::ranges::all_of(of_the_pair, [&](const ec2::Filter& filter) { return passes(tag, filter); });
    return !fits || listing.offer(row, std::move(tag));
  });
  return {.next_token = listing.next_token(), .tags = listing.take()};
}

}  // namespace

std::span<const Operation> tag_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_tags>(),
      bind<delete_tags>(),
      bind<describe_tags>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
