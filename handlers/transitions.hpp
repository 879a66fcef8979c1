// The state changes that take time: each has a name, which the agenda holds, and a function, which makes it happen.
#pragma once

#include "handlers/call.hpp"

#include <span>
#include <string_view>

namespace amity::handlers {

struct Transition {
  std::string_view name;  // "instance.running"
  // Runs with the clock at the due time, as the resource's owner. A resource that has gone meanwhile is no error.
  void (*apply)(Call& call, std::string_view resource_id);
};

// Each family's own table.
std::span<const Transition> ebs_direct_transitions();
std::span<const Transition> bad_ending_transitions();
std::span<const Transition> ebs_transitions();
std::span<const Transition> fast_snapshot_restore_transitions();
std::span<const Transition> image_transitions();
std::span<const Transition> image_usage_transitions();
std::span<const Transition> instance_transitions();
std::span<const Transition> nat_gateway_transitions();
std::span<const Transition> replace_root_volume_transitions();
std::span<const Transition> snapshot_tier_transitions();
std::span<const Transition> volume_modification_transitions();
std::span<const Transition> volume_status_transitions();
std::span<const Transition> fast_launch_transitions();
std::span<const Transition> image_store_transitions();
std::span<const Transition> image_export_transitions();
std::span<const Transition> image_import_transitions();
std::span<const Transition> snapshot_import_transitions();
std::span<const Transition> recycle_bin_transitions();
std::span<const Transition> retention_rule_transitions();
std::span<const Transition> instance_metadata_transitions();
std::span<const Transition> instance_monitoring_transitions();
std::span<const Transition> profile_association_transitions();
std::span<const Transition> spot_request_transitions();

bool is_transition(std::string_view name);

// Applies everything that is due at `now`, in due order, in a transaction of its own.
void apply_due_transitions(Environment environment, model::Timestamp now);

}  // namespace amity::handlers
