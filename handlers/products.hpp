// What AWS's bills and price list say of a usage type: which service and product it is, in which unit it is billed, and
// what instance or volume stands behind it.
#pragma once

#include "handlers/amount.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

// How a meter's quantity becomes usage in the product's unit.
enum class Measure {
  BlockMonths,       // blocks of 512 KiB, over time -> GB-Mo
  Months,            // IOPS, over time -> IOPS-Mo
  ThroughputMonths,  // MiB/s, over time -> GiBps-mo
  Hours,             // pieces, over time -> Hrs
  Blocks,            // blocks, at once -> GB
  BlockHours,        // blocks times hours, at once -> GB-Mo of 30 days
  Pieces,            // at once -> Requests
};

struct Product {
  std::string_view service;         // SERVICE in Cost Explorer: "EC2 - Other"
  std::string_view product_code;    // "AmazonEC2"
  std::string_view product_name;    // "Amazon Elastic Compute Cloud"
  std::string_view product_family;  // "Storage Snapshot"
  std::string_view unit;            // "GB-Mo"
  std::string_view group;           // USAGE_TYPE_GROUP, may be empty
  Measure measure = Measure::Pieces;
  std::string description;      // "per GB-Month of snapshot data stored"
  std::string instance_type{};  // of instances only
  std::string operating_system{};
  std::string platform{};
  std::string tenancy{};
  std::string volume_api_name{};  // of volumes only
};

// `usage_type` is without its region's prefix.
Product product_of(std::string_view usage_type, std::string_view operation);

// "Windows BYOL" for "RunInstances:0800"; nullopt for what AWS bills nothing under.
std::optional<std::string_view> platform_details_of(std::string_view usage_operation);

// Usage of a quantity over `quantity_seconds` (quantity times seconds) in a month of so many days; for what is used at
// once, the quantity itself.
Int128 usage_of(Measure measure, Int128 quantity_seconds, int days_in_month);

// How much bigger than a small instance: NormalizedUsageAmount, in quarters. Zero for what has no such size.
std::int64_t normalization_quarters(std::string_view instance_type);

}  // namespace amity::handlers
