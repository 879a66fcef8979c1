// The tables of what accounts do with snapshots and volumes: model/state/ebs.json.
#pragma once

#include "model/state_ebs.hpp"
#include "storage/table.hpp"

#include <string>
#include <string_view>

namespace amity::storage {

template <>
const TableSpec& table_of<state::FastSnapshotRestore>();
template <>
const TableSpec& table_of<state::ReplaceRootVolumeTask>();

// Several accounts may have one and the same snapshot restored fast.
std::string fast_snapshot_restore_id(std::string_view account, std::string_view snapshot_id, std::string_view zone);

}  // namespace amity::storage
