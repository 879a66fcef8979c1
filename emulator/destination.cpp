#include "emulator/destination.hpp"

#include "emulator/sigv4.hpp"
#include "handlers/api_error.hpp"

#include <algorithm>
#include <vector>

namespace amity::emulator {
namespace {

bool is_account_id(std::string_view key) {
  return key.size() == 12 && std::ranges::all_of(key, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// "AmazonSSM.GetParameter" tells the service of the JSON protocols.
std::string service_of_target(std::string_view target) {
  if (target.starts_with("AmazonSSM.")) return "ssm";
  if (target.starts_with("AWSInsightsIndexService.")) return "ce";
  if (target.starts_with("AWSPriceListService.")) return "pricing";
  return {};
}

}  // namespace

HostClaims read_host(std::string_view host) {
  host = host.substr(0, host.find(':'));
  for (const std::string_view suffix : {".amazonaws.com", ".amazonaws.com.cn", ".api.aws"}) {
    if (!host.ends_with(suffix)) continue;
    host.remove_suffix(suffix.size());
    auto parts = split(host, '.');
    // ec2.us-east-1, us-east-1.ec2 (the older order), ec2, api.ec2.us-east-1 …
    HostClaims claims;
    for (const std::string_view part : parts) {
      const bool is_region = std::ranges::count(part, '-') >= 2 && part.back() >= '0' && part.back() <= '9';
      if (is_region)
        claims.region = part;
      else if (claims.service.empty() && part != "api")
        claims.service = part;
    }
    return claims;
  }
  return {};
}

Destination destination_of(const HttpRequest& request, const QueryParameters& parameters, const Defaults& defaults) {
  Destination destination;
  const SignatureReading signature = read_signature(request.headers, parameters.all());
  if (const auto* malformed = std::get_if<MalformedSignature>(&signature))
    throw handlers::ApiError("IncompleteSignature", malformed->reason);
  if (const auto* claims = std::get_if<SignatureClaims>(&signature)) {
    destination.service = claims->service;
    destination.region = claims->region;
    destination.access_key_id = claims->access_key_id;
  }
  if (destination.service.empty()) destination.service = service_of_target(request.header("x-amz-target"));
  if (destination.service.empty() || destination.region.empty()) {
    const HostClaims host = read_host(request.header("host"));
    if (destination.service.empty()) destination.service = host.service;
    if (destination.region.empty()) destination.region = host.region;
  }
  if (destination.region.empty()) destination.region = defaults.region;
  destination.account = is_account_id(destination.access_key_id) ? destination.access_key_id : defaults.account;
  return destination;
}

}  // namespace amity::emulator
