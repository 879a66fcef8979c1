#include "handlers/image_deprecation.hpp"

#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/images.hpp"
#include "handlers/registry.hpp"

#include <chrono>

namespace amity::handlers {
namespace {

constexpr auto kPublicImageLifetime = std::chrono::years{2};
constexpr auto kFarthestDeprecation = std::chrono::years{10};

// The same day and time in another year; the last of February for a 29th that is not there.
model::Timestamp years_after(model::Timestamp time, std::chrono::years count) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  year_month_day later = year_month_day(day) + count;
  if (!later.ok()) later = later.year() / later.month() / last;
  return sys_days(later) + (time - day);
}

// In any state but failed, from which nothing leads back.
state::Image find_image_to_deprecate(Call& call, const std::string& image_id) {
  state::Image image = find_own_image(call, image_id);
  if (image.image.state == ec2::ImageState::failed) throw errors::image_unavailable(image_id);
  return image;
}

void check_deprecation_time(const ec2::Image& image, model::Timestamp at, model::Timestamp now) {
  const auto refuse = [&](std::string_view why) {
    throw errors::invalid_value("DeprecateAt", model::to_iso8601(at), why);
  };
  if (at < now) refuse("It must not be in the past.");
  if (at > years_after(now, kFarthestDeprecation)) refuse("It must not be more than 10 years from now.");
  if (image.is_public.value_or(false) && at > end_of_public_lifetime(image, now))
    refuse("It must not be more than 2 years after the creation of a public image.");
}

// EnableImageDeprecation: the owner goes on seeing the image, and whoever names it can go on launching it.
ec2::EnableImageDeprecationResult enable_image_deprecation(Call& call,
                                                           const ec2::EnableImageDeprecationRequest& request) {
  state::Image image = find_image_to_deprecate(call, request.image_id);
  check_deprecation_time(image.image, request.deprecate_at, call.now());
  image.image.deprecation_time = model::to_iso8601(std::chrono::round<std::chrono::minutes>(request.deprecate_at));
  call.images().update(image);
  return {.return_value = true};
}

// DisableImageDeprecation: "to cancel the deprecation date … you must make the AMI private" (of public ones).
ec2::DisableImageDeprecationResult disable_image_deprecation(Call& call,
                                                             const ec2::DisableImageDeprecationRequest& request) {
  state::Image image = find_image_to_deprecate(call, request.image_id);
  if (image.image.is_public.value_or(false)) throw errors::public_image_needs_deprecation(request.image_id);
  image.image.deprecation_time.reset();
  call.images().update(image);
  return {.return_value = true};
}

}  // namespace

model::Timestamp end_of_public_lifetime(const ec2::Image& image, model::Timestamp now) {
  const auto created = model::parse_iso8601(image.creation_date.value_or("")).value_or(now);
  return years_after(std::chrono::floor<std::chrono::minutes>(created), kPublicImageLifetime);
}

std::span<const Operation> image_deprecation_operations() {
  static constexpr Operation kOperations[] = {
      bind<disable_image_deprecation>(),
      bind<enable_image_deprecation>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
