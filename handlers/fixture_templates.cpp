#include "handlers/fixture_target.hpp"
#include "handlers/launch_templates.hpp"
#include "handlers/parameters.hpp"

#include <utility>

namespace amity::handlers {
namespace {

template <class T>
void put_row(FixtureTarget& target, const T& row) {
  auto rows = target.call().table<T>();
  const std::string id = storage::table_of<T>().id(&row);
  rows.find(id) ? rows.update(row) : rows.insert(row);
}

void check_has_template(FixtureTarget& target, const ec2::LaunchTemplateVersion& version, const std::string& path) {
  target.check_id(kLaunchTemplate, version.launch_template_id, path + ".LaunchTemplateId");
  if (!target.call().table<state::LaunchTemplate>().find(*version.launch_template_id))
    throw FieldError{path + ".LaunchTemplateId", "is none of the account's launch templates"};
  if (!version.version_number) throw FieldError{path + ".VersionNumber", "is missing"};
  if (!version.launch_template_data) throw FieldError{path + ".LaunchTemplateData", "is missing"};
}

}  // namespace

void load_launch_templates(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.launch_templates.size(); ++i) {
    state::LaunchTemplate row = target.fixture.launch_templates[i];
    const auto path = [i](std::string_view member) { return element_path("LaunchTemplates", i, member); };
    ec2::LaunchTemplate& of = row.launch_template;
    target.check_id(kLaunchTemplate, of.launch_template_id, path("LaunchTemplateId"));
    if (!of.launch_template_name) throw FieldError{path("LaunchTemplateName"), "is missing"};
    Call call = target.call();
    const auto holder = launch_template_named(call, *of.launch_template_name);
    if (holder && holder->launch_template.launch_template_id != of.launch_template_id)
      throw FieldError{path("LaunchTemplateName"), "is the name of another launch template of the account"};
    if (!of.default_version_number) of.default_version_number = 1;
    if (!of.latest_version_number) of.latest_version_number = of.default_version_number;
    if (!row.last_version_number) row.last_version_number = of.latest_version_number;
    target.put(target.account(), std::move(row));
  }
  for (std::size_t i = 0; i < target.fixture.launch_template_versions.size(); ++i) {
    state::LaunchTemplateVersion row = target.fixture.launch_template_versions[i];
    check_has_template(target, row.launch_template_version, element_path("LaunchTemplateVersions", i));
    row.launch_template_version.default_version.reset();  // the template knows
    put_row(target, row);
    target.count("LaunchTemplateVersions");
  }
}

void load_parameters(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.parameters.size(); ++i) {
    state::Parameter row = target.fixture.parameters[i];
    if (row.name.empty()) throw FieldError{element_path("Parameters", i, "Name"), "is missing"};
    if (is_public_name(row.name))
      throw FieldError{element_path("Parameters", i, "Name"), "is that of a public parameter"};
    if (row.versions.empty()) throw FieldError{element_path("Parameters", i, "Versions"), "is missing"};
    row.owner_id = target.account();
    for (ssm::ParameterHistory& version : row.versions) {
      version.name = row.name;
      if (!version.version) version.version = &version - row.versions.data() + 1;
    }
    put_row(target, row);
    target.count("Parameters");
  }
}

}  // namespace amity::handlers
