// What belongs to instances beside their rows, loaded from fixtures and dumped into them.
#include "tests/handlers/fixture_world.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using namespace amity::tests;

namespace {

constexpr auto kProfileArn = "arn:aws:iam::111111111111:instance-profile/web";

// The state of a world in another one.
void carry(World& from, World& to) {
  const std::string text = dump(from);
  load(to, text);
  CHECK(dump(to) == text);
}

}  // namespace

TEST_CASE("Instance profiles of listed instances are associated", "[fixtures][instances]") {
  World world;
  const std::string image_id = *public_image(world, "al2023-ami-2023").image_id;
  load(world, R"({"Account": "111111111111", "Instances": [{"InstanceId": "i-00000001", "InstanceType": "t3.micro",
      "ImageId": ")" +
                  image_id + R"(", "LaunchTime": "2025-12-01T00:00:00Z",
      "IamInstanceProfile": {"Arn": "arn:aws:iam::111111111111:instance-profile/web", "Id": "AIPA1"}}]})");
  const auto associations = [](World& where) {
    return where.call(ec2::DescribeIamInstanceProfileAssociationsRequest{}).iam_instance_profile_associations;
  };
  const auto found = associations(world);
  REQUIRE(found.size() == 1);
  CHECK(found[0].instance_id == "i-00000001");
  CHECK(found[0].state == "associated");
  CHECK(found[0].iam_instance_profile->arn == kProfileArn);
  CHECK(found[0].timestamp == model::parse_iso8601("2025-12-01T00:00:00Z"));

  World other;
  carry(world, other);
  CHECK(associations(other).at(0).association_id == found[0].association_id);
  other.call(ec2::DisassociateIamInstanceProfileRequest{.association_id = *found[0].association_id});
  CHECK(associations(other).empty());
  CHECK_FALSE(describe(other, "i-00000001").iam_instance_profile);
}

TEST_CASE("What an account has set about its instances comes back from a dump", "[fixtures][instances]") {
  World world;
  const std::string burstable = launch(world);
  world.call(ec2::ModifyInstanceCreditSpecificationRequest{
      .instance_credit_specifications = {{.instance_id = burstable, .cpu_credits = "standard"}}});
  ec2::ModifyInstanceMetadataDefaultsRequest defaults;
  defaults.http_tokens = "required";
  defaults.http_put_response_hop_limit = 3;
  world.call(defaults);
  world.call(ec2::EnableSerialConsoleAccessRequest{});
  world.call(ec2::MonitorInstancesRequest{.instance_ids = {burstable}});
  ec2::ModifyInstanceAttributeRequest protection;
  protection.instance_id = burstable;
  protection.disable_api_termination = ec2::AttributeBooleanValue{.value = true};
  world.call(protection);
  describe(world, burstable);

  World other;
  carry(world, other);
  CHECK(other.call(ec2::DescribeInstanceCreditSpecificationsRequest{.instance_ids = {burstable}})
            .instance_credit_specifications.at(0)
            .cpu_credits == "standard");
  const auto kept = *other.call(ec2::GetInstanceMetadataDefaultsRequest{}).account_level;
  CHECK(kept.http_tokens == "required");
  CHECK(kept.http_put_response_hop_limit == 3);
  CHECK(other.call(ec2::GetSerialConsoleAccessStatusRequest{}).serial_console_access_enabled == true);
  CHECK(describe(other, burstable).monitoring->state == "enabled");
  CHECK(other.error_of(ec2::TerminateInstancesRequest{.instance_ids = {burstable}}) == "OperationNotPermitted");
  CHECK(describe(other, launch(other)).metadata_options->http_tokens == "required");
}

TEST_CASE("Placement groups are loaded and dumped, with those who are in them", "[fixtures][instances]") {
  World world;
  load(world, R"({"Account": "111111111111", "PlacementGroups": [
      {"GroupName": "rack", "GroupId": "pg-00000001", "Strategy": "partition", "PartitionCount": 3, "State": "available",
       "Tags": [{"Key": "Team", "Value": "x"}]}]})");
  const auto groups = [](World& where) { return where.call(ec2::DescribePlacementGroupsRequest{}).placement_groups; };
  REQUIRE(groups(world).size() == 1);
  CHECK(groups(world)[0].partition_count == 3);
  CHECK(groups(world)[0].tags.at(0).value == "x");
  auto request = launch_request(world);
  request.instance_type = "m5.large";
  request.placement = ec2::Placement{.group_name = "rack"};
  const std::string id = ids_of(world.call(request)).front();

  World other;
  carry(world, other);
  CHECK(groups(other).at(0).strategy == "partition");
  CHECK(describe(other, id).placement->group_name == "rack");
  CHECK(other.error_of(ec2::DeletePlacementGroupRequest{.group_name = "rack"}) == "InvalidPlacementGroup.InUse");
}

TEST_CASE("Spot requests are loaded and dumped, with their instances", "[fixtures][spot]") {
  World world;
  auto request = launch_request(world);
  request.instance_type = "m5.large";
  request.instance_market_options = {.market_type = "spot"};
  const std::string id = ids_of(world.call(request)).front();
  const std::string spot_id = *describe(world, id).spot_instance_request_id;

  World other;
  carry(world, other);
  const auto requests = [&] { return other.call(ec2::DescribeSpotInstanceRequestsRequest{}).spot_instance_requests; };
  REQUIRE(requests().size() == 1);
  CHECK(requests()[0].spot_instance_request_id == spot_id);
  CHECK(requests()[0].instance_id == id);
  CHECK(requests()[0].state == "active");
  other.call(ec2::TerminateInstancesRequest{.instance_ids = {id}});
  describe(other, id);
  CHECK(requests().at(0).state == "closed");
}

TEST_CASE("What happens to instances later is carried along", "[fixtures][instances]") {
  World world(handlers::realistic_profile());
  const std::string id = launch(world);
  World other(handlers::realistic_profile());
  carry(world, other);
  CHECK(describe(other, id).state->name == "pending");
  other.advance(std::chrono::minutes{5});
  CHECK(describe(other, id).state->name == "running");
}

TEST_CASE("What is wrong with groups and requests in fixtures is named", "[fixtures][placement-groups][spot]") {
  World world;
  const std::pair<std::string, std::string> cases[] = {
      {R"({"PlacementGroups": [{"Strategy": "spread"}]})", "PlacementGroups[0].GroupName is missing"},
      {R"({"PlacementGroups": [{"GroupName": "a", "Strategy": "near"}]})", "PlacementGroups[0].Strategy"},
      {R"({"PlacementGroups": [{"GroupName": "a", "GroupId": "i-1"}]})", "PlacementGroups[0].GroupId"},
      {R"({"SpotInstanceRequests": [{"State": "open"}]})", "SpotInstanceRequests[0].SpotInstanceRequestId"},
      {R"({"SpotInstanceRequests": [{"SpotInstanceRequestId": "sir-01234567", "State": "shut"}]})",
       "SpotInstanceRequests[0].State"},
      {R"({"SpotInstanceRequests": [{"SpotInstanceRequestId": "sir-01234567", "InstanceId": "vol-1"}]})",
       "SpotInstanceRequests[0].InstanceId"},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK(refusal(world, text).find(expected) != std::string::npos);
  }
}
