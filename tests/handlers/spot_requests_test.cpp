#include "tests/handlers/documented_filters.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <set>

namespace amity::tests {
namespace {

using namespace std::chrono_literals;
using Describe = ec2::DescribeSpotInstanceRequestsRequest;
using Prices = ec2::DescribeSpotPriceHistoryRequest;

std::vector<ec2::SpotInstanceRequest> requests(World& world, const Describe& request = {}) {
  return world.call(request).spot_instance_requests;
}

ec2::SpotInstanceRequest request_of(World& world, const std::string& id) {
  return requests(world, {.spot_instance_request_ids = {id}}).at(0);
}

ec2::RunInstancesRequest spot_launch(World& world) {
  auto request = launch_request(world);
  request.instance_type = "m5.large";
  request.instance_market_options = {.market_type = "spot"};
  return request;
}

ec2::RequestSpotInstancesRequest ask(World& world) {
  ec2::RequestSpotInstancesRequest request;
  request.launch_specification = {.image_id = launch_request(world).image_id, .instance_type = "m5.large"};
  return request;
}

std::string ask_for_one(World& world, const ec2::RequestSpotInstancesRequest& request) {
  return *world.call(request).spot_instance_requests.at(0).spot_instance_request_id;
}

TEST_CASE("RunInstances launches Spot Instances, each with its request", "[spot][RunInstances]") {
  World world;
  auto request = spot_launch(world);
  request.max_count = 2;
  request.tag_specifications = {{.resource_type = "spot-instances-request", .tags = {{.key = "a", .value = "b"}}}};
  const auto launched = world.call(request).instances;
  REQUIRE(launched.size() == 2);
  CHECK(launched[0].instance_lifecycle == "spot");
  CHECK(launched[0].spot_instance_request_id != launched[1].spot_instance_request_id);
  const auto made = request_of(world, *launched[0].spot_instance_request_id);
  CHECK(made.spot_instance_request_id->starts_with("sir-"));
  CHECK(made.instance_id == launched[0].instance_id);
  CHECK(made.state == "active");
  CHECK(made.status->code == "fulfilled");
  CHECK(made.type == "one-time");
  CHECK(made.launch_specification->instance_type == "m5.large");
  CHECK(made.launched_availability_zone == launched[0].placement->availability_zone);
  CHECK(made.tags.size() == 1);
  CHECK(requests(world, {.filters = {{.name = "instance-id", .values = {*launched[1].instance_id}}}}).size() == 1);
  CHECK(requests(world, {.filters = {{.name = "tag:a", .values = {"b"}}}}).size() == 2);
  check_documented_filters<Describe>(world);

  SECTION("a one-time request keeps its instance from being stopped, and ends with it") {
    const std::string id = *launched[0].instance_id;
    CHECK(world.error_of(ec2::StopInstancesRequest{.instance_ids = {id}}) == "UnsupportedOperation");
    world.call(ec2::TerminateInstancesRequest{.instance_ids = {id}});
    CHECK(request_of(world, *made.spot_instance_request_id).state == "closed");
    CHECK(request_of(world, *made.spot_instance_request_id).status->code == "instance-terminated-by-user");
    world.advance(48h);
    CHECK(world.error_of(Describe{.spot_instance_request_ids = {*made.spot_instance_request_id}}) ==
          "InvalidSpotInstanceRequestID.NotFound");
  }
  SECTION("a canceled request leaves its instance running") {
    const auto answer = world.call(
        ec2::CancelSpotInstanceRequestsRequest{.spot_instance_request_ids = {*made.spot_instance_request_id}});
    CHECK(answer.cancelled_spot_instance_requests.at(0).state == "cancelled");
    CHECK(request_of(world, *made.spot_instance_request_id).status->code == "request-canceled-and-instance-running");
    CHECK(state_of(world, *launched[0].instance_id) == "running");
  }
}

TEST_CASE("The instance of a persistent request stops, starts and is replaced", "[spot][RunInstances]") {
  World world;
  auto request = spot_launch(world);
  request.instance_market_options->spot_options = {.spot_instance_type = "persistent",
                                                   .instance_interruption_behavior = "stop"};
  const auto instance = world.call(request).instances.at(0);
  const std::string id = *instance.spot_instance_request_id;
  stop(world, *instance.instance_id);
  CHECK(request_of(world, id).state == "disabled");
  CHECK(request_of(world, id).status->code == "instance-stopped-by-user");
  CHECK(world.error_of(ec2::ModifyInstanceAttributeRequest{.instance_id = *instance.instance_id,
                                                           .instance_type = {{.value = "m5.xlarge"}}}) ==
        "UnsupportedOperation");
  world.call(ec2::StartInstancesRequest{.instance_ids = {*instance.instance_id}});
  CHECK(request_of(world, id).state == "active");
  world.call(ec2::TerminateInstancesRequest{.instance_ids = {*instance.instance_id}});
  CHECK(request_of(world, id).state == "active");
  CHECK(request_of(world, id).instance_id != instance.instance_id);
}

TEST_CASE("A Spot launch is refused", "[spot][RunInstances]") {
  World world;
  const auto refusal = [&](const ec2::SpotMarketOptions& options) {
    auto request = spot_launch(world);
    request.instance_market_options->spot_options = options;
    return world.error_of(request);
  };
  CHECK(refusal({.max_price = "0.0011"}) == "SpotMaxPriceTooLow");
  CHECK(refusal({.max_price = "cheap"}) == "InvalidParameterValue");
  CHECK(refusal({.max_price = "5"}).empty());
  CHECK(refusal({.spot_instance_type = "persistent"}) == "InvalidParameterCombination");
  CHECK(refusal({.instance_interruption_behavior = "stop"}) == "InvalidParameterCombination");
  CHECK(refusal({.valid_until = world.now() + 1h}) == "InvalidParameterCombination");
  CHECK(refusal({.block_duration_minutes = 60}) == "UnsupportedOperation");
  auto request = spot_launch(world);
  request.instance_market_options->market_type = "capacity-block";
  CHECK(world.error_of(request) == "ReservationCapacityExceeded");
  request = spot_launch(world);
  request.instance_type = "mac2.metal";
  CHECK_FALSE(world.error_of(request).empty());
  CHECK(requests(world).size() == 1);
}

TEST_CASE("RequestSpotInstances answers at once and is fulfilled", "[spot][RequestSpotInstances]") {
  World world;
  auto request = ask(world);
  request.instance_count = 2;
  request.spot_price = "1.5";
  const auto answered = world.call(request).spot_instance_requests;
  REQUIRE(answered.size() == 2);
  CHECK(answered[0].state == "open");
  CHECK(answered[0].status->code == "pending-evaluation");
  CHECK(answered[0].spot_price == "1.500000");
  CHECK_FALSE(answered[0].instance_id);
  const auto fulfilled = request_of(world, *answered[0].spot_instance_request_id);
  CHECK(fulfilled.state == "active");
  CHECK(describe(world, *fulfilled.instance_id).spot_instance_request_id == fulfilled.spot_instance_request_id);
  CHECK(describe(world, *fulfilled.instance_id).instance_lifecycle == "spot");
}

TEST_CASE("A Spot request waits for its price and its time", "[spot][RequestSpotInstances]") {
  World world;
  auto request = ask(world);
  SECTION("too low a price keeps it open until it expires") {
    request.spot_price = "0.0011";
    request.valid_until = world.now() + 72h;
    const std::string id = ask_for_one(world, request);
    CHECK(request_of(world, id).status->code == "price-too-low");
    world.advance(71h);
    CHECK(request_of(world, id).state == "open");
    world.advance(1h);
    CHECK(request_of(world, id).state == "closed");
    CHECK(request_of(world, id).status->code == "schedule-expired");
  }
  SECTION("its start date") {
    request.valid_from = world.now() + 10h;
    const std::string id = ask_for_one(world, request);
    CHECK(request_of(world, id).status->code == "not-scheduled-yet");
    world.advance(10h);
    CHECK(request_of(world, id).state == "active");
  }
  SECTION("it fails when it cannot be launched then") {
    request.valid_from = world.now() + 10h;
    request.launch_specification->key_name = "gone";
    const std::string id = ask_for_one(world, request);
    world.advance(10h);
    CHECK(request_of(world, id).state == "failed");
    CHECK(request_of(world, id).fault->code == "InvalidKeyPair.NotFound");
    CHECK(world.call(ec2::DescribeInstancesRequest{}).reservations.empty());
  }
  SECTION("canceled before it was fulfilled") {
    request.valid_from = world.now() + 10h;
    const std::string id = ask_for_one(world, request);
    world.call(ec2::CancelSpotInstanceRequestsRequest{.spot_instance_request_ids = {id}});
    CHECK(request_of(world, id).status->code == "canceled-before-fulfillment");
    world.advance(11h);
    CHECK(request_of(world, id).state == "cancelled");
  }
}

TEST_CASE("Operations on Spot requests refuse", "[spot][RequestSpotInstances]") {
  World world;
  CHECK(world.error_of(ec2::RequestSpotInstancesRequest{}) == "MissingParameter");
  auto request = ask(world);
  request.instance_count = 0;
  CHECK(world.error_of(request) == "InvalidParameterValue");
  request = ask(world);
  request.instance_interruption_behavior = "stop";
  CHECK(world.error_of(request) == "InvalidParameterCombination");
  request = ask(world);
  request.valid_until = world.now();
  CHECK(world.error_of(request) == "InvalidParameterValue");
  request = ask(world);
  request.launch_specification->image_id = "ami-00000000000000000";
  CHECK(world.error_of(request) == "InvalidAMIID.NotFound");
  CHECK(requests(world).empty());
  CHECK(world.error_of(ec2::CancelSpotInstanceRequestsRequest{.spot_instance_request_ids = {"sir-00000000"}}) ==
        "InvalidSpotInstanceRequestID.NotFound");
  CHECK(world.error_of(Describe{.spot_instance_request_ids = {"x"}}) == "InvalidSpotInstanceRequestID.Malformed");
}

TEST_CASE("Spot prices have a history", "[spot][DescribeSpotPriceHistory]") {
  World world;
  const auto prices = [&](const Prices& request) { return world.call(request).spot_price_history; };
  const auto now = prices(
      {.start_time = world.now(), .instance_types = {"m5.large"}, .product_descriptions = {"Linux/UNIX (Amazon VPC)"}});
  REQUIRE(now.size() >= 2);  // one a zone
  std::set<std::string> zones;
  for (const auto& price : now) {
    zones.insert(*price.availability_zone);
    CHECK(price.product_description == "Linux/UNIX");
    CHECK(price.timestamp <= world.now());
    CHECK(std::stod(*price.spot_price) > 0.02);
    CHECK(std::stod(*price.spot_price) < 0.06);
  }
  CHECK(zones.size() == now.size());

  const Prices one_zone{
      .instance_types = {"m5.large"}, .product_descriptions = {"Linux/UNIX"}, .availability_zone = "us-east-1a"};
  const auto history = prices(one_zone);
  CHECK(history.size() >= 90);
  CHECK(std::ranges::is_sorted(history, std::ranges::greater(), &ec2::SpotPrice::timestamp));
  CHECK(prices({.instance_types = {"m5.large"},
                .filters = {{.name = "availability-zone", .values = {"us-east-1a"}},
                            {.name = "product-description", .values = {"Windows"}},
                            {.name = "spot-price", .values = {"0.1*"}}}})
            .size() > 80);
  auto paged = one_zone;
  paged.max_results = 50;
  const auto first = world.call(paged);
  CHECK(first.spot_price_history.size() == 50);
  paged.next_token = first.next_token;
  const auto last = world.call(paged);
  CHECK(last.spot_price_history.size() == history.size() - 50);
  CHECK(last.next_token == "");
  check_documented_filters<Prices>(world);
  CHECK(world.error_of(Prices{.availability_zone_id = "use1-az1", .availability_zone = "us-east-1a"}) ==
        "InvalidParameterCombination");
  CHECK(world.error_of(Prices{.start_time = world.now(), .end_time = world.now() - 1h}) == "InvalidParameterValue");
}

}  // namespace
}  // namespace amity::tests
