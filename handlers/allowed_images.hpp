// Allowed AMIs: criteria that an account sets in a Region for the images of others that it wants to see and launch.
// "Control the discovery and use of AMIs in Amazon EC2 with Allowed AMIs" in the EC2 user guide.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"

#include <optional>
#include <string>

namespace amity::handlers {

// The caller's setting, read once for many images.
class AllowedImages {
 public:
  explicit AllowedImages(Call& call);

  // What an image shows as ImageAllowed: whether it meets the criteria, nothing while the setting is disabled. The
  // account's own images always do.
  std::optional<bool> allows(const ec2::Image& image) const;
  // Whether the image can be neither seen nor used.
  bool hides(const ec2::Image& image) const;

 private:
  bool meets(const ec2::Image& image, const ec2::ImageCriterion& criterion) const;

  ec2::GetAllowedImagesSettingsResult settings_;
  std::string account_;
  model::Timestamp now_;
};

}  // namespace amity::handlers
