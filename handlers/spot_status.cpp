#include "handlers/spot_status.hpp"

#include <algorithm>
#include <chrono>

namespace amity::handlers {

void enter_spot_state(const Call& call, ec2::SpotInstanceRequest& request, const char* state,
                      const SpotStatus& status) {
  request.state = state;
  request.status = {.code = status.code, .message = status.message, .update_time = call.now()};
}

void end_spot_request(Call& call, const ec2::SpotInstanceRequest& request) {
  const std::string& id = *request.spot_instance_request_id;
  call.unschedule(id);
  call.schedule(id, kSpotRequestGone, kSpotRequestVisible);
}

void evaluate_spot_request(Call& call, const ec2::SpotInstanceRequest& request, model::Timestamp when) {
  if (request.valid_until) when = std::min(when, *request.valid_until);
  call.schedule(*request.spot_instance_request_id, kEvaluateSpotRequest, std::max(when - call.now(), Duration()));
}

}  // namespace amity::handlers
