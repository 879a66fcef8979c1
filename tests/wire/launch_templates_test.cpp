#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

using namespace amity::tests;

namespace {

WireAnswer ssm(WireWorld& world, const std::string& operation, const std::string& body) {
  return world.send("POST", "/",
                    {{"Host", "127.0.0.1:4566"},
                     {"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Target", "AmazonSSM." + operation},
                     {"Authorization",
                      "AWS4-HMAC-SHA256 Credential=111111111111/20260102/us-east-1/ssm/aws4_request, "
                      "SignedHeaders=host;x-amz-date, Signature=" +
                          std::string(64, '0')}},
                    body);
}

bool contains(const WireAnswer& answer, const std::string& text) { return answer.body.find(text) != std::string::npos; }

}  // namespace

TEST_CASE("A template whose image is a parameter launches what the parameter says", "[launch-templates][ssm]") {
  WireWorld world;
  const std::string name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
  const auto parameter = ssm(world, "GetParameter", "{\"Name\":\"" + name + "\"}");
  INFO(parameter.body);
  REQUIRE(parameter.status == 200);
  CHECK(contains(parameter, "\"DataType\":\"aws:ec2:image\""));

  const auto made =
      world.ec2("CreateLaunchTemplate", {{"LaunchTemplateName", "golden"},
                                         {"LaunchTemplateData.ImageId", "resolve:ssm:" + name},
                                         {"LaunchTemplateData.InstanceType", "t3.micro"},
                                         {"LaunchTemplateData.BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                         {"LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeSize", "5"},
                                         {"LaunchTemplateData.TagSpecification.1.ResourceType", "instance"},
                                         {"LaunchTemplateData.TagSpecification.1.Tag.1.Key", "Stage"},
                                         {"LaunchTemplateData.TagSpecification.1.Tag.1.Value", "test"}});
  INFO(made.body);
  REQUIRE(made.status == 200);
  const std::string id = made.text("CreateLaunchTemplateResponse/launchTemplate/launchTemplateId");
  const auto versions = world.ec2("DescribeLaunchTemplateVersions", {{"LaunchTemplateId", id}});
  CHECK(versions.texts("//launchTemplateData/blockDeviceMappingSet/item/ebs/volumeSize") ==
        std::vector<std::string>{"5"});
  CHECK(versions.texts("//defaultVersion") == std::vector<std::string>{"true"});

  const auto run = world.ec2("RunInstances", {{"LaunchTemplate.LaunchTemplateName", "golden"},
                                              {"LaunchTemplate.Version", "$Latest"},
                                              {"MinCount", "1"},
                                              {"MaxCount", "1"}});
  INFO(run.body);
  REQUIRE(run.status == 200);
  CHECK(contains(parameter, run.text("RunInstancesResponse/instancesSet/item/imageId")));
  CHECK(run.texts("//tagSet/item/key") ==
        std::vector<std::string>{"Stage", "aws:ec2launchtemplate:id", "aws:ec2launchtemplate:version"});
  CHECK(world.ec2("CreateLaunchTemplate", {{"LaunchTemplateName", "empty"}}).error_code() == "MissingParameter");
  for (const char* bad : {"no", "two words"})
    CHECK(world.ec2("CreateLaunchTemplate", {{"LaunchTemplateName", bad}, {"LaunchTemplateData.KeyName", "k"}})
              .error_code() == "InvalidLaunchTemplateName.MalformedException");
}

TEST_CASE("Systems Manager speaks JSON, with errors of its own", "[ssm]") {
  WireWorld world;
  CHECK(contains(ssm(world, "PutParameter", R"({"Name":"/a","Value":"1","Type":"String"})"), "\"Version\":1"));
  CHECK(contains(ssm(world, "GetParametersByPath", R"({"Path":"/"})"), "\"Value\":\"1\""));
  const auto missing = ssm(world, "GetParameter", R"({"Name":"/b"})");
  CHECK(missing.status == 400);
  CHECK(contains(missing, "\"__type\":\"ParameterNotFound\""));
  CHECK(contains(ssm(world, "GetParameters", R"({"Names":[]})"), "ValidationException"));
  CHECK(contains(ssm(world, "GetParametersByPath", R"({"Path":"/","MaxResults":11})"), "ValidationException"));
}
