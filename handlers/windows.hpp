// Windows on an instance: the computer name and Administrator's password that EC2Launch gives it when it is set up, and
// Sysprep, after which the next start sets it up anew. What an image's disk holds is kept with the image.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <string_view>

namespace amity::handlers {

// For a new instance: the system as the image has it. Images of other publishers are generalized. Starts it.
void install_windows(Call& call, state::Instance& instance, const state::Image& image);

// A start: a generalized system gets a computer name and a password of its own, which GetPasswordData gives away once
// the set-up is through. Nothing happens to others, nor to what is no Windows. The caller updates the row.
void start_windows(Call& call, state::Instance& instance);

// What an image that is made of the instance keeps of its system.
std::optional<state::Windows> windows_for_image(const state::Instance& instance);

// EC2Launch's "sysprep --shutdown", run inside the instance: generalizes the system and shuts it down. Throws
// InvalidInstanceID.*, UnsupportedOperation (no Windows), IncorrectInstanceState (not running).
void sysprep(Call& call, std::string_view instance_id);

}  // namespace amity::handlers
