#include "model/ssm.hpp"
#include "tests/handlers/image_world.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <chrono>
#include <map>

using namespace amity;
using tests::filter;
using tests::ImageWorld;
using tests::kAccount;
using tests::kOtherAccount;
using namespace std::chrono_literals;

namespace {

std::vector<ec2::InstanceImageMetadata> metadata_rows(ImageWorld& world,
                                                      const ec2::DescribeInstanceImageMetadataRequest& request = {}) {
  return world.call(request).instance_image_metadata;
}

std::vector<std::string> ancestry_of(ImageWorld& world, const std::string& id) {
  std::vector<std::string> ids;
  for (const auto& entry : world.call(ec2::GetImageAncestryRequest{.image_id = id}).image_ancestry_entries)
    ids.push_back(*entry.image_id);
  return ids;
}

std::string copied_image(ImageWorld& world, const std::string& id, const std::string& from, const std::string& name) {
  return *world.call(ec2::CopyImageRequest{.name = name, .source_image_id = id, .source_region = from}).image_id;
}

}  // namespace

TEST_CASE("DescribeInstanceImageMetadata tells the image of each instance", "[image-uses][images]") {
  ImageWorld world;
  const std::string id = world.image("golden");
  world.call(ec2::EnableImageDeprecationRequest{.image_id = id, .deprecate_at = world.now() + 24h});
  const std::string instance = world.launch(id);
  auto rows = metadata_rows(world);
  REQUIRE(rows.size() == 1);
  const auto& row = rows.front();
  CHECK(row.instance_id == instance);
  CHECK(row.instance_type == "t2.micro");
  CHECK(row.launch_time == world.now());
  CHECK(row.availability_zone->starts_with("us-east-1"));
  CHECK(row.zone_id->starts_with("use1-az"));
  CHECK(row.state->name == "running");
  CHECK(row.owner_id == kAccount);
  CHECK(row.operator_value->managed == false);
  const auto& image = *row.image_metadata;
  CHECK(image.image_id == id);
  CHECK(image.name == "golden");
  CHECK(image.owner_id == kAccount);
  CHECK(image.state == "available");
  CHECK(image.creation_date == "2026-01-02T03:04:05.000Z");
  CHECK(image.deprecation_time);
  CHECK(image.is_public == false);
  CHECK_FALSE(image.image_allowed);
  SECTION("also of an image that is deregistered since") {
    world.call(ec2::DeregisterImageRequest{.image_id = id});
    world.advance(72h);
    rows = metadata_rows(world);
    CHECK(rows.front().image_metadata->state == "deregistered");
    CHECK(rows.front().image_metadata->name == "golden");
  }
  SECTION("and of one that is no longer shared") {
    world.share(id, {.user_id = std::string(kOtherAccount)});
    world.as(kOtherAccount).launch(id);
    world.as(kAccount).call(ec2::DisableImageRequest{.image_id = id});
    rows = metadata_rows(world.as(kOtherAccount));
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().image_metadata->state == "disabled");
  }
}

TEST_CASE("DescribeInstanceImageMetadata finds instances of images that are not allowed", "[image-uses][images]") {
  ImageWorld world;
  const std::string own = world.image("golden");
  const auto& base = tests::public_image(world, "al2023-ami-2023");
  const std::string compliant = world.launch(own);
  const std::string other = world.launch(*base.image_id);
  world.call(ec2::EnableAllowedImagesSettingsRequest{.allowed_images_settings_state = "audit-mode"});
  const auto rows = metadata_rows(world, {.filters = {filter("image-allowed", {"false"})}});
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().instance_id == other);
  CHECK(rows.front().image_metadata->image_owner_alias == "amazon");
  CHECK(metadata_rows(world, {.filters = {filter("image-allowed", {"true"})}}).front().instance_id == compliant);
}

TEST_CASE("DescribeInstanceImageMetadata filters and pages", "[image-uses][images]") {
  ImageWorld world;
  const std::string own = world.image("golden");
  const std::string first = world.launch(own);
  const std::string second = world.launch(*tests::public_image(world, "al2023-ami-2023").image_id);
  world.call(ec2::CreateTagsRequest{.resources = {first}, .tags = {{.key = "Team", .value = "core"}}});
  world.call(ec2::StopInstancesRequest{.instance_ids = {second}});
  for (const std::string_view name : ec2::service().find("DescribeInstanceImageMetadata")->filters) {
    INFO(name);
    const std::string wire_name = name == "tag" || name == "tag:<key>" ? "tag:x" : std::string(name);
    CHECK(world.error_of(ec2::DescribeInstanceImageMetadataRequest{.filters = {filter(wire_name, {"x"})}}) == "");
  }
  const std::vector<std::pair<std::string, std::string>> first_only = {{"instance-id", first},
                                                                       {"instance-state-name", "running"},
                                                                       {"owner-id", std::string(kAccount)},
                                                                       {"tag:Team", "core"},
                                                                       {"tag-key", "Team"}};
  for (const auto& [name, value] : first_only) {
    INFO(name);
    const auto rows = metadata_rows(world, {.filters = {filter(name, {value})}});
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().instance_id == first);
    CHECK(rows.front().tags.size() == 1);
  }
  const auto one = metadata_rows(world).front();
  const std::vector<std::pair<std::string, std::string>> both = {{"availability-zone", *one.availability_zone},
                                                                 {"zone-id", *one.zone_id},
                                                                 {"instance-type", "t2.micro"},
                                                                 {"launch-time", "2026-01-02T*"}};
  for (const auto& [name, value] : both) {
    INFO(name);
    CHECK(metadata_rows(world, {.filters = {filter(name, {value})}}).size() == 2);
  }
  CHECK(metadata_rows(world, {.filters = {filter("owner-alias", {"amazon"})}}).front().instance_id == second);
  SECTION("pages, over named instances too") {
    auto page =
        world.call(ec2::DescribeInstanceImageMetadataRequest{.instance_ids = {second, first}, .max_results = 1});
    REQUIRE(page.instance_image_metadata.size() == 1);
    REQUIRE(page.next_token);
    page = world.call(ec2::DescribeInstanceImageMetadataRequest{
        .instance_ids = {second, first}, .max_results = 1, .next_token = page.next_token});
    CHECK(page.instance_image_metadata.size() == 1);
    CHECK_FALSE(page.next_token);
  }
  SECTION("names") {
    CHECK(metadata_rows(world, {.instance_ids = {second}}).size() == 1);
    const auto error_of = [&](const std::string& id) {
      return world.error_of(ec2::DescribeInstanceImageMetadataRequest{.instance_ids = {id}});
    };
    CHECK(error_of("i-1") == "InvalidInstanceID.Malformed");
    CHECK(error_of("i-00000000000000000") == "InvalidInstanceID.NotFound");
    world.as(kOtherAccount);
    CHECK(error_of(first) == "InvalidInstanceID.NotFound");
    CHECK(metadata_rows(world).empty());
    CHECK(world.error_of(ec2::DescribeInstanceImageMetadataRequest{.max_results = 1001}) == "InvalidParameterValue");
  }
}

TEST_CASE("GetImageAncestry follows copies and images of instances to the root", "[image-uses][GetImageAncestry]") {
  ImageWorld world;
  const auto& base = tests::public_image(world, "al2023-ami-2023");
  const std::string instance = world.launch(*base.image_id);
  const std::string baked = *world.call(ec2::CreateImageRequest{.instance_id = instance, .name = "baked"}).image_id;
  world.ids_of({.owners = {"self"}});  // time passes: it becomes available
  world.in("eu-west-1");
  const std::string copy = copied_image(world, baked, "us-east-1", "copy");
  CHECK(ancestry_of(world, copy) == std::vector{copy, baked, *base.image_id});
  const auto entries = world.call(ec2::GetImageAncestryRequest{.image_id = copy}).image_ancestry_entries;
  CHECK(entries[0].source_image_id == baked);
  CHECK(entries[0].source_image_region == "us-east-1");
  CHECK(entries[0].creation_date == world.now());
  CHECK_FALSE(entries[0].image_owner_alias);
  CHECK(entries[2].image_owner_alias == "amazon");
  SECTION("through images that are deregistered") {
    world.in("us-east-1").call(ec2::DeregisterImageRequest{.image_id = baked});
    world.advance(72h);
    CHECK(ancestry_of(world.in("eu-west-1"), copy) == std::vector{copy, baked, *base.image_id});
  }
  SECTION("from registered images nowhere") {
    const std::string registered = world.image("registered");
    CHECK(ancestry_of(world, registered) == std::vector{registered});
  }
  SECTION("for those who see the image") {
    const auto error_of = [&](const std::string& id) {
      return world.error_of(ec2::GetImageAncestryRequest{.image_id = id});
    };
    world.as(kOtherAccount);
    CHECK(error_of(copy) == "AuthFailure");
    CHECK(error_of("ami-1") == "InvalidAMIID.Malformed");
    CHECK(error_of("ami-00000000000000000") == "InvalidAMIID.NotFound");
    world.as(kAccount).share(copy, {.user_id = std::string(kOtherAccount)});
    CHECK(ancestry_of(world.as(kOtherAccount), copy).size() == 3);
  }
}

TEST_CASE("GetImageAncestry stops after fifty images", "[image-uses][GetImageAncestry]") {
  ImageWorld world;
  std::string id = world.image("image-0");
  for (int i = 1; i <= 51; ++i) id = copied_image(world, id, "us-east-1", "image-" + std::to_string(i));
  CHECK(ancestry_of(world, id).size() == 50);
}

TEST_CASE("DescribeImageReferences finds the caller's resources that name images",
          "[image-uses][DescribeImageReferences]") {
  ImageWorld world;
  const std::string golden = world.image("golden");
  const std::string silver = world.image("silver");
  world.share(golden, {.user_id = std::string(kOtherAccount)});
  const std::string first = world.launch(golden);
  const std::string second = world.launch(golden);
  const std::string third = world.launch(silver);
  world.as(kOtherAccount).launch(golden);
  world.as(kAccount);
  world.call(ec2::StopInstancesRequest{.instance_ids = {second}});
  const auto references = [&](const ec2::DescribeImageReferencesRequest& request) {
    std::vector<std::string> found;
    for (const auto& reference : world.call(request).image_references) {
      CHECK(reference.resource_type == "ec2:Instance");
      found.push_back(*reference.image_id + " " + *reference.arn);
    }
    return found;
  };
  const auto line = [](const std::string& image, const std::string& instance) {
    return image + " arn:aws:ec2:us-east-1:111111111111:instance/" + instance;
  };
  CHECK(references({.image_ids = {golden, silver}, .include_all_resource_types = true}) ==
        std::vector{line(golden, first), line(golden, second), line(silver, third)});
  const ec2::ResourceTypeRequest running{
      .resource_type = "ec2:Instance",
      .resource_type_options = {{.option_name = "state-name", .option_values = {"running", "pending"}}}};
  CHECK(references({.image_ids = {golden}, .resource_types = {running}}) == std::vector{line(golden, first)});
  CHECK(references({.image_ids = {golden}, .include_all_resource_types = true, .resource_types = {running}}) ==
        std::vector{line(golden, first)});
  CHECK(references({.image_ids = {golden}, .resource_types = {{.resource_type = "imagebuilder:ImageRecipe"}}}).empty());
  CHECK(references({.image_ids = {"ami-00000000000000000"}, .include_all_resource_types = true}).empty());
  SECTION("page by page") {
    for (int i = 0; i < 5; ++i) world.launch(silver);
    auto page = world.call(ec2::DescribeImageReferencesRequest{
        .image_ids = {golden, silver}, .include_all_resource_types = true, .max_results = 5});
    CHECK(page.image_references.size() == 5);
    page = world.call(ec2::DescribeImageReferencesRequest{.image_ids = {golden, silver},
                                                          .include_all_resource_types = true,
                                                          .next_token = page.next_token,
                                                          .max_results = 5});
    CHECK(page.image_references.size() == 3);
    CHECK_FALSE(page.next_token);
  }
  SECTION("refuses what it does not understand") {
    const auto error_of = [&](std::vector<ec2::ResourceTypeRequest> types, std::string id) {
      return world.error_of(
          ec2::DescribeImageReferencesRequest{.image_ids = {std::move(id)}, .resource_types = std::move(types)});
    };
    const auto with_option = [](std::string type, std::string name, std::vector<std::string> values) {
      return std::vector<ec2::ResourceTypeRequest>{
          {.resource_type = std::move(type),
           .resource_type_options = {{.option_name = std::move(name), .option_values = std::move(values)}}}};
    };
    CHECK(error_of({}, golden) == "MissingParameter");
    CHECK(error_of({{}}, golden) == "MissingParameter");
    CHECK(error_of({running}, "ami-1") == "InvalidAMIID.Malformed");
    CHECK(error_of(with_option("ec2:Instance", "state-name", {"asleep"}), golden) == "InvalidParameterValue");
    CHECK(error_of(with_option("ec2:Instance", "version-depth", {"5"}), golden) == "InvalidParameterValue");
    CHECK(error_of(with_option("ec2:LaunchTemplate", "version-depth", {"5"}), golden) == "");
    for (const char* depth : {"0", "10001", "five", "", "5x"})
      CHECK(error_of(with_option("ec2:LaunchTemplate", "version-depth", {depth}), golden) == "InvalidParameterValue");
  }
}

TEST_CASE("Launch templates and parameters name images, too", "[image-uses][DescribeImageReferences]") {
  ImageWorld world;
  const std::string golden = world.image("golden");
  const std::string silver = world.image("silver");
  const auto template_data = [](const std::string& image_id) {
    ec2::RequestLaunchTemplateData data;
    data.image_id = image_id;
    return data;
  };
  ec2::CreateLaunchTemplateRequest request;
  request.launch_template_name = "web";
  request.launch_template_data = template_data(golden);
  const std::string id = *world.call(request).launch_template->launch_template_id;
  for (int i = 0; i < 10; ++i) {
    ec2::CreateLaunchTemplateVersionRequest version;
    version.launch_template_id = id;
    version.launch_template_data = template_data(silver);
    world.call(version);
  }
  world.call(
      ssm::PutParameterRequest{.name = "/app/ami", .value = golden, .type = "String", .data_type = "aws:ec2:image"});
  world.call(ssm::PutParameterRequest{.name = "text", .value = golden, .type = "String"});
  const auto arns = [&](const std::string& image_id, std::vector<ec2::ResourceTypeRequest> types) {
    std::vector<std::string> found;
    const bool all = types.empty();
    for (const auto& reference :
         world
             .call(ec2::DescribeImageReferencesRequest{
                 .image_ids = {image_id}, .include_all_resource_types = all, .resource_types = std::move(types)})
             .image_references)
      found.push_back(*reference.resource_type + " " + *reference.arn);
    return found;
  };
  const std::string of_template = "ec2:LaunchTemplate arn:aws:ec2:us-east-1:111111111111:launch-template/" + id;
  const std::string of_parameter = "ssm:Parameter arn:aws:ssm:us-east-1:111111111111:parameter/app/ami";
  // The template names the golden image in its oldest version, the eleventh from the newest.
  CHECK(arns(golden, {}) == std::vector{of_parameter});
  CHECK(arns(silver, {}) == std::vector{of_template});
  const auto depth = [](std::string versions) {
    return std::vector<ec2::ResourceTypeRequest>{
        {.resource_type = "ec2:LaunchTemplate",
         .resource_type_options = {{.option_name = "version-depth", .option_values = {std::move(versions)}}}}};
  };
  CHECK(arns(golden, depth("11")) == std::vector{of_template});
  CHECK(arns(golden, depth("10")).empty());
  world.call(ssm::PutParameterRequest{.name = "/app/ami", .value = silver, .overwrite = true});
  CHECK(arns(golden, {{.resource_type = "ssm:Parameter"}}).empty());
  world.as(kOtherAccount);
  CHECK(arns(silver, {}).empty());
}
