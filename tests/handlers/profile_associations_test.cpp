#include "tests/handlers/documented_filters.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace amity::tests {
namespace {

using namespace std::chrono_literals;
using Describe = ec2::DescribeIamInstanceProfileAssociationsRequest;
using Association = ec2::IamInstanceProfileAssociation;

std::vector<Association> associations(World& world, const Describe& request = {}) {
  return world.call(request).iam_instance_profile_associations;
}

Association associate(World& world, const std::string& id, const std::string& name) {
  return *world.call(ec2::AssociateIamInstanceProfileRequest{.iam_instance_profile = {.name = name}, .instance_id = id})
              .iam_instance_profile_association;
}

TEST_CASE("An instance gets, changes and loses its profile", "[instances][AssociateIamInstanceProfile]") {
  World world(handlers::realistic_profile());
  const std::string id = launch(world);
  world.advance(1min);
  const Association first = associate(world, id, "reader");
  CHECK(first.association_id->starts_with("iip-assoc-"));
  CHECK(first.instance_id == id);
  CHECK(first.state == "associating");
  CHECK(first.timestamp == world.now());
  CHECK(first.iam_instance_profile->arn == "arn:aws:iam::111111111111:instance-profile/reader");
  CHECK(describe(world, id).iam_instance_profile->arn == first.iam_instance_profile->arn);
  world.advance(5s);
  CHECK(associations(world).at(0).state == "associated");

  const Association second =
      *world
           .call(ec2::ReplaceIamInstanceProfileAssociationRequest{.iam_instance_profile = {.name = "writer"},
                                                                  .association_id = *first.association_id})
           .iam_instance_profile_association;
  CHECK(second.association_id != first.association_id);
  CHECK(second.state == "associating");
  CHECK(describe(world, id).iam_instance_profile->arn == "arn:aws:iam::111111111111:instance-profile/writer");
  CHECK(world.error_of(Describe{.association_ids = {*first.association_id}}) == "InvalidAssociationID.NotFound");

  const auto gone = *world.call(ec2::DisassociateIamInstanceProfileRequest{.association_id = *second.association_id})
                         .iam_instance_profile_association;
  CHECK(gone.state == "disassociating");
  CHECK(associations(world).at(0).state == "disassociating");
  world.advance(5s);
  CHECK(associations(world).empty());
  CHECK_FALSE(describe(world, id).iam_instance_profile);
}

TEST_CASE("A launch with a profile makes an association that ends with the instance",
          "[instances][DescribeIamInstanceProfileAssociations]") {
  World world;
  auto request = launch_request(world, 2);
  request.iam_instance_profile = {.name = "reader"};
  const auto ids = ids_of(world.call(request));
  const auto found = associations(world);
  REQUIRE(found.size() == 2);
  CHECK(found[0].association_id != found[1].association_id);
  CHECK(found[0].state == "associated");
  CHECK(associations(world, {.association_ids = {*found[1].association_id}}).at(0).instance_id == ids[1]);
  CHECK(associations(world, {.filters = {{.name = "instance-id", .values = {ids[0]}}}}).size() == 1);
  CHECK(associations(world, {.filters = {{.name = "state", .values = {"associating"}}}}).empty());
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {ids[0]}});
  CHECK(associations(world).size() == 1);
  check_documented_filters<Describe>(world);
}

TEST_CASE("Profile associations come in pages", "[instances][DescribeIamInstanceProfileAssociations]") {
  World world;
  auto request = launch_request(world, 7);
  request.iam_instance_profile = {.name = "reader"};
  world.call(request);
  const auto first = world.call(Describe{.max_results = 5});
  CHECK(first.iam_instance_profile_associations.size() == 5);
  const auto last = world.call(Describe{.max_results = 5, .next_token = first.next_token});
  CHECK(last.iam_instance_profile_associations.size() == 2);
  CHECK_FALSE(last.next_token);
}

TEST_CASE("Operations on profile associations refuse", "[instances][AssociateIamInstanceProfile]") {
  World world;
  const std::string id = launch(world);
  const auto refusal = [&](const std::string& instance, const ec2::IamInstanceProfileSpecification& profile) {
    return world.error_of(
        ec2::AssociateIamInstanceProfileRequest{.iam_instance_profile = profile, .instance_id = instance});
  };
  CHECK(refusal("i-00000000000000000", {.name = "reader"}) == "InvalidInstanceID.NotFound");
  CHECK(refusal(id, {}) == "MissingParameter");
  CHECK(refusal(id, {.arn = "x"}) == "InvalidIamInstanceProfileArn.Malformed");
  CHECK(refusal(id, {.name = "no such name!"}) == "InvalidParameterValue");
  const std::string association = *associate(world, id, "reader").association_id;
  CHECK(refusal(id, {.name = "writer"}) == "IncorrectState");

  const auto replace = [&](const std::string& association_id) {
    return world.error_of(ec2::ReplaceIamInstanceProfileAssociationRequest{.iam_instance_profile = {.name = "writer"},
                                                                           .association_id = association_id});
  };
  CHECK(replace("iip-assoc-1") == "InvalidAssociationID.Malformed");
  CHECK(replace("iip-assoc-00000000000000000") == "InvalidAssociationID.NotFound");
  stop(world, id);
  CHECK(replace(association) == "IncorrectState");
  world.as(kOtherAccount);
  CHECK(world.error_of(ec2::DisassociateIamInstanceProfileRequest{.association_id = association}) ==
        "InvalidAssociationID.NotFound");
  CHECK(associations(world).empty());
}

}  // namespace
}  // namespace amity::tests
