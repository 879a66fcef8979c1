#include "handlers/image_protection.hpp"

#include "handlers/image_transitions.hpp"
#include "handlers/images.hpp"
#include "handlers/registry.hpp"
#include "model/timestamp.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace amity::handlers {
namespace {

// What images show as DeregistrationProtection, beside "disabled after <time>" while the cooldown lasts.
constexpr std::string_view kWithCooldown = "enabled-with-cooldown";
constexpr std::string_view kWithoutCooldown = "enabled-without-cooldown";
constexpr std::string_view kUnprotectedText = "disabled";
constexpr std::string_view kCoolingDown = "disabled after ";

constexpr Duration kProtectionCooldown = std::chrono::hours{24};

std::string deregistration_protection_of(const ec2::Image& image) {
  return image.deregistration_protection.value_or(std::string(kUnprotectedText));
}

// EnableImageDeregistrationProtection: the last call decides whether there will be a cooldown.
ec2::EnableImageDeregistrationProtectionResult enable_image_deregistration_protection(
    Call& call, const ec2::EnableImageDeregistrationProtectionRequest& request) {
  state::Image image = find_own_image(call, request.image_id);
  image.image.deregistration_protection = request.with_cooldown.value_or(false) ? kWithCooldown : kWithoutCooldown;
  call.images().update(image);
  keep_protection(call, request.image_id);
  return {.return_value = image.image.deregistration_protection};
}

// DisableImageDeregistrationProtection: a cooldown that runs already is neither cut short nor begun anew.
ec2::DisableImageDeregistrationProtectionResult disable_image_deregistration_protection(
    Call& call, const ec2::DisableImageDeregistrationProtectionRequest& request) {
  state::Image image = find_own_image(call, request.image_id);
  if (deregistration_protection_of(image.image) == kWithCooldown) {
    image.image.deregistration_protection =
        std::string(kCoolingDown) + model::to_iso8601(call.now() + kProtectionCooldown);
    call.images().update(image);
    end_protection_later(call, request.image_id, kProtectionCooldown);
  } else if (deregistration_protection_of(image.image) == kWithoutCooldown) {
    image.image.deregistration_protection = kUnprotectedText;
    call.images().update(image);
  }
  return {.return_value = deregistration_protection_of(image.image)};
}

}  // namespace

bool is_protected(const ec2::Image& image, model::Timestamp now) {
  const std::string protection = deregistration_protection_of(image);
  if (protection == kWithCooldown || protection == kWithoutCooldown) return true;
  if (!protection.starts_with(kCoolingDown)) return false;
  const auto end = model::parse_iso8601(std::string_view(protection).substr(kCoolingDown.size()));
  return end && now < *end;
}

std::span<const Operation> image_protection_operations() {
  static constexpr Operation kOperations[] = {
      bind<disable_image_deregistration_protection>(),
      bind<enable_image_deregistration_protection>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
