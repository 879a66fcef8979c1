#include "handlers/products.hpp"
#include "model/ce.hpp"
#include "model/json.hpp"
#include "model/pricing.hpp"
#include "storage/meter_history.hpp"
#include "storage/prices.hpp"
#include "tests/handlers/ebs_builder.hpp"
#include "tests/handlers/instance_builder.hpp"
#include "tests/handlers/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace amity;
using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

// The world's clock starts on 2026-01-02T03:04:05Z.
ce::GetCostAndUsageRequest usage_request(std::string start = "2026-01-01", std::string end = "2026-02-01") {
  return {.time_period = {.start = std::move(start), .end = std::move(end)},
          .granularity = "MONTHLY",
          .metrics = {"UnblendedCost", "UsageQuantity"}};
}

ce::GetCostAndUsageRequest grouped_by(std::string key, std::string type = "DIMENSION") {
  auto request = usage_request();
  request.group_by = {{.type = std::move(type), .key = std::move(key)}};
  return request;
}

std::string amount(const model::Map<ce::MetricValue>& metrics, std::string_view name) {
  const auto found = std::ranges::find(metrics, name, [](const auto& entry) { return entry.first; });
  return found == metrics.end() ? "" : found->second.amount.value_or("");
}

std::int64_t price(std::string_view text) { return storage::parse_price(text).value(); }

std::vector<std::string> keys(const ce::ResultByTime& result) {
  std::vector<std::string> keys;
  for (const ce::Group& group : result.groups) keys.push_back(group.keys.front());
  return keys;
}

ce::Expression dimension(std::string key, std::vector<std::string> values, std::vector<std::string> options = {}) {
  return {.dimensions = ce::DimensionValues{
              .key = std::move(key), .values = std::move(values), .match_options = std::move(options)}};
}

}  // namespace

TEST_CASE("A volume of a whole day costs a day of its month", "[billing][GetCostAndUsage]") {
  World world;
  make_volume(world, {.size = 31, .volume_type = "gp3"});
  world.advance(24h);
  const auto result = world.call(usage_request()).results_by_time;
  REQUIRE(result.size() == 1);
  CHECK(amount(result[0].total, "UsageQuantity") == "1");
  CHECK(amount(result[0].total, "UnblendedCost") == "0.08");
  CHECK(result[0].estimated == true);
  CHECK(result[0].groups.empty());
}

TEST_CASE("Days add up to their month, groups to their total", "[billing][GetCostAndUsage]") {
  World world;
  make_volume(world, {.iops = 3100, .size = 7, .volume_type = "gp3"});
  launch(world);
  world.advance(53h);
  auto request = grouped_by("USAGE_TYPE");
  request.granularity = "DAILY";
  std::int64_t sum = 0;
  for (const auto& day : world.call(request).results_by_time)
    for (const auto& group : day.groups) sum += price(amount(group.metrics, "UnblendedCost"));
  CHECK(sum == price(amount(world.call(usage_request()).results_by_time[0].total, "UnblendedCost")));
}

TEST_CASE("Groups are named as AWS names them", "[billing][GetCostAndUsage]") {
  World world;
  const std::string volume = make_volume(world, {.size = 1, .volume_type = "gp3"});
  world.call(ec2::CreateTagsRequest{.resources = {volume}, .tags = {{.key = "team", .value = "red"}}});
  launch(world);
  world.advance(1h);
  const auto groups = [&](std::string key, std::string type = "DIMENSION") {
    return keys(world.call(grouped_by(std::move(key), std::move(type))).results_by_time.at(0));
  };
  CHECK(groups("SERVICE") == std::vector<std::string>{"Amazon Elastic Compute Cloud - Compute",
                                                      "Amazon Virtual Private Cloud", "EC2 - Other"});
  CHECK(groups("INSTANCE_TYPE") == std::vector<std::string>{"NoInstanceType", "t3.micro"});
  CHECK(groups("team", "TAG") == std::vector<std::string>{"team$", "team$red"});
  CHECK(groups("REGION") == std::vector<std::string>{"us-east-1"});
  SECTION("also after the resource has gone") {
    world.call(ec2::DeleteVolumeRequest{.volume_id = volume});
    CHECK(groups("team", "TAG") == std::vector<std::string>{"team$", "team$red"});
  }
}

TEST_CASE("Usage types carry their Region's prefix", "[billing][GetCostAndUsage]") {
  World world;
  world.in("eu-west-1");
  make_volume(world, {.availability_zone = "eu-west-1a", .size = 1, .volume_type = "gp2"});
  world.advance(1h);
  CHECK(keys(world.call(grouped_by("USAGE_TYPE")).results_by_time[0]) ==
        std::vector<std::string>{"EU-EBS:VolumeUsage.gp2"});
}

TEST_CASE("Accounts see their own usage only", "[billing][GetCostAndUsage]") {
  World world;
  make_volume(world);
  world.advance(1h);
  world.as(kOtherAccount);
  CHECK(amount(world.call(usage_request()).results_by_time[0].total, "UnblendedCost") == "0");
}

TEST_CASE("Filters are trees", "[billing][GetCostAndUsage]") {
  World world;
  make_volume(world, {.size = 1, .volume_type = "gp3"});
  make_volume(world, {.size = 125, .volume_type = "st1"});
  world.advance(1h);
  const auto filtered = [&](ce::Expression filter) {
    auto request = grouped_by("USAGE_TYPE");
    request.filter = std::move(filter);
    return keys(world.call(request).results_by_time[0]);
  };
  const auto gp3 = dimension("USAGE_TYPE", {"EBS:VolumeUsage.gp3"});
  const std::vector<std::string> only_gp3{"EBS:VolumeUsage.gp3"}, only_st1{"EBS:VolumeUsage.st1"};
  CHECK(filtered(gp3) == only_gp3);
  CHECK(filtered({.not_value = {gp3}}) == only_st1);
  CHECK(filtered({.and_value = {gp3, dimension("REGION", {"us-east-1"})}}) == only_gp3);
  CHECK(filtered({.and_value = {gp3, dimension("REGION", {"us-west-2"})}}).empty());
  CHECK(filtered({.or_value = {gp3, dimension("REGION", {"us-west-2"})}}) == only_gp3);
  CHECK(filtered(dimension("USAGE_TYPE", {"GP3"}, {"CONTAINS", "CASE_INSENSITIVE"})) == only_gp3);
  CHECK(filtered(dimension("USAGE_TYPE", {".st1"}, {"ENDS_WITH"})) == only_st1);
  CHECK(filtered(dimension("INSTANCE_TYPE", {}, {"ABSENT"})).size() == 2);
  CHECK(filtered({.tags = ce::TagValues{.key = "team", .values = {"red"}}}).empty());
}

TEST_CASE("Cost Explorer refuses what it cannot show", "[billing][GetCostAndUsage]") {
  World world;
  const auto changed = [](auto change) {
    auto request = usage_request();
    change(request);
    return request;
  };
  const std::vector<ce::GetCostAndUsageRequest> bad{
      usage_request("2026-02-01", "2026-01-01"),
      usage_request("2026-01-01", "2026-01-01"),
      usage_request("yesterday", "2026-01-01"),
      usage_request("2026-01-40", "2026-02-01"),
      usage_request("2026-01-01T00:00:00Z", "2026-02-01"),
      usage_request("2026-01-01", "2026-03-01"),
      usage_request("2020-01-01", "2020-02-01"),
      grouped_by("COLOUR"),
      grouped_by("RESOURCE_ID"),
      changed([](auto& request) { request.metrics = {"Price"}; }),
      changed([](auto& request) { request.metrics.clear(); }),
      changed([](auto& request) {
        request.group_by = {{.key = "AZ"}, {.key = "AZ"}};
      }),
      changed([](auto& request) {
        request.group_by = {{.key = "AZ"}, {.key = "SERVICE"}, {.key = "REGION"}};
      }),
      changed([](auto& request) { request.filter = ce::Expression{}; }),
      changed([](auto& request) { request.filter = ce::Expression{.and_value = {dimension("AZ", {"a"})}}; }),
      changed([](auto& request) { request.filter = dimension("AZ", {}); }),
      changed([](auto& request) {
        request.filter = dimension("AZ", {"a"});
        request.filter->not_value = {dimension("AZ", {"b"})};
      }),
      changed([](auto& request) {
        request.granularity = "HOURLY";
        request.time_period = {.start = "2025-12-01T00:00:00Z", .end = "2025-12-02T00:00:00Z"};
      }),
  };
  for (const auto& request : bad) {
    INFO(model::to_json(request));
    CHECK(world.error_of(request) == "ValidationException");
  }
  CHECK(world.error_of(changed([](auto& request) { request.next_page_token = "?"; })) == "InvalidNextTokenException");
}

TEST_CASE("Large answers come in pages of one whole", "[billing][GetCostAndUsage]") {
  World world;
  handlers::Call call = world.make_call();
  storage::Meters meters(call.store().database(), call.scope());
  for (int i = 0; i < 300; ++i) {
    const storage::MeterReading reading{
        {.source = "volume", .usage_type = "EBS:VolumeUsage.gp3", .operation = "CreateVolume-Gp3" + std::to_string(i)},
        2048};
    meters.set("vol-" + std::to_string(i), "volume", {&reading, 1},
               std::chrono::floor<std::chrono::seconds>(world.now()));
  }
  world.advance(24h * 20);
  auto request = grouped_by("OPERATION");
  request.granularity = "DAILY";
  std::size_t groups = 0, pages = 0;
  std::int64_t sum = 0;
  do {
    const auto page = world.call(request);
    ++pages;
    for (const auto& day : page.results_by_time) {
      groups += day.groups.size();
      for (const auto& group : day.groups) sum += price(amount(group.metrics, "UnblendedCost"));
    }
    request.next_page_token = page.next_page_token;
  } while (request.next_page_token);
  CHECK(pages == 2);
  CHECK(groups == 300 * 21);
  CHECK(sum == price(amount(world.call(usage_request()).results_by_time[0].total, "UnblendedCost")));
}

TEST_CASE("Costs of resources need RESOURCE_ID", "[billing][GetCostAndUsageWithResources]") {
  World world;
  const std::string id = make_volume(world, {.size = 1, .volume_type = "gp3"});
  world.advance(1h);
  ce::GetCostAndUsageWithResourcesRequest request{.time_period = {.start = "2026-01-01", .end = "2026-01-03"},
                                                  .granularity = "DAILY",
                                                  .filter = dimension("SERVICE", {"EC2 - Other"}),
                                                  .metrics = {"UnblendedCost"}};
  CHECK(world.error_of(request) == "ValidationException");
  request.group_by = {{.type = "DIMENSION", .key = "RESOURCE_ID"}};
  CHECK(keys(world.call(request).results_by_time.at(1)) == std::vector<std::string>{id});
}

TEST_CASE("Values of dimensions and tags are those that were used", "[billing][GetDimensionValues][GetTags]") {
  World world;
  const std::string volume = make_volume(world, {.size = 1, .volume_type = "gp3"});
  make_volume(world, {.size = 200, .volume_type = "st1"});
  world.call(ec2::CreateTagsRequest{.resources = {volume}, .tags = {{.key = "team", .value = "red"}}});
  world.advance(1h);
  ce::GetDimensionValuesRequest request{.time_period = {.start = "2026-01-01", .end = "2026-02-01"},
                                        .dimension = "USAGE_TYPE"};
  auto found = world.call(request);
  REQUIRE(found.total_size == 2);
  CHECK(found.dimension_values[0].value == "EBS:VolumeUsage.gp3");
  request.sort_by = {{.key = "UnblendedCost", .sort_order = "DESCENDING"}};
  request.max_results = 1;
  found = world.call(request);
  CHECK(found.dimension_values.at(0).value == "EBS:VolumeUsage.st1");
  REQUIRE(found.next_page_token);
  request.next_page_token = found.next_page_token;
  CHECK(world.call(request).dimension_values.at(0).value == "EBS:VolumeUsage.gp3");
  request.dimension = "AZ";
  CHECK(world.error_of(request) == "RequestChangedException");

  ce::GetTagsRequest tags{.time_period = {.start = "2026-01-01", .end = "2026-02-01"}};
  CHECK(world.call(tags).tags == std::vector<std::string>{"team"});
  tags.tag_key = "team";
  CHECK(world.call(tags).tags == std::vector<std::string>{"", "red"});
  tags.search_string = "RE";
  CHECK(world.call(tags).tags == std::vector<std::string>{"red"});
}

TEST_CASE("The forecast is that all goes on as it is", "[billing][GetCostForecast]") {
  World world;
  ce::GetCostForecastRequest request{.time_period = {.start = "2026-02-01", .end = "2026-04-01"},
                                     .metric = "UNBLENDED_COST",
                                     .granularity = "MONTHLY"};
  CHECK(world.error_of(request) == "DataUnavailableException");
  make_volume(world, {.size = 100, .volume_type = "gp3"});
  world.advance(1h);
  const auto forecast = world.call(request);
  CHECK(forecast.total->amount == "16");
  REQUIRE(forecast.forecast_results_by_time.size() == 2);
  CHECK(forecast.forecast_results_by_time[0].mean_value == "8");
  request.time_period.start = "2026-01-01";
  CHECK(world.error_of(request) == "ValidationException");
}

TEST_CASE("Products have the prices that bills are made with", "[billing][GetProducts]") {
  World world;
  pricing::GetProductsRequest request{
      .service_code = "AmazonEC2",
      .filters = {{.type = "TERM_MATCH", .field = "usagetype", .value = "EBS:SnapshotUsage"}}};
  const auto found = world.call(request).price_list;
  REQUIRE(found.size() == 1);
  CHECK(found[0].find(R"("USD":"0.0500000000")") != std::string::npos);
  request.filters = {{.type = "EQUALS", .field = "instanceType", .value = "t3.micro"},
                     {.type = "ANY_OF", .field = "operatingSystem", .value = "Linux,Windows"},
                     {.type = "CONTAINS", .field = "location", .value = "EU ("},
                     {.type = "NONE_OF", .field = "tenancy", .value = "Dedicated,Host"}};
  CHECK(world.call(request).price_list.size() == 1);
  request.service_code = "AmazonS3";
  CHECK(world.error_of(request) == "NotFoundException");
  CHECK(world.error_of(pricing::GetProductsRequest{.service_code = "AmazonEC2", .format_version = "v0"}) ==
        "InvalidParameterException");
  CHECK(world.error_of(pricing::GetProductsRequest{.service_code = "AmazonEC2", .next_token = "?"}) ==
        "InvalidNextTokenException");

  const auto services = world.call(pricing::DescribeServicesRequest{}).services;
  REQUIRE(services.size() == 2);
  CHECK(services[0].service_code == "AmazonEC2");
  CHECK(std::ranges::count(services[0].attribute_names, "volumeApiName") == 1);
  const auto values =
      world.call(pricing::GetAttributeValuesRequest{.service_code = "AmazonEC2", .attribute_name = "volumeApiName"});
  CHECK(values.attribute_values.size() == 7);
  const auto types =
      world.call(pricing::GetAttributeValuesRequest{.service_code = "AmazonEC2", .attribute_name = "volumeType"});
  CHECK(types.attribute_values.at(0).value == "Cold HDD");
  CHECK(world.error_of(pricing::GetAttributeValuesRequest{.service_code = "AmazonEC2", .attribute_name = "colour"}) ==
        "InvalidParameterException");
}

TEST_CASE("Pages of products are one after the other", "[billing][GetProducts]") {
  World world;
  pricing::GetProductsRequest request{.service_code = "AmazonEC2", .max_results = 50};
  std::set<std::string> seen;
  do {
    const auto page = world.call(request);
    seen.insert(page.price_list.begin(), page.price_list.end());
    request.next_token = page.next_token;
  } while (request.next_token);
  CHECK(seen.size() > 200);
}

// Random histories of volumes, looked at second by second.
TEST_CASE("Random histories cost what a simple model says", "[billing][property]") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    World world;
    std::mt19937_64 random(seed);
    struct Made {
      std::string id;
      std::int64_t gib;
      std::int64_t since;
    };
    std::vector<Made> live;
    const auto now = [&] { return std::chrono::floor<std::chrono::seconds>(world.now().time_since_epoch()).count(); };
    std::map<std::string, handlers::Int128> block_seconds;  // by month
    const std::int64_t february = 1'769'904'000, march = 1'772'323'200;
    const auto note = [&](const Made& made, std::int64_t until) {
      until = std::max(until, made.since + 60);
      const auto part = [&](std::int64_t from, std::int64_t to) {
        return std::max<std::int64_t>(0, std::min(until, to) - std::max(made.since, from)) * made.gib * 2048;
      };
      block_seconds["01"] += part(0, february);
      block_seconds["02"] += part(february, march);
    };
    for (int step = 0; step < 60; ++step) {
      if (random() % 2 == 0 || live.empty()) {
        const auto gib = static_cast<std::int64_t>(random() % 50 + 1);
        live.push_back(
            {make_volume(world, {.size = static_cast<std::int32_t>(gib), .volume_type = "gp2"}), gib, now()});
      } else {
        const auto index = static_cast<std::ptrdiff_t>(random() % live.size());
        world.call(ec2::DeleteVolumeRequest{.volume_id = live[static_cast<std::size_t>(index)].id});
        note(live[static_cast<std::size_t>(index)], now());
        live.erase(live.begin() + index);
      }
      world.call(ec2::DescribeVolumesRequest{});  // what is due happens now
      world.advance(std::chrono::seconds(random() % 80'000));
    }
    while (now() < march) world.advance(24h);
    for (const Made& made : live) note(made, now());
    const auto result = world.call(usage_request("2026-01-01", "2026-03-01")).results_by_time;
    REQUIRE(result.size() == 2);
    CHECK(amount(result[0].total, "UsageQuantity") ==
          handlers::usage_text(handlers::usage_of(handlers::Measure::BlockMonths, block_seconds["01"], 31)));
    const std::int64_t usage =
        price(amount(result[0].total, "UsageQuantity")) + price(amount(result[1].total, "UsageQuantity"));
    CHECK(usage ==
          price(handlers::usage_text(handlers::usage_of(handlers::Measure::BlockMonths, block_seconds["01"], 31) +
                                     handlers::usage_of(handlers::Measure::BlockMonths, block_seconds["02"], 28))));
  }
}
