// The text on an instance's console. No operating system runs behind it: the text is what the image's system would
// plausibly write, made from the instance's true state.
#pragma once

#include "model/ec2.hpp"
#include "model/state.hpp"

#include <string>
#include <vector>

namespace amity::handlers {

struct ConsoleEvent {
  enum class Kind {
    FirstStart,  // of the instance: keys are made, user data is read
    Start,
    Reboot,
    Interrupt,     // a diagnostic interrupt: the system crashes and reboots
    Specialize,    // the start of a generalized Windows
    Sysprep,       // Windows is generalized
    WindowsReady,  // a while after a start
  };
  model::Timestamp at;
  Kind kind = Kind::Start;
};

// What the console shows of these events; the newest 64 KiB. `type` may be unknown.
std::string console_log(const state::Instance& instance, const ec2::InstanceTypeInfo* type,
                        const std::vector<ConsoleEvent>& events);

}  // namespace amity::handlers
