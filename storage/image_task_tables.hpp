// What is done with images over time: stored in buckets, imported, exported, prepared for fast launches.
#pragma once

#include "model/state_image_tasks.hpp"
#include "storage/table.hpp"

namespace amity::storage {

template <>
const TableSpec& table_of<state::StoreImageTask>();
template <>
const TableSpec& table_of<state::StoredImage>();
template <>
const TableSpec& table_of<state::ImportImageTask>();
template <>
const TableSpec& table_of<state::ImportSnapshotTask>();
template <>
const TableSpec& table_of<state::ExportImageTask>();
template <>
const TableSpec& table_of<state::FastLaunchImage>();

}  // namespace amity::storage
