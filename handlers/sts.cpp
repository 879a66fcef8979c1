#include "model/sts.hpp"

#include "handlers/arn.hpp"
#include "handlers/registry.hpp"

namespace amity::handlers {
namespace {

// GetCallerIdentity: needs no permission. Until there are users, every key is its account's root user.
sts::GetCallerIdentityResponse get_caller_identity(Call& call, const sts::GetCallerIdentityRequest&) {
  const std::string& account = call.caller().account;
  return {.user_id = account, .account = account, .arn = root_arn(call)};
}

}  // namespace

std::span<const Operation> sts_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_caller_identity>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
