// What costs money, noted as it happens. Meters of instances, volumes, snapshots, fast snapshot restores and public
// addresses follow their rows by themselves (triggers in storage/migrations.cpp); the functions below are for what no
// row tells.
#pragma once

#include "handlers/call.hpp"

#include <cstdint>
#include <string_view>

namespace amity::handlers {

// Brings the meters up to date with the rows that the running transaction has written. To be called before it commits;
// perform() and apply_due_transitions() do.
void settle_meters(Environment environment, model::Timestamp now);

// A snapshot copy moved bytes from another region to the call's: traffic between Regions, which the copier pays. What
// goes out belongs to the source, what comes in to the copy.
void count_copy_traffic(Call& call, std::string_view source_region, std::string_view source_id,
                        std::string_view copy_id, std::int64_t bytes);

// RestoreSnapshotTier, for good or for a time, retrieves the snapshot in full.
void count_archive_retrieval(Call& call, std::string_view snapshot_id, std::int64_t bytes);

// Requests of the EBS direct APIs: each ListSnapshotBlocks and ListChangedBlocks is one, each block got or put is one.
enum class DirectRequest { List, Get, Put };
void count_direct_requests(Call& call, DirectRequest request, std::string_view snapshot_id, std::int64_t count = 1);

}  // namespace amity::handlers
