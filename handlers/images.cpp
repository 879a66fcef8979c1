#include "handlers/images.hpp"

#include "handlers/allowed_images.hpp"
#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/image_transitions.hpp"
#include "handlers/launch_permissions.hpp"
#include "handlers/resource_kind.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {

std::optional<FoundImage> any_image(Call& call, std::string_view image_id) {
  if (auto image = call.images().find_any(image_id)) {
    std::string owner = image->image.owner_id.value_or("");
    return FoundImage{.image = *std::move(image), .owner = std::move(owner)};
  }
  if (const ec2::Image* image = call.catalogue().image(call.region(), image_id))
    return FoundImage{.image = {.image = *image}, .owner = image->owner_id.value_or(""), .in_catalogue = true};
  return std::nullopt;
}

FoundImage find_image(Call& call, std::string_view image_id) {
  check_id(kImage, image_id);
  if (auto found = any_image(call, image_id)) return *std::move(found);
  if (was_deregistered(call, image_id)) throw errors::image_unavailable(image_id);
  throw not_found(kImage, image_id);
}

std::optional<FoundImage> known_image(Call& call, std::string_view image_id) {
  if (auto found = any_image(call, image_id)) return found;
  auto row = call.deregistered_images().find_any(image_id);
  if (!row || !row->image) return std::nullopt;
  std::string owner = row->image->owner_id.value_or("");
  return FoundImage{.image = {.image = *std::move(row->image)}, .owner = std::move(owner)};
}

bool is_visible(Call& call, const FoundImage& found) {
  if (found.owner == call.account() && !found.in_catalogue) return true;
  const bool is_shared = found.in_catalogue || grants_any(found.image.launch_permissions, call.grantees());
  return is_shared && !AllowedImages(call).hides(found.image.image);
}

FoundImage find_launchable_image(Call& call, std::string_view image_id) {
  FoundImage found = find_image(call, image_id);
  if (!is_visible(call, found)) throw errors::not_authorized_for_image(image_id);
  if (found.image.image.state != ec2::ImageState::available) throw errors::image_unavailable(image_id);
  return found;
}

state::Image find_own_image(Call& call, std::string_view image_id) {
  FoundImage found = find_image(call, image_id);
  // The catalogue's images belong to nobody here, whoever calls.
  if (found.in_catalogue || found.owner != call.account()) throw errors::not_image_owner(image_id);
  return std::move(found.image);
}

void note_launch(Call& call, const FoundImage& found) {
  if (!found.in_catalogue) report_launch_later(call, *found.image.image.image_id);
}

bool comes_from_marketplace(const ec2::Image& image) {
  return std::ranges::find(image.product_codes, ec2::ProductCodeValues::marketplace,
                           &ec2::ProductCode::product_code_type) != image.product_codes.end();
}

bool was_deregistered(Call& call, std::string_view image_id) {
  const auto row = call.deregistered_images().find_any(image_id);
  return row && !row->forgotten.value_or(false);
}

}  // namespace amity::handlers
