// Image usage reports: which accounts' instances and launch templates name an image. "View your AMI usage" in the EC2
// user guide.
#pragma once

#include "handlers/resource_kind.hpp"
#include "model/state_image_usage.hpp"
#include "storage/image_usage_tables.hpp"

#include <string_view>

namespace amity::handlers {

inline constexpr ResourceKind kImageUsageReport{"amiur",
                                                "image-usage-report",
                                                "InvalidImageUsageReportId.Malformed",
                                                "InvalidImageUsageReportId.NotFound",
                                                "The image usage report ID '{}' does not exist",
                                                "The image usage report IDs '{}' do not exist"};

// The states of a report; the API model names them only in words.
inline constexpr std::string_view kReportPending = "pending";
inline constexpr std::string_view kReportAvailable = "available";

}  // namespace amity::handlers
