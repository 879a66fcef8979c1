#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

using namespace amity::tests;

namespace {

std::string newest_image(WireWorld& world, const std::string& name) {
  const auto answer = world.ec2("DescribeImages", {{"Owner.1", "amazon"},
                                                   {"Filter.1.Name", "name"},
                                                   {"Filter.1.Value.1", name},
                                                   {"Filter.2.Name", "architecture"},
                                                   {"Filter.2.Value.1", "x86_64"}});
  const auto ids = answer.texts("//imagesSet/item/imageId");
  REQUIRE(!ids.empty());
  return ids.back();
}

std::string launch(WireWorld& world, const std::string& image, const Parameters& more = {}) {
  Parameters parameters = {{"ImageId", image}, {"InstanceType", "m5.large"}, {"MinCount", "1"}, {"MaxCount", "1"}};
  parameters.insert(parameters.end(), more.begin(), more.end());
  const auto answer = world.ec2("RunInstances", parameters);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return answer.text("RunInstancesResponse/instancesSet/item/instanceId");
}

std::string of_instance(WireWorld& world, const std::string& id, const std::string& path) {
  return world.ec2("DescribeInstances", {{"InstanceId.1", id}})
      .text("DescribeInstancesResponse/reservationSet/item/instancesSet/item/" + path);
}

}  // namespace

TEST_CASE("An instance is placed, monitored, given a profile and told how to serve metadata",
          "[instances][placement-groups]") {
  WireWorld world;
  const auto group = world.ec2("CreatePlacementGroup", {{"GroupName", "near"}, {"Strategy", "cluster"}});
  CHECK(group.text("CreatePlacementGroupResponse/placementGroup/state") == "available");
  const std::string id = launch(world, newest_image(world, "al2023-ami-2023*-x86_64"),
                                {{"Placement.GroupName", "near"}, {"IamInstanceProfile.Name", "reader"}});
  CHECK(of_instance(world, id, "placement/groupName") == "near");
  CHECK(world.ec2("DeletePlacementGroup", {{"GroupName", "near"}}).error_code() == "InvalidPlacementGroup.InUse");

  CHECK(world.ec2("MonitorInstances", {{"InstanceId.1", id}})
            .text("MonitorInstancesResponse/instancesSet/item/monitoring/state") == "pending");
  CHECK(of_instance(world, id, "monitoring/state") == "enabled");

  const std::string association =
      world.ec2("DescribeIamInstanceProfileAssociations", {{"Filter.1.Name", "instance-id"}, {"Filter.1.Value.1", id}})
          .text("DescribeIamInstanceProfileAssociationsResponse/iamInstanceProfileAssociationSet/item/associationId");
  CHECK(world
            .ec2("ReplaceIamInstanceProfileAssociation",
                 {{"AssociationId", association}, {"IamInstanceProfile.Name", "writer"}})
            .text("ReplaceIamInstanceProfileAssociationResponse/iamInstanceProfileAssociation/state") == "associating");
  CHECK(of_instance(world, id, "iamInstanceProfile/arn").ends_with("/writer"));

  CHECK(world.ec2("ModifyInstanceMetadataOptions", {{"InstanceId", id}, {"HttpTokens", "required"}, {"DryRun", "true"}})
            .error_code() == "DryRunOperation");
  CHECK(world.ec2("ModifyInstanceMetadataOptions", {{"InstanceId", id}, {"HttpTokens", "maybe"}}).error_code() ==
        "InvalidParameterValue");
  CHECK(world.ec2("ModifyInstanceMetadataOptions", {{"InstanceId", id}, {"HttpPutResponseHopLimit", "4"}})
            .text("ModifyInstanceMetadataOptionsResponse/instanceMetadataOptions/httpPutResponseHopLimit") == "4");
}

TEST_CASE("The password of a Windows instance comes empty, then encrypted", "[windows][GetPasswordData]") {
  WireWorld world(amity::handlers::realistic_profile());
  CHECK(world.ec2("CreateKeyPair", {{"KeyName", "key"}}).status == 200);
  const std::string id =
      launch(world, newest_image(world, "Windows_Server-2022-English-Full-Base-*"), {{"KeyName", "key"}});
  const auto password = [&] { return world.ec2("GetPasswordData", {{"InstanceId", id}}); };
  CHECK(password().names_in("GetPasswordDataResponse") ==
        std::vector<std::string>{"requestId", "instanceId", "timestamp", "passwordData"});
  CHECK(password().text("GetPasswordDataResponse/passwordData").empty());
  world.advance(std::chrono::minutes(5));
  CHECK(password().text("GetPasswordDataResponse/passwordData").size() == 344);
}
