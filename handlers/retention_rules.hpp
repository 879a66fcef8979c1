// The Recycle Bin's retention rules: which deleted resources are kept, and for how long. AWS: "Recycle Bin" in the
// Amazon EBS user guide, and the Recycle Bin API reference.
#pragma once

#include "handlers/call.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace amity::handlers {

// How long the account's rules keep a resource of the type (rbin::ResourceType) after its deletion; the longest of
// those that apply to its tags, nullopt when none does.
std::optional<std::chrono::days> retention_of(Call& call, std::string_view resource_type, std::string_view resource_id);

}  // namespace amity::handlers
