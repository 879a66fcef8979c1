#include "storage/launch_template_tables.hpp"

namespace amity::storage {
namespace {

using OptionalText = std::optional<std::string>;

std::string template_id(const void* document) {
  return static_cast<const state::LaunchTemplate*>(document)->launch_template.launch_template_id.value_or("");
}
OptionalText template_name(const void* document) {
  return static_cast<const state::LaunchTemplate*>(document)->launch_template.launch_template_name;
}
constexpr ColumnSpec kTemplateColumns[] = {{"name", template_name}};

const ec2::LaunchTemplateVersion& version(const void* document) {
  return static_cast<const state::LaunchTemplateVersion*>(document)->launch_template_version;
}
// A version has no id of its own: "lt-0123456789abcdef0:3".
std::string version_id(const void* document) {
  const auto& of = version(document);
  return of.launch_template_id.value_or("") + ":" + std::to_string(of.version_number.value_or(0));
}
OptionalText version_template(const void* document) { return version(document).launch_template_id; }
constexpr ColumnSpec kVersionColumns[] = {{"template_id", version_template}};

}  // namespace

template <>
const TableSpec& table_of<state::LaunchTemplate>() {
  static const TableSpec spec{"launch_template", state::LaunchTemplate::shape, template_id, kTemplateColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::LaunchTemplateVersion>() {
  static const TableSpec spec{
      "launch_template_version", state::LaunchTemplateVersion::shape, version_id, kVersionColumns, {}};
  return spec;
}

}  // namespace amity::storage
