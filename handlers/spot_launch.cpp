#include "handlers/spot_launch.hpp"

#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/spot_prices.hpp"
#include "handlers/spot_status.hpp"
#include "handlers/tagging.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

// What an instance of RunInstances would have been asked for by.
ec2::LaunchSpecification specification_of(const ec2::Instance& instance) {
  const ec2::Placement placement = instance.placement.value_or(ec2::Placement{});
  const bool is_monitored = instance.monitoring && instance.monitoring->state != ec2::MonitoringState::disabled;
  return {.ebs_optimized = instance.ebs_optimized.value_or(false),
          .image_id = instance.image_id,
          .instance_type = instance.instance_type,
          .key_name = instance.key_name,
          .placement = ec2::SpotPlacement{.availability_zone = placement.availability_zone,
                                          .tenancy = placement.tenancy,
                                          .availability_zone_id = placement.availability_zone_id},
          .subnet_id = instance.subnet_id,
          .security_groups = instance.security_groups,
          .monitoring = ec2::RunInstancesMonitoringEnabled{.enabled = is_monitored}};
}

}  // namespace

std::optional<SpotLaunch> spot_launch_of(const ec2::RunInstancesRequest& request, std::vector<ec2::Tag> tags) {
  if (!request.instance_market_options) return std::nullopt;
  const auto& market = *request.instance_market_options;
  if (market.market_type != ec2::MarketType::spot) {
    if (!market.market_type) throw errors::missing_parameter("InstanceMarketOptions.MarketType");
    throw errors::no_reserved_capacity();  // nobody can buy a Capacity Block here
  }
  SpotLaunch launch{.options = market.spot_options.value_or(ec2::SpotMarketOptions{}), .tags = std::move(tags)};
  ec2::SpotMarketOptions& options = launch.options;
  const bool is_persistent = options.spot_instance_type == SpotType::persistent;
  const std::string interruption = options.instance_interruption_behavior.value_or(SpotInterruption::terminate);
  if (options.block_duration_minutes) throw errors::unsupported_operation("Spot blocks are no longer available.");
  if (is_persistent == (interruption == SpotInterruption::terminate))
    throw errors::invalid_parameter_combination(
        "Persistent Spot requests need the interruption behavior stop or hibernate, and one-time requests terminate.");
  if (options.valid_until && !is_persistent)
    throw errors::invalid_parameter_combination("ValidUntil is supported only for persistent Spot requests.");
  return launch;
}

void check_spot_launch(Call& call, const SpotLaunch& launch, const ec2::Instance& instance,
                       const ec2::InstanceTypeInfo& type) {
  if (std::ranges::find(type.supported_usage_classes, ec2::UsageClassType::spot) == type.supported_usage_classes.end())
    throw errors::unsupported_by_type("InstanceMarketOptions", *type.instance_type);
  if (instance.placement->tenancy == ec2::Tenancy::host)
    throw errors::cannot_be_combined("InstanceMarketOptions", "placement.tenancy");
  const auto period = spot_price(type, instance.placement->availability_zone.value(),
                                 spot_product(instance.platform_details.value_or("")), call.now());
  const auto& max_price = launch.options.max_price;
  if (max_price && read_spot_price(*max_price) < period.micro_dollars)
    throw errors::spot_max_price_too_low(*max_price, spot_price_text(period.micro_dollars));
}

void become_spot_instance(Call& call, const SpotLaunch& launch, ec2::Instance& instance) {
  state::SpotInstanceRequest row;
  ec2::SpotInstanceRequest& request = row.spot_instance_request;
  if (launch.request_id) {
    row = spot_requests(call).find(*launch.request_id).value();
  } else {
    const ec2::SpotMarketOptions& options = launch.options;
    request = {
        .create_time = call.now(),
        .launch_specification = specification_of(instance),
        .spot_instance_request_id = fmt::format("{}-{}", kSpotInstanceRequest.prefix, call.ids().hex(8)),
        .type = options.spot_instance_type.value_or(SpotType::one_time),
        .valid_until = options.valid_until,
        .instance_interruption_behavior = options.instance_interruption_behavior.value_or(SpotInterruption::terminate)};
    if (options.max_price) request.spot_price = spot_price_text(read_spot_price(*options.max_price));
    spot_requests(call).insert(row);
    set_tags(call, *request.spot_instance_request_id, kSpotInstanceRequest.type, launch.tags);
  }
  request.instance_id = instance.instance_id;
  request.launched_availability_zone = instance.placement->availability_zone;
  request.launched_availability_zone_id = instance.placement->availability_zone_id;
  request.product_description = std::string(spot_product(instance.platform_details.value_or("")));
  enter_spot_state(call, request, SpotState::active, kSpotFulfilled);
  spot_requests(call).update(row);
  instance.instance_lifecycle = ec2::InstanceLifecycleType::spot;
  instance.spot_instance_request_id = request.spot_instance_request_id;
}

void note_spot_state(Call& call, const state::Instance& instance) {
  const auto& id = instance.instance.spot_instance_request_id;
  auto row = id ? spot_requests(call).find(*id) : std::nullopt;
  if (!row) return;
  ec2::SpotInstanceRequest& request = row->spot_instance_request;
  const bool goes_on = request.state == SpotState::active || request.state == SpotState::disabled;
  if (!goes_on || request.instance_id != instance.instance.instance_id) return;
  const std::string& state = state_of(instance);
  if (state == ec2::InstanceStateName::running)
    enter_spot_state(call, request, SpotState::active, kSpotFulfilled);
  else if (state == ec2::InstanceStateName::stopped)
    enter_spot_state(call, request, SpotState::disabled, kSpotStoppedByUser);
  else if (state != ec2::InstanceStateName::terminated)
    return;
  else if (request.type == SpotType::persistent)
    enter_spot_state(call, request, SpotState::open, kSpotPendingEvaluation);
  else
    enter_spot_state(call, request, SpotState::closed, kSpotTerminatedByUser);
  spot_requests(call).update(*row);
  if (request.state == SpotState::open) evaluate_spot_request(call, request, call.now());
  if (request.state == SpotState::closed) end_spot_request(call, request);
}

void check_spot_can_stop(Call& call, const ec2::Instance& instance) {
  const auto& id = instance.spot_instance_request_id;
  const auto row = id ? spot_requests(call).find(*id) : std::nullopt;
  if (row && row->spot_instance_request.type == SpotType::one_time)
    throw errors::one_time_spot_cannot_be_stopped(*instance.instance_id);
}

}  // namespace amity::handlers
