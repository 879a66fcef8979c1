// The table of image usage reports.
#pragma once

#include "model/state_image_usage.hpp"
#include "storage/table.hpp"

namespace amity::storage {

template <>
const TableSpec& table_of<state::ImageUsageReport>();

}  // namespace amity::storage
