#include "handlers/parameters.hpp"

#include "storage/public_parameters.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using tests::World;

namespace {

constexpr char kLatestLinux[] = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

ssm::Parameter get(World& world, const std::string& name, bool with_decryption = false) {
  return *world.call(ssm::GetParameterRequest{.name = name, .with_decryption = with_decryption}).parameter;
}

ssm::PutParameterResult put(World& world, const std::string& name, const std::string& value,
                            const char* type = "String") {
  return world.call(ssm::PutParameterRequest{.name = name, .value = value, .type = type, .overwrite = true});
}

std::string names(World& world, ssm::GetParametersByPathRequest request) {
  std::string names;
  do {
    const auto page = world.call(request);
    for (const auto& parameter : page.parameters) names += *parameter.name + " ";
    request.next_token = page.next_token;
  } while (request.next_token);
  return names;
}

std::string described(World& world, const std::string& key, std::optional<std::string> option,
                      std::vector<std::string> values) {
  ssm::DescribeParametersRequest request;
  request.parameter_filters = {{.key = key, .option = std::move(option), .values = std::move(values)}};
  std::string names;
  for (const auto& parameter : world.call(request).parameters) names += *parameter.name + " ";
  return names;
}

std::string put_error(World& world, void (*spoil)(ssm::PutParameterRequest& request)) {
  ssm::PutParameterRequest request{.name = "good", .value = "value", .type = "String"};
  spoil(request);
  return world.error_of(request);
}

}  // namespace

TEST_CASE("Public parameters name the newest public image in every region", "[parameters][GetParameter]") {
  World world;
  for (const char* region : {"us-east-1", "eu-central-1", "ap-southeast-2"}) {
    world.in(region);
    const auto parameter = get(world, kLatestLinux);
    const ec2::Image* image = world.catalogue().image(region, *parameter.value);
    REQUIRE(image);
    for (const ec2::Image& other : world.catalogue().images(region))
      if (other.name->starts_with("al2023-ami-2023") && other.name->ends_with("kernel-6.1-x86_64"))
        CHECK(*other.creation_date <= *image->creation_date);
    CHECK(parameter.data_type == "aws:ec2:image");
    CHECK(parameter.arn == "arn:aws:ssm:" + std::string(region) + "::parameter" + kLatestLinux);
    CHECK(get(world, *parameter.arn).value == parameter.value);
  }
}

TEST_CASE("Every public parameter of an image holds the id of one that exists", "[parameters]") {
  World world;
  std::size_t ids = 0;
  for (const auto& parameter : world.catalogue().parameters("us-east-1"))
    for (const auto& version : parameter.versions) {
      INFO(parameter.name);
      CHECK(version.value.find('{') == (version.value.starts_with('{') ? 0 : std::string::npos));
      if (parameter.data_type != "aws:ec2:image") continue;
      CHECK(world.catalogue().image("us-east-1", version.value));
      ++ids;
    }
  CHECK(ids > 100);
}

TEST_CASE("Optimized images are published with what else is known of them", "[parameters][GetParametersByPath]") {
  World world;
  const std::string ecs = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended";
  const auto id = get(world, ecs + "/image_id").value;
  const auto* image = world.catalogue().image("us-east-1", *id);
  REQUIRE(image);
  CHECK(get(world, ecs).value->find("\"image_id\":\"" + *id + "\"") != std::string::npos);
  CHECK(get(world, ecs).data_type == "text");
  CHECK(get(world, ecs + "/image_name").value == image->name);
  CHECK(names(world, {.path = ecs}) ==
        ecs + "/image_id " + ecs + "/image_name " + ecs + "/image_version " + ecs + "/os " + ecs + "/schema_version ");
  CHECK(get(world, "/aws/service/bottlerocket/aws-k8s-1.33/x86_64/latest/image_version").value == "1.58.0-c5c37032");
  CHECK(!names(world, {.path = "/aws/service/eks/optimized-ami/1.33", .recursive = true}).empty());
  CHECK(names(world, {.path = "/aws/service/eks/optimized-ami/1.33"}).empty());
  CHECK(names(world, {.path = "/aws/service/ami-windows-latest"}).find("English-Full-Base") != std::string::npos);
}

TEST_CASE("A parameter keeps its versions, found by number and by label", "[parameters][PutParameter]") {
  World world;
  CHECK(put(world, "/app/db", "one").version == 1);
  CHECK(put(world, "/app/db", "two").version == 2);
  CHECK(get(world, "/app/db").value == "two");
  CHECK(get(world, "/app/db").arn == "arn:aws:ssm:us-east-1:111111111111:parameter/app/db");
  CHECK(get(world, "/app/db:1").value == "one");
  CHECK(get(world, "/app/db:1").selector == ":1");
  const auto labelled = world.call(
      ssm::LabelParameterVersionRequest{.name = "/app/db", .parameter_version = 1, .labels = {"live", "1st", "aws-x"}});
  CHECK(labelled.invalid_labels == std::vector<std::string>{"1st", "aws-x"});
  CHECK(get(world, "/app/db:live").value == "one");
  world.call(ssm::LabelParameterVersionRequest{.name = "/app/db", .labels = {"live"}});
  CHECK(get(world, "/app/db:live").value == "two");
  const auto history = world.call(ssm::GetParameterHistoryRequest{.name = "/app/db"}).parameters;
  REQUIRE(history.size() == 2);
  CHECK(history[0].labels.empty());
  CHECK(history[1].labels == std::vector<std::string>{"live"});
  CHECK(
      world
          .call(ssm::UnlabelParameterVersionRequest{.name = "/app/db", .parameter_version = 2, .labels = {"live", "x"}})
          .invalid_labels == std::vector<std::string>{"x"});
  CHECK(world.error_of(ssm::GetParameterRequest{.name = "/app/db:live"}) == "ParameterVersionNotFound");
  CHECK(world.error_of(ssm::GetParameterRequest{.name = "/app/other"}) == "ParameterNotFound");
  CHECK(world.as(tests::kOtherAccount).error_of(ssm::GetParameterRequest{.name = "/app/db"}) == "ParameterNotFound");
  CHECK(put(world, "/app/db", "theirs").version == 1);
}

TEST_CASE("PutParameter refuses what Systems Manager refuses", "[parameters][PutParameter]") {
  World world;
  using Request = ssm::PutParameterRequest;
  struct Row {
    void (*spoil)(Request& request);
    std::string code;
  };
  const Row rows[] = {
      {[](Request& bad) { bad.name = "/aws/mine/x"; }, "AccessDeniedException"},
      {[](Request& bad) { bad.name = "ssm-x"; }, "ValidationException"},
      {[](Request& bad) { bad.name = "a b"; }, "ValidationException"},
      {[](Request& bad) { bad.name = "a/b"; }, "ValidationException"},
      {[](Request& bad) { bad.name = "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"; },
       "HierarchyLevelLimitExceededException"},
      {[](Request& bad) { bad.type.reset(); }, "ValidationException"},
      {[](Request& bad) { bad.key_id = "alias/x"; }, "ValidationException"},
      {[](Request& bad) { bad.data_type = "text/plain"; }, "ValidationException"},
      {[](Request& bad) { bad.type = "StringList", bad.data_type = "aws:ec2:image"; }, "ValidationException"},
      {[](Request& bad) { bad.allowed_pattern = "\\d+"; }, "ParameterPatternMismatchException"},
      {[](Request& bad) { bad.allowed_pattern = "("; }, "InvalidAllowedPatternException"},
      {[](Request& bad) { bad.value = std::string(4097, 'x'); }, "ValidationException"},
      {[](Request& bad) { bad.policies = "[]"; }, "InvalidPolicyTypeException"},
      {[](Request& bad) { bad.overwrite = true, bad.tags = {{.key = "a", .value = "b"}}; }, "ValidationException"},
      {[](Request& bad) { bad.value = std::string(4097, 'x'), bad.tier = "Intelligent-Tiering"; }, ""},
      {[](Request&) {}, "ParameterAlreadyExists"},
      {[](Request& bad) { bad.overwrite = true, bad.type = "SecureString"; }, "HierarchyTypeMismatchException"},
      {[](Request& bad) { bad.overwrite = true, bad.tier = "Standard"; }, "ValidationException"},
  };
  for (const Row& row : rows) {
    INFO(row.code << ' ' << &row - rows);
    CHECK(put_error(world, row.spoil) == row.code);
  }
}

TEST_CASE("A parameter of the type aws:ec2:image holds only images that are there", "[parameters][PutParameter]") {
  World world;
  const std::string image = *tests::public_image(world, "al2023-ami-2023").image_id;
  const auto put_image = [&](const std::string& value) {
    return world.call(ssm::PutParameterRequest{
        .name = "/golden", .value = value, .type = "String", .overwrite = true, .data_type = "aws:ec2:image"});
  };
  put_image("ami-0123456789abcdef0");
  CHECK(world.error_of(ssm::GetParameterRequest{.name = "/golden"}) == "ParameterNotFound");
  put_image(image);
  CHECK(get(world, "/golden").value == image);
  put_image("no image");
  CHECK(get(world, "/golden").version == 1);

  auto request = tests::launch_request(world);
  request.image_id = "resolve:ssm:/golden:1";
  CHECK(world.call(request).instances[0].image_id == image);
  request.image_id = std::string("resolve:ssm:") + kLatestLinux;
  CHECK(world.call(request).instances[0].image_id == get(world, kLatestLinux).value);
  put(world, "/text", image);
  for (const char* bad : {"/text", "/unknown", "/golden:7"}) {
    request.image_id = std::string("resolve:ssm:") + bad;
    CHECK(world.error_of(request) == "SsmInvalidParameter");
  }
}

TEST_CASE("A launch template names its image by a parameter", "[parameters][launch-templates]") {
  World world;
  ec2::CreateLaunchTemplateRequest request;
  request.launch_template_name = "latest";
  request.launch_template_data.image_id = std::string("resolve:ssm:") + kLatestLinux;
  request.launch_template_data.instance_type = "t3.micro";
  const auto made = world.call(request);
  CHECK(!made.warning);
  const auto shown = [&](bool resolves) {
    return world
        .call(ec2::DescribeLaunchTemplateVersionsRequest{.launch_template_name = "latest", .resolve_alias = resolves})
        .launch_template_versions.at(0)
        .launch_template_data->image_id;
  };
  CHECK(shown(false) == request.launch_template_data.image_id);
  CHECK(shown(true) == get(world, kLatestLinux).value);
  ec2::RunInstancesRequest run;
  run.min_count = run.max_count = 1;
  run.launch_template = {.launch_template_name = "latest"};
  CHECK(world.call(run).instances[0].image_id == get(world, kLatestLinux).value);
}

TEST_CASE("Secrets are shown only to those who ask for decryption", "[parameters][GetParameter]") {
  World world;
  put(world, "secret", "hush", "SecureString");
  CHECK(get(world, "secret").value != "hush");
  CHECK(get(world, "secret", true).value == "hush");
  CHECK(world.call(ssm::GetParameterHistoryRequest{.name = "secret"}).parameters[0].key_id == "alias/aws/ssm");
}

TEST_CASE("GetParameters and DeleteParameters tell what they know from what they do not",
          "[parameters][GetParameters][DeleteParameters]") {
  World world;
  put(world, "a", "1");
  put(world, "b", "2");
  const auto got = world.call(ssm::GetParametersRequest{.names = {"a", "x", "b:9"}});
  CHECK(got.parameters.size() == 1);
  CHECK(got.invalid_parameters == std::vector<std::string>{"x", "b:9"});
  CHECK(world.error_of(ssm::GetParametersRequest{.names = {"a", "a"}}) == "ValidationException");
  world.call(ssm::DeleteParameterRequest{.name = "a"});
  CHECK(world.error_of(ssm::DeleteParameterRequest{.name = "a"}) == "ParameterNotFound");
  const auto deleted = world.call(ssm::DeleteParametersRequest{.names = {"a", "b"}});
  CHECK(deleted.deleted_parameters == std::vector<std::string>{"b"});
  CHECK(deleted.invalid_parameters == std::vector<std::string>{"a"});
}

TEST_CASE("GetParametersByPath walks one level or all, in pages, and by label", "[parameters][GetParametersByPath]") {
  World world;
  for (const char* name : {"/app/a", "/app/b", "/app/deep/c", "/application", "flat"}) put(world, name, "1");
  CHECK(names(world, {.path = "/app"}) == "/app/a /app/b ");
  CHECK(names(world, {.path = "/app/", .recursive = true, .max_results = 1}) == "/app/a /app/b /app/deep/c ");
  put(world, "/app/a", "2");
  world.call(ssm::LabelParameterVersionRequest{.name = "/app/a", .parameter_version = 1, .labels = {"live"}});
  ssm::GetParametersByPathRequest by_label{.path = "/app", .parameter_filters = {{.key = "Label", .values = {"live"}}}};
  const auto labelled = world.call(by_label).parameters;
  REQUIRE(labelled.size() == 1);
  CHECK(labelled[0].value == "1");
  CHECK(world.error_of(ssm::GetParametersByPathRequest{.path = "app"}) == "ValidationException");
  by_label.parameter_filters[0].key = "Name";
  CHECK(world.error_of(by_label) == "InvalidFilterKey");
  by_label.parameter_filters[0] = {.key = "Type", .option = "Contains", .values = {"x"}};
  CHECK(world.error_of(by_label) == "InvalidFilterOption");
}

TEST_CASE("DescribeParameters knows its filters", "[parameters][DescribeParameters]") {
  World world;
  for (const char* name : {"/app/a", "/app/deep/b", "flat"}) put(world, name, "1");
  put(world, "secret", "1", "SecureString");
  world.call(ssm::AddTagsToResourceRequest{
      .resource_type = "Parameter", .resource_id = "flat", .tags = {{.key = "Stage", .value = "test"}}});
  CHECK(described(world, "Name", {}, {"flat", "x"}) == "flat ");
  CHECK(described(world, "Name", "Contains", {"a"}) == "/app/a /app/deep/b flat ");
  CHECK(described(world, "Name", "BeginsWith", {"/app/d"}) == "/app/deep/b ");
  CHECK(described(world, "Path", {}, {"/app"}) == "/app/a ");
  CHECK(described(world, "Path", "Recursive", {"/app"}) == "/app/a /app/deep/b ");
  CHECK(described(world, "Type", {}, {"SecureString"}) == "secret ");
  CHECK(described(world, "KeyId", {}, {"alias/aws/ssm"}) == "secret ");
  CHECK(described(world, "Tier", {}, {"Advanced"}).empty());
  CHECK(described(world, "DataType", {}, {"text"}) == "/app/a /app/deep/b flat secret ");
  CHECK(described(world, "tag:Stage", {}, {"test"}) == "flat ");
  CHECK(described(world, "tag:Stage", {}, {}) == "flat ");
  ssm::DescribeParametersRequest old{.filters = {{.key = "Name", .values = {"flat"}}}, .max_results = 1};
  CHECK(world.call(old).parameters.size() == 1);
  old.parameter_filters = {{.key = "Type", .values = {"String"}}};
  CHECK(world.error_of(old) == "ValidationException");
  old.filters.clear();
  CHECK(world.call(old).next_token);
  old.parameter_filters = {{.key = "Label", .values = {"x"}}};
  CHECK(world.error_of(old) == "InvalidFilterKey");
  old.parameter_filters = {{.key = "Type"}};
  CHECK(world.error_of(old) == "InvalidFilterValue");
  old.parameter_filters = {{.key = "Path", .values = {"/aws/service"}}};
  CHECK(world.error_of(old) == "ValidationException");
}

TEST_CASE("Parameters are tagged apart from EC2's resources", "[parameters][AddTagsToResource]") {
  World world;
  world.call(
      ssm::PutParameterRequest{.name = "p", .value = "1", .type = "String", .tags = {{.key = "a", .value = "1"}}});
  const auto listed = [&] {
    std::string text;
    const auto result = world.call(ssm::ListTagsForResourceRequest{.resource_type = "Parameter", .resource_id = "p"});
    for (const auto& tag : result.tag_list) text += tag.key + "=" + tag.value + " ";
    return text;
  };
  world.call(ssm::AddTagsToResourceRequest{.resource_type = "Parameter",
                                           .resource_id = "p",
                                           .tags = {{.key = "b", .value = "2"}, {.key = "a", .value = "3"}}});
  CHECK(listed() == "b=2 a=3 ");
  world.call(
      ssm::RemoveTagsFromResourceRequest{.resource_type = "Parameter", .resource_id = "p", .tag_keys = {"b", "x"}});
  CHECK(listed() == "a=3 ");
  CHECK(world.call(ec2::DescribeTagsRequest{}).tags.empty());
  CHECK(world.error_of(ssm::ListTagsForResourceRequest{.resource_type = "Parameter", .resource_id = "x"}) ==
        "InvalidResourceId");
  CHECK(world.error_of(ssm::ListTagsForResourceRequest{.resource_type = "Document", .resource_id = "p"}) ==
        "InvalidResourceType");
}
