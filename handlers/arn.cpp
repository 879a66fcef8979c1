#include "handlers/arn.hpp"

#include "storage/catalogue.hpp"

#include <fmt/format.h>

namespace amity::handlers {

std::string arn(const Call& call, std::string_view service, std::string_view resource) {
  const state::Region* region = call.catalogue().region(call.region());
  return fmt::format("arn:{}:{}:{}:{}:{}", region ? region->partition : "aws", service, call.region(), call.account(),
                     resource);
}

std::string resource_arn(const Call& call, const ResourceKind& kind, std::string_view id) {
  return arn(call, "ec2", fmt::format("{}/{}", kind.type, id));
}

}  // namespace amity::handlers
