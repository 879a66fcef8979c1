#include "handlers/errors.hpp"
#include "handlers/images.hpp"
#include "handlers/launch_permissions.hpp"
#include "handlers/registry.hpp"

#include <fmt/format.h>

namespace amity::handlers {
namespace {

state::Image find_own_image_in(Call& call, const std::string& image_id, std::string_view state) {
  state::Image image = find_own_image(call, image_id);
  if (image.image.state != state)
    throw errors::incorrect_state(
        fmt::format("The image '{}' is {}, expecting {}.", image_id, image.image.state.value_or(""), state));
  return image;
}

// DisableImage: no more launches, and nobody but the owner keeps access. Neither a deregistration protection nor
// instances that run stand in its way.
ec2::DisableImageResult disable_image(Call& call, const ec2::DisableImageRequest& request) {
  state::Image image = find_own_image_in(call, request.image_id, ec2::ImageState::available);
  image.image.state = ec2::ImageState::disabled;
  clear_launch_permissions(image);
  call.images().update(image);
  return {.return_value = true};
}

// EnableImage: the permissions that DisableImage took away do not come back.
ec2::EnableImageResult enable_image(Call& call, const ec2::EnableImageRequest& request) {
  state::Image image = find_own_image_in(call, request.image_id, ec2::ImageState::disabled);
  image.image.state = ec2::ImageState::available;
  call.images().update(image);
  return {.return_value = true};
}

}  // namespace

std::span<const Operation> image_state_operations() {
  static constexpr Operation kOperations[] = {
      bind<disable_image>(),
      bind<enable_image>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
