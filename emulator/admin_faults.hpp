// GET, POST and DELETE /_amity/faults.
#pragma once

#include "emulator/faults.hpp"

#include <string>
#include <string_view>

namespace amity::emulator {

// {"faults": [{"id": "fault-1", "operation": "RunInstances", "code": "…", "struck": 0 …}]}
std::string faults_json(const Faults& faults);
std::string fault_json(const Fault& fault);

// The fault that a body describes. Throws AdminError.
Fault parse_fault(std::string_view body);

}  // namespace amity::emulator
