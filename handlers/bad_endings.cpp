#include "handlers/bad_endings.hpp"

#include "handlers/image_tasks.hpp"
#include "handlers/instances.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/transitions.hpp"

#include <algorithm>
#include <functional>

namespace amity::handlers {
namespace {

constexpr std::string_view kFailedOnPurpose = "fault.failed";
constexpr std::string_view kUsualCode = "Server.InternalError";
constexpr std::string_view kUsualMessage = "Internal error";

// Where the reason waits for its time: a setting of the account and region.
std::string reason_setting(std::string_view resource_id, std::string_view what) {
  return "fault " + std::string(what) + " " + std::string(resource_id);
}

FailureReason take_reason(Call& call, std::string_view id) {
  const auto take = [&](std::string_view what, std::string_view usual) {
    const std::string name = reason_setting(id, what);
    const auto text = call.settings().get(name);
    call.settings().remove(name);
    return text.value_or("").empty() ? std::string(usual) : *text;
  };
  return {.code = take("code", kUsualCode), .message = take("message", kUsualMessage)};
}

void fail_image(Call& call, std::string_view id, const FailureReason& reason) {
  auto image = call.images().find(id);
  if (!image || image->image.state != ec2::ImageState::pending) return;
  image->image.state = ec2::ImageState::failed;
  image->image.state_reason = {.code = reason.code, .message = reason.code + ": " + reason.message};
  call.images().update(*image);
}

void fail_snapshot(Call& call, std::string_view id, const FailureReason& reason) {
  auto snapshot = call.snapshots().find(id);
  if (!snapshot || snapshot->snapshot.state != ec2::SnapshotState::pending) return;
  snapshot->snapshot.state = ec2::SnapshotState::error;
  snapshot->snapshot.state_message = reason.message;
  snapshot->completes_at.reset();
  call.snapshots().update(*snapshot);
}

void fail_volume(Call& call, std::string_view id, const FailureReason&) {
  auto volume = call.volumes().find(id);
  if (!volume || volume->volume.state != ec2::VolumeState::creating) return;
  volume->volume.state = ec2::VolumeState::error;
  call.volumes().update(*volume);
}

// As "Instance terminates immediately" in the EC2 user guide tells it.
void fail_instance(Call& call, std::string_view id, const FailureReason& reason) {
  auto row = call.instances().find(id);
  if (!row || state_of(*row) != ec2::InstanceStateName::pending) return;
  row->instance.state = instance_state(ec2::InstanceStateName::shutting_down);
  row->instance.state_reason = {.code = reason.code, .message = reason.code + ": " + reason.message};
  call.instances().update(*row);
  call.schedule(id, "instance.terminated", {});
}

template <class Row>
void fail_conversion(Call& call, std::string_view id, const FailureReason& reason) {
  fail_task<Row>(call, id, reason.code + ": " + reason.message);
}

// A change that takes time, and how it fails; nullptr for one that can only be stuck.
struct Change {
  std::string_view transition;
  const ResourceKind* kind;
  void (*fail)(Call& call, std::string_view id, const FailureReason& reason) = nullptr;
};
constexpr Change kChanges[] = {
    {"image.available", &kImage, fail_image},
    {"snapshot.completed", &kSnapshot, fail_snapshot},
    {"volume.available", &kVolume, fail_volume},
    {"instance.running", &kInstance, fail_instance},
    {"image_import.step", &kImportImageTask, fail_conversion<state::ImportImageTask>},
    {"snapshot_import.step", &kImportSnapshotTask, fail_conversion<state::ImportSnapshotTask>},
    {"image_export.step", &kExportImageTask, fail_conversion<state::ExportImageTask>},
    {"instance.stopped", &kInstance},
    {"instance.terminated", &kInstance},
    {"volume.attached", &kVolume},
    {"volume.detached", &kVolume},
    {"volume.deleted", &kVolume},
};

const Change* change_of(const storage::AgendaItem& item) {
  const auto found = std::ranges::find(kChanges, item.transition, &Change::transition);
  return found == std::end(kChanges) ? nullptr : &*found;
}

void fail_in_time(Call& call, std::string_view id) {
  const auto can_fail = [&](const Change& change) { return change.fail && change.kind == kind_of(id); };
  const auto change = std::ranges::find_if(kChanges, can_fail);
  if (change != std::end(kChanges)) change->fail(call, id, take_reason(call, id));
}

bool is_of_image(const storage::AgendaItem& item) { return kind_of(item.resource_id) == &kImage; }

constexpr Transition kBadEndings[] = {{kFailedOnPurpose, fail_in_time}};

}  // namespace

std::span<const Transition> bad_ending_transitions() { return kBadEndings; }

std::optional<BadEnding> bad_ending_named(std::string_view name) {
  if (name == "failed") return BadEnding::Failed;
  if (name == "stuck") return BadEnding::Stuck;
  return std::nullopt;
}

StartedChanges::StartedChanges(Call& call) : before_(call.store().agenda().of(call.scope())) {}

void StartedChanges::end_badly(Call& call, BadEnding how, const FailureReason& reason) const {
  std::vector<storage::AgendaItem> started = call.store().agenda().of(call.scope());
  std::erase_if(started, [&](const storage::AgendaItem& item) {
    const Change* change = change_of(item);
    const auto is_same = [&](const storage::AgendaItem& old) {
      return old.resource_id == item.resource_id && old.transition == item.transition && old.due == item.due;
    };
    return !change || (how == BadEnding::Failed && !change->fail) || std::ranges::any_of(before_, is_same);
  });
  if (std::ranges::any_of(started, is_of_image)) std::erase_if(started, std::not_fn(is_of_image));
  for (const storage::AgendaItem& item : started) {
    call.unschedule(item.resource_id, item.transition);
    if (how == BadEnding::Stuck) continue;
    call.settings().set(reason_setting(item.resource_id, "code"), reason.code);
    call.settings().set(reason_setting(item.resource_id, "message"), reason.message);
    call.schedule(item.resource_id, kFailedOnPurpose,
                  std::max(Duration{}, std::chrono::ceil<Duration>(item.due - call.now())));
  }
}

}  // namespace amity::handlers
