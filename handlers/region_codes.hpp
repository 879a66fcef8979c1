// How AWS's bills call the Regions ("AWS Region billing codes").
#pragma once

#include <string>
#include <string_view>

namespace amity::handlers {

// "USE2", "EU", "USE1" …; a Region without a known code is its own.
std::string traffic_code(std::string_view region);
// The usage type as reports show it: "USW2-EBS:SnapshotUsage", in us-east-1 without a prefix. Traffic names its Regions
// already.
std::string full_usage_type(std::string_view region, std::string_view usage_type);

}  // namespace amity::handlers
