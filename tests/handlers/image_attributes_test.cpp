#include "handlers/encryption.hpp"
#include "tests/handlers/image_world.hpp"

#include <functional>

using namespace amity;
using tests::ImageWorld;
using tests::kAccount;
using tests::kOtherAccount;
using Modify = ec2::ModifyImageAttributeRequest;

namespace {

constexpr auto kOrganization = "arn:aws:organizations::333333333333:organization/o-abcdefghij";
constexpr auto kUnit = "arn:aws:organizations::333333333333:ou/o-abcdefghij/ou-ab12-cdef3456";
constexpr auto kCustomerKey = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-4333-8444-555555555555";

std::vector<ec2::LaunchPermission> permissions_of(ImageWorld& world, const std::string& id) {
  return world.call(ec2::DescribeImageAttributeRequest{.attribute = "launchPermission", .image_id = id})
      .launch_permissions;
}

ec2::LaunchPermissionModifications adding(ec2::LaunchPermission permission) {
  return {.add = {std::move(permission)}, .remove = {}};
}

}  // namespace

TEST_CASE("DescribeImageAttribute answers each attribute", "[images][DescribeImageAttribute]") {
  ImageWorld world;
  auto registration = ImageWorld::registration("golden", world.snapshot());
  registration.description = "Words";
  registration.boot_mode = "uefi";
  registration.tpm_support = "v2.0";
  registration.uefi_data = "QU1aTg==";
  registration.imds_support = "v2.0";
  registration.sriov_net_support = "simple";
  registration.kernel_id = "aki-01234567";
  registration.ramdisk_id = "ari-01234567";
  const std::string id = *world.call(registration).image_id;
  world.change_image(id, [](state::Image& image) { image.image.product_codes = {{.product_code_id = "abc"}}; });
  const auto attribute = [&](const std::string& name) {
    const auto answer = world.call(ec2::DescribeImageAttributeRequest{.attribute = name, .image_id = id});
    CHECK(answer.image_id == id);
    return answer;
  };
  CHECK(attribute("description").description->value == "Words");
  CHECK(attribute("kernel").kernel_id->value == "aki-01234567");
  CHECK(attribute("ramdisk").ramdisk_id->value == "ari-01234567");
  CHECK(attribute("sriovNetSupport").sriov_net_support->value == "simple");
  CHECK(attribute("bootMode").boot_mode->value == "uefi");
  CHECK(attribute("tpmSupport").tpm_support->value == "v2.0");
  CHECK(attribute("uefiData").uefi_data->value == "QU1aTg==");
  CHECK(attribute("imdsSupport").imds_support->value == "v2.0");
  CHECK(attribute("deregistrationProtection").deregistration_protection->value == "disabled");
  CHECK(attribute("productCodes").product_codes.size() == 1);
  CHECK(attribute("launchPermission").launch_permissions.empty());
  SECTION("an attribute without a value is there, and empty") {
    REQUIRE(attribute("lastLaunchedTime").last_launched_time);
    CHECK_FALSE(attribute("lastLaunchedTime").last_launched_time->value);
  }
  SECTION("in any case and with blanks around") {
    CHECK(attribute("Description ").description->value == "Words");
    CHECK(attribute(" BOOTMODE").boot_mode->value == "uefi");
  }
}

TEST_CASE("DescribeImageAttribute refuses what EC2 refuses", "[images][DescribeImageAttribute]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  const auto error = [&](const std::string& attribute, const std::string& image_id) {
    return world.error_of(ec2::DescribeImageAttributeRequest{.attribute = attribute, .image_id = image_id});
  };
  CHECK(error("blockDeviceMapping", id) == "AuthFailure");
  CHECK(error("colour", id) == "InvalidParameterValue");
  CHECK(error("description", "ami-1") == "InvalidAMIID.Malformed");
  CHECK(error("description", "ami-00000000000000000") == "InvalidAMIID.NotFound");
  world.share(id, {.group = "all"});
  world.as(kOtherAccount);
  CHECK(error("launchPermission", id) == "AuthFailure");
}

TEST_CASE("ModifyImageAttribute changes the description", "[images][ModifyImageAttribute]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  SECTION("in the long form") {
    world.call(Modify{.description = ec2::AttributeValue{"Words"}, .image_id = id});
    CHECK(world.describe(id).description == "Words");
    SECTION("and takes it away with an empty one") {
      world.call(Modify{.description = ec2::AttributeValue{""}, .image_id = id});
      CHECK_FALSE(world.describe(id).description);
    }
  }
  SECTION("in the short form") {
    world.call(Modify{.attribute = "description", .image_id = id, .value = "Words"});
    CHECK(world.describe(id).description == "Words");
  }
  SECTION("as Ansible says it") {
    world.call(Modify{.attribute = "Description ", .description = ec2::AttributeValue{"Words"}, .image_id = id});
    CHECK(world.describe(id).description == "Words");
  }
}

TEST_CASE("ModifyImageAttribute turns IMDSv2 on, never off", "[images][ModifyImageAttribute]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  world.call(Modify{.image_id = id, .imds_support = ec2::AttributeValue{"v2.0"}});
  CHECK(world.describe(id).imds_support == "v2.0");
  CHECK(world.error_of(Modify{.image_id = id, .imds_support = ec2::AttributeValue{"v1.0"}}) == "InvalidParameterValue");
  CHECK(world.error_of(Modify{.attribute = "imdsSupport", .image_id = id, .value = ""}) == "InvalidParameterValue");
}

TEST_CASE("ModifyImageAttribute adds and removes launch permissions", "[images][ModifyImageAttribute]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  SECTION("long form") {
    world.call(
        Modify{.image_id = id,
               .launch_permission = ec2::LaunchPermissionModifications{.add = {{.user_id = "222222222222"},
                                                                               {.user_id = "444444444444"},
                                                                               {.organization_arn = kOrganization},
                                                                               {.organizational_unit_arn = kUnit}}}});
    CHECK(permissions_of(world, id).size() == 4);
    world.call(Modify{.image_id = id,
                      .launch_permission = ec2::LaunchPermissionModifications{
                          .add = {{.user_id = "555555555555"}},
                          .remove = {{.user_id = "222222222222"}, {.organization_arn = kOrganization}}}});
    const auto left = permissions_of(world, id);
    REQUIRE(left.size() == 3);
    CHECK(left[0].user_id == "444444444444");
    CHECK(left[1].organizational_unit_arn == kUnit);
    CHECK(left[2].user_id == "555555555555");
  }
  SECTION("short form") {
    world.call(Modify{.attribute = "launchPermission",
                      .image_id = id,
                      .operation_type = "add",
                      .user_ids = {"222222222222", "444444444444"},
                      .organization_arns = {kOrganization},
                      .organizational_unit_arns = {kUnit}});
    CHECK(permissions_of(world, id).size() == 4);
    world.call(Modify{.attribute = "launchPermission",
                      .image_id = id,
                      .operation_type = "remove",
                      .user_ids = {"222222222222", "999999999999"}});
    CHECK(permissions_of(world, id).size() == 3);
  }
  SECTION("both at once, as Packer sends it: each counts once") {
    world.call(Modify{.image_id = id,
                      .launch_permission = adding({.user_id = "222222222222"}),
                      .operation_type = "add",
                      .user_ids = {"222222222222"}});
    CHECK(permissions_of(world, id).size() == 1);
    world.call(Modify{.image_id = id, .launch_permission = adding({.user_id = "222222222222"})});
    CHECK(permissions_of(world, id).size() == 1);
  }
  SECTION("owners need none") {
    world.share(id, {.user_id = std::string(kAccount)});
    CHECK(permissions_of(world, id).empty());
  }
  SECTION("ResetImageAttribute takes them all") {
    world.share(id, {.user_id = "222222222222"});
    world.share(id, {.group = "all"});
    world.call(ec2::ResetImageAttributeRequest{.attribute = "LaunchPermission", .image_id = id});
    CHECK(permissions_of(world, id).empty());
    CHECK(world.describe(id).is_public == false);
  }
}

TEST_CASE("An image is public while all may launch it", "[images][ModifyImageAttribute]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  world.call(Modify{.attribute = "launchPermission", .image_id = id, .operation_type = "add", .user_groups = {"all"}});
  CHECK(world.describe(id).is_public == true);
  CHECK(world.describe(id).deprecation_time == "2028-01-02T03:04:00.000Z");
  CHECK(world.as(kOtherAccount).ids_of({.owners = {std::string(kAccount)}}) == std::vector{id});
  world.as(kAccount).call(
      Modify{.attribute = "launchPermission", .image_id = id, .operation_type = "remove", .user_groups = {"all"}});
  CHECK(world.describe(id).is_public == false);
  CHECK(world.as(kOtherAccount).ids_of({.owners = {std::string(kAccount)}}).empty());
}

TEST_CASE("Launch permissions decide what another account sees", "[images][ModifyImageAttribute]") {
  ImageWorld world;
  auto organizations = world.make_call().organizations();
  organizations.add_member(kOrganization, "444444444444");
  organizations.add_member(kUnit, "555555555555");
  const std::string id = world.image("golden");
  const auto seen_by = [&](std::string_view account) {
    const bool seen = world.as(account).ids_of({.image_ids = {id}}).size() == 1;
    world.as(kAccount);
    return seen;
  };
  for (const std::string_view account : {"222222222222", "444444444444", "555555555555"}) CHECK_FALSE(seen_by(account));
  world.share(id, {.user_id = "222222222222"});
  CHECK(seen_by("222222222222"));
  CHECK_FALSE(seen_by("444444444444"));
  world.share(id, {.organization_arn = kOrganization});
  CHECK(seen_by("444444444444"));
  CHECK_FALSE(seen_by("555555555555"));
  world.share(id, {.organizational_unit_arn = kUnit});
  CHECK(seen_by("555555555555"));
  CHECK_FALSE(seen_by("666666666666"));
  world.share(id, {.group = "all"});
  CHECK(seen_by("666666666666"));
}

TEST_CASE("Encrypted snapshots limit the sharing of their images", "[images][ModifyImageAttribute]") {
  ImageWorld world;
  auto call = world.make_call();
  const std::string by_default =
      world.image("default-key", world.snapshot({.kms_key_id = handlers::managed_kms_key(call)}));
  const std::string by_customer = world.image("customer-key", world.snapshot({.kms_key_id = kCustomerKey}));
  const auto share_error = [&](const std::string& id, ec2::LaunchPermission permission) {
    return world.error_of(Modify{.image_id = id, .launch_permission = adding(std::move(permission))});
  };
  CHECK(share_error(by_default, {.user_id = "222222222222"}) == "InvalidParameter");
  CHECK(share_error(by_default, {.group = "all"}) == "UnsupportedOperation");
  CHECK(share_error(by_customer, {.group = "all"}) == "UnsupportedOperation");
  CHECK(share_error(by_customer, {.user_id = "222222222222"}) == "");
  SECTION("but not taking permissions away") {
    CHECK(world.error_of(Modify{
              .image_id = by_default,
              .launch_permission = ec2::LaunchPermissionModifications{.add = {}, .remove = {{.group = "all"}}}}) == "");
  }
}

TEST_CASE("Images with AWS Marketplace product codes cannot be made public", "[images][ModifyImageAttribute]") {
  ImageWorld world;
  const std::string id = world.image("sold");
  world.change_image(id, [](state::Image& image) {
    image.image.product_codes = {{.product_code_id = "abc", .product_code_type = "marketplace"}};
  });
  CHECK(world.error_of(Modify{.image_id = id, .launch_permission = adding({.group = "all"})}) ==
        "OperationNotPermitted");
  CHECK(world.error_of(Modify{.image_id = id, .launch_permission = adding({.user_id = "222222222222"})}) == "");
}

TEST_CASE("Sharing has quotas", "[images][ModifyImageAttribute]") {
  ImageWorld world;
  SECTION("a thousand grantees of an image") {
    const std::string id = world.image("golden");
    Modify request{.attribute = "launchPermission", .image_id = id, .operation_type = "add"};
    for (int i = 0; i < 1000; ++i) request.user_ids.push_back(std::to_string(300000000000 + i));
    CHECK(world.error_of(request) == "");
    CHECK(world.error_of(Modify{.image_id = id, .launch_permission = adding({.user_id = "222222222222"})}) ==
          "ResourceLimitExceeded");
  }
  SECTION("five public images") {
    for (int i = 0; i < 5; ++i) world.share(world.image("public-" + std::to_string(i)), {.group = "all"});
    const std::string sixth = world.image("public-5");
    CHECK(world.error_of(Modify{.image_id = sixth, .launch_permission = adding({.group = "all"})}) ==
          "ResourceLimitExceeded");
  }
}

TEST_CASE("ModifyImageAttribute refuses what EC2 refuses, and changes nothing", "[images][ModifyImageAttribute]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  const ec2::LaunchPermissionModifications one = adding({.user_id = "222222222222"});
  const std::pair<std::string, Modify> rows[] = {
      {"InvalidAMIID.Malformed", {.image_id = "ami-1", .launch_permission = one}},
      {"InvalidAMIID.NotFound", {.image_id = "ami-00000000000000000", .launch_permission = one}},
      {"InvalidParameterCombination", {.image_id = id}},
      {"InvalidParameterCombination",
       {.description = ec2::AttributeValue{"x"}, .image_id = id, .launch_permission = one}},
      {"InvalidParameterCombination",
       {.attribute = "description", .image_id = id, .user_ids = {"222222222222"}, .value = "x"}},
      {"InvalidParameterValue", {.attribute = "kernel", .image_id = id, .value = "aki-01234567"}},
      {"UnsupportedOperation", {.attribute = "productCodes", .image_id = id, .product_codes = {"abc"}}},
      {"UnsupportedOperation", {.image_id = id, .product_codes = {"abc"}}},
      {"MissingParameter", {.attribute = "description", .image_id = id}},
      {"InvalidParameterValue", {.attribute = "description", .image_id = id, .value = std::string(256, 'x')}},
      {"MissingParameter", {.image_id = id, .operation_type = "add", .user_ids = {"222222222222"}}},
      {"MissingParameter", {.attribute = "launchPermission", .image_id = id, .user_ids = {"222222222222"}}},
      {"MissingParameter", {.attribute = "launchPermission", .image_id = id, .operation_type = "add"}},
      {"MissingParameter", {.image_id = id, .launch_permission = adding({})}},
      {"InvalidAMIAttributeItemValue", {.image_id = id, .launch_permission = adding({.user_id = "1234"})}},
      {"InvalidAMIAttributeItemValue", {.image_id = id, .launch_permission = adding({.user_id = " "})}},
      {"InvalidAMIAttributeItemValue", {.image_id = id, .launch_permission = adding({.group = "everybody"})}},
      {"InvalidAMIAttributeItemValue", {.image_id = id, .launch_permission = adding({.organization_arn = "o-1"})}},
      {"InvalidAMIAttributeItemValue",
       {.image_id = id, .launch_permission = adding({.organization_arn = std::string(kOrganization) + "!"})}},
      {"InvalidAMIAttributeItemValue",
       {.image_id = id, .launch_permission = adding({.organizational_unit_arn = kOrganization})}},
  };
  for (const auto& [code, request] : rows) {
    INFO(code);
    CHECK(world.error_of(request) == code);
  }
  CHECK(permissions_of(world, id).empty());
  SECTION("of another account's image") {
    world.share(id, {.group = "all"});
    CHECK(world.as(kOtherAccount).error_of(Modify{.image_id = id, .launch_permission = one}) == "AuthFailure");
  }
  SECTION("of an image that is not available") {
    for (const std::string state : {"pending", "failed", "disabled"}) {
      world.change_image(id, [&](state::Image& image) { image.image.state = state; });
      CHECK(world.error_of(Modify{.image_id = id, .launch_permission = one}) == "InvalidAMIID.Unavailable");
    }
  }
}

TEST_CASE("ResetImageAttribute refuses what EC2 refuses", "[images][ResetImageAttribute]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  using Reset = ec2::ResetImageAttributeRequest;
  CHECK(world.error_of(Reset{.attribute = "description", .image_id = id}) == "InvalidParameterValue");
  CHECK(world.error_of(Reset{.attribute = "launchPermission", .image_id = "ami-00000000000000000"}) ==
        "InvalidAMIID.NotFound");
  CHECK(world.as(kOtherAccount).error_of(Reset{.attribute = "launchPermission", .image_id = id}) == "AuthFailure");
}
