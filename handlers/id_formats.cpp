#include "handlers/arn.hpp"
#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace amity::handlers {
namespace {

// Since the end of 2018 every id is long, whatever anybody has asked for: these operations can only confirm it.
constexpr std::string_view kResources[] = {
    "bundle",
    "conversion-task",
    "customer-gateway",
    "dhcp-options",
    "elastic-ip-allocation",
    "elastic-ip-association",
    "export-task",
    "flow-log",
    "image",
    "import-task",
    "instance",
    "internet-gateway",
    "network-acl",
    "network-acl-association",
    "network-interface",
    "network-interface-attachment",
    "prefix-list",
    "reservation",
    "route-table",
    "route-table-association",
    "security-group",
    "snapshot",
    "subnet",
    "subnet-cidr-block-association",
    "volume",
    "vpc",
    "vpc-cidr-block-association",
    "vpc-endpoint",
    "vpc-peering-connection",
    "vpn-connection",
    "vpn-gateway",
};
constexpr std::string_view kAllCurrent = "all-current";
constexpr std::string_view kAllPrincipals = "all";
// A setting for each principal that has said what it wants: its resources, separated by commas.
constexpr std::string_view kIdFormatSetting = "id format ";

std::vector<ec2::IdFormat> statuses(const std::optional<std::string>& resource = {}) {
  std::vector<ec2::IdFormat> statuses;
  for (const std::string_view name : kResources)
    if (!resource || *resource == name) statuses.push_back({.resource = std::string(name), .use_long_ids = true});
  if (statuses.empty()) throw errors::invalid_value("resource", *resource);
  return statuses;
}

// Only principals of the caller's own account: its root user, its users and its roles.
void check_principal(const Call& call, const std::string& principal_arn) {
  const std::string root = root_arn(call);
  const std::string own = root.substr(0, root.rfind(':') + 1);
  const bool is_known =
      principal_arn == root || principal_arn.starts_with(own + "user/") || principal_arn.starts_with(own + "role/");
  if (!is_known) throw errors::invalid_value("principalArn", principal_arn);
}

void modify(Call& call, const std::string& principal_arn, const std::string& resource, bool use_long_ids) {
  const auto wanted = resource == kAllCurrent ? statuses() : statuses(resource);
  if (!use_long_ids)
    throw errors::unsupported_operation(
        fmt::format("The opt-in period for longer IDs of {} is over: they are always longer IDs.", resource));
  const std::string name = std::string(kIdFormatSetting) + principal_arn;
  std::string resources = call.settings().get(name).value_or(",");
  for (const ec2::IdFormat& format : wanted)
    if (resources.find("," + *format.resource + ",") == std::string::npos) resources += *format.resource + ",";
  call.settings().set(name, resources);
}

ec2::DescribeIdFormatResult describe_id_format(Call&, const ec2::DescribeIdFormatRequest& request) {
  return {.statuses = statuses(request.resource)};
}

ec2::DescribeIdentityIdFormatResult describe_identity_id_format(Call& call,
                                                                const ec2::DescribeIdentityIdFormatRequest& request) {
  check_principal(call, request.principal_arn);
  return {.statuses = statuses(request.resource)};
}

ec2::DescribeAggregateIdFormatResult describe_aggregate_id_format(Call&, const ec2::DescribeAggregateIdFormatRequest&) {
  return {.use_long_ids_aggregated = true, .statuses = statuses()};
}

void modify_id_format(Call& call, const ec2::ModifyIdFormatRequest& request) {
  modify(call, root_arn(call), request.resource, request.use_long_ids);
}

void modify_identity_id_format(Call& call, const ec2::ModifyIdentityIdFormatRequest& request) {
  if (request.principal_arn != kAllPrincipals) check_principal(call, request.principal_arn);
  modify(call, request.principal_arn == kAllPrincipals ? root_arn(call) : request.principal_arn, request.resource,
         request.use_long_ids);
}

// The formats of the resources of a setting that are wanted.
std::vector<ec2::IdFormat> told_of(const std::string& setting, const std::vector<std::string>& wanted) {
  std::vector<ec2::IdFormat> told = statuses();
  std::erase_if(told, [&](const ec2::IdFormat& format) {
    return setting.find("," + *format.resource + ",") == std::string::npos ||
           (!wanted.empty() && std::ranges::find(wanted, *format.resource) == wanted.end());
  });
  return told;
}

// DescribePrincipalIdFormat: those that have said what they want, with the resources of which they have said it.
ec2::DescribePrincipalIdFormatResult describe_principal_id_format(
    Call& call, const ec2::DescribePrincipalIdFormatRequest& request) {
  for (const std::string& resource : request.resources) statuses(resource);
  const Page page = page_of(request.max_results, request.next_token, {}, false, {.least = 1, .most = 1000});
  ec2::DescribePrincipalIdFormatResult result;
  std::int64_t position = 0;
  for (const auto& [name, resources] : call.settings().all()) {
    if (!name.starts_with(kIdFormatSetting) || ++position <= page.after) continue;
    auto told = told_of(resources, request.resources);
    if (told.empty()) continue;
    if (result.principals.size() == page.limit) {
      result.next_token = page_token(position - 1);
      break;
    }
    result.principals.push_back({.arn = name.substr(kIdFormatSetting.size()), .statuses = std::move(told)});
  }
  return result;
}

}  // namespace

std::span<const Operation> id_format_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_aggregate_id_format>(), bind<describe_id_format>(), bind<describe_identity_id_format>(),
      bind<describe_principal_id_format>(), bind<modify_id_format>(),   bind<modify_identity_id_format>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
