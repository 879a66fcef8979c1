// The tables of launch templates and their versions.
#pragma once

#include "model/state_launch_templates.hpp"
#include "storage/table.hpp"

namespace amity::storage {

template <>
const TableSpec& table_of<state::LaunchTemplate>();
template <>
const TableSpec& table_of<state::LaunchTemplateVersion>();

}  // namespace amity::storage
