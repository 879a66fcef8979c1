#include "handlers/candidates.hpp"
#include "handlers/errors.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/run_instances.hpp"
#include "handlers/spot_launch.hpp"
#include "handlers/spot_prices.hpp"
#include "handlers/spot_status.hpp"
#include "handlers/tagging.hpp"
#include "handlers/transitions.hpp"
#include "storage/database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace amity::handlers {
namespace {

constexpr std::chrono::hours kUntilNextPrice{24};
constexpr std::int32_t kMaxSpotInstances = 1000;

ec2::LaunchSpecification specification_of(const ec2::RequestSpotLaunchSpecification& wanted) {
  ec2::LaunchSpecification specification{.user_data = wanted.user_data,
                                         .addressing_type = wanted.addressing_type,
                                         .block_device_mappings = wanted.block_device_mappings,
                                         .ebs_optimized = wanted.ebs_optimized.value_or(false),
                                         .iam_instance_profile = wanted.iam_instance_profile,
                                         .image_id = wanted.image_id,
                                         .instance_type = wanted.instance_type,
                                         .kernel_id = wanted.kernel_id,
                                         .key_name = wanted.key_name,
                                         .network_interfaces = wanted.network_interfaces,
                                         .placement = wanted.placement,
                                         .ramdisk_id = wanted.ramdisk_id,
                                         .subnet_id = wanted.subnet_id,
                                         .monitoring = wanted.monitoring};
  for (const std::string& id : wanted.security_group_ids) specification.security_groups.push_back({.group_id = id});
  for (const std::string& name : wanted.security_groups) specification.security_groups.push_back({.group_name = name});
  if (!specification.monitoring) specification.monitoring = ec2::RunInstancesMonitoringEnabled{.enabled = false};
  return specification;
}

ec2::RunInstancesRequest launch_of(const ec2::LaunchSpecification& wanted) {
  ec2::RunInstancesRequest request{.block_device_mappings = wanted.block_device_mappings,
                                   .image_id = wanted.image_id,
                                   .instance_type = wanted.instance_type,
                                   .kernel_id = wanted.kernel_id,
                                   .key_name = wanted.key_name,
                                   .max_count = 1,
                                   .min_count = 1,
                                   .monitoring = wanted.monitoring,
                                   .ramdisk_id = wanted.ramdisk_id,
                                   .subnet_id = wanted.subnet_id,
                                   .user_data = wanted.user_data,
                                   .network_interfaces = wanted.network_interfaces,
                                   .iam_instance_profile = wanted.iam_instance_profile,
                                   .ebs_optimized = wanted.ebs_optimized};
  for (const ec2::GroupIdentifier& group : wanted.security_groups) {
    if (group.group_id)
      request.security_group_ids.push_back(*group.group_id);
    else
      request.security_groups.push_back(group.group_name.value_or(""));
  }
  // A launch takes the zone's name or its id, not both.
  if (wanted.placement)
    request.placement =
        ec2::Placement{.availability_zone_id =
                           wanted.placement->availability_zone ? std::nullopt : wanted.placement->availability_zone_id,
                       .group_name = wanted.placement->group_name,
                       .tenancy = wanted.placement->tenancy,
                       .availability_zone = wanted.placement->availability_zone};
  return request;
}

void launch(Call& call, const ec2::SpotInstanceRequest& request) {
  launch_instances(call, launch_of(request.launch_specification.value()),
                   SpotLaunch{.options = {.max_price = request.spot_price,
                                          .spot_instance_type = request.type,
                                          .instance_interruption_behavior = request.instance_interruption_behavior},
                              .tags = {},
                              .request_id = request.spot_instance_request_id});
}

// Launches the request's instance now, if its time has come and its price suffices. Throws what launches throw.
void try_to_fulfil(Call& call, state::SpotInstanceRequest& row) {
  ec2::SpotInstanceRequest& request = row.spot_instance_request;
  if (request.valid_until && *request.valid_until <= call.now()) {
    enter_spot_state(call, request, SpotState::closed, kSpotScheduleExpired);
    spot_requests(call).update(row);
    return end_spot_request(call, request);
  }
  if (request.valid_from && *request.valid_from > call.now()) {
    enter_spot_state(call, request, SpotState::open, kSpotNotScheduledYet);
    spot_requests(call).update(row);
    return evaluate_spot_request(call, request, *request.valid_from);
  }
  try {
    storage::Savepoint part(call.store().database());
    launch(call, request);
    part.release();
  } catch (const ApiError& error) {
    if (error.code() != errors::kSpotMaxPriceTooLow) throw;
    enter_spot_state(call, request, SpotState::open, kSpotPriceTooLow);
    spot_requests(call).update(row);
    evaluate_spot_request(call, request, call.now() + kUntilNextPrice);
  }
}

void evaluate(Call& call, std::string_view id) {
  auto row = spot_requests(call).find(id);
  if (!row || row->spot_instance_request.state != SpotState::open) return;
  try {
    try_to_fulfil(call, *row);
  } catch (const ApiError& error) {
    ec2::SpotInstanceRequest& request = row->spot_instance_request;
    enter_spot_state(call, request, SpotState::failed, kSpotBadParameters);
    request.fault = {.code = error.code(), .message = error.message()};
    spot_requests(call).update(*row);
    end_spot_request(call, request);
  }
}

void forget_spot_request(Call& call, std::string_view id) {
  spot_requests(call).remove(id);
  call.tags().remove_all(id);
}

void check_times(const Call& call, const ec2::RequestSpotInstancesRequest& request) {
  if (request.valid_until && *request.valid_until <= call.now())
    throw errors::invalid_parameter_value("ValidUntil must be in the future.");
  if (request.valid_from && request.valid_until && *request.valid_until <= *request.valid_from)
    throw errors::invalid_parameter_value("ValidUntil must be later than ValidFrom.");
}

// The answer of RequestSpotInstances is older than what becomes of the requests.
ec2::SpotInstanceRequest open_request(Call& call, const ec2::RequestSpotInstancesRequest& wanted) {
  constexpr std::chrono::hours kDefaultValidity{7 * 24};
  ec2::SpotInstanceRequest request{
      .availability_zone_group = wanted.availability_zone_group,
      .create_time = call.now(),
      .launch_group = wanted.launch_group,
      .launch_specification = specification_of(*wanted.launch_specification),
      .product_description = std::string(spot_product("")),
      .spot_instance_request_id = fmt::format("{}-{}", kSpotInstanceRequest.prefix, call.ids().hex(8)),
      .type = wanted.type.value_or(SpotType::one_time),
      .valid_from = wanted.valid_from,
      .valid_until = wanted.valid_until,
      .instance_interruption_behavior = wanted.instance_interruption_behavior.value_or(SpotInterruption::terminate)};
  if (wanted.spot_price) request.spot_price = spot_price_text(read_spot_price(*wanted.spot_price));
  if (request.type == SpotType::one_time && !request.valid_until) request.valid_until = call.now() + kDefaultValidity;
  enter_spot_state(call, request, SpotState::open, kSpotPendingEvaluation);
  return request;
}

// RequestSpotInstances: requests that can be fulfilled are at once.
ec2::RequestSpotInstancesResult request_spot_instances(Call& call, const ec2::RequestSpotInstancesRequest& request) {
  if (!request.launch_specification) throw errors::missing_parameter("LaunchSpecification");
  if (request.block_duration_minutes) throw errors::unsupported_operation("Spot blocks are no longer available.");
  const std::int32_t count = request.instance_count.value_or(1);
  if (count < 1 || count > kMaxSpotInstances) throw errors::invalid_value("InstanceCount", std::to_string(count));
  if (request.type.value_or(SpotType::one_time) == SpotType::one_time &&
      request.instance_interruption_behavior.value_or(SpotInterruption::terminate) != SpotInterruption::terminate)
    throw errors::invalid_parameter_combination("Instances of one-time Spot requests can only be terminated.");
  check_times(call, request);
  const auto tags = tags_for(request.tag_specifications, kSpotInstanceRequest.type, {kSpotInstanceRequest.type});
  ec2::RequestSpotInstancesResult result;
  for (std::int32_t i = 0; i < count; ++i) {
    state::SpotInstanceRequest row{.spot_instance_request = open_request(call, request)};
    spot_requests(call).insert(row);
    set_tags(call, *row.spot_instance_request.spot_instance_request_id, kSpotInstanceRequest.type, tags);
    result.spot_instance_requests.push_back(row.spot_instance_request);
    result.spot_instance_requests.back().tags = tags;
    try_to_fulfil(call, row);
  }
  return result;
}

constexpr FilterRule kSpotRequestFilters[] = {
    {"availability-zone-group", "AvailabilityZoneGroup"},
    {"create-time", "CreateTime"},
    {"fault-code", "Fault.Code"},
    {"fault-message", "Fault.Message"},
    {"instance-id", "InstanceId"},
    {"launch-group", "LaunchGroup"},
    {"launch.block-device-mapping.delete-on-termination",
     "LaunchSpecification.BlockDeviceMappings.Ebs.DeleteOnTermination"},
    {"launch.block-device-mapping.device-name", "LaunchSpecification.BlockDeviceMappings.DeviceName"},
    {"launch.block-device-mapping.snapshot-id", "LaunchSpecification.BlockDeviceMappings.Ebs.SnapshotId"},
    {"launch.block-device-mapping.volume-size", "LaunchSpecification.BlockDeviceMappings.Ebs.VolumeSize"},
    {"launch.block-device-mapping.volume-type", "LaunchSpecification.BlockDeviceMappings.Ebs.VolumeType"},
    {"launch.group-id", "LaunchSpecification.SecurityGroups.GroupId"},
    {"launch.group-name", "LaunchSpecification.SecurityGroups.GroupName"},
    {"launch.image-id", "LaunchSpecification.ImageId"},
    {"launch.instance-type", "LaunchSpecification.InstanceType"},
    {"launch.kernel-id", "LaunchSpecification.KernelId"},
    {"launch.key-name", "LaunchSpecification.KeyName"},
    {"launch.monitoring-enabled", "LaunchSpecification.Monitoring.Enabled"},
    {"launch.ramdisk-id", "LaunchSpecification.RamdiskId"},
    {"launched-availability-zone", "LaunchedAvailabilityZone"},
    {"launched-availability-zone-id", "LaunchedAvailabilityZoneId"},
    {"network-interface.addresses.primary", "LaunchSpecification.NetworkInterfaces.PrivateIpAddresses.Primary"},
    {"network-interface.delete-on-termination", "LaunchSpecification.NetworkInterfaces.DeleteOnTermination"},
    {"network-interface.description", "LaunchSpecification.NetworkInterfaces.Description"},
    {"network-interface.device-index", "LaunchSpecification.NetworkInterfaces.DeviceIndex"},
    {"network-interface.group-id", "LaunchSpecification.NetworkInterfaces.Groups"},
    {"network-interface.network-interface-id", "LaunchSpecification.NetworkInterfaces.NetworkInterfaceId"},
    {"network-interface.private-ip-address", "LaunchSpecification.NetworkInterfaces.PrivateIpAddress"},
    {"network-interface.subnet-id", "LaunchSpecification.NetworkInterfaces.SubnetId"},
    {"product-description", "ProductDescription"},
    {"spot-instance-request-id", "SpotInstanceRequestId"},
    {"spot-price", "SpotPrice"},
    {"state", "State"},
    {"status-code", "Status.Code"},
    {"status-message", "Status.Message"},
    {"type", "Type"},
    {"valid-from", "ValidFrom"},
    {"valid-until", "ValidUntil"},
};

ec2::DescribeSpotInstanceRequestsResult describe_spot_instance_requests(
    Call& call, const ec2::DescribeSpotInstanceRequestsRequest& request) {
  const auto& ids = request.spot_instance_request_ids;
  const Page page = page_of(request.max_results, request.next_token, "SpotInstanceRequestId", !ids.empty());
  Listing<ec2::SpotInstanceRequest> listing(kSpotRequestFilters, request.filters, page);
  visit_candidates(spot_requests(call), kSpotInstanceRequest, ids, storage::Query().after(page.after),
                   [&](std::int64_t position, const state::SpotInstanceRequest& row) {
                     const ec2::SpotInstanceRequest& one = row.spot_instance_request;
                     return listing.offer(position, one, [&] { return call.tags().of(*one.spot_instance_request_id); });
                   });
  return {.spot_instance_requests = listing.take(), .next_token = listing.next_token()};
}

void cancel(Call& call, state::SpotInstanceRequest& row) {
  ec2::SpotInstanceRequest& request = row.spot_instance_request;
  if (request.state == SpotState::open)
    enter_spot_state(call, request, SpotState::cancelled, kSpotCanceled);
  else if (request.state == SpotState::active || request.state == SpotState::disabled)
    enter_spot_state(call, request, SpotState::cancelled, kSpotCanceledRunning);
  else
    return;  // it has ended already
  spot_requests(call).update(row);
  end_spot_request(call, request);
}

// CancelSpotInstanceRequests: instances that run go on.
ec2::CancelSpotInstanceRequestsResult cancel_spot_instance_requests(
    Call& call, const ec2::CancelSpotInstanceRequestsRequest& request) {
  ec2::CancelSpotInstanceRequestsResult result;
  for (auto& row : find_all_owned(spot_requests(call), kSpotInstanceRequest, request.spot_instance_request_ids)) {
    cancel(call, row);
    const ec2::SpotInstanceRequest& one = row.spot_instance_request;
    result.cancelled_spot_instance_requests.push_back(
        {.spot_instance_request_id = one.spot_instance_request_id,
         .state = one.state == SpotState::failed ? std::string(SpotState::closed) : one.state});
  }
  return result;
}

}  // namespace

std::span<const Operation> spot_request_operations() {
  static constexpr Operation kOperations[] = {
      bind<cancel_spot_instance_requests>(),
      bind<describe_spot_instance_requests>(),
      bind<request_spot_instances>(),
  };
  return kOperations;
}
std::span<const Transition> spot_request_transitions() {
  static constexpr Transition kTransitions[] = {{kEvaluateSpotRequest, evaluate},
                                                {kSpotRequestGone, forget_spot_request}};
  return kTransitions;
}

}  // namespace amity::handlers
