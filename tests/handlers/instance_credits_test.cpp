#include "tests/handlers/documented_filters.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

namespace amity::tests {
namespace {

using Describe = ec2::DescribeInstanceCreditSpecificationsRequest;
using Modify = ec2::ModifyInstanceCreditSpecificationRequest;

std::string launch_type(World& world, const std::string& type) {
  auto request = launch_request(world);
  request.instance_type = type;
  return ids_of(world.call(request)).front();
}

TEST_CASE("Credit options of burstable instances change", "[instances][ModifyInstanceCreditSpecification]") {
  World world;
  const std::string t3 = launch_type(world, "t3.micro");
  const std::string t2 = launch_type(world, "t2.micro");
  const std::string m5 = launch_type(world, "m5.large");
  const auto all = [&] { return world.call(Describe{}).instance_credit_specifications; };
  REQUIRE(all().size() == 1);
  CHECK(all()[0].instance_id == t3);
  CHECK(all()[0].cpu_credits == "unlimited");
  CHECK(world.call(Describe{.instance_ids = {t2}}).instance_credit_specifications.at(0).cpu_credits == "standard");
  CHECK(world.error_of(Describe{.instance_ids = {t2, m5}}) == "InstanceCreditSpecification.NotSupported");

  const auto result = world.call(Modify{.instance_credit_specifications = {
                                            {.instance_id = t2, .cpu_credits = "unlimited"},
                                            {.instance_id = m5, .cpu_credits = "unlimited"},
                                            {.instance_id = "i-1", .cpu_credits = "unlimited"},
                                            {.instance_id = "i-00000000000000000", .cpu_credits = "standard"},
                                        }});
  REQUIRE(result.successful_instance_credit_specifications.size() == 1);
  CHECK(result.successful_instance_credit_specifications[0].instance_id == t2);
  const auto& failed = result.unsuccessful_instance_credit_specifications;
  REQUIRE(failed.size() == 3);
  CHECK(failed[0].instance_id == m5);
  CHECK(failed[0].error->code == "InstanceCreditSpecification.NotSupported");
  CHECK(failed[1].error->code == "InvalidInstanceID.Malformed");
  CHECK(failed[2].error->code == "InvalidInstanceID.NotFound");
  CHECK(all().size() == 2);
  CHECK(world.call(Describe{.filters = {{.name = "instance-id", .values = {t2}}}})
            .instance_credit_specifications.size() == 1);
  check_documented_filters<Describe>(world);
}

TEST_CASE("Operations on credit options refuse", "[instances][ModifyInstanceCreditSpecification]") {
  World world;
  const std::string id = launch(world);
  CHECK(world.error_of(Modify{.instance_credit_specifications = {{.instance_id = id}}}) == "MissingParameter");
  CHECK(world.error_of(Modify{.instance_credit_specifications = {{.instance_id = id, .cpu_credits = "free"}}}) ==
        "InvalidParameterValue");
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {id}});
  CHECK(world.call(Modify{.instance_credit_specifications = {{.instance_id = id, .cpu_credits = "standard"}}})
            .unsuccessful_instance_credit_specifications.at(0)
            .error->code == "IncorrectInstanceState");
  CHECK(world.error_of(Describe{.instance_ids = {id}, .max_results = 5}) == "InvalidParameterCombination");
  CHECK(world.error_of(Describe{.instance_ids = {"i-00000000000000000"}}) == "InvalidInstanceID.NotFound");
}

}  // namespace
}  // namespace amity::tests
