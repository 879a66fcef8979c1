// Launches on the Spot market: each instance fulfils a Spot Instance request, which stays beside it.
#pragma once

#include "handlers/call.hpp"
#include "handlers/resource_kind.hpp"
#include "model/ec2.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace amity::handlers {

inline constexpr ResourceKind kSpotInstanceRequest{"sir",
                                                   "spot-instances-request",
                                                   "InvalidSpotInstanceRequestID.Malformed",
                                                   "InvalidSpotInstanceRequestID.NotFound",
                                                   "The spot instance request ID '{}' does not exist",
                                                   "The spot instance request IDs '{}' do not exist"};

// What a launch says of its market. Without it instances are on demand.
struct SpotLaunch {
  ec2::SpotMarketOptions options;
  std::vector<ec2::Tag> tags;               // of the requests that it makes
  std::optional<std::string> request_id{};  // or the request that it fulfils
};

// The market options of RunInstances. Throws InvalidParameterCombination, UnsupportedOperation.
std::optional<SpotLaunch> spot_launch_of(const ec2::RunInstancesRequest& request, std::vector<ec2::Tag> tags);

// Whether the type is to be had as a Spot Instance in the zone, for what is offered. Throws
// InvalidParameterCombination, InvalidParameterValue, SpotMaxPriceTooLow.
void check_spot_launch(Call& call, const SpotLaunch& launch, const ec2::Instance& instance,
                       const ec2::InstanceTypeInfo& type);

// Makes a new instance one of the Spot market, with a request that it fulfils. The caller inserts its row.
void become_spot_instance(Call& call, const SpotLaunch& launch, ec2::Instance& instance);

// The instance has entered another state: its request, if it has one, follows.
void note_spot_state(Call& call, const state::Instance& instance);

// Throws UnsupportedOperation for the instance of a one-time request, which cannot be stopped.
void check_spot_can_stop(Call& call, const ec2::Instance& instance);

}  // namespace amity::handlers
