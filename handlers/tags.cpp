#include "handlers/errors.hpp"
#include "handlers/image_tasks.hpp"
#include "handlers/image_usage.hpp"
#include "handlers/images.hpp"
#include "handlers/instances.hpp"
#include "handlers/launch_templates.hpp"
#include "handlers/listing.hpp"
#include "handlers/network.hpp"
#include "handlers/network_kinds.hpp"
#include "handlers/placement_groups.hpp"
#include "handlers/recycle_bin.hpp"
#include "handlers/registry.hpp"
#include "handlers/replace_root_volume_tasks.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/spot_launch.hpp"
#include "handlers/tagging.hpp"
#include "model/wildcard.hpp"
#include "storage/ebs_tables.hpp"
#include "storage/image_usage_tables.hpp"
#include "storage/instances_tables.hpp"
#include "storage/network_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxResourcesPerCall = 1000;
constexpr std::size_t kMaxTagsPerCall = 1000;

void check_count(std::string_view what, std::size_t count, std::size_t most) {
  if (count > most)
    throw errors::invalid_parameter_value(fmt::format("At most {} {} may be named in a call", most, what));
}

// Whether a resource of the kind is there for the caller to tag: an own one, or an image or snapshot that it may use.
struct Taggable {
  const ResourceKind* kind;
  bool (*exists)(Call& call, const std::string& id);
};

template <auto RepositoryOf>
bool is_own(Call& call, const std::string& id) {
  return (call.*RepositoryOf)().owner(id) == call.account();
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
    {&kLaunchTemplate, is_own<&Call::table<state::LaunchTemplate>>},
    {&kElasticIp, is_own<&Call::table<state::Address>>},
    {&kNatGateway, is_own<&Call::table<state::NatGateway>>},
    {&kPlacementGroup, is_own<&Call::table<state::PlacementGroup>>},
    {&kSpotInstanceRequest, is_own<&Call::table<state::SpotInstanceRequest>>},
    {&kImageUsageReport, is_own<&Call::table<state::ImageUsageReport>>},
    {&kImportImageTask, is_own<&Call::table<state::ImportImageTask>>},
    {&kImportSnapshotTask, is_own<&Call::table<state::ImportSnapshotTask>>},
    {&kExportImageTask, is_own<&Call::table<state::ExportImageTask>>},
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
  check_count("resources", ids.size(), kMaxResourcesPerCall);
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

// Amazon's own tags stay, whoever asks.
void delete_all_tags(Call& call, const std::string& id) {
  for (const ec2::Tag& tag : call.tags().of(id))
    if (!is_reserved_tag_key(*tag.key)) call.tags().remove(id, *tag.key);
}

// DeleteTags: without tags all of a resource's, without a value whatever it is, with one only if it is equal. Tags that
// are not there are no error.
void delete_tags(Call& call, const ec2::DeleteTagsRequest& request) {
  check_count("tags", request.tags.size(), kMaxTagsPerCall);
  for (const ec2::Tag& tag : request.tags) check_tag_key(tag);
  check_resources(call, request.resources);
  for (const std::string& id : request.resources) {
    if (request.tags.empty()) delete_all_tags(call, id);
    for (const ec2::Tag& tag : request.tags) call.tags().remove(id, *tag.key, tag.value);
  }
}

constexpr FilterRule kTagFilters[] = {
    {"key", "Key"},
    {"resource-id", "ResourceId"},
    {"resource-type", "ResourceType"},
    {"value", "Value"},
};

// "tag:<key>" means here the tag itself, not a resource that bears it: its key and its value.
std::vector<ec2::Filter> as_filters_of_tags(const std::vector<ec2::Filter>& filters) {
  constexpr std::string_view kTag = "tag:";
  std::vector<ec2::Filter> rewritten;
  for (const ec2::Filter& filter : filters) {
    const bool is_tag = filter.name && filter.name->starts_with(kTag);
    if (is_tag)
      rewritten.push_back({.name = "key", .values = {model::escape_pattern(filter.name->substr(kTag.size()))}});
    rewritten.push_back({.name = is_tag ? "value" : filter.name, .values = filter.values});
  }
  return rewritten;
}

// The resources that a filter names outright, so that only their tags are read.
std::vector<std::string> named_resources(const std::vector<ec2::Filter>& filters) {
  const auto filter = std::ranges::find(filters, "resource-id", &ec2::Filter::name);
  if (filter == filters.end() || std::ranges::any_of(filter->values, model::has_wildcards)) return {};
  std::vector<std::string> ids;
  for (const std::string& value : filter->values) ids.push_back(model::unescape_pattern(value));
  return ids;
}

ec2::DescribeTagsResult describe_tags(Call& call, const ec2::DescribeTagsRequest& request) {
  Listing<ec2::TagDescription> listing(kTagFilters, as_filters_of_tags(request.filters),
                                       page_of(request.max_results, request.next_token));
  call.tags().scan(listing.after(), named_resources(request.filters),
                   [&](std::int64_t row, ec2::TagDescription tag) { return listing.offer(row, std::move(tag)); });
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
