// What happens to images by itself, after a time.
#pragma once

#include "handlers/call.hpp"

#include <string_view>

namespace amity::handlers {

// A pending image becomes available, or fails, when its snapshots have done so; `delay` from now at the earliest.
void complete_image_after(Call& call, std::string_view image_id, Duration delay);

// EC2 shows a launch in the image's LastLaunchedTime a day after it happened.
void report_launch_later(Call& call, std::string_view image_id);

// A deregistered image is remembered for an hour, and then for as long as instances name it.
void forget_image_later(Call& call, std::string_view image_id);

// The image can be deregistered after the cooldown; unless it is protected again.
void end_protection_later(Call& call, std::string_view image_id, Duration cooldown);
void keep_protection(Call& call, std::string_view image_id);

}  // namespace amity::handlers
