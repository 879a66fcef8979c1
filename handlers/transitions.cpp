#include "handlers/transitions.hpp"

#include "handlers/meters.hpp"
#include "storage/database.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

const Transition* find_transition(std::string_view name) {
  static const std::span<const Transition> families[] = {
      ebs_transitions(),
      ebs_direct_transitions(),
      fast_launch_transitions(),
      bad_ending_transitions(),
      fast_snapshot_restore_transitions(),
      image_transitions(),
      image_store_transitions(),
      image_export_transitions(),
      image_import_transitions(),
      snapshot_import_transitions(),
      image_usage_transitions(),
      instance_transitions(),
      nat_gateway_transitions(),
      recycle_bin_transitions(),
      replace_root_volume_transitions(),
      retention_rule_transitions(),
      snapshot_tier_transitions(),
      volume_modification_transitions(),
      volume_status_transitions(),
      instance_metadata_transitions(),
      instance_monitoring_transitions(),
      profile_association_transitions(),
      spot_request_transitions(),
  };
  for (const auto family : families) {
    const auto found = std::ranges::find(family, name, &Transition::name);
    if (found != family.end()) return &*found;
  }
  return nullptr;
}

void apply(Environment environment, const storage::AgendaItem& item) {
  const Transition* transition = find_transition(item.transition);
  if (!transition) throw storage::Error("the agenda names an unknown transition: " + item.transition);
  Call call(environment, item.scope, {.account = item.scope.account, .access_key_id = {}}, item.due, {});
  transition->apply(call, item.resource_id);
  settle_meters(environment, item.due);
}

}  // namespace

bool is_transition(std::string_view name) { return find_transition(name) != nullptr; }

void apply_due_transitions(Environment environment, model::Timestamp now) {
  storage::Agenda& agenda = environment.store.agenda();
  const auto next = agenda.next_due();
  if (!next || *next > now) return;
  try {
    storage::Transaction transaction(environment.store.database());
    while (const auto item = agenda.take_due(now)) apply(environment, *item);
    transaction.commit();
  } catch (...) {
    agenda.forget();
    throw;
  }
}

}  // namespace amity::handlers
