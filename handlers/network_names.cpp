#include "handlers/network.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

// The oldest region's names came before there were others.
constexpr std::string_view kFirstRegion = "us-east-1";

std::string with_hyphens(std::string_view address) {
  std::string text(address);
  std::ranges::replace(text, '.', '-');
  return text;
}

}  // namespace

std::string internal_domain(std::string_view region) {
  return region == kFirstRegion ? "ec2.internal" : fmt::format("{}.compute.internal", region);
}

std::string private_dns_name(std::string_view region, std::string_view private_ip_address) {
  return fmt::format("ip-{}.{}", with_hyphens(private_ip_address), internal_domain(region));
}

std::string public_dns_name(std::string_view region, std::string_view public_ip_address) {
  const std::string host = "ec2-" + with_hyphens(public_ip_address);
  if (region == kFirstRegion) return host + ".compute-1.amazonaws.com";
  return fmt::format("{}.{}.compute.amazonaws.com{}", host, region, region.starts_with("cn-") ? ".cn" : "");
}

}  // namespace amity::handlers
