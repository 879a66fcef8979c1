#include "storage/instances_tables.hpp"

namespace amity::storage {
namespace {

using Text = std::optional<std::string>;

std::string group_id(const state::PlacementGroup& group) { return group.placement_group.group_id.value_or(""); }
Text group_name(const state::PlacementGroup& group) { return group.placement_group.group_name.value_or(""); }
constexpr ColumnSpec kGroupColumns[] = {{"name", over<state::PlacementGroup, group_name>}};

std::string request_id(const state::SpotInstanceRequest& request) {
  return request.spot_instance_request.spot_instance_request_id.value_or("");
}
Text request_instance(const state::SpotInstanceRequest& request) { return request.spot_instance_request.instance_id; }
constexpr ColumnSpec kRequestColumns[] = {{"instance_id", over<state::SpotInstanceRequest, request_instance>}};

}  // namespace

template <>
const TableSpec& table_of<state::PlacementGroup>() {
  static const TableSpec spec{
      "placement_group", state::PlacementGroup::shape, over<state::PlacementGroup, group_id>, kGroupColumns, {}};
  return spec;
}
template <>
const TableSpec& table_of<state::SpotInstanceRequest>() {
  static const TableSpec spec{"spot_instance_request",
                              state::SpotInstanceRequest::shape,
                              over<state::SpotInstanceRequest, request_id>,
                              kRequestColumns,
                              {}};
  return spec;
}

}  // namespace amity::storage
