#include "handlers/image_transitions.hpp"

#include "handlers/transitions.hpp"
#include "model/timestamp.hpp"

#include <chrono>
#include <optional>

namespace amity::handlers {
namespace {

constexpr std::string_view kAvailable = "image.available";
constexpr std::string_view kLaunchReported = "image.launch_reported";
constexpr std::string_view kForgotten = "image.forgotten";
constexpr std::string_view kUnprotected = "image.unprotected";

constexpr Duration kSnapshotPoll = std::chrono::seconds{5};
constexpr Duration kLaunchReportDelay = std::chrono::hours{24};
constexpr Duration kRemembered = std::chrono::hours{1};

// What became of the snapshots that were made for an image.
struct SnapshotsOutcome {
  bool pending = false;
  std::optional<ec2::StateReason> failure;
};

SnapshotsOutcome outcome_of_snapshots(Call& call, const ec2::Image& image) {
  SnapshotsOutcome outcome;
  for (const ec2::BlockDeviceMapping& mapping : image.block_device_mappings) {
    if (!mapping.ebs || !mapping.ebs->snapshot_id) continue;
    const auto snapshot = call.snapshots().find(*mapping.ebs->snapshot_id);
    if (!snapshot || snapshot->created_for_image_id != image.image_id) continue;
    if (snapshot->snapshot.state == ec2::SnapshotState::pending) outcome.pending = true;
    if (snapshot->snapshot.state == ec2::SnapshotState::error)
      outcome.failure = {
          .code = "Client.InternalError",
          .message = "Client.InternalError: " + snapshot->snapshot.state_message.value_or("Snapshot creation failed")};
  }
  return outcome;
}

// An image whose instance is terminated meanwhile fails (the StateReason codes in the EC2 API reference).
bool lost_its_instance(Call& call, const ec2::Image& image) {
  if (!image.source_instance_id) return false;
  const auto instance = call.instances().find(*image.source_instance_id);
  if (!instance || !instance->instance.state) return true;
  const auto& state = instance->instance.state->name;
  return state == ec2::InstanceStateName::shutting_down || state == ec2::InstanceStateName::terminated;
}

void become_available(Call& call, std::string_view image_id) {
  auto image = call.images().find(image_id);
  if (!image || image->image.state != ec2::ImageState::pending) return;
  SnapshotsOutcome outcome = outcome_of_snapshots(call, image->image);
  if (!outcome.failure && lost_its_instance(call, image->image))
    outcome.failure = {.code = "Client.InstanceTerminated",
                       .message = "Client.InstanceTerminated: The instance was terminated during AMI creation"};
  if (!outcome.failure && outcome.pending) return complete_image_after(call, image_id, kSnapshotPoll);
  image->image.state = outcome.failure ? ec2::ImageState::failed : ec2::ImageState::available;
  image->image.state_reason = std::move(outcome.failure);
  call.images().update(*image);
}

// Runs for the account that launched, which need not be the image's.
void report_launch(Call& call, std::string_view image_id) {
  auto image = call.images().find_any(image_id);
  if (!image) return;
  image->image.last_launched_time =
      model::to_iso8601(std::chrono::floor<std::chrono::seconds>(call.now() - kLaunchReportDelay));
  call.images().update(*image);
}

void forget(Call& call, std::string_view image_id) {
  const auto named_by = storage::Query().of_any_account().where("image_id", image_id);
  if (call.instances().count(named_by) > 0) return forget_image_later(call, image_id);
  auto row = call.deregistered_images().find(image_id);
  if (!row) return;
  // The row stays: what descends from the image goes on telling its ancestry.
  row->forgotten = true;
  call.deregistered_images().update(*row);
}

void end_protection(Call& call, std::string_view image_id) {
  auto image = call.images().find(image_id);
  if (!image) return;
  image->image.deregistration_protection = "disabled";
  call.images().update(*image);
}

constexpr Transition kImageTransitions[] = {
    {kAvailable, become_available},
    {kLaunchReported, report_launch},
    {kForgotten, forget},
    {kUnprotected, end_protection},
};

}  // namespace

std::span<const Transition> image_transitions() { return kImageTransitions; }

void complete_image_after(Call& call, std::string_view image_id, Duration delay) {
  call.schedule(image_id, kAvailable, delay);
}

void report_launch_later(Call& call, std::string_view image_id) {
  call.schedule(image_id, kLaunchReported, kLaunchReportDelay);
}

void forget_image_later(Call& call, std::string_view image_id) { call.schedule(image_id, kForgotten, kRemembered); }

void end_protection_later(Call& call, std::string_view image_id, Duration cooldown) {
  call.schedule(image_id, kUnprotected, cooldown);
}

void keep_protection(Call& call, std::string_view image_id) { call.unschedule(image_id, kUnprotected); }

}  // namespace amity::handlers
