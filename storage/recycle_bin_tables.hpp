// The Recycle Bin: its retention rules, and what they keep.
#pragma once

#include "model/state_recycle_bin.hpp"
#include "storage/table.hpp"

namespace amity::storage {

template <>
const TableSpec& table_of<state::RetentionRule>();
template <>
const TableSpec& table_of<state::RecycledResource>();

}  // namespace amity::storage
