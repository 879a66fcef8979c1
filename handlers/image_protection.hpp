// Protection of images from deregistration, and the day of cooldown that may follow it. "Protect an Amazon EC2 AMI from
// deregistration" in the EC2 user guide.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"

namespace amity::handlers {

// While it is protected, and while the cooldown lasts.
bool is_protected(const ec2::Image& image, model::Timestamp now);

}  // namespace amity::handlers
