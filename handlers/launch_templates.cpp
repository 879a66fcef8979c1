#include "handlers/launch_templates.hpp"

#include "handlers/arn.hpp"
#include "handlers/errors.hpp"
#include "handlers/launch_template_errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/tagging.hpp"
#include "model/json_overlay.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

constexpr std::size_t kMinTemplateNameLength = 3;
constexpr std::size_t kMaxTemplateNameLength = 128;
constexpr std::size_t kMaxTemplates = 5000;  // in a region
constexpr PageLimits kTemplatePages{1, 200};

void check_template_name(const std::string& name) {
  const bool is_good = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-()./_").find(c) != std::string_view::npos;
  });
  if (!is_good || name.size() < kMinTemplateNameLength || name.size() > kMaxTemplateNameLength)
    throw errors::malformed_launch_template_name();
}

// CreateLaunchTemplate: the template with its first version, which is the default one.
ec2::CreateLaunchTemplateResult create_launch_template(Call& call, const ec2::CreateLaunchTemplateRequest& request) {
  check_template_name(request.launch_template_name);
  if (request.operator_value) throw errors::operation_not_permitted("Operator is reserved for AWS services.");
  check_template_data(request.launch_template_data);
  const auto tags = tags_for(request.tag_specifications, kLaunchTemplate.type, {kLaunchTemplate.type});
  if (launch_template_named(call, request.launch_template_name)) throw errors::launch_template_name_in_use();
  auto templates = call.table<state::LaunchTemplate>();
  if (templates.count() >= kMaxTemplates) throw errors::launch_template_limit_exceeded(kMaxTemplates);

  state::LaunchTemplate row{.launch_template = {.launch_template_id = call.ids().make(kLaunchTemplate.prefix),
                                                .launch_template_name = request.launch_template_name,
                                                .create_time = call.now(),
                                                .created_by = root_arn(call),
                                                .default_version_number = 1,
                                                .operator_value = ec2::OperatorResponse{.managed = false}}};
  templates.insert(row);
  const auto version = add_version(call, row, request.version_description,
                                   model::converted<ec2::ResponseLaunchTemplateData>(request.launch_template_data));
  set_tags(call, *row.launch_template.launch_template_id, kLaunchTemplate.type, tags);
  row.launch_template.tags = tags;
  return {.launch_template = row.launch_template, .warning = warning_about(call, *version.launch_template_data)};
}

// ModifyLaunchTemplate changes nothing but which version is the default one.
ec2::ModifyLaunchTemplateResult modify_launch_template(Call& call, const ec2::ModifyLaunchTemplateRequest& request) {
  if (request.launch_template_id && request.launch_template_name)
    throw errors::invalid_parameter_combination(
        "Either provide launch template ID or launch template name to modify the template.");
  auto row = find_launch_template(call, request.launch_template_id, request.launch_template_name);
  if (!request.default_version) throw errors::missing_parameter("SetDefaultVersion");
  row.launch_template.default_version_number =
      version_selected(call, row.launch_template, *request.default_version).version_number;
  call.table<state::LaunchTemplate>().update(row);
  row.launch_template.tags = call.tags().of(*row.launch_template.launch_template_id);
  return {.launch_template = row.launch_template};
}

ec2::DeleteLaunchTemplateResult delete_launch_template(Call& call, const ec2::DeleteLaunchTemplateRequest& request) {
  auto row = find_launch_template(call, request.launch_template_id, request.launch_template_name);
  const std::string id = *row.launch_template.launch_template_id;
  auto versions = call.table<state::LaunchTemplateVersion>();
  for (const auto& version : versions.all(storage::Query().where("template_id", id)))
    versions.remove(storage::table_of<state::LaunchTemplateVersion>().id(&version));
  call.table<state::LaunchTemplate>().remove(id);
  row.launch_template.tags = call.tags().of(id);
  call.tags().remove_all(id);
  return {.launch_template = row.launch_template};
}

constexpr FilterRule kTemplateFilters[] = {
    {"create-time", "CreateTime"},
    {"launch-template-name", "LaunchTemplateName"},
};

// Those that the request names, by id or by name. One that is unknown fails the call.
std::set<std::string> named_templates(Call& call, const ec2::DescribeLaunchTemplatesRequest& request) {
  find_all_owned(call.table<state::LaunchTemplate>(), kLaunchTemplate, request.launch_template_ids);
  std::set<std::string> ids(request.launch_template_ids.begin(), request.launch_template_ids.end());
  for (const std::string& name : request.launch_template_names) {
    const auto row = launch_template_named(call, name);
    if (!row) throw errors::launch_template_names_not_found();
    ids.insert(*row->launch_template.launch_template_id);
  }
  return ids;
}

// Ignored: IncludeManagedResources, because no AWS service makes templates of its own here.
ec2::DescribeLaunchTemplatesResult describe_launch_templates(Call& call,
                                                             const ec2::DescribeLaunchTemplatesRequest& request) {
  const auto named = named_templates(call, request);
  Listing<ec2::LaunchTemplate> listing(kTemplateFilters, request.filters,
                                       page_of(request.max_results, request.next_token, {}, false, kTemplatePages));
  call.table<state::LaunchTemplate>().scan(
      storage::Query().after(listing.after()), [&](std::int64_t position, const state::LaunchTemplate& row) {
        const std::string& id = *row.launch_template.launch_template_id;
        return (!named.empty() && !named.contains(id)) ||
               listing.offer(position, row.launch_template, [&] { return call.tags().of(id); });
      });
  return {.launch_templates = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::optional<state::LaunchTemplate> launch_template_named(Call& call, std::string_view name) {
  return call.table<state::LaunchTemplate>().find_by(storage::Query().where("name", name));
}

state::LaunchTemplate find_launch_template(Call& call, const std::optional<std::string>& id,
                                           const std::optional<std::string>& name) {
  if (!id && !name) throw errors::missing_parameter("LaunchTemplateId/LaunchTemplateName");
  if (id && name) throw errors::cannot_be_combined("LaunchTemplateId", "LaunchTemplateName");
  if (id) return find_owned(call.table<state::LaunchTemplate>(), kLaunchTemplate, *id);
  auto row = launch_template_named(call, *name);
  if (!row) throw errors::launch_template_name_not_found(*name);
  return *std::move(row);
}

std::span<const Operation> launch_template_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_launch_template>(),
      bind<delete_launch_template>(),
      bind<describe_launch_templates>(),
      bind<modify_launch_template>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
