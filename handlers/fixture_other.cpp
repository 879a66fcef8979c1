#include "handlers/fixture_meters.hpp"
#include "handlers/fixture_target.hpp"
#include "handlers/transitions.hpp"
#include "storage/image_task_tables.hpp"
#include "storage/recycle_bin_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

// Tags of resources that are in other fixtures, in the catalogue, or of kinds that Amity does not have yet.
void load_tags(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.tags.size(); ++i) {
    const auto path = [i](std::string_view member) { return element_path("Tags", i, member); };
    const ec2::TagDescription& tag = target.fixture.tags[i];
    if (!tag.resource_id) throw FieldError{path("ResourceId"), "is missing"};
    if (!tag.key) throw FieldError{path("Key"), "is missing"};
    const ResourceKind* kind = kind_of(*tag.resource_id);
    if (!kind && !tag.resource_type) throw FieldError{path("ResourceType"), "is missing"};
    Call call = target.call();
    call.tags().set(*tag.resource_id, tag.resource_type.value_or(kind ? std::string(kind->type) : ""), *tag.key,
                    tag.value.value_or(""));
    target.count("Tags");
  }
}

void load_deregistered_images(FixtureTarget& target) {
  const auto& images = target.fixture.deregistered_images;
  Call call = target.call();
  for (std::size_t i = 0; i < images.size(); ++i) {
    target.check_id(kImage, images[i].image_id, element_path("DeregisteredImages", i, "ImageId"));
    if (!call.deregistered_images().owner(images[i].image_id)) call.deregistered_images().insert(images[i]);
  }
}

void load_fast_snapshot_restores(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.fast_snapshot_restores.size(); ++i) {
    const auto path = [i](std::string_view member) { return element_path("FastSnapshotRestores", i, member); };
    state::FastSnapshotRestore row = target.fixture.fast_snapshot_restores[i];
    auto& restore = row.fast_snapshot_restore;
    target.check_id(kSnapshot, restore.snapshot_id, path("SnapshotId"));
    target.complete_zone(restore.availability_zone, restore.availability_zone_id, path("AvailabilityZone"));
    restore.owner_id = target.owner_of(restore.owner_id, path("OwnerId"));
    if (!restore.state) restore.state = ec2::FastSnapshotRestoreStateCode::enabled;
    Call owner = target.call_of(*restore.owner_id);
    const std::string id = storage::table_of<state::FastSnapshotRestore>().id(&row);
    owner.unschedule(id);
    owner.table<state::FastSnapshotRestore>().remove(id);
    owner.table<state::FastSnapshotRestore>().insert(row);
    target.count("FastSnapshotRestores");
  }
}

// Resources that name no owner: they are the fixture's account's.
template <class T, class Core>
void load_own_rows(FixtureTarget& target, const std::vector<T>& rows, Core T::*core,
                   std::optional<std::string> Core::*id) {
  constexpr FixtureKind kKind = kFixtureKind<T>;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    target.check_id(kKind.kind, (rows[i].*core).*id, element_path(kKind.list, i, kKind.id_member));
    target.put(target.account(), T(rows[i]));
  }
}

void load_tasks(FixtureTarget& target) {
  const state::Fixture& fixture = target.fixture;
  load_own_rows(target, fixture.replace_root_volume_tasks, &state::ReplaceRootVolumeTask::replace_root_volume_task,
                &ec2::ReplaceRootVolumeTask::replace_root_volume_task_id);
  load_own_rows(target, fixture.image_usage_reports, &state::ImageUsageReport::image_usage_report,
                &ec2::ImageUsageReport::report_id);
  load_own_rows(target, fixture.import_image_tasks, &state::ImportImageTask::import_image_task,
                &ec2::ImportImageTask::import_task_id);
  load_own_rows(target, fixture.import_snapshot_tasks, &state::ImportSnapshotTask::import_snapshot_task,
                &ec2::ImportSnapshotTask::import_task_id);
  load_own_rows(target, fixture.export_image_tasks, &state::ExportImageTask::export_image_task,
                &ec2::ExportImageTask::export_image_task_id);
}

// Rows that only a dump has.
template <class T>
void load_rows(FixtureTarget& target, std::string_view list, const std::vector<T>& rows) {
  Call call = target.call();
  for (const T& row : rows) {
    call.table<T>().remove(storage::table_of<T>().id(&row));
    call.table<T>().insert(row);
    target.count(list);
  }
}

void load_settings(FixtureTarget& target) {
  for (std::size_t i = 0; i < target.fixture.settings.size(); ++i) {
    const state::FixtureSetting& setting = target.fixture.settings[i];
    if (!setting.name) throw FieldError{element_path("Settings", i, "Name"), "is missing"};
    target.call().settings().set(*setting.name, setting.value.value_or(""));
  }
}

// What a dump tells is not to happen twice when it is loaded over the state that it was made of.
void cancel_transitions(FixtureTarget& target) {
  Call call = target.call();
  for (const state::FixtureTransition& transition : target.fixture.transitions)
    if (transition.resource_id && transition.transition)
      call.unschedule(*transition.resource_id, *transition.transition);
}

void load_transitions(FixtureTarget& target) {
  cancel_transitions(target);
  for (std::size_t i = 0; i < target.fixture.transitions.size(); ++i) {
    const auto path = [i](std::string_view member) { return element_path("Transitions", i, member); };
    const state::FixtureTransition& transition = target.fixture.transitions[i];
    if (!transition.resource_id) throw FieldError{path("ResourceId"), "is missing"};
    if (!is_transition(transition.transition.value_or("")))
      throw FieldError{path("Transition"), "is missing, or no transition that Amity knows"};
    target.call().store().agenda().schedule({.due = transition.due.value_or(target.now()),
                                             .scope = {.account = target.account(), .region = target.region()},
                                             .resource_id = *transition.resource_id,
                                             .transition = *transition.transition});
  }
}

}  // namespace

void load_other_rows(FixtureTarget& target) {
  load_tags(target);
  load_deregistered_images(target);
  load_fast_snapshot_restores(target);
  load_tasks(target);
  const state::Fixture& fixture = target.fixture;
  load_rows(target, "RetentionRules", fixture.retention_rules);
  load_rows(target, "RecycledResources", fixture.recycled_resources);
  load_rows(target, "StoreImageTasks", fixture.store_image_tasks);
  load_rows(target, "StoredImages", fixture.stored_images);
  load_rows(target, "FastLaunchImages", fixture.fast_launch_images);
  load_settings(target);
  load_transitions(target);
  load_meters(target);
  let_arrive(target);
}

}  // namespace amity::handlers
