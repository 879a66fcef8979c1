// The table of Systems Manager's parameters.
#pragma once

#include "model/state_parameters.hpp"
#include "storage/table.hpp"

namespace amity::storage {

template <>
const TableSpec& table_of<state::Parameter>();

}  // namespace amity::storage
