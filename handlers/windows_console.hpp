// What EC2Launch writes to the console of a Windows instance.
#pragma once

#include "handlers/console_log.hpp"
#include "model/state.hpp"

#include <string>

namespace amity::handlers {

void append_windows_console(std::string& log, const state::Instance& instance, const ConsoleEvent& event);

}  // namespace amity::handlers
