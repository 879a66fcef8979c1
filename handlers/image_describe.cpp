#include "handlers/allowed_images.hpp"
#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/image_operations.hpp"
#include "handlers/images.hpp"
#include "handlers/launch_permissions.hpp"
#include "handlers/listing.hpp"
#include "handlers/resource_kind.hpp"
#include "model/timestamp.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

constexpr FilterRule kImageFilters[] = {
    {"architecture", "Architecture"},
    {"block-device-mapping.delete-on-termination", "BlockDeviceMappings.Ebs.DeleteOnTermination"},
    {"block-device-mapping.device-name", "BlockDeviceMappings.DeviceName"},
    {"block-device-mapping.encrypted", "BlockDeviceMappings.Ebs.Encrypted"},
    {"block-device-mapping.snapshot-id", "BlockDeviceMappings.Ebs.SnapshotId"},
    {"block-device-mapping.volume-size", "BlockDeviceMappings.Ebs.VolumeSize"},
    {"block-device-mapping.volume-type", "BlockDeviceMappings.Ebs.VolumeType"},
    {"creation-date", "CreationDate"},
    {"description", "Description"},
    {"ena-support", "EnaSupport"},
    {"free-tier-eligible", "FreeTierEligible"},
    {"hypervisor", "Hypervisor"},
    {"image-allowed", "ImageAllowed"},
    {"image-id", "ImageId"},
    {"image-type", "ImageType"},
    {"is-public", "Public"},
    {"kernel-id", "KernelId"},
    {"manifest-location", "ImageLocation"},
    {"name", "Name"},
    {"owner-alias", "ImageOwnerAlias"},
    {"owner-id", "OwnerId"},
    {"platform", "Platform"},
    {"product-code", "ProductCodes.ProductCodeId"},
    {"product-code.type", "ProductCodes.ProductCodeType"},
    {"ramdisk-id", "RamdiskId"},
    {"root-device-name", "RootDeviceName"},
    {"root-device-type", "RootDeviceType"},
    {"source-image-id", "SourceImageId"},
    {"source-image-region", "SourceImageRegion"},
    {"source-instance-id", "SourceInstanceId"},
    {"sriov-net-support", "SriovNetSupport"},
    {"state", "State"},
    {"state-reason-code", "StateReason.Code"},
    {"state-reason-message", "StateReason.Message"},
    {"virtualization-type", "VirtualizationType"},
};

// Pages list the accounts' images first, then the catalogue's, whose positions lie behind all rows.
constexpr std::int64_t kCataloguePosition = std::int64_t{1} << 40;

bool contains(const std::vector<std::string>& values, const std::optional<std::string>& value) {
  return value && std::ranges::find(values, *value) != values.end();
}

// `users` with "self" replaced by the caller's account. Throws InvalidUserID.Malformed for what is neither an account
// nor one of `words`.
std::vector<std::string> read_users(const Call& call, const std::vector<std::string>& users,
                                    std::initializer_list<std::string_view> words) {
  std::vector<std::string> read;
  for (const std::string& user : users) {
    if (user != "self" && !is_account_id(user) && std::ranges::find(words, user) == words.end())
      throw errors::malformed_user_id(user);
    read.push_back(user == "self" ? call.account() : user);
  }
  return read;
}

// Which of the images that the caller sees a request asks for, filters aside.
class Selection {
 public:
  Selection(Call& call, const ec2::DescribeImagesRequest& request)
      : account_(call.account()),
        owners_(read_users(call, request.owners, {"amazon", "aws-marketplace", "aws-backup-vault"})),
        executors_(read_users(call, request.executable_users, {"all"})),
        grantees_(executors_.empty() ? std::vector<std::string>() : call.grantees()),
        allowed_(call),
        now_(model::to_iso8601(call.now())),
        // Whoever names an image wants it, deprecated, disabled or not ("Disable an Amazon EC2 AMI" in the user guide
        // looks at a disabled image's state so).
        with_deprecated_(request.include_deprecated.value_or(false) || !request.image_ids.empty()),
        with_disabled_(request.include_disabled.value_or(false) || !request.image_ids.empty()) {
    std::erase(grantees_, "all");
  }

  bool only_own() const { return owners_.size() == 1 && owners_.front() == account_; }

  bool includes(const ec2::Image& image, const std::vector<ec2::LaunchPermission>& permissions = {}) const {
    return is_of_owners(image) && is_executable(image, permissions) && !is_hidden(image);
  }

  // Lists the image with what the account's Allowed AMIs say of it. Answers whether the page has room for more.
  bool offer(Call& call, Listing<ec2::Image>& images, std::int64_t position, const ec2::Image& image) const {
    const auto tags = [&] { return call.tags().of(*image.image_id); };
    const auto allowed = allowed_.allows(image);
    if (!allowed) return images.offer(position, image, tags);
    ec2::Image labelled = image;
    labelled.image_allowed = allowed;
    return images.offer(position, labelled, tags);
  }

 private:
  bool is_of_owners(const ec2::Image& image) const {
    return owners_.empty() || contains(owners_, image.owner_id) || contains(owners_, image.image_owner_alias);
  }

  bool is_executable(const ec2::Image& image, const std::vector<ec2::LaunchPermission>& permissions) const {
    return executors_.empty() || std::ranges::any_of(executors_, [&](const std::string& user) {
             if (user == "all") return image.is_public.value_or(false);
             if (user == account_) return grants_any(permissions, grantees_);
             // What others share with whom is not told.
             return image.owner_id == account_ && grants_any(permissions, {&user, 1});
           });
  }

  // Owners always see their deprecated images; nobody sees disabled ones without asking for them.
  bool is_hidden(const ec2::Image& image) const {
    if (image.state == ec2::ImageState::disabled && !with_disabled_) return true;
    if (allowed_.hides(image)) return true;
    return !with_deprecated_ && image.deprecation_time && *image.deprecation_time <= now_ && image.owner_id != account_;
  }

  std::string account_;
  std::vector<std::string> owners_;
  std::vector<std::string> executors_;
  std::vector<std::string> grantees_;  // as which the caller may have a permission, being one of the public aside
  AllowedImages allowed_;
  std::string now_;
  bool with_deprecated_;
  bool with_disabled_;
};

using Images = Listing<ec2::Image>;

void offer_named(Call& call, const std::vector<std::string>& ids, const Selection& selection, Images& images) {
  std::vector<std::string> missing;
  std::int64_t position = 0;
  for (const std::string& id : std::set(ids.begin(), ids.end())) {
    const auto found = any_image(call, id);
    if (!found) {
      if (!was_deregistered(call, id)) missing.push_back(id);
      continue;
    }
    // An image that exists but is not shared with the caller is left out without an error.
    if (is_visible(call, *found) && selection.includes(found->image.image, found->image.launch_permissions))
      selection.offer(call, images, ++position, found->image.image);
  }
  if (!missing.empty()) throw not_found(kImage, missing);
}

// Answers whether the page has room for more.
bool offer_rows(Call& call, const Selection& selection, Images& images) {
  auto query = storage::Query().after(images.after());
  const auto grantees = call.grantees();
  if (!selection.only_own()) query.or_shared(storage::kImageShare, grantees);
  bool go_on = true;
  call.images().scan(query, [&](std::int64_t row, const state::Image& image) {
    if (selection.includes(image.image, image.launch_permissions))
      go_on = selection.offer(call, images, row, image.image);
    return go_on;
  });
  return go_on;
}

void offer_catalogue(Call& call, const Selection& selection, Images& images) {
  const auto catalogue = call.catalogue().images(call.region());
  const auto first = static_cast<std::size_t>(std::max<std::int64_t>(0, images.after() - kCataloguePosition + 1));
  for (std::size_t i = first; i < catalogue.size(); ++i) {
    const ec2::Image& image = catalogue[i];
    const auto position = kCataloguePosition + static_cast<std::int64_t>(i);
    if (selection.includes(image) && !selection.offer(call, images, position, image)) return;
  }
}

}  // namespace

// DescribeImages: what the caller owns, what is shared with it, what is public.
ec2::DescribeImagesResult describe_images(Call& call, const ec2::DescribeImagesRequest& request) {
  check_ids(kImage, request.image_ids);
  const Page page = page_of(request.max_results, request.next_token, "imageIds", !request.image_ids.empty());
  const Selection selection(call, request);
  Images images(kImageFilters, request.filters, page);
  if (!request.image_ids.empty())
    offer_named(call, request.image_ids, selection, images);
  else if (images.after() >= kCataloguePosition || offer_rows(call, selection, images))
    offer_catalogue(call, selection, images);
  return {.next_token = images.next_token(), .images = images.take()};
}

}  // namespace amity::handlers
