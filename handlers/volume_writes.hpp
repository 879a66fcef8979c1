// What changes on volumes without a client of AWS: writes that the administration asks for, and the daily churn of
// running instances. Nothing happens to a volume while time passes; what its instance has changed meanwhile is counted
// when somebody looks.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <cstdint>
#include <string_view>

namespace amity::handlers {

// The call may be any account's; the volume and the instance are found whoever owns them, in the call's region. All
// throw InvalidVolume.NotFound or InvalidInstanceID.NotFound, and InvalidParameterValue for what cannot be written.

// Writes the blocks that the bytes lie in.
void write_volume(Call& call, std::string_view volume_id, std::int64_t offset, std::int64_t length);
// Changes that much, rounded up to blocks: rewrites what is written, other blocks each time.
void change_volume(Call& call, std::string_view volume_id, double gib);
// How much is written on the volume.
std::int64_t written_on_volume(Call& call, std::string_view volume_id);

// From now on the instance changes that much of its root volume on each day that it runs; 0 is none.
void set_daily_churn(Call& call, std::string_view instance_id, double gib);
// Brings the root volume up to date: before a snapshot of it, and before the instance stops to run. Changes the row
// without storing it; answers whether it did.
bool settle_churn(Call& call, state::Instance& instance);
// The same for the instance that has the volume as its root, if there is one.
void settle_churn(Call& call, const state::Volume& volume);

}  // namespace amity::handlers
