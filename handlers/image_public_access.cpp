#include "handlers/image_public_access.hpp"

#include "handlers/errors.hpp"
#include "handlers/registry.hpp"

#include <string>

namespace amity::handlers {
namespace {

constexpr std::string_view kPublicAccessSetting = "image_block_public_access";

std::string public_access_state(Call& call) {
  return call.settings().get(kPublicAccessSetting).value_or(ec2::ImageBlockPublicAccessDisabledState::unblocked);
}

// EnableImageBlockPublicAccess: images that are public already stay so. Takes effect at once, where AWS says that it
// may take ten minutes.
ec2::EnableImageBlockPublicAccessResult enable_image_block_public_access(
    Call& call, const ec2::EnableImageBlockPublicAccessRequest& request) {
  call.settings().set(kPublicAccessSetting, request.image_block_public_access_state);
  return {.image_block_public_access_state = request.image_block_public_access_state};
}

ec2::DisableImageBlockPublicAccessResult disable_image_block_public_access(
    Call& call, const ec2::DisableImageBlockPublicAccessRequest&) {
  call.settings().remove(kPublicAccessSetting);
  return {.image_block_public_access_state = public_access_state(call)};
}

ec2::GetImageBlockPublicAccessStateResult get_image_block_public_access_state(
    Call& call, const ec2::GetImageBlockPublicAccessStateRequest&) {
  return {.image_block_public_access_state = public_access_state(call), .managed_by = ec2::ManagedBy::account};
}

}  // namespace

void check_public_sharing_is_allowed(Call& call) {
  if (public_access_state(call) != ec2::ImageBlockPublicAccessDisabledState::unblocked)
    throw errors::operation_not_permitted(
        "You can't publicly share this image because block public access for AMIs is enabled for this account. To "
        "publicly share the image, you must call the DisableImageBlockPublicAccess API.");
}

std::span<const Operation> image_public_access_operations() {
  static constexpr Operation kOperations[] = {
      bind<disable_image_block_public_access>(),
      bind<enable_image_block_public_access>(),
      bind<get_image_block_public_access_state>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
