#include "handlers/allowed_images.hpp"
#include "handlers/images.hpp"
#include "handlers/instances.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"

#include <map>
#include <set>

namespace amity::handlers {
namespace {

constexpr FilterRule kImageMetadataFilters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"image-allowed", "ImageMetadata.ImageAllowed"},
    {"instance-id", "InstanceId"},
    {"instance-state-name", "State.Name"},
    {"instance-type", "InstanceType"},
    {"launch-time", "LaunchTime"},
    {"owner-alias", "ImageMetadata.ImageOwnerAlias"},
    {"owner-id", "ImageMetadata.OwnerId"},
    {"zone-id", "ZoneId"},
};

constexpr PageLimits kImageMetadataPages{.least = 1, .most = 1000};
constexpr std::int32_t kDefaultImageMetadataPage = 1000;

// What is told of instances' images, each looked up once.
class ImageMetadata {
 public:
  explicit ImageMetadata(Call& call) : call_(call), allowed_(call) {}

  const ec2::ImageMetadata& of(const state::Instance& instance) {
    const std::string id = instance.instance.image_id.value_or("");
    const auto [place, is_new] = known_.try_emplace(id);
    if (is_new) place->second = look_up(id, instance);
    return place->second;
  }

 private:
  // Whatever has become of the image, and of the caller's access to it.
  ec2::ImageMetadata look_up(const std::string& id, const state::Instance& instance) {
    const auto found = known_image(call_, id);
    if (!found) return {.image_id = id, .name = instance.image_name, .state = ec2::ImageState::deregistered};
    const ec2::Image& image = found->image.image;
    return {.image_id = image.image_id,
            .name = image.name,
            .owner_id = image.owner_id,
            .state = image.state,
            .image_owner_alias = image.image_owner_alias,
            .creation_date = image.creation_date,
            .deprecation_time = image.deprecation_time,
            .image_allowed = allowed_.allows(image),
            .is_public = image.is_public.value_or(false)};
  }

  Call& call_;
  AllowedImages allowed_;
  std::map<std::string, ec2::ImageMetadata> known_;  // by image id
};

ec2::InstanceImageMetadata image_metadata_of(const state::Instance& row, const ec2::ImageMetadata& image) {
  const ec2::Instance& instance = row.instance;
  ec2::InstanceImageMetadata metadata{.instance_id = instance.instance_id,
                                      .instance_type = instance.instance_type,
                                      .launch_time = instance.launch_time,
                                      .state = instance.state,
                                      .owner_id = row.owner_id,
                                      .image_metadata = image,
                                      .operator_value = instance.operator_value};
  if (instance.placement) {
    metadata.availability_zone = instance.placement->availability_zone;
    metadata.zone_id = instance.placement->availability_zone_id;
  }
  return metadata;
}

// DescribeInstanceImageMetadata: pages also over instances that are named.
ec2::DescribeInstanceImageMetadataResult describe_instance_image_metadata(
    Call& call, const ec2::DescribeInstanceImageMetadataRequest& request) {
  const Page page = page_of(request.max_results.value_or(kDefaultImageMetadataPage), request.next_token, "InstanceIds",
                            false, kImageMetadataPages);
  find_all_owned(call.instances(), kInstance, request.instance_ids);
  const std::set<std::string> named(request.instance_ids.begin(), request.instance_ids.end());
  Listing<ec2::InstanceImageMetadata> listing(kImageMetadataFilters, request.filters, page);
  ImageMetadata images(call);
  call.instances().scan(storage::Query().after(page.after), [&](std::int64_t position, const state::Instance& row) {
    const std::string& id = *row.instance.instance_id;
    if (!named.empty() && !named.contains(id)) return true;
    return listing.offer(position, image_metadata_of(row, images.of(row)), [&] { return call.tags().of(id); });
  });
  return {.instance_image_metadata = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::span<const Operation> instance_image_metadata_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_instance_image_metadata>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
