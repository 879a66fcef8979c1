#include "handlers/launch_templates.hpp"

#include "handlers/fixtures.hpp"
#include "model/ssm.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace amity;
using tests::World;

namespace {

ec2::RequestLaunchTemplateData data_of(World& world) {
  ec2::RequestLaunchTemplateData data;
  data.image_id = tests::public_image(world, "al2023-ami-2023").image_id;
  data.instance_type = "t3.micro";
  return data;
}

ec2::CreateLaunchTemplateResult create(World& world, const std::string& name, ec2::RequestLaunchTemplateData data) {
  ec2::CreateLaunchTemplateRequest request;
  request.launch_template_name = name;
  request.launch_template_data = std::move(data);
  return world.call(request);
}

std::string create(World& world, const std::string& name = "golden") {
  return *create(world, name, data_of(world)).launch_template->launch_template_id;
}

ec2::LaunchTemplateVersion add(World& world, const std::string& id, ec2::RequestLaunchTemplateData data,
                               std::optional<std::string> source = {}) {
  ec2::CreateLaunchTemplateVersionRequest request;
  request.launch_template_id = id;
  request.source_version = std::move(source);
  request.launch_template_data = std::move(data);
  return *world.call(request).launch_template_version;
}

ec2::RequestLaunchTemplateData with_type(const char* type) {
  ec2::RequestLaunchTemplateData data;
  data.instance_type = type;
  return data;
}

std::vector<std::int64_t> numbers(World& world, const ec2::DescribeLaunchTemplateVersionsRequest& request) {
  std::vector<std::int64_t> numbers;
  for (const auto& version : world.call(request).launch_template_versions) numbers.push_back(*version.version_number);
  return numbers;
}

using Numbers = std::vector<std::int64_t>;

ec2::RunInstancesRequest run_from(const std::string& id, std::optional<std::string> version = {}) {
  ec2::RunInstancesRequest request;
  request.min_count = request.max_count = 1;
  request.launch_template = {.launch_template_id = id, .version = std::move(version)};
  return request;
}

ec2::Instance launched(World& world, const ec2::RunInstancesRequest& request) {
  return tests::describe(world, tests::ids_of(world.call(request)).front());
}

std::string tag_of(const ec2::Instance& instance, const std::string& key) {
  const auto tag = std::ranges::find(instance.tags, key, &ec2::Tag::key);
  return tag == instance.tags.end() ? "" : *tag->value;
}

}  // namespace

TEST_CASE("CreateLaunchTemplate makes a template whose first version is the default one",
          "[launch-templates][CreateLaunchTemplate]") {
  World world;
  ec2::CreateLaunchTemplateRequest request;
  request.launch_template_name = "golden";
  request.version_description = "first";
  request.launch_template_data = data_of(world);
  request.tag_specifications = {{.resource_type = "launch-template", .tags = {{.key = "Stage", .value = "test"}}}};
  const auto made = *world.call(request).launch_template;
  CHECK(made.launch_template_id->starts_with("lt-"));
  CHECK(made.default_version_number == 1);
  CHECK(made.latest_version_number == 1);
  CHECK(made.created_by == "arn:aws:iam::111111111111:root");
  CHECK(made.tags.size() == 1);

  const auto version =
      world.call(ec2::DescribeLaunchTemplateVersionsRequest{.launch_template_name = "golden"}).launch_template_versions;
  REQUIRE(version.size() == 1);
  CHECK(version[0].version_description == "first");
  CHECK(version[0].default_version == true);
  CHECK(version[0].launch_template_data->instance_type == "t3.micro");
  CHECK(world.error_of(request) == "InvalidLaunchTemplateName.AlreadyExistsException");
  CHECK(world.as(tests::kOtherAccount).error_of(request).empty());
}

TEST_CASE("CreateLaunchTemplate warns of what a launch would fail for, and refuses what makes no sense",
          "[launch-templates][CreateLaunchTemplate]") {
  World world;
  ec2::RequestLaunchTemplateData data;
  data.image_id = "ami-0123456789abcdef0";
  data.instance_type = "t0.tiny";
  data.key_name = "nobody";
  data.security_group_ids = {"sg-0123456789abcdef0"};
  const auto warning = create(world, "doubtful", data).warning;
  REQUIRE(warning);
  std::vector<std::string> codes;
  for (const auto& error : warning->errors) codes.push_back(*error.code);
  CHECK(codes == std::vector<std::string>{"InvalidAMIID.NotFound", "InvalidParameterValue", "InvalidKeyPair.NotFound",
                                          "InvalidGroup.NotFound"});
  CHECK(!create(world, "good", data_of(world)).warning);

  struct Row {
    std::string name;
    void (*spoil)(ec2::RequestLaunchTemplateData& data);
    std::string code;
  };
  const Row rows[] = {
      {"ab", [](auto&) {}, "InvalidLaunchTemplateName.MalformedException"},
      {std::string(129, 'a'), [](auto&) {}, "InvalidLaunchTemplateName.MalformedException"},
      {"with space", [](auto&) {}, "InvalidLaunchTemplateName.MalformedException"},
      {"user-data", [](auto& bad) { bad.user_data = "%%%"; }, "InvalidUserData.Malformed"},
      {"requirements", [](auto& bad) { bad.instance_requirements.emplace(); }, "InvalidParameterCombination"},
      {"operator", [](auto& bad) { bad.operator_value.emplace(); }, "OperationNotPermitted"},
      {"tags", [](auto& bad) { bad.tag_specifications = {{.resource_type = "vpc", .tags = {{.key = "a"}}}}; },
       "InvalidParameterValue"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    ec2::CreateLaunchTemplateRequest request;
    request.launch_template_name = row.name;
    request.launch_template_data = data_of(world);
    row.spoil(request.launch_template_data);
    CHECK(world.error_of(request) == row.code);
  }
}

TEST_CASE("CreateLaunchTemplateVersion takes from its source what it does not say itself",
          "[launch-templates][CreateLaunchTemplateVersion]") {
  World world;
  const std::string id = create(world);
  const auto second = add(world, id, with_type("t3.small"), "1");
  CHECK(second.version_number == 2);
  CHECK(second.default_version == false);
  CHECK(second.launch_template_data->instance_type == "t3.small");
  CHECK(second.launch_template_data->image_id == data_of(world).image_id);
  const auto third = add(world, id, with_type("t3.large"));
  CHECK(third.version_number == 3);
  CHECK(!third.launch_template_data->image_id);

  ec2::CreateLaunchTemplateVersionRequest bad;
  bad.launch_template_id = id;
  bad.source_version = "9";
  CHECK(world.error_of(bad) == "InvalidLaunchTemplateId.VersionNotFound");
  bad.launch_template_id = "lt-0123456789abcdef0";
  CHECK(world.error_of(bad) == "InvalidLaunchTemplateId.NotFound");
  bad.launch_template_id = "lt-1";
  CHECK(world.error_of(bad) == "InvalidLaunchTemplateId.Malformed");
  bad.launch_template_name = "golden";
  CHECK(world.error_of(bad) == "InvalidParameterCombination");
  bad.launch_template_id.reset();
  bad.launch_template_name = "unknown";
  CHECK(world.error_of(bad) == "InvalidLaunchTemplateName.NotFoundException");
  bad.launch_template_name.reset();
  CHECK(world.error_of(bad) == "MissingParameter");
}

TEST_CASE("ModifyLaunchTemplate says which version is the default one", "[launch-templates][ModifyLaunchTemplate]") {
  World world;
  const std::string id = create(world);
  add(world, id, with_type("t3.small"));
  CHECK(world.call(ec2::ModifyLaunchTemplateRequest{.launch_template_id = id, .default_version = "2"})
            .launch_template->default_version_number == 2);
  CHECK(numbers(world, {.launch_template_id = id, .versions = {"$Default"}}) == Numbers{2});
  CHECK(world.error_of(ec2::ModifyLaunchTemplateRequest{.launch_template_id = id, .default_version = "3"}) ==
        "InvalidLaunchTemplateId.VersionNotFound");
  CHECK(world.error_of(ec2::ModifyLaunchTemplateRequest{.launch_template_id = id}) == "MissingParameter");
}

TEST_CASE("DeleteLaunchTemplateVersions spares the default version and never reuses a number",
          "[launch-templates][DeleteLaunchTemplateVersions]") {
  World world;
  const std::string id = create(world);
  for (int i = 0; i < 3; ++i) add(world, id, with_type("t3.small"));
  const auto deleted =
      world.call(ec2::DeleteLaunchTemplateVersionsRequest{.launch_template_id = id, .versions = {"1", "2", "4", "9"}});
  REQUIRE(deleted.successfully_deleted_launch_template_versions.size() == 2);
  CHECK(deleted.successfully_deleted_launch_template_versions[1].version_number == 4);
  const auto& refused = deleted.unsuccessfully_deleted_launch_template_versions;
  REQUIRE(refused.size() == 2);
  CHECK(refused[0].version_number == 1);
  CHECK(refused[0].response_error->code == "unexpectedError");
  CHECK(refused[1].response_error->code == "launchTemplateVersionDoesNotExist");
  CHECK(numbers(world, {.launch_template_id = id}) == Numbers{3, 1});
  CHECK(numbers(world, {.launch_template_id = id, .versions = {"$Latest"}}) == Numbers{3});
  CHECK(add(world, id, with_type("t3.small")).version_number == 5);
}

TEST_CASE("DeleteLaunchTemplate takes the versions and tags along", "[launch-templates][DeleteLaunchTemplate]") {
  World world;
  const std::string id = create(world);
  world.call(ec2::CreateTagsRequest{.resources = {id}, .tags = {{.key = "a", .value = "b"}}});
  CHECK(world.call(ec2::DeleteLaunchTemplateRequest{.launch_template_name = "golden"})
            .launch_template->launch_template_id == id);
  CHECK(world.call(ec2::DescribeLaunchTemplatesRequest{}).launch_templates.empty());
  CHECK(world.call(ec2::DescribeTagsRequest{}).tags.empty());
  CHECK(world.error_of(ec2::DeleteLaunchTemplateRequest{.launch_template_id = id}) ==
        "InvalidLaunchTemplateId.NotFound");
  CHECK(!create(world).empty());
}

TEST_CASE("DescribeLaunchTemplates finds by id, name, filter and tag, in pages",
          "[launch-templates][DescribeLaunchTemplates]") {
  World world;
  for (const char* name : {"one", "two", "three"}) create(world, name);
  const auto found = [&](ec2::DescribeLaunchTemplatesRequest request) {
    std::string names;
    do {
      const auto page = world.call(request);
      for (const auto& each : page.launch_templates) names += *each.launch_template_name + " ";
      request.next_token = page.next_token;
    } while (request.next_token);
    return names;
  };
  CHECK(found({}) == "one two three ");
  CHECK(found({.max_results = 1}) == "one two three ");
  CHECK(found({.launch_template_names = {"two"}}) == "two ");
  CHECK(found({.filters = {{.name = "launch-template-name", .values = {"t*"}}}}) == "two three ");
  CHECK(found({.filters = {{.name = "create-time", .values = {"2026-01-02*"}}}}) == "one two three ");
  for (const std::string_view name : ec2::service().find("DescribeLaunchTemplates")->filters)
    CHECK(found({.filters = {{.name = name == "tag" ? "tag:x" : std::string(name), .values = {"nothing"}}}}).empty());
  CHECK(world.error_of(ec2::DescribeLaunchTemplatesRequest{.launch_template_names = {"four"}}) ==
        "InvalidLaunchTemplateName.NotFoundException");
  CHECK(world.error_of(ec2::DescribeLaunchTemplatesRequest{.launch_template_ids = {"lt-0123456789abcdef0"}}) ==
        "InvalidLaunchTemplateId.NotFound");
  CHECK(found({}) != "");
  CHECK(world.as(tests::kOtherAccount).call(ec2::DescribeLaunchTemplatesRequest{}).launch_templates.empty());
}

TEST_CASE("DescribeLaunchTemplateVersions chooses versions of one template or of all",
          "[launch-templates][DescribeLaunchTemplateVersions]") {
  World world;
  const std::string id = create(world), other = create(world, "other");
  for (int i = 0; i < 3; ++i) add(world, id, with_type("t3.small"), "1");
  CHECK(numbers(world, {.launch_template_id = id}) == Numbers{4, 3, 2, 1});
  CHECK(numbers(world, {.launch_template_id = id, .min_version = "2", .max_version = "3"}) == Numbers{3, 2});
  CHECK(numbers(world, {.launch_template_id = id, .versions = {"$Latest", "1", "$Default"}}) == Numbers{4, 1});
  CHECK(numbers(world, {.versions = {"$Latest"}}) == Numbers{4, 1});
  CHECK(numbers(world, {.versions = {"$Latest", "$Default"}}) == Numbers{1, 4, 1});
  const auto by = [&](std::string name, std::string value) {
    return numbers(world,
                   {.launch_template_id = id, .filters = {{.name = std::move(name), .values = {std::move(value)}}}});
  };
  CHECK(by("instance-type", "t3.micro") == Numbers{1});
  CHECK(by("is-default-version", "false") == Numbers{4, 3, 2});
  for (const std::string_view name : ec2::service().find("DescribeLaunchTemplateVersions")->filters)
    CHECK(by(std::string(name), "nothing").empty());

  ec2::DescribeLaunchTemplateVersionsRequest page{.launch_template_id = id, .max_results = 3};
  page.next_token = world.call(page).next_token;
  CHECK(numbers(world, page) == Numbers{1});
  CHECK(world.error_of(ec2::DescribeLaunchTemplateVersionsRequest{}) == "MissingParameter");
  CHECK(world.error_of(ec2::DescribeLaunchTemplateVersionsRequest{.versions = {"1"}}) == "InvalidParameterValue");
  CHECK(world.error_of(ec2::DescribeLaunchTemplateVersionsRequest{.launch_template_id = id, .versions = {"7"}}) ==
        "InvalidLaunchTemplateId.VersionNotFound");
  CHECK(world.error_of(ec2::DescribeLaunchTemplateVersionsRequest{.launch_template_id = id, .min_version = "x"}) ==
        "InvalidParameterValue");
}

TEST_CASE("RunInstances follows a launch template, and its own members win", "[launch-templates][RunInstances]") {
  World world;
  auto data = data_of(world);
  data.monitoring = {.enabled = true};
  data.block_device_mappings = {
      {.device_name = "/dev/sdf", .ebs = ec2::LaunchTemplateEbsBlockDeviceRequest{.volume_size = 7}}};
  data.tag_specifications = {
      {.resource_type = "instance",
       .tags = {{.key = "Name", .value = "of template"}, {.key = "Stage", .value = "of template"}}},
      {.resource_type = "volume", .tags = {{.key = "Kind", .value = "data"}}}};
  const std::string id = *create(world, "golden", data).launch_template->launch_template_id;
  add(world, id, with_type("t3.small"), "1");

  const auto plain = launched(world, run_from(id));
  CHECK(plain.instance_type == "t3.micro");
  CHECK(plain.monitoring->state == "enabled");
  CHECK(plain.block_device_mappings.size() == 2);
  CHECK(tag_of(plain, "Name") == "of template");
  CHECK(tag_of(plain, "aws:ec2launchtemplate:id") == id);
  CHECK(tag_of(plain, "aws:ec2launchtemplate:version") == "1");
  CHECK(tests::describe(world, *plain.instance_id).image_id == data.image_id);
  CHECK(launched(world, run_from(id, "$Latest")).instance_type == "t3.small");
  CHECK(tag_of(launched(world, run_from(id, "2")), "aws:ec2launchtemplate:version") == "2");

  auto request = run_from(id);
  request.instance_type = "t3.medium";
  request.tag_specifications = {{.resource_type = "instance", .tags = {{.key = "Name", .value = "of launch"}}}};
  const auto own = launched(world, request);
  CHECK(own.instance_type == "t3.medium");
  CHECK(tag_of(own, "Name") == "of launch");
  CHECK(tag_of(own, "Stage") == "of template");

  CHECK(world.error_of(run_from("lt-0123456789abcdef0")) == "InvalidLaunchTemplateId.NotFound");
  CHECK(world.error_of(run_from(id, "3")) == "InvalidLaunchTemplateId.VersionNotFound");
  CHECK(
      world.error_of(run_from(*create(world, "no-image", with_type("t3.micro")).launch_template->launch_template_id)) ==
      "MissingParameter");
  ec2::RequestLaunchTemplateData fleet;
  fleet.image_id = data.image_id;
  fleet.instance_requirements.emplace();
  CHECK(world.error_of(run_from(*create(world, "fleet", fleet).launch_template->launch_template_id)) ==
        "UnsupportedOperation");
}

TEST_CASE("A launch changes its template's devices one by one", "[launch-templates][RunInstances]") {
  World world;
  auto data = data_of(world);
  data.block_device_mappings = {
      {.device_name = "/dev/sdf",
       .ebs = ec2::LaunchTemplateEbsBlockDeviceRequest{.volume_size = 7, .volume_type = "gp3"}},
      {.device_name = "/dev/sdg", .ebs = ec2::LaunchTemplateEbsBlockDeviceRequest{.volume_size = 9}}};
  const std::string id = *create(world, "golden", data).launch_template->launch_template_id;
  const auto volume_at = [&](const ec2::Instance& instance, std::string_view device) -> std::optional<ec2::Volume> {
    for (const auto& mapping : instance.block_device_mappings)
      if (mapping.device_name == device)
        return world.call(ec2::DescribeVolumesRequest{.volume_ids = {*mapping.ebs->volume_id}}).volumes.at(0);
    return std::nullopt;
  };
  auto request = run_from(id);
  SECTION("those that it names keep what it does not say") {
    request.block_device_mappings = {{.ebs = ec2::EbsBlockDevice{.volume_size = 20}, .device_name = "/dev/sdf"}};
    const auto instance = launched(world, request);
    CHECK(volume_at(instance, "/dev/sdf")->size == 20);
    CHECK(volume_at(instance, "/dev/sdf")->volume_type == "gp3");
    CHECK(volume_at(instance, "/dev/sdg")->size == 9);
  }
  SECTION("others are added") {
    request.block_device_mappings = {{.ebs = ec2::EbsBlockDevice{.volume_size = 5}, .device_name = "/dev/sdh"}};
    const auto instance = launched(world, request);
    CHECK(instance.block_device_mappings.size() == 4);
    CHECK(volume_at(instance, "/dev/sdh")->size == 5);
  }
  SECTION("NoDevice takes one away") {
    request.block_device_mappings = {{.no_device = "", .device_name = "/dev/sdg"}};
    const auto instance = launched(world, request);
    CHECK(volume_at(instance, "/dev/sdf"));
    CHECK_FALSE(volume_at(instance, "/dev/sdg"));
  }
}

TEST_CASE("GetLaunchTemplateData describes what would launch the same instance",
          "[launch-templates][GetLaunchTemplateData]") {
  World world;
  auto request = tests::launch_request(world);
  request.user_data = "aGVsbG8=";
  request.disable_api_termination = true;
  request.tag_specifications = {{.resource_type = "instance", .tags = {{.key = "Name", .value = "one"}}}};
  const auto instance = launched(world, request);
  const auto data =
      *world.call(ec2::GetLaunchTemplateDataRequest{.instance_id = *instance.instance_id}).launch_template_data;
  CHECK(data.image_id == request.image_id);
  CHECK(data.instance_type == "t3.micro");
  CHECK(data.user_data == "aGVsbG8=");
  CHECK(data.disable_api_termination == true);
  CHECK(data.monitoring->enabled == false);
  CHECK(data.credit_specification->cpu_credits == "unlimited");
  CHECK(data.placement->availability_zone == instance.placement->availability_zone);
  REQUIRE(data.block_device_mappings.size() == 1);
  CHECK(data.block_device_mappings[0].ebs->volume_size == 8);
  CHECK(data.block_device_mappings[0].ebs->delete_on_termination == true);
  REQUIRE(data.network_interfaces.size() == 1);
  CHECK(data.network_interfaces[0].subnet_id == instance.subnet_id);
  CHECK(data.network_interfaces[0].groups == std::vector<std::string>{*instance.security_groups[0].group_id});
  CHECK(data.network_interfaces[0].device_index == 0);
  REQUIRE(data.tag_specifications.size() == 1);
  CHECK(world.error_of(ec2::GetLaunchTemplateDataRequest{.instance_id = "i-0123456789abcdef0"}) ==
        "InvalidInstanceID.NotFound");
}

TEST_CASE("Launch templates and parameters come back from a dump", "[launch-templates][parameters][fixtures]") {
  World first, second;
  const std::string id = create(first);
  add(first, id, with_type("t3.small"), "1");
  first.call(ec2::CreateTagsRequest{.resources = {id}, .tags = {{.key = "a", .value = "b"}}});
  first.call(ssm::PutParameterRequest{.name = "/p", .value = "1", .type = "String"});
  const handlers::FixtureText dump{.name = "dump", .text = handlers::dump_fixtures(first.environment())};
  handlers::load_fixtures(second.environment(), {"111111111111", "us-east-1"}, second.now(), {&dump, 1});
  CHECK(handlers::dump_fixtures(second.environment()) == dump.text);
  CHECK(numbers(second, {.launch_template_id = id}) == Numbers{2, 1});
  CHECK(second.call(ec2::DescribeLaunchTemplatesRequest{}).launch_templates.at(0).tags.size() == 1);
  CHECK(second.call(ssm::GetParameterRequest{.name = "/p"}).parameter->value == "1");
}
