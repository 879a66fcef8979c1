// How long the state changes of AWS take here.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace amity::handlers {

using Duration = std::chrono::milliseconds;

struct Profile {
  Duration instance_start{};      // pending -> running, also stopped -> running
  Duration instance_stop{};       // stopping -> stopped
  Duration instance_terminate{};  // shutting-down -> terminated
  Duration status_checks{};       // running -> status checks "ok"
  Duration console_output{};      // running -> console output there to read
  Duration instance_change{};     // of monitoring, metadata options, instance profile: asked for -> so
  Duration windows_setup{};       // running -> Windows set up after Sysprep, its password there to read
  Duration snapshot{};            // pending -> completed
  Duration image{};               // pending -> available, counted from its snapshots' start
  Duration image_copy{};
  Duration volume_create{};  // creating -> available
  Duration volume_attach{};
  Duration volume_detach{};
  Duration volume_delete{};
  Duration volume_modify{};                    // modifying -> optimizing
  Duration volume_optimize{};                  // optimizing -> completed
  Duration snapshot_archive{};                 // standard -> archive tier
  Duration snapshot_restore{};                 // archive -> standard tier
  Duration fast_restore_change{};              // enabling -> optimizing, disabling -> disabled
  Duration fast_restore_optimizing_per_tib{};  // optimizing -> enabled

  // Terminated instances stay visible for an hour, in every profile.
  static constexpr Duration kTerminatedVisible = std::chrono::hours{1};
};

// Every change is due at once after the call that started it, so that waiters return on their first poll.
Profile instant_profile();
// Delays like those that AWS users see.
Profile realistic_profile();
// "instant" or "realistic".
std::optional<Profile> profile_named(std::string_view name);

}  // namespace amity::handlers
