// What the rows of resources say of their use: the usage types of AWS's bills and how much of each.
#pragma once

#include "handlers/block_maps.hpp"
#include "model/state.hpp"
#include "model/state_ebs.hpp"
#include "model/state_network.hpp"
#include "storage/extents.hpp"
#include "storage/meters.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace amity::handlers {

// EBS bills whole blocks.
inline std::int64_t blocks_of(std::int64_t bytes) { return (bytes + storage::kBlockBytes - 1) / storage::kBlockBytes; }

using MeterReadings = std::vector<storage::MeterReading>;

// While it runs, and while it writes its memory to disk to hibernate.
MeterReadings readings_of(const state::Instance& instance);
// From its making to its end, attached or not.
MeterReadings readings_of(const state::Volume& volume);
// A public IPv4 address in use.
MeterReadings readings_of(const state::NetworkInterface& interface);
// An Elastic IP address that nothing uses.
MeterReadings readings_of(const state::Address& address);
// A service unit in an Availability Zone, for an hour at least.
MeterReadings readings_of(const state::FastSnapshotRestore& restore);
MeterReadings readings_of(const state::Snapshot& snapshot, const SnapshotSize& size);

}  // namespace amity::handlers
