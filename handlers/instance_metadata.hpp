// What instances' metadata service does: chosen at launch, changed later, with defaults for an account in a Region.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"

#include <optional>

namespace amity::handlers {

// Each option as the launch asks, else as the account's defaults say, else as the image wants ("Order of precedence
// for instance metadata options"). Throws InvalidParameterCombination, InvalidParameterValue, and UnsupportedOperation
// where the account insists on IMDSv2.
ec2::InstanceMetadataOptionsResponse metadata_options_at_launch(
    Call& call, const std::optional<ec2::InstanceMetadataOptionsRequest>& wanted, const ec2::Image& image);

}  // namespace amity::handlers
