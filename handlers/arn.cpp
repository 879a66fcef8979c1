#include "handlers/arn.hpp"

#include "storage/catalogue.hpp"

#include <fmt/format.h>

namespace amity::handlers {
namespace {

std::string partition(const Call& call) {
  const state::Region* region = call.catalogue().region(call.region());
  return region ? region->partition : "aws";
}

}  // namespace

std::string arn(const Call& call, std::string_view service, std::string_view resource) {
  return fmt::format("arn:{}:{}:{}:{}:{}", partition(call), service, call.region(), call.account(), resource);
}

std::string resource_arn(const Call& call, const ResourceKind& kind, std::string_view id) {
  return arn(call, "ec2", fmt::format("{}/{}", kind.type, id));
}

std::string root_arn(const Call& call) { return fmt::format("arn:{}:iam::{}:root", partition(call), call.account()); }

}  // namespace amity::handlers
