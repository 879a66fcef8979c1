#include "handlers/check.hpp"

#include "handlers/check_rules.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/tagging.hpp"
#include "handlers/transitions.hpp"
#include "handlers/volumes.hpp"
#include "model/json.hpp"
#include "storage/catalogue.hpp"
#include "storage/database.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

void transitions_are_known(Call& call, RuleFindings& findings) {
  for (const storage::AgendaItem& item : call.store().agenda().of(call.scope()))
    if (!is_transition(item.transition)) findings.add(item.resource_id + ' ' + item.transition);
}

void tags_are_of_their_resources_kind(Call& call, RuleFindings& findings) {
  call.tags().scan(0, {}, [&](std::int64_t, const ec2::TagDescription& tag) {
    const ResourceKind* kind = kind_of(tag.resource_id.value());
    if (!kind || kind->type != tag.resource_type) findings.add(*tag.resource_id + " is no " + *tag.resource_type);
    return true;
  });
}

// That each side names the other is known by now.
void instances_show_their_volumes_as_they_are(Call& call, RuleFindings& findings) {
  call.instances().scan({}, [&](std::int64_t, const state::Instance& row) {
    const std::string& id = row.instance.instance_id.value();
    for (const ec2::InstanceBlockDeviceMapping& shown : row.instance.block_device_mappings) {
      auto volume = shown.ebs ? call.volumes().find(shown.ebs->volume_id.value_or("")) : std::nullopt;
      const ec2::VolumeAttachment* attachment = volume ? attachment_to(*volume, id) : nullptr;
      if (attachment && model::to_json(as_instance_shows(*attachment)) != model::to_json(shown))
        findings.add(id + ' ' + *volume->volume.volume_id);
    }
    return true;
  });
}

void rows_are_in_their_owners_account(Call& call, RuleFindings& findings) {
  const auto look_at = [&](const auto& rows, auto core, auto owner, auto id) {
    rows.scan({}, [&](std::int64_t, const auto& row) {
      const auto& resource = row.*core;
      if (resource.*owner && resource.*owner != call.account()) findings.add((resource.*id).value());
      return true;
    });
  };
  look_at(call.images(), &state::Image::image, &ec2::Image::owner_id, &ec2::Image::image_id);
  look_at(call.snapshots(), &state::Snapshot::snapshot, &ec2::Snapshot::owner_id, &ec2::Snapshot::snapshot_id);
  look_at(call.network_interfaces(), &state::NetworkInterface::network_interface, &ec2::NetworkInterface::owner_id,
          &ec2::NetworkInterface::network_interface_id);
}

constexpr MeaningRule kGeneralRules[] = {
    {"what is on the agenda is a transition that Amity knows", transitions_are_known},
    {"a tag says of which kind its resource is", tags_are_of_their_resources_kind},
    {"an instance shows its volumes as they are", instances_show_their_volumes_as_they_are},
    {"a resource is in its owner's account", rows_are_in_their_owners_account},
};

void apply(std::span<const MeaningRule> rules, Call& call, storage::Findings& findings) {
  for (const MeaningRule& rule : rules) {
    RuleFindings of_rule(findings, rule.says, call.region());
    rule.look(call, of_rule);
  }
}

}  // namespace

std::span<const MeaningRule> general_meaning_rules() { return kGeneralRules; }

storage::Findings check(Environment environment) {
  storage::Findings findings = storage::check(environment.store.database(), environment.catalogue);
  if (!findings.empty()) return findings;
  for (const storage::Scope& scope : environment.store.scopes()) {
    Call call(environment, scope, {.account = scope.account, .access_key_id = {}}, {}, {});
    apply(general_meaning_rules(), call, findings);
    apply(network_meaning_rules(), call, findings);
  }
  check_meters(environment, findings);
  return findings;
}

}  // namespace amity::handlers
