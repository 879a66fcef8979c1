#include "handlers/region_codes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace amity::handlers {
namespace {

constexpr std::pair<std::string_view, std::string_view> kCodes[] = {
    {"us-east-1", "USE1"},      {"us-east-2", "USE2"},     {"us-west-1", "USW1"},      {"us-west-2", "USW2"},
    {"ca-central-1", "CAN1"},   {"eu-west-1", "EU"},       {"eu-west-2", "EUW2"},      {"eu-west-3", "EUW3"},
    {"eu-central-1", "EUC1"},   {"eu-north-1", "EUN1"},    {"eu-south-1", "EUS1"},     {"ap-southeast-1", "APS1"},
    {"ap-southeast-2", "APS2"}, {"ap-south-1", "APS3"},    {"ap-northeast-1", "APN1"}, {"ap-northeast-2", "APN2"},
    {"ap-northeast-3", "APN3"}, {"ap-east-1", "APE1"},     {"sa-east-1", "SAE1"},      {"af-south-1", "AFS1"},
    {"me-south-1", "MES1"},     {"us-gov-west-1", "UGW1"}, {"us-gov-east-1", "UGE1"},
};

}  // namespace

std::string traffic_code(std::string_view region) {
  const auto found = std::ranges::find(kCodes, region, [](const auto& code) { return code.first; });
  return std::string(found == std::end(kCodes) ? region : found->second);
}

std::string full_usage_type(std::string_view region, std::string_view usage_type) {
  if (region == "us-east-1" || usage_type.ends_with("-Bytes")) return std::string(usage_type);
  return traffic_code(region).append(1, '-').append(usage_type);
}

}  // namespace amity::handlers
