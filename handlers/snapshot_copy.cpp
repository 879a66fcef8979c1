#include "handlers/errors.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshot_errors.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "handlers/volume_errors.hpp"
#include "handlers/zones.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// "Amazon EBS quotas": concurrent snapshot copies to one destination region. The copies that CopyImage makes have a
// quota of their own.
constexpr std::size_t kMaxConcurrentCopies = 20;
constexpr std::int32_t kDurationStep = 15;  // minutes

void check_source_region(const Call& call, std::string_view name) {
  const state::Region* source = call.catalogue().region(name);
  const state::Region* here = call.catalogue().region(call.region());
  if (!source || (here && source->partition != here->partition)) throw errors::invalid_region(name);
}

void check_limit(Call& call) {
  std::size_t copies = 0;
  call.snapshots().scan(storage::Query().where("volume_id", kNoVolume).where("state", ec2::SnapshotState::pending),
                        [&](std::int64_t, const state::Snapshot& snapshot) {
                          if (snapshot.source_snapshot_id && !snapshot.created_for_image_id) ++copies;
                          return true;
                        });
  if (copies >= kMaxConcurrentCopies) throw errors::snapshot_copy_limit_exceeded(kMaxConcurrentCopies);
}

void check_destination_zone(const Call& call, const std::string& name) {
  const ec2::AvailabilityZone* zone = zone_named(call, name);
  if (!zone) throw errors::unknown_zone(name);
  if (!is_local_zone(*zone))
    throw errors::invalid_value("DestinationAvailabilityZone", name, "It is not a Local Zone.");
}

// A time-based copy takes no longer than the caller says.
Duration delay_of(const Call& call, const std::optional<std::int32_t>& completion_minutes) {
  const Duration delay = call.profile().snapshot;
  return completion_minutes ? std::min<Duration>(delay, std::chrono::minutes(*completion_minutes)) : delay;
}

void check(const Call& call, const ec2::CopySnapshotRequest& request) {
  check_source_region(call, request.source_region);
  if (request.destination_outpost_arn) throw errors::unsupported_operation("Outposts are not emulated.");
  if (request.destination_availability_zone) check_destination_zone(call, *request.destination_availability_zone);
  if (!request.completion_duration_minutes) return;
  if (request.destination_availability_zone)
    throw errors::cannot_be_combined("CompletionDurationMinutes", "DestinationAvailabilityZone");
  if (*request.completion_duration_minutes % kDurationStep != 0)
    throw errors::invalid_value("CompletionDurationMinutes", std::to_string(*request.completion_duration_minutes),
                                "Expecting a multiple of 15.");
}

// Ignored: DestinationRegion, because the copy is made where the request is sent, and PresignedUrl, which proves to the
// source region what the request's own signature proves here. So is Encrypted=false: no copy is ever less encrypted.
ec2::CopySnapshotResult copy_snapshot(Call& call, const ec2::CopySnapshotRequest& request) {
  check_id(kSnapshot, request.source_snapshot_id);
  check(call, request);
  const auto tags = tags_for(request.tag_specifications, kSnapshot.type, {kSnapshot.type});
  Call there = call.in_region(request.source_region);
  const state::Snapshot source = find_usable_snapshot(there, request.source_snapshot_id);
  check_completed(source);
  check_limit(call);
  const SnapshotCopy wanted{.source_region = request.source_region,
                            .description = request.description.value_or(""),
                            .tags = tags,
                            .encryption = {.encrypted = request.encrypted, .kms_key_id = request.kms_key_id},
                            .completion_duration_minutes = request.completion_duration_minutes,
                            .availability_zone = request.destination_availability_zone,
                            .delay = delay_of(call, request.completion_duration_minutes)};
  const ec2::Snapshot copy = copy_snapshot_of(call, source, wanted).snapshot;
  return {.tags = call.tags().of(*copy.snapshot_id), .snapshot_id = copy.snapshot_id};
}

}  // namespace

std::span<const Operation> snapshot_copy_operations() {
  static constexpr Operation kOperations[] = {
      bind<copy_snapshot>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
