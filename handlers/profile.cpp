#include "handlers/profile.hpp"

namespace amity::handlers {

Profile instant_profile() { return {}; }

Profile realistic_profile() {
  using namespace std::chrono_literals;
  return {.instance_start = 12s,
          .instance_stop = 30s,
          .instance_terminate = 35s,
          .status_checks = 90s,
          .console_output = 60s,
          .instance_change = 5s,
          .windows_setup = 4min,
          .snapshot = 45s,
          .image = 90s,
          .image_copy = 4min,
          .volume_create = 3s,
          .volume_attach = 2s,
          .volume_detach = 4s,
          .volume_delete = 5s,
          .volume_modify = 10s,
          .volume_optimize = 10min,
          .snapshot_archive = 1h,
          .snapshot_restore = 24h,
          .fast_restore_change = 30s,
          .fast_restore_optimizing_per_tib = 1h};
}

std::optional<Profile> profile_named(std::string_view name) {
  if (name == "instant") return instant_profile();
  if (name == "realistic") return realistic_profile();
  return std::nullopt;
}

}  // namespace amity::handlers
