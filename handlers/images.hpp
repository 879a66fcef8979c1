// Images as other resources use them: who sees which, who may launch it.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

struct FoundImage {
  state::Image image;
  std::string owner;          // account
  bool in_catalogue = false;  // shared read-only data, not a row
};

// The image in the call's region whoever owns it; nullopt when there is none.
std::optional<FoundImage> any_image(Call& call, std::string_view image_id);
// The same, or throws InvalidAMIID.Malformed, .NotFound (unknown), .Unavailable (deregistered a while ago).
FoundImage find_image(Call& call, std::string_view image_id);
// The image as it is or, after its deregistration, was: for what follows images that are gone.
std::optional<FoundImage> known_image(Call& call, std::string_view image_id);
// Own, public, or shared with the caller's account, organization or organizational unit; and, if it is another's, not
// hidden by the caller's Allowed AMIs.
bool is_visible(Call& call, const FoundImage& found);

// An image that the caller may launch. Throws what find_image throws, AuthFailure "Not authorized for images: [ami-…]"
// (not shared with the caller), InvalidAMIID.Unavailable (pending, failed, disabled).
FoundImage find_launchable_image(Call& call, std::string_view image_id);
// The caller's own image, to be changed. Throws what find_image throws, AuthFailure (another's).
state::Image find_own_image(Call& call, std::string_view image_id);

// Remembers that the image was launched (LastLaunchedTime, shown a day later). Catalogue images remember nothing.
void note_launch(Call& call, const FoundImage& found);

// Whether the image carries an AWS Marketplace product code.
bool comes_from_marketplace(const ec2::Image& image);

// EC2 goes on knowing the id of a deregistered image: describing it gives nothing rather than an error.
bool was_deregistered(Call& call, std::string_view image_id);

}  // namespace amity::handlers
