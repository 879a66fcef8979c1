// When an image is deprecated: from then on others find it only by its id. "Deprecate an Amazon EC2 AMI" in the EC2
// user guide.
#pragma once

#include "model/ec2.hpp"
#include "model/timestamp.hpp"

namespace amity::handlers {

// A public image is deprecated two years after its creation at the latest.
model::Timestamp end_of_public_lifetime(const ec2::Image& image, model::Timestamp now);

}  // namespace amity::handlers
