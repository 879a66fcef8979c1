#include "handlers/candidates.hpp"
#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/transitions.hpp"
#include "handlers/volumes.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

using VolumeStatusItem = ec2::VolumeStatusItem;
using VolumeHealth = ec2::VolumeStatusInfoStatus;

constexpr const char* kInconsistent = "potential-data-inconsistency";
constexpr const char* kEnableIo = "enable-volume-io";

// "Amazon EBS volume status checks": I/O is disabled while an event stands, and then nothing is known of performance.
ec2::VolumeStatusInfo status_of(const state::Volume& volume) {
  const bool is_impaired = volume.impairment.has_value();
  const auto& type = volume.volume.volume_type;
  const bool is_provisioned = type == ec2::VolumeType::io1 || type == ec2::VolumeType::io2;
  const char* performance = !is_provisioned ? "not-applicable" : is_impaired ? "stalled" : "normal";
  return {.details = {{.name = ec2::VolumeStatusName::io_enabled, .status = is_impaired ? "failed" : "passed"},
                      {.name = ec2::VolumeStatusName::io_performance, .status = performance}},
          .status = is_impaired ? VolumeHealth::impaired : VolumeHealth::ok};
}

std::vector<ec2::VolumeStatusAction> actions_for(const ec2::VolumeStatusEvent& event) {
  return {{.code = kEnableIo,
           .description = "Enable volume I/O",
           .event_id = event.event_id,
           .event_type = event.event_type}};
}

// The most IOPS that the instance's type can have from its volumes.
std::vector<ec2::VolumeStatusAttachmentStatus> attachments_of(Call& call, const ec2::Volume& volume) {
  std::vector<ec2::VolumeStatusAttachmentStatus> statuses;
  for (const ec2::VolumeAttachment& attachment : volume.attachments) {
    auto& status = statuses.emplace_back(ec2::VolumeStatusAttachmentStatus{.instance_id = attachment.instance_id});
    const auto instance = call.instances().find(attachment.instance_id.value_or(""));
    const auto* type =
        instance ? call.catalogue().instance_type(instance->instance.instance_type.value_or("")) : nullptr;
    if (type && type->ebs_info && type->ebs_info->ebs_optimized_info)
      if (const auto& most = type->ebs_info->ebs_optimized_info->maximum_iops)
        status.io_performance = std::to_string(*most);
  }
  return statuses;
}

// Blocks are there as soon as a volume is: every volume is initialized.
std::optional<ec2::InitializationStatusDetails> initialization_of(const ec2::Volume& volume) {
  using Type = ec2::InitializationType;
  if (volume.source_volume_id)
    return ec2::InitializationStatusDetails{.initialization_type = Type::volume_copy, .progress = 100};
  if (volume.snapshot_id.value_or("").empty()) return std::nullopt;
  if (!volume.volume_initialization_rate)
    return ec2::InitializationStatusDetails{.initialization_type = Type::is_default, .progress = 100};
  return ec2::InitializationStatusDetails{
      .initialization_type = Type::provisioned_rate, .progress = 100, .estimated_time_to_complete_in_seconds = 0};
}

VolumeStatusItem item_of(Call& call, const state::Volume& row) {
  const ec2::Volume& volume = row.volume;
  VolumeStatusItem item{.availability_zone = volume.availability_zone,
                        .volume_id = volume.volume_id,
                        .volume_status = status_of(row),
                        .attachment_statuses = attachments_of(call, volume),
                        .initialization_status_details = initialization_of(volume),
                        .availability_zone_id = volume.availability_zone_id,
                        .operator_value = volume.operator_value};
  if (row.impairment) {
    item.actions = actions_for(*row.impairment);
    item.events = {*row.impairment};
  }
  return item;
}

constexpr FilterRule kVolumeStatusFilters[] = {
    {"action.code", "Actions.Code"},
    {"action.description", "Actions.Description"},
    {"action.event-id", "Actions.EventId"},
    {"availability-zone", "AvailabilityZone"},
    {"event.description", "Events.Description"},
    {"event.event-id", "Events.EventId"},
    {"event.event-type", "Events.EventType"},
    {"event.not-after", "Events.NotAfter"},
    {"event.not-before", "Events.NotBefore"},
    {"volume-status.details-name", "VolumeStatus.Details.Name"},
    {"volume-status.details-status", "VolumeStatus.Details.Status"},
    {"volume-status.status", "VolumeStatus.Status"},
};

// Ignored: IncludeManagedResources, because no volume is managed by a service of AWS.
ec2::DescribeVolumeStatusResult describe_volume_status(Call& call, const ec2::DescribeVolumeStatusRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, "volumeSet", !request.volume_ids.empty());
  Listing<VolumeStatusItem> listing(kVolumeStatusFilters, request.filters, page);
  visit_candidates(
      call.volumes(), kVolume, request.volume_ids, storage::Query().after(page.after),
      [&](std::int64_t row, const state::Volume& volume) { return listing.offer(row, item_of(call, volume)); });
  return {.next_token = listing.next_token(), .volume_statuses = listing.take()};
}

ec2::DescribeVolumeAttributeResult describe_volume_attribute(Call& call,
                                                             const ec2::DescribeVolumeAttributeRequest& request) {
  const state::Volume volume = find_owned(call.volumes(), kVolume, request.volume_id);
  ec2::DescribeVolumeAttributeResult result{.volume_id = request.volume_id};
  if (request.attribute == ec2::VolumeAttributeName::autoEnableIO)
    result.auto_enable_io = ec2::AttributeBooleanValue{.value = volume.auto_enable_io.value_or(false)};
  else
    result.product_codes = volume.product_codes;
  return result;
}

void modify_volume_attribute(Call& call, const ec2::ModifyVolumeAttributeRequest& request) {
  state::Volume volume = find_owned(call.volumes(), kVolume, request.volume_id);
  if (!request.auto_enable_io || !request.auto_enable_io->value) throw errors::missing_parameter("AutoEnableIO");
  volume.auto_enable_io = request.auto_enable_io->value;
  if (*volume.auto_enable_io) volume.impairment.reset();
  call.volumes().update(volume);
}

// A volume whose I/O is enabled stays as it is.
void enable_volume_io(Call& call, const ec2::EnableVolumeIORequest& request) {
  state::Volume volume = find_owned(call.volumes(), kVolume, request.volume_id);
  if (!volume.impairment) return;
  volume.impairment.reset();
  call.volumes().update(volume);
}

// Trouble with the host, which only fixtures and faults make: I/O stays disabled until the volume's owner enables it,
// unless that is to happen by itself.
void impair(Call& call, std::string_view id) {
  auto volume = call.volumes().find(id);
  if (!volume || volume->auto_enable_io.value_or(false)) return;
  volume->impairment = ec2::VolumeStatusEvent{.description = "The data on the volume may be inconsistent",
                                              .event_id = call.ids().make("evol"),
                                              .event_type = kInconsistent,
                                              .not_before = call.now()};
  call.volumes().update(*volume);
}

}  // namespace

std::span<const Operation> volume_status_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_volume_status>(),
      bind<describe_volume_attribute>(),
      bind<modify_volume_attribute>(),
      bind<enable_volume_io>(),
  };
  return kOperations;
}

std::span<const Transition> volume_status_transitions() {
  static constexpr Transition kTransitions[] = {{"volume.impaired", impair}};
  return kTransitions;
}

}  // namespace amity::handlers
