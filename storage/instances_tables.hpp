// The tables of what stands beside instances: placement groups and Spot requests.
#pragma once

#include "model/state_instances.hpp"
#include "storage/table.hpp"

namespace amity::storage {

template <>
const TableSpec& table_of<state::PlacementGroup>();
template <>
const TableSpec& table_of<state::SpotInstanceRequest>();

}  // namespace amity::storage
