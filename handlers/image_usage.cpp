#include "handlers/image_usage.hpp"

#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/image_references.hpp"
#include "handlers/images.hpp"
#include "handlers/launch_permissions.hpp"
#include "handlers/registry.hpp"
#include "handlers/tagging.hpp"
#include "handlers/transitions.hpp"

#include <algorithm>
#include <chrono>
#include <map>

namespace amity::handlers {
namespace {

constexpr std::string_view kReportMade = "image_usage_report.available";
constexpr std::string_view kReportExpired = "image_usage_report.expired";

// "Report quotas" in the user guide.
constexpr std::size_t kMaxPendingReports = 2000;
constexpr std::size_t kMaxPendingReportsOfImage = 1;

constexpr Duration kReportLifetime = std::chrono::days{30};

constexpr char kDefaultVersionDepth[] = "20";

ec2::ImageUsageResourceTypeOption read_usage_option(const ec2::ImageUsageResourceTypeOptionRequest& wanted) {
  const std::string name = wanted.option_name.value_or("");
  if (name != ec2::ImageReferenceOptionName::version_depth)
    throw errors::invalid_value("OptionName", name, "Expecting version-depth.");
  read_version_depth(wanted.option_values);
  return {.option_name = wanted.option_name, .option_values = wanted.option_values};
}

ec2::ImageUsageResourceType read_usage_type(const ec2::ImageUsageResourceTypeRequest& wanted) {
  const std::string name = wanted.resource_type.value_or("");
  const bool is_template = name == ec2::ImageReferenceResourceType::ec2_LaunchTemplate;
  if (!is_template && name != ec2::ImageReferenceResourceType::ec2_Instance)
    throw errors::invalid_value("ResourceType", name, "Expecting ec2:Instance or ec2:LaunchTemplate.");
  if (!is_template && !wanted.resource_type_options.empty())
    throw errors::invalid_parameter_combination("ResourceTypeOptions are only valid for ec2:LaunchTemplate.");
  ec2::ImageUsageResourceType type{.resource_type = name};
  std::ranges::transform(wanted.resource_type_options, std::back_inserter(type.resource_type_options),
                         read_usage_option);
  if (is_template && type.resource_type_options.empty())
    type.resource_type_options = {
        {.option_name = ec2::ImageReferenceOptionName::version_depth, .option_values = {kDefaultVersionDepth}}};
  return type;
}

std::vector<ec2::ImageUsageResourceType> read_usage_types(
    const std::vector<ec2::ImageUsageResourceTypeRequest>& wanted) {
  if (wanted.empty()) throw errors::missing_parameter("ResourceTypes");
  std::vector<ec2::ImageUsageResourceType> types;
  for (const ec2::ImageUsageResourceTypeRequest& one : wanted) {
    types.push_back(read_usage_type(one));
    if (std::ranges::count(types, types.back().resource_type, &ec2::ImageUsageResourceType::resource_type) > 1)
      throw errors::invalid_value("ResourceType", *types.back().resource_type, "It is given twice.");
  }
  return types;
}

void check_report_quotas(Call& call, const std::string& image_id) {
  const auto reports = call.table<state::ImageUsageReport>();
  const auto pending = [] { return storage::Query().where("state", kReportPending); };
  if (reports.count(pending().where("image_id", image_id)) >= kMaxPendingReportsOfImage ||
      reports.count(pending()) >= kMaxPendingReports)
    throw errors::image_usage_report_limit_exceeded();
}

// CreateImageUsageReport: of the caller's own image.
ec2::CreateImageUsageReportResult create_image_usage_report(Call& call,
                                                            const ec2::CreateImageUsageReportRequest& request) {
  const auto tags = tags_for(request.tag_specifications, kImageUsageReport.type, {kImageUsageReport.type});
  auto types = read_usage_types(request.resource_types);
  for (const std::string& account : request.account_ids)
    if (!is_account_id(account)) throw errors::malformed_user_id(account);
  find_own_image(call, request.image_id);
  check_report_quotas(call, request.image_id);
  const std::string id = call.ids().make(kImageUsageReport.prefix);
  call.table<state::ImageUsageReport>().insert(
      {.image_usage_report = {.image_id = request.image_id,
                              .report_id = id,
                              .resource_types = std::move(types),
                              .account_ids = request.account_ids,
                              .state = std::string(kReportPending),
                              .creation_time = call.now(),
                              .expiration_time = call.now() + kReportLifetime}});
  set_tags(call, id, kImageUsageReport.type, tags);
  call.schedule(id, kReportMade, call.profile().image);
  call.schedule(id, kReportExpired, kReportLifetime);
  return {.report_id = id};
}

void remove_report(Call& call, std::string_view id) {
  call.unschedule(id);
  call.tags().remove_all(id);
  call.table<state::ImageUsageReport>().remove(id);
}

ec2::DeleteImageUsageReportResult delete_image_usage_report(Call& call,
                                                            const ec2::DeleteImageUsageReportRequest& request) {
  find_owned(call.table<state::ImageUsageReport>(), kImageUsageReport, request.report_id);
  remove_report(call, request.report_id);
  return {.return_value = true};
}

ImageReferenceScope usage_scope_of(const ec2::ImageUsageResourceType& type) {
  ImageReferenceScope scope;
  for (const ec2::ImageUsageResourceTypeOption& option : type.resource_type_options)
    scope.template_versions = read_version_depth(option.option_values);
  return scope;
}

// How many resources of the type name the image, by account.
std::map<std::string, std::int64_t> usage_of(Call& call, const ec2::ImageUsageReport& report,
                                             const ec2::ImageUsageResourceType& type) {
  std::map<std::string, std::int64_t> counts;
  const ImageReferenceSource* source = image_reference_source(*type.resource_type);
  if (!source) return counts;
  for (const ImageReference& reference : source->find(call, *report.image_id, usage_scope_of(type)))
    if (report.account_ids.empty() ||
        std::ranges::find(report.account_ids, reference.account) != report.account_ids.end())
      ++counts[reference.account];
  return counts;
}

// A report tells how things are when it becomes available; AWS may leave out the last day.
void make_report(Call& call, std::string_view id) {
  auto row = call.table<state::ImageUsageReport>().find(id);
  if (!row || row->image_usage_report.state != kReportPending) return;
  ec2::ImageUsageReport& report = row->image_usage_report;
  for (const ec2::ImageUsageResourceType& type : report.resource_types)
    for (const auto& [account, count] : usage_of(call, report, type))
      row->entries.push_back({.resource_type = type.resource_type,
                              .report_id = report.report_id,
                              .usage_count = count,
                              .account_id = account,
                              .image_id = report.image_id,
                              .report_creation_time = report.creation_time});
  report.state = kReportAvailable;
  call.table<state::ImageUsageReport>().update(*row);
}

}  // namespace

std::span<const Transition> image_usage_transitions() {
  static constexpr Transition kTransitions[] = {
      {kReportMade, make_report},
      {kReportExpired, remove_report},
  };
  return kTransitions;
}
std::span<const Operation> image_usage_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_image_usage_report>(),
      bind<delete_image_usage_report>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
