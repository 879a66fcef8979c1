#include "tests/handlers/image_world.hpp"

#include <chrono>

using namespace amity;
using tests::ImageWorld;
using tests::kAccount;
using tests::kOtherAccount;
using namespace std::chrono_literals;

namespace {

constexpr auto kSharingOrganization = "arn:aws:organizations::333333333333:organization/o-abcdefghij";

std::string make_public_error(ImageWorld& world, const std::string& id) {
  return world.error_of(ec2::ModifyImageAttributeRequest{
      .image_id = id, .launch_permission = ec2::LaunchPermissionModifications{.add = {{.group = "all"}}}});
}

// What every operation on one own image refuses.
template <class Request>
void check_own_image_errors(ImageWorld& world, Request request, const std::string& own,
                            const std::string& dry_run_code = "DryRunOperation") {
  request.image_id = "ami-1";
  CHECK(world.error_of(request) == "InvalidAMIID.Malformed");
  request.image_id = "ami-00000000000000000";
  CHECK(world.error_of(request) == "InvalidAMIID.NotFound");
  request.image_id = *world.catalogue().images("us-east-1").front().image_id;
  CHECK(world.error_of(request) == "AuthFailure");
  request.image_id = own;
  CHECK(world.as(kOtherAccount).error_of(request) == "AuthFailure");
  world.as(kAccount);
  request.dry_run = true;
  CHECK(world.error_of(request) == dry_run_code);
}

}  // namespace

TEST_CASE("Operations that control an image are for its owner", "[image-controls][images]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  check_own_image_errors(world, ec2::DisableImageRequest{}, id);
  check_own_image_errors(world, ec2::EnableImageRequest{}, id, "IncorrectState");  // it is enabled
  check_own_image_errors(world, ec2::EnableImageDeprecationRequest{.deprecate_at = world.now() + 24h}, id);
  check_own_image_errors(world, ec2::DisableImageDeprecationRequest{}, id);
  check_own_image_errors(world, ec2::EnableImageDeregistrationProtectionRequest{}, id);
  check_own_image_errors(world, ec2::DisableImageDeregistrationProtectionRequest{}, id);
}

TEST_CASE("A disabled image refuses launches and keeps nobody's permission", "[image-controls][DisableImage]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  world.share(id, {.user_id = std::string(kOtherAccount)});
  world.share(id, {.group = "all"});
  CHECK(world.call(ec2::DisableImageRequest{.image_id = id}).return_value == true);
  CHECK(world.describe(id).state == "disabled");
  CHECK(world.describe(id).is_public == false);
  CHECK(world.own_ids().empty());
  CHECK(world.ids_of({.owners = {"self"}, .include_disabled = true}) == std::vector{id});
  CHECK(world.error_of(ImageWorld::launch_of(id)) == "InvalidAMIID.Unavailable");
  CHECK(make_public_error(world, id) == "InvalidAMIID.Unavailable");
  CHECK(world.error_of(ec2::DisableImageRequest{.image_id = id}) == "IncorrectState");
  CHECK(world.as(kOtherAccount).error_of(ImageWorld::launch_of(id)) == "AuthFailure");
  CHECK(world.ids_of({.image_ids = {id}, .include_disabled = true}).empty());
  SECTION("EnableImage lets it launch again, without its permissions") {
    world.as(kAccount);
    CHECK(world.call(ec2::EnableImageRequest{.image_id = id}).return_value == true);
    CHECK(world.own_ids() == std::vector{id});
    CHECK(world.error_of(ImageWorld::launch_of(id)) == "");
    CHECK(world.error_of(ec2::EnableImageRequest{.image_id = id}) == "IncorrectState");
    CHECK(world.as(kOtherAccount).error_of(ImageWorld::launch_of(id)) == "AuthFailure");
  }
}

TEST_CASE("A deprecated image leaves the lists of others when its time has come",
          "[image-controls][EnableImageDeprecation]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  world.share(id, {.user_id = std::string(kOtherAccount)});
  const auto at = *model::parse_iso8601("2026-01-03T10:20:40Z");
  CHECK(world.call(ec2::EnableImageDeprecationRequest{.image_id = id, .deprecate_at = at}).return_value == true);
  CHECK(world.describe(id).deprecation_time == "2026-01-03T10:21:00.000Z");
  const auto listed_for = [&](std::string_view account) {
    const auto ids = world.as(account).ids_of({.owners = {std::string(kAccount)}});
    return ids == std::vector{id};
  };
  CHECK(listed_for(kOtherAccount));
  world.advance(*model::parse_iso8601("2026-01-03T10:21:00Z") - world.now());
  CHECK_FALSE(listed_for(kOtherAccount));
  CHECK(world.ids_of({.owners = {std::string(kAccount)}, .include_deprecated = true}) == std::vector{id});
  CHECK(world.ids_of({.image_ids = {id}}) == std::vector{id});
  CHECK(world.error_of(ImageWorld::launch_of(id)) == "");
  CHECK(listed_for(kAccount));
  SECTION("until the deprecation is cancelled") {
    CHECK(world.call(ec2::DisableImageDeprecationRequest{.image_id = id}).return_value == true);
    CHECK_FALSE(world.describe(id).deprecation_time);
    CHECK(listed_for(kOtherAccount));
  }
}

TEST_CASE("EnableImageDeprecation knows how far the date may be", "[image-controls][EnableImageDeprecation]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  const auto error_at = [&](std::string_view time) {
    return world.error_of(
        ec2::EnableImageDeprecationRequest{.image_id = id, .deprecate_at = *model::parse_iso8601(time)});
  };
  CHECK(error_at("2026-01-02T03:04:04Z") == "InvalidParameterValue");
  CHECK(error_at("2036-01-02T03:04:06Z") == "InvalidParameterValue");
  CHECK(error_at("2036-01-02T03:04:05Z") == "");
  SECTION("two years after its creation for a public image, which cannot do without") {
    world.share(id, {.group = "all"});
    CHECK(world.describe(id).deprecation_time == "2028-01-02T03:04:00.000Z");
    CHECK(error_at("2028-01-02T03:05:00Z") == "InvalidParameterValue");
    CHECK(error_at("2027-01-01T00:00:00Z") == "");
    CHECK(world.error_of(ec2::DisableImageDeprecationRequest{.image_id = id}) == "OperationNotPermitted");
    world.call(ec2::ResetImageAttributeRequest{.attribute = "launchPermission", .image_id = id});
    CHECK(world.error_of(ec2::DisableImageDeprecationRequest{.image_id = id}) == "");
  }
  SECTION("not for an image that has failed") {
    world.change_image(id, [](state::Image& image) { image.image.state = ec2::ImageState::failed; });
    CHECK(error_at("2027-01-01T00:00:00Z") == "InvalidAMIID.Unavailable");
  }
}

TEST_CASE("A protected image cannot be deregistered", "[image-controls][EnableImageDeregistrationProtection]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  const auto deregister_error = [&] { return world.error_of(ec2::DeregisterImageRequest{.image_id = id}); };
  using Enable = ec2::EnableImageDeregistrationProtectionRequest;
  using Disable = ec2::DisableImageDeregistrationProtectionRequest;
  CHECK(world.call(Disable{.image_id = id}).return_value == "disabled");
  SECTION("without cooldown, until it is disabled") {
    CHECK(world.call(Enable{.image_id = id}).return_value == "enabled-without-cooldown");
    CHECK(world.describe(id).deregistration_protection == "enabled-without-cooldown");
    CHECK(deregister_error() == "OperationNotPermitted");
    CHECK(world.call(Disable{.image_id = id}).return_value == "disabled");
    CHECK(deregister_error() == "");
  }
  SECTION("with cooldown, for a day more") {
    CHECK(world.call(Enable{.image_id = id, .with_cooldown = true}).return_value == "enabled-with-cooldown");
    CHECK(world.call(Disable{.image_id = id}).return_value == "disabled after 2026-01-03T03:04:05.000Z");
    world.advance(23h + 59min);
    CHECK(world.call(Disable{.image_id = id}).return_value == "disabled after 2026-01-03T03:04:05.000Z");
    CHECK(deregister_error() == "OperationNotPermitted");
    SECTION("then it shows as unprotected") {
      world.advance(1min);
      CHECK(world.describe(id).deregistration_protection == "disabled");
      CHECK(deregister_error() == "");
    }
    SECTION("unless it is protected again") {
      world.call(Enable{.image_id = id});
      world.advance(48h);
      CHECK(world.describe(id).deregistration_protection == "enabled-without-cooldown");
      CHECK(deregister_error() == "OperationNotPermitted");
    }
  }
}

TEST_CASE("Block public access refuses new public images", "[image-controls][EnableImageBlockPublicAccess]") {
  ImageWorld world;
  const auto state = [&] {
    const auto answer = world.call(ec2::GetImageBlockPublicAccessStateRequest{});
    CHECK(answer.managed_by == "account");
    return *answer.image_block_public_access_state;
  };
  const std::string before = world.image("before");
  const std::string after = world.image("after");
  world.share(before, {.group = "all"});
  CHECK(state() == "unblocked");
  CHECK(world.call(ec2::EnableImageBlockPublicAccessRequest{.image_block_public_access_state = "block-new-sharing"})
            .image_block_public_access_state == "block-new-sharing");
  CHECK(state() == "block-new-sharing");
  CHECK(make_public_error(world, after) == "OperationNotPermitted");
  CHECK(world.describe(before).is_public == true);
  CHECK(world.error_of(ec2::ModifyImageAttributeRequest{
            .image_id = after,
            .launch_permission = ec2::LaunchPermissionModifications{.add = {{.user_id = "333333333333"}}}}) == "");
  SECTION("in one account and one Region") {
    CHECK(world.in("eu-west-1").make_call().settings().all().empty());
    CHECK(state() == "unblocked");
    world.in("us-east-1").as(kOtherAccount);
    CHECK(state() == "unblocked");
  }
  SECTION("until it is disabled") {
    CHECK(world.call(ec2::DisableImageBlockPublicAccessRequest{}).image_block_public_access_state == "unblocked");
    CHECK(make_public_error(world, after) == "");
  }
}

TEST_CASE("CancelImageLaunchPermission gives a permission back", "[image-controls][CancelImageLaunchPermission]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  world.share(id, {.user_id = std::string(kOtherAccount)});
  world.share(id, {.user_id = "333333333333"});
  const ec2::CancelImageLaunchPermissionRequest cancel{.image_id = id};
  CHECK(world.error_of(cancel) == "OperationNotPermitted");  // the owner's
  world.as(kOtherAccount);
  CHECK(world.error_of(ec2::CancelImageLaunchPermissionRequest{.image_id = id, .dry_run = true}) == "DryRunOperation");
  CHECK(world.call(cancel).return_value == true);
  CHECK(world.ids_of({.image_ids = {id}}).empty());
  CHECK(world.error_of(cancel) == "AuthFailure");
  CHECK(world.as("333333333333").ids_of({.image_ids = {id}}) == std::vector{id});
  SECTION("but not one that is the public's or an organization's") {
    world.as(kAccount).share(id, {.group = "all"});
    CHECK(world.as(kOtherAccount).error_of(cancel) == "OperationNotPermitted");
    world.as(kAccount).call(ec2::ResetImageAttributeRequest{.attribute = "launchPermission", .image_id = id});
    world.make_call().organizations().add_member(kSharingOrganization, kOtherAccount);
    world.share(id, {.organization_arn = kSharingOrganization});
    CHECK(world.as(kOtherAccount).error_of(cancel) == "OperationNotPermitted");
  }
  SECTION("nor of an image that is not there") {
    CHECK(world.error_of(ec2::CancelImageLaunchPermissionRequest{.image_id = "ami-00000000000000000"}) ==
          "InvalidAMIID.NotFound");
    CHECK(world.error_of(ec2::CancelImageLaunchPermissionRequest{.image_id = "snap-1"}) == "InvalidAMIID.Malformed");
  }
}
