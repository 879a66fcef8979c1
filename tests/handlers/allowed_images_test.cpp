#include "tests/handlers/image_world.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <chrono>
#include <set>

using namespace amity;
using tests::filter;
using tests::ImageWorld;
using tests::kAccount;
using tests::kOtherAccount;
using namespace std::chrono_literals;

namespace {

using Criterion = ec2::ImageCriterionRequest;

// The caller is kAccount; kOtherAccount shares images with it.
class AllowedWorld : public ImageWorld {
 public:
  AllowedWorld() {
    as(kOtherAccount);
    shared = image("shared-web");
    share(shared, {.user_id = std::string(kAccount)});
    as(kAccount);
    own = image("own");
  }

  void allow(std::vector<Criterion> criteria) {
    CHECK(call(ec2::ReplaceImageCriteriaInAllowedImagesSettingsRequest{.image_criteria = std::move(criteria)})
              .return_value == true);
  }
  std::string error_of_criteria(std::vector<Criterion> criteria) {
    return error_of(ec2::ReplaceImageCriteriaInAllowedImagesSettingsRequest{.image_criteria = std::move(criteria)});
  }
  void set_state(const std::string& state) {
    CHECK(call(ec2::EnableAllowedImagesSettingsRequest{.allowed_images_settings_state = state})
              .allowed_images_settings_state == state);
  }
  std::optional<bool> label(const std::string& id) { return describe(id).image_allowed; }

  std::string launch_error(const std::string& id) { return error_of(launch_of(id)); }

  std::string shared;
  std::string own;
};

}  // namespace

TEST_CASE("Allowed AMIs settings begin disabled and keep their criteria", "[allowed-images]") {
  AllowedWorld world;
  const auto settings = [&] { return world.call(ec2::GetAllowedImagesSettingsRequest{}); };
  CHECK(settings().state == "disabled");
  CHECK(settings().managed_by == "account");
  CHECK(settings().image_criteria.empty());
  world.allow({{.image_providers = {"amazon", std::string(kOtherAccount)},
                .marketplace_product_codes = {"abc123"},
                .image_names = {"web-*"},
                .deprecation_time_condition = ec2::DeprecationTimeConditionRequest{.maximum_days_since_deprecated = 0},
                .creation_date_condition = ec2::CreationDateConditionRequest{.maximum_days_since_created = 300}}});
  world.set_state("audit-mode");
  CHECK(settings().state == "audit-mode");
  CHECK(world.call(ec2::DisableAllowedImagesSettingsRequest{}).allowed_images_settings_state == "disabled");
  CHECK(settings().state == "disabled");
  REQUIRE(settings().image_criteria.size() == 1);
  const auto criterion = settings().image_criteria.front();
  CHECK(criterion.image_providers == std::vector<std::string>{"amazon", std::string(kOtherAccount)});
  CHECK(criterion.image_names == std::vector<std::string>{"web-*"});
  CHECK(criterion.marketplace_product_codes == std::vector<std::string>{"abc123"});
  CHECK(criterion.creation_date_condition->maximum_days_since_created == 300);
  CHECK(criterion.deprecation_time_condition->maximum_days_since_deprecated == 0);
  world.allow({});
  CHECK(settings().image_criteria.empty());
  CHECK(world.in("eu-west-1").call(ec2::GetAllowedImagesSettingsRequest{}).state == "disabled");
}

TEST_CASE("Audit mode labels images and hides none", "[allowed-images][EnableAllowedImagesSettings]") {
  AllowedWorld world;
  CHECK_FALSE(world.label(world.own));
  world.set_state("audit-mode");
  CHECK(world.label(world.own) == true);
  CHECK(world.label(world.shared) == false);
  CHECK(world.launch_error(world.shared) == "");
  world.allow({{.image_providers = {std::string(kOtherAccount)}}});
  CHECK(world.label(world.shared) == true);
  const std::string public_id = *tests::public_image(world, "al2023-ami-2023").image_id;
  CHECK(world.label(public_id) == false);
  CHECK(world.ids_of({.image_ids = {public_id, world.shared}, .filters = {filter("image-allowed", {"false"})}}) ==
        std::vector{public_id});
  CHECK(world.ids_of({.filters = {filter("image-allowed", {"true"})}}).size() == 2);
}

TEST_CASE("Enabled Allowed AMIs hide and refuse what no criterion matches",
          "[allowed-images][EnableAllowedImagesSettings]") {
  AllowedWorld world;
  const std::string public_id = *tests::public_image(world, "al2023-ami-2023").image_id;
  world.allow({{.image_providers = {"amazon"}}});
  world.set_state("enabled");
  CHECK(world.ids_of({.image_ids = {world.shared}}).empty());
  CHECK(world.label(public_id) == true);
  CHECK(world.label(world.own) == true);
  CHECK(world.launch_error(world.shared) == "AuthFailure");
  CHECK(world.launch_error(world.own) == "");
  CHECK(world.launch_error(public_id) == "");
  CHECK(world.error_of(ec2::CopyImageRequest{
            .name = "copy", .source_image_id = world.shared, .source_region = "us-east-1"}) == "InvalidRequest");
  const auto owners_listed = [&] {
    std::set<std::string> owners;
    for (const auto& image : world.call(ec2::DescribeImagesRequest{}).images)
      if (image.image_owner_alias != "amazon") owners.insert(*image.owner_id);
    return owners;
  };
  CHECK(owners_listed() == std::set{std::string(kAccount)});
  SECTION("for one account") {
    CHECK(world.as(kOtherAccount).ids_of({.owners = {"self"}}) == std::vector{world.shared});
  }
  SECTION("until disabled") {
    world.call(ec2::DisableAllowedImagesSettingsRequest{});
    CHECK(world.launch_error(world.shared) == "");
    CHECK_FALSE(world.label(world.shared));
  }
}

TEST_CASE("Criteria OR together, their members AND", "[allowed-images]") {
  AllowedWorld world;
  world.set_state("audit-mode");
  world.change_image(world.shared, [](state::Image& image) {
    image.image.product_codes = {{.product_code_id = "abc123", .product_code_type = "marketplace"}};
  });
  const std::string other(kOtherAccount);
  const auto allowed = [&](std::vector<Criterion> criteria) {
    world.allow(std::move(criteria));
    return *world.label(world.shared);
  };
  CHECK(allowed({{.image_names = {"shared-*"}}}));
  CHECK(allowed({{.image_names = {"nothing", "*-we?"}}}));
  CHECK_FALSE(allowed({{.image_names = {"shared"}}}));
  CHECK(allowed({{.marketplace_product_codes = {"zzz", "abc123"}}}));
  CHECK_FALSE(allowed({{.marketplace_product_codes = {"zzz"}}}));
  CHECK_FALSE(allowed({{.image_providers = {other}, .image_names = {"golden-*"}}}));
  CHECK(allowed({{.image_providers = {other}, .image_names = {"golden-*"}}, {.image_names = {"shared-web"}}}));
  CHECK_FALSE(allowed({{.image_providers = {"none"}}}));
  const auto created = [](std::int32_t days) {
    return Criterion{.creation_date_condition = ec2::CreationDateConditionRequest{.maximum_days_since_created = days}};
  };
  const auto deprecated = [](std::int32_t days) {
    return Criterion{.deprecation_time_condition =
                         ec2::DeprecationTimeConditionRequest{.maximum_days_since_deprecated = days}};
  };
  CHECK(allowed({deprecated(0)}));
  world.as(kOtherAccount)
      .call(ec2::EnableImageDeprecationRequest{.image_id = world.shared, .deprecate_at = world.now() + 5 * 24h});
  world.as(kAccount);
  CHECK(allowed({deprecated(0)}));
  world.advance(10 * 24h);
  CHECK_FALSE(allowed({deprecated(0)}));
  CHECK_FALSE(allowed({deprecated(4)}));
  CHECK(allowed({deprecated(6)}));
  CHECK_FALSE(allowed({created(9)}));
  CHECK(allowed({created(11)}));
  CHECK(allowed({created(2147483647)}));
}

TEST_CASE("ReplaceImageCriteriaInAllowedImagesSettings refuses what is no criterion", "[allowed-images]") {
  AllowedWorld world;
  const std::vector<std::vector<Criterion>> invalid = {
      {{}},
      {{.image_providers = {"google"}}},
      {{.image_providers = {"12345678901"}}},
      {{.image_providers = std::vector<std::string>(201, "amazon")}},
      {{.image_names = {""}}},
      {{.image_names = {"a?"}}},
      {{.image_names = {"a,b"}}},
      {{.image_names = {std::string(129, 'a')}}},
      {{.image_names = std::vector<std::string>(51, "name")}},
      {{.marketplace_product_codes = {"with-hyphen"}}},
      {{.marketplace_product_codes = {std::string(26, 'a')}}},
      {{.marketplace_product_codes = std::vector<std::string>(51, "a")}},
      std::vector<Criterion>(11, {.image_providers = {"amazon"}}),
  };
  for (std::size_t i = 0; i < invalid.size(); ++i) {
    INFO(i);
    CHECK(world.error_of_criteria(invalid[i]) == "InvalidParameterValue");
  }
  CHECK(world.error_of_criteria({{.image_providers = {"none", "amazon"}}}) == "InvalidParameterCombination");
  CHECK(world.error_of_criteria({{.image_providers = {"none"}}, {.image_names = {"a"}}}) ==
        "InvalidParameterCombination");
  CHECK(world.error_of_criteria({{.image_providers = {"none"}}}) == "");
  CHECK(world.error_of(ec2::ReplaceImageCriteriaInAllowedImagesSettingsRequest{.dry_run = true}) == "DryRunOperation");
}
