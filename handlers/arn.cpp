#include "handlers/arn.hpp"

#include "storage/catalogue.hpp"

#include <fmt/format.h>

namespace amity::handlers {

std::string resource_arn(Call& call, const ResourceKind& kind, std::string_view id) {
  const state::Region* region = call.catalogue().region(call.region());
  return fmt::format("arn:{}:ec2:{}:{}:{}/{}", region ? region->partition : "aws", call.region(), call.account(),
                     kind.type, id);
}

}  // namespace amity::handlers
