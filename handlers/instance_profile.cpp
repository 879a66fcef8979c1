#include "handlers/instance_profile.hpp"

#include "handlers/errors.hpp"
#include "handlers/launch_errors.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxNameLength = 128;
constexpr std::string_view kResource = "instance-profile/";

bool is_profile_name(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-";
  return !name.empty() && name.size() <= kMaxNameLength && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::string arn_prefix(Call& call) {
  const state::Region* region = call.catalogue().region(call.region());
  return fmt::format("arn:{}:iam::{}:{}", region ? region->partition : "aws", call.account(), kResource);
}

// "arn:aws:iam::111111111111:instance-profile/a/path/name", of the caller's account.
bool is_profile_arn(Call& call, std::string_view arn) {
  const std::string prefix = arn_prefix(call);
  return arn.starts_with(prefix) && is_profile_name(arn.substr(std::max(prefix.size(), arn.rfind('/') + 1)));
}

// "AIPA" and 17 capitals and digits, like the ids that IAM gives.
std::string profile_id(Call& call, std::string_view arn) {
  std::string id = stable_id("AIPA", call.account(), {}, arn);
  std::erase(id, '-');
  std::ranges::transform(id, id.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c; });
  return id;
}

}  // namespace

ec2::IamInstanceProfile instance_profile(Call& call, const ec2::IamInstanceProfileSpecification& wanted) {
  if (wanted.arn && wanted.name) throw errors::cannot_be_combined("iamInstanceProfile.name", "iamInstanceProfile.arn");
  if (!wanted.arn && !wanted.name) throw errors::missing_parameter("iamInstanceProfile.name/iamInstanceProfile.arn");
  if (wanted.name && !is_profile_name(*wanted.name))
    throw errors::invalid_value("iamInstanceProfile.name", *wanted.name, "Invalid IAM Instance Profile name");
  if (wanted.arn && !wanted.arn->starts_with("arn:")) throw errors::malformed_instance_profile_arn(*wanted.arn);
  if (wanted.arn && !is_profile_arn(call, *wanted.arn))
    throw errors::invalid_value("iamInstanceProfile.arn", *wanted.arn, "Invalid IAM Instance Profile ARN");
  std::string arn = wanted.arn ? *wanted.arn : arn_prefix(call) + *wanted.name;
  std::string id = profile_id(call, arn);
  return {.arn = std::move(arn), .id = std::move(id)};
}

}  // namespace amity::handlers
