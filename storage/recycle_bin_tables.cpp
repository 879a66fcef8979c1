#include "storage/recycle_bin_tables.hpp"

namespace amity::storage {
namespace {

using Text = std::optional<std::string>;

std::string rule_id(const state::RetentionRule& rule) { return rule.rule.identifier.value_or(""); }
Text rule_type(const state::RetentionRule& rule) { return rule.rule.resource_type; }
constexpr ColumnSpec kRuleColumns[] = {{"resource_type", over<state::RetentionRule, rule_type>}};

std::string recycled_id(const state::RecycledResource& resource) { return resource.resource_id; }
Text recycled_type(const state::RecycledResource& resource) { return resource.resource_type; }
constexpr ColumnSpec kRecycledColumns[] = {{"resource_type", over<state::RecycledResource, recycled_type>}};

}  // namespace

template <>
const TableSpec& table_of<state::RetentionRule>() {
  static const TableSpec spec{
      "retention_rule", state::RetentionRule::shape, over<state::RetentionRule, rule_id>, kRuleColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::RecycledResource>() {
  static const TableSpec spec{"recycled_resource",
                              state::RecycledResource::shape,
                              over<state::RecycledResource, recycled_id>,
                              kRecycledColumns,
                              {}};
  return spec;
}

}  // namespace amity::storage
