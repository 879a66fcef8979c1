#include "handlers/errors.hpp"
#include "handlers/images.hpp"
#include "handlers/registry.hpp"
#include "model/timestamp.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxAncestryEntries = 50;

// Where lines of descent begin for EC2: images of Amazon and of providers that it has verified.
bool is_of_verified_provider(const ec2::Image& image) {
  return image.image_owner_alias == "amazon" || image.image_owner_alias == "aws-marketplace";
}

ec2::ImageAncestryEntry ancestry_entry_of(const ec2::Image& image) {
  return {.creation_date = model::parse_iso8601(image.creation_date.value_or("")),
          .image_id = image.image_id,
          .image_owner_alias = image.image_owner_alias,
          .source_image_id = image.source_image_id,
          .source_image_region = image.source_image_region};
}

// GetImageAncestry: the image and its ancestors through all Regions, those that are deregistered or not shared with the
// caller among them. "AMI ancestry" in the EC2 user guide.
ec2::GetImageAncestryResult get_image_ancestry(Call& call, const ec2::GetImageAncestryRequest& request) {
  std::optional<FoundImage> found = find_image(call, request.image_id);
  if (!is_visible(call, *found)) throw errors::not_authorized_for_image(request.image_id);
  ec2::GetImageAncestryResult result;
  std::string region = call.region();
  while (found && result.image_ancestry_entries.size() < kMaxAncestryEntries) {
    const ec2::Image image = std::move(found->image.image);
    result.image_ancestry_entries.push_back(ancestry_entry_of(image));
    if (is_of_verified_provider(image) || !image.source_image_id) break;
    region = image.source_image_region.value_or(region);
    Call there = call.in_region(region);
    found = known_image(there, *image.source_image_id);
  }
  return result;
}

}  // namespace

std::span<const Operation> image_ancestry_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_image_ancestry>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
