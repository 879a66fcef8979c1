// The text on an instance's console. No operating system runs behind it: the text is what the image's system would
// plausibly write, made from the instance's true state.
#pragma once

#include "model/ec2.hpp"
#include "model/state.hpp"

#include <string>
#include <vector>

namespace amity::handlers {

struct Boot {
  model::Timestamp at;
  bool is_first = false;   // of the instance: keys are made, user data is read
  bool is_reboot = false;  // else the instance was started
};

// What the console shows of these boots; the newest 64 KiB. `type` may be unknown.
std::string console_log(const state::Instance& instance, const ec2::InstanceTypeInfo* type,
                        const std::vector<Boot>& boots);

}  // namespace amity::handlers
