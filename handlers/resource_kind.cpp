#include "handlers/resource_kind.hpp"

#include "handlers/image_tasks.hpp"
#include "handlers/image_usage.hpp"
#include "handlers/launch_templates.hpp"
#include "handlers/network_kinds.hpp"
#include "handlers/placement_groups.hpp"
#include "handlers/replace_root_volume_tasks.hpp"
#include "handlers/spot_launch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {

bool is_well_formed(const ResourceKind& kind, std::string_view id) {
  if (!id.starts_with(kind.prefix) || id.size() <= kind.prefix.size() || id[kind.prefix.size()] != '-') return false;
  const std::string_view digits = id.substr(kind.prefix.size() + 1);
  return (digits.size() == 8 || digits.size() == 17) &&
         std::ranges::all_of(digits, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

void check_id(const ResourceKind& kind, std::string_view id) {
  if (!is_well_formed(kind, id))
    throw ApiError(std::string(kind.malformed_code),
                   fmt::format("Invalid id: \"{}\" (expecting \"{}-...\")", id, kind.prefix));
}

void check_ids(const ResourceKind& kind, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) check_id(kind, id);
}

ApiError not_found(const ResourceKind& kind, std::string_view id) {
  return {std::string(kind.not_found_code), fmt::format(fmt::runtime(kind.one_missing), id)};
}

ApiError not_found(const ResourceKind& kind, const std::vector<std::string>& ids) {
  if (ids.size() == 1) return not_found(kind, ids.front());
  return {std::string(kind.not_found_code), fmt::format(fmt::runtime(kind.many_missing), fmt::join(ids, ", "))};
}

const ResourceKind* kind_of(std::string_view id) {
  static constexpr const ResourceKind* kKinds[] = {
      &kImage,
      &kInstance,
      &kSnapshot,
      &kVolume,
      &kKeyPair,
      &kSecurityGroup,
      &kSecurityGroupRule,
      &kNetworkInterface,
      &kVpc,
      &kSubnet,
      &kInternetGateway,
      &kRouteTable,
      &kNetworkAcl,
      &kDhcpOptions,
      &kElasticIp,
      &kNatGateway,
      &kReplaceRootVolumeTask,
      &kImageUsageReport,
      &kPlacementGroup,
      &kSpotInstanceRequest,
      &kLaunchTemplate,
      &kImportImageTask,
      &kImportSnapshotTask,
      &kExportImageTask,
  };
  const std::string_view prefix = id.substr(0, id.rfind('-'));
  const auto found = std::ranges::find(kKinds, prefix, [](const ResourceKind* kind) { return kind->prefix; });
  return found == std::end(kKinds) || prefix.size() == id.size() ? nullptr : *found;
}

}  // namespace amity::handlers
