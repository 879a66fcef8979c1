#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

constexpr const char* kImageOwner = "111111111111";
constexpr const char* kSharedWith = "222222222222";

std::string amazon_image(WireWorld& world) {
  const auto answer =
      world.ec2("DescribeImages",
                {{"Owner.1", "amazon"}, {"Filter.1.Name", "name"}, {"Filter.1.Value.1", "al2023-ami-2023*-x86_64"}});
  const auto ids = answer.texts("//imagesSet/item/imageId");
  REQUIRE(!ids.empty());
  return ids.back();
}

WireAnswer run_one(WireWorld& world, const std::string& image) {
  return world.ec2("RunInstances",
                   {{"ImageId", image}, {"InstanceType", "t3.micro"}, {"MinCount", "1"}, {"MaxCount", "1"}});
}

// An image that is shared with the partner.
std::string shared_golden_image(WireWorld& world) {
  const auto launched = run_one(world, amazon_image(world));
  const std::string instance = launched.text("RunInstancesResponse/instancesSet/item/instanceId");
  const auto created = world.ec2("CreateImage", {{"InstanceId", instance}, {"Name", "golden"}});
  const std::string image = created.text("CreateImageResponse/imageId");
  REQUIRE(
      world.ec2("ModifyImageAttribute", {{"ImageId", image}, {"LaunchPermission.Add.1.UserId", kSharedWith}}).status ==
      200);
  return image;
}

}  // namespace

TEST_CASE("An image's owner deprecates, disables and at last deregisters it", "[images][wire]") {
  WireWorld world;
  const std::string image = shared_golden_image(world);
  const auto protection = world.ec2("EnableImageDeregistrationProtection", {{"ImageId", image}});
  CHECK(protection.text("EnableImageDeregistrationProtectionResponse/return") == "enabled-without-cooldown");
  const auto deprecated =
      world.ec2("EnableImageDeprecation", {{"ImageId", image}, {"DeprecateAt", "2026-01-02T03:10:00Z"}});
  CHECK(deprecated.text("EnableImageDeprecationResponse/return") == "true");
  world.as(kSharedWith).advance(10min);
  CHECK(world.ec2("DescribeImages", {{"Owner.1", kImageOwner}}).count("//imagesSet/item") == 0);
  const auto named = world.ec2("DescribeImages", {{"ImageId.1", image}});
  CHECK(named.text("DescribeImagesResponse/imagesSet/item/deprecationTime") == "2026-01-02T03:10:00.000Z");
  CHECK(run_one(world, image).status == 200);

  world.as(kImageOwner);
  CHECK(world.ec2("DisableImage", {{"ImageId", image}}).text("DisableImageResponse/return") == "true");
  CHECK(run_one(world, image).error_code() == "InvalidAMIID.Unavailable");
  CHECK(run_one(world.as(kSharedWith), image).error_code() == "AuthFailure");
  const auto metadata = world.ec2("DescribeInstanceImageMetadata");
  CHECK(metadata.text("DescribeInstanceImageMetadataResponse/instanceImageMetadataSet/item/imageMetadata/imageState") ==
        "disabled");

  world.as(kImageOwner);
  CHECK(world.ec2("DeregisterImage", {{"ImageId", image}}).error_code() == "OperationNotPermitted");
  world.ec2("DisableImageDeregistrationProtection", {{"ImageId", image}});
  CHECK(world.ec2("DeregisterImage", {{"ImageId", image}}).status == 200);
}

TEST_CASE("An account allows only standard images", "[images][wire]") {
  WireWorld world;
  const std::string image = shared_golden_image(world);
  world.as(kSharedWith);
  REQUIRE(run_one(world, amazon_image(world)).status == 200);
  const std::string other = run_one(world, image).text("RunInstancesResponse/instancesSet/item/instanceId");
  CHECK(world.ec2("ReplaceImageCriteriaInAllowedImagesSettings", {{"ImageCriterion.1.ImageProvider.1", "amazon"}})
            .text("ReplaceImageCriteriaInAllowedImagesSettingsResponse/return") == "true");
  world.ec2("EnableAllowedImagesSettings", {{"AllowedImagesSettingsState", "audit-mode"}});
  const auto found =
      world.ec2("DescribeInstanceImageMetadata", {{"Filter.1.Name", "image-allowed"}, {"Filter.1.Value.1", "false"}});
  CHECK(found.texts("//instanceImageMetadataSet/item/instanceId") == std::vector{other});
  CHECK(run_one(world, image).status == 200);

  world.ec2("EnableAllowedImagesSettings", {{"AllowedImagesSettingsState", "enabled"}});
  CHECK(run_one(world, image).error_code() == "AuthFailure");
  CHECK(run_one(world, amazon_image(world)).status == 200);
  const auto settings = world.ec2("GetAllowedImagesSettings");
  CHECK(settings.text("GetAllowedImagesSettingsResponse/state") == "enabled");
  CHECK(settings.text("GetAllowedImagesSettingsResponse/imageCriterionSet/item/imageProviderSet/item") == "amazon");
}

TEST_CASE("An image's owner sees who uses it and where it comes from", "[images][wire]") {
  WireWorld world;
  const std::string image = shared_golden_image(world);
  run_one(world.as(kSharedWith), image);
  const auto references =
      world.ec2("DescribeImageReferences", {{"ImageId.1", image}, {"IncludeAllResourceTypes", "true"}});
  CHECK(references.count("//imageReferenceSet/item[resourceType='ec2:Instance']/arn") == 1);

  world.as(kImageOwner);
  const auto created =
      world.ec2("CreateImageUsageReport",
                {{"ImageId", image}, {"ResourceType.1.ResourceType", "ec2:Instance"}, {"AccountId.1", kSharedWith}});
  const std::string report = created.text("CreateImageUsageReportResponse/reportId");
  CHECK(report.starts_with("amiur-"));
  const auto entries = world.ec2("DescribeImageUsageReportEntries", {{"ReportId.1", report}});
  CHECK(entries.texts("//imageUsageReportEntrySet/item/accountId") == std::vector<std::string>{kSharedWith});
  CHECK(entries.texts("//imageUsageReportEntrySet/item/usageCount") == std::vector<std::string>{"1"});

  const auto ancestry = world.ec2("GetImageAncestry", {{"ImageId", image}});
  CHECK(ancestry.texts("//imageAncestryEntrySet/item/imageId") == std::vector{image, amazon_image(world)});
}
