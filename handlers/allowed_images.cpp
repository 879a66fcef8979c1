#include "handlers/allowed_images.hpp"

#include "handlers/errors.hpp"
#include "handlers/launch_permissions.hpp"
#include "handlers/registry.hpp"
#include "model/json.hpp"
#include "model/wildcard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace amity::handlers {
namespace {

constexpr std::string_view kAllowedImagesSetting = "allowed_images";
constexpr std::string_view kNoProvider = "none";

using AllowedImagesSettings = ec2::GetAllowedImagesSettingsResult;

AllowedImagesSettings read_settings(Call& call) {
  if (const auto stored = call.settings().get(kAllowedImagesSetting))
    if (auto settings = model::from_json<AllowedImagesSettings>(*stored)) return *std::move(settings);
  return {.state = ec2::AllowedImagesSettingsDisabledState::disabled, .managed_by = ec2::ManagedBy::account};
}

void write_settings(Call& call, const AllowedImagesSettings& settings) {
  call.settings().set(kAllowedImagesSetting, model::to_json(settings));
}

// Whether less than so many days have passed since then.
bool is_within_days(std::int32_t days, const std::string& then, model::Timestamp now) {
  const auto time = model::parse_iso8601(then);
  return time && now - *time < std::chrono::days{days};
}

// --- What criteria may say ("ImageCriterionRequest" in the EC2 API reference)

constexpr std::size_t kMaxCriteria = 10;

void check_provider(std::string_view provider) {
  constexpr std::string_view kAliases[] = {"amazon", "aws-marketplace", "aws-backup-vault", kNoProvider};
  if (!is_account_id(provider) && std::ranges::find(kAliases, provider) == std::end(kAliases))
    throw errors::invalid_value("ImageProviders", provider,
                                "Expecting amazon, aws-marketplace, aws-backup-vault, none or an account ID.");
}

void check_image_name(std::string_view name) {
  const bool is_too_short = name.empty() || (name.find('?') != std::string_view::npos && name.size() < 3);
  constexpr std::string_view kCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()[]./-'@_*? ";
  if (is_too_short || name.size() > 128 || name.find_first_not_of(kCharacters) != std::string_view::npos)
    throw errors::invalid_value("ImageNames", name);
}

void check_product_code(std::string_view code) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (code.empty() || code.size() > 25 || !std::ranges::all_of(code, is_letter_or_digit))
    throw errors::invalid_value("MarketplaceProductCodes", code);
}

// The members of a criterion that are lists.
struct ListRule {
  std::string_view name;
  std::vector<std::string> ec2::ImageCriterionRequest::*values;
  std::size_t most;
  void (*check)(std::string_view value);
};
constexpr ListRule kListRules[] = {
    {"ImageProviders", &ec2::ImageCriterionRequest::image_providers, 200, check_provider},
    {"ImageNames", &ec2::ImageCriterionRequest::image_names, 50, check_image_name},
    {"MarketplaceProductCodes", &ec2::ImageCriterionRequest::marketplace_product_codes, 50, check_product_code},
};

bool is_empty_criterion(const ec2::ImageCriterionRequest& criterion) {
  return std::ranges::all_of(kListRules, [&](const ListRule& rule) { return (criterion.*rule.values).empty(); }) &&
         !criterion.creation_date_condition && !criterion.deprecation_time_condition;
}

void check_criterion(const ec2::ImageCriterionRequest& criterion) {
  if (is_empty_criterion(criterion))
    throw errors::invalid_parameter_value("Each image criterion must specify at least one parameter.");
  for (const ListRule& rule : kListRules) {
    const auto& values = criterion.*rule.values;
    if (values.size() > rule.most)
      throw errors::invalid_parameter_value(fmt::format("{} can have at most {} values.", rule.name, rule.most));
    std::ranges::for_each(values, rule.check);
  }
}

bool names_no_provider(const ec2::ImageCriterionRequest& criterion) {
  return std::ranges::find(criterion.image_providers, kNoProvider) != criterion.image_providers.end();
}

// "When specified, no other criteria can be specified" (of "none").
bool stands_alone(const ec2::ImageCriterionRequest& criterion) {
  return criterion.image_providers.size() == 1 && criterion.image_names.empty() &&
         criterion.marketplace_product_codes.empty() && !criterion.creation_date_condition &&
         !criterion.deprecation_time_condition;
}

void check_criteria(const std::vector<ec2::ImageCriterionRequest>& criteria) {
  if (criteria.size() > kMaxCriteria)
    throw errors::invalid_parameter_value(fmt::format("At most {} image criteria can be specified.", kMaxCriteria));
  std::ranges::for_each(criteria, check_criterion);
  for (const ec2::ImageCriterionRequest& criterion : criteria)
    if (names_no_provider(criterion) && (criteria.size() > 1 || !stands_alone(criterion)))
      throw errors::invalid_parameter_combination(
          "When the image provider none is specified, no other criteria can be specified.");
}

ec2::ImageCriterion as_stored(const ec2::ImageCriterionRequest& wanted) {
  ec2::ImageCriterion criterion{.image_providers = wanted.image_providers,
                                .marketplace_product_codes = wanted.marketplace_product_codes,
                                .image_names = wanted.image_names};
  if (wanted.creation_date_condition)
    criterion.creation_date_condition = {.maximum_days_since_created =
                                             wanted.creation_date_condition->maximum_days_since_created};
  if (wanted.deprecation_time_condition)
    criterion.deprecation_time_condition = {.maximum_days_since_deprecated =
                                                wanted.deprecation_time_condition->maximum_days_since_deprecated};
  return criterion;
}

// --- Operations

ec2::GetAllowedImagesSettingsResult get_allowed_images_settings(Call& call,
                                                                const ec2::GetAllowedImagesSettingsRequest&) {
  return read_settings(call);
}

ec2::EnableAllowedImagesSettingsResult enable_allowed_images_settings(
    Call& call, const ec2::EnableAllowedImagesSettingsRequest& request) {
  AllowedImagesSettings settings = read_settings(call);
  settings.state = request.allowed_images_settings_state;
  write_settings(call, settings);
  return {.allowed_images_settings_state = settings.state};
}

// DisableAllowedImagesSettings: the criteria stay, for the next time.
ec2::DisableAllowedImagesSettingsResult disable_allowed_images_settings(
    Call& call, const ec2::DisableAllowedImagesSettingsRequest&) {
  AllowedImagesSettings settings = read_settings(call);
  settings.state = ec2::AllowedImagesSettingsDisabledState::disabled;
  write_settings(call, settings);
  return {.allowed_images_settings_state = settings.state};
}

// ReplaceImageCriteriaInAllowedImagesSettings: in any state, so that criteria can be set before they count.
ec2::ReplaceImageCriteriaInAllowedImagesSettingsResult replace_image_criteria_in_allowed_images_settings(
    Call& call, const ec2::ReplaceImageCriteriaInAllowedImagesSettingsRequest& request) {
  check_criteria(request.image_criteria);
  AllowedImagesSettings settings = read_settings(call);
  settings.image_criteria.clear();
  std::ranges::transform(request.image_criteria, std::back_inserter(settings.image_criteria), as_stored);
  write_settings(call, settings);
  return {.return_value = true};
}

}  // namespace

AllowedImages::AllowedImages(Call& call) : settings_(read_settings(call)), account_(call.account()), now_(call.now()) {}

// Values of a member OR together, members AND together.
bool AllowedImages::meets(const ec2::Image& image, const ec2::ImageCriterion& criterion) const {
  const auto is_provider = [&](const std::string& provider) {
    return image.owner_id == provider || image.image_owner_alias == provider;
  };
  const auto is_name = [&](const std::string& pattern) {
    return model::matches_wildcard(pattern, image.name.value_or(""));
  };
  const auto is_product = [&](const std::string& code) {
    return std::ranges::find(image.product_codes, code, &ec2::ProductCode::product_code_id) !=
           image.product_codes.end();
  };
  const auto any = [](const std::vector<std::string>& values, const auto& fits) {
    return values.empty() || std::ranges::any_of(values, fits);
  };
  if (!any(criterion.image_providers, is_provider) || !any(criterion.image_names, is_name) ||
      !any(criterion.marketplace_product_codes, is_product))
    return false;
  if (const auto& created = criterion.creation_date_condition)
    if (!is_within_days(created->maximum_days_since_created.value_or(0), image.creation_date.value_or(""), now_))
      return false;
  // A deprecation to come is within any number of days but none, and counts as none.
  if (const auto& deprecated = criterion.deprecation_time_condition; deprecated && image.deprecation_time)
    if (*image.deprecation_time <= model::to_iso8601(now_) &&
        !is_within_days(deprecated->maximum_days_since_deprecated.value_or(0), *image.deprecation_time, now_))
      return false;
  return true;
}

std::optional<bool> AllowedImages::allows(const ec2::Image& image) const {
  if (settings_.state == ec2::AllowedImagesSettingsDisabledState::disabled) return std::nullopt;
  return image.owner_id == account_ ||
         std::ranges::any_of(settings_.image_criteria,
                             [&](const ec2::ImageCriterion& criterion) { return meets(image, criterion); });
}

bool AllowedImages::hides(const ec2::Image& image) const {
  return settings_.state == ec2::AllowedImagesSettingsEnabledState::enabled && !*allows(image);
}

std::span<const Operation> allowed_image_operations() {
  static constexpr Operation kOperations[] = {
      bind<disable_allowed_images_settings>(),
      bind<enable_allowed_images_settings>(),
      bind<get_allowed_images_settings>(),
      bind<replace_image_criteria_in_allowed_images_settings>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
