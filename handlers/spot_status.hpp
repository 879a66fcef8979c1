// The states of Spot Instance requests, and when they end.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"
#include "model/state_instances.hpp"
#include "storage/instances_tables.hpp"

#include <string_view>

namespace amity::handlers {

using SpotState = ec2::SpotInstanceState;
using SpotType = ec2::SpotInstanceType;
using SpotInterruption = ec2::InstanceInterruptionBehavior;

inline constexpr std::string_view kEvaluateSpotRequest = "spot-request.evaluate";
inline constexpr std::string_view kSpotRequestGone = "spot-request.gone";

// The codes of "Spot request status", with what EC2 says of them.
struct SpotStatus {
  const char* code;
  const char* message;
};
inline constexpr SpotStatus kSpotPendingEvaluation{
    "pending-evaluation", "Your Spot request has been submitted for review, and is pending evaluation."};
inline constexpr SpotStatus kSpotNotScheduledYet{"not-scheduled-yet",
                                                 "The request is not evaluated before its start date."};
inline constexpr SpotStatus kSpotPriceTooLow{"price-too-low",
                                             "Your maximum price is lower than the current Spot price."};
inline constexpr SpotStatus kSpotFulfilled{"fulfilled", "Your Spot request is fulfilled."};
inline constexpr SpotStatus kSpotScheduleExpired{"schedule-expired",
                                                 "The request was not fulfilled before its end date."};
inline constexpr SpotStatus kSpotBadParameters{"bad-parameters",
                                               "The request could not be fulfilled because of its parameters."};
inline constexpr SpotStatus kSpotStoppedByUser{"instance-stopped-by-user", "The instance was stopped by its user."};
inline constexpr SpotStatus kSpotTerminatedByUser{"instance-terminated-by-user",
                                                  "The instance was terminated by its user."};
inline constexpr SpotStatus kSpotCanceled{"canceled-before-fulfillment",
                                          "The request was canceled before it was fulfilled."};
inline constexpr SpotStatus kSpotCanceledRunning{"request-canceled-and-instance-running",
                                                 "The request was canceled while its instance goes on."};

inline storage::Repository<state::SpotInstanceRequest> spot_requests(Call& call) {
  return call.table<state::SpotInstanceRequest>();
}

// Requests that have ended are shown for two days.
inline constexpr Duration kSpotRequestVisible = std::chrono::hours{48};

// One of ec2::SpotInstanceState. The caller updates the row.
void enter_spot_state(const Call& call, ec2::SpotInstanceRequest& request, const char* state, const SpotStatus& status);

// The request has ended, and is shown for some time yet.
void end_spot_request(Call& call, const ec2::SpotInstanceRequest& request);

// Comes back to an open request then, or when it expires.
void evaluate_spot_request(Call& call, const ec2::SpotInstanceRequest& request, model::Timestamp when);

}  // namespace amity::handlers
