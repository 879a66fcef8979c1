// Amazon Resource Names of what an account has in a region.
#pragma once

#include "handlers/call.hpp"
#include "handlers/resource_kind.hpp"

#include <string>
#include <string_view>

namespace amity::handlers {

// "arn:aws:<service>:us-east-1:111111111111:<resource>", of the caller's account in the call's region.
std::string arn(const Call& call, std::string_view service, std::string_view resource);
// "arn:aws:ec2:us-east-1:111111111111:subnet/subnet-…"
std::string resource_arn(const Call& call, const ResourceKind& kind, std::string_view id);
// "arn:aws:iam::111111111111:root": whoever uses a key of the account, until there are users.
std::string root_arn(const Call& call);

}  // namespace amity::handlers
