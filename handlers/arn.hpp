// Amazon Resource Names of what an account has in a region.
#pragma once

#include "handlers/call.hpp"
#include "handlers/resource_kind.hpp"

#include <string>
#include <string_view>

namespace amity::handlers {

// "arn:aws:ec2:us-east-1:111111111111:subnet/subnet-…", of the caller's account in the call's region.
std::string resource_arn(Call& call, const ResourceKind& kind, std::string_view id);

}  // namespace amity::handlers
