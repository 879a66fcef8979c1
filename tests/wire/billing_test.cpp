// The bill through the protocols of Cost Explorer and of the price list.
#include "tests/wire/wire_world.hpp"

#include <catch2/catch.hpp>

using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

WireAnswer json(WireWorld& world, const std::string& service, const std::string& target, const std::string& body) {
  return world.send(
      "POST", "/",
      {{"Content-Type", "application/x-amz-json-1.1"},
       {"X-Amz-Target", target},
       {"Authorization", "AWS4-HMAC-SHA256 Credential=111111111111/20260102/us-east-1/" + service +
                             "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + std::string(64, '0')}},
      body);
}

WireAnswer ce(WireWorld& world, const std::string& operation, const std::string& body) {
  return json(world, "ce", "AWSInsightsIndexService." + operation, body);
}

bool has(const WireAnswer& answer, std::string_view part) { return answer.body.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("Cost Explorer answers in its own words", "[wire][billing]") {
  WireWorld world;
  world.ec2("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "31"}, {"VolumeType", "gp3"}});
  world.advance(24h);
  const auto grouped = ce(world, "GetCostAndUsage",
                          R"({"TimePeriod":{"Start":"2026-01-01","End":"2026-02-01"},"Granularity":"MONTHLY",
                              "Metrics":["UnblendedCost","UsageQuantity"],
                              "Filter":{"Not":{"Dimensions":{"Key":"REGION","Values":["eu-west-1"]}}},
                              "GroupBy":[{"Type":"DIMENSION","Key":"USAGE_TYPE"}]})");
  INFO(grouped.body);
  CHECK(grouped.status == 200);
  CHECK(has(grouped, R"("GroupDefinitions":[{"Type":"DIMENSION","Key":"USAGE_TYPE"}])"));
  CHECK(has(grouped, R"({"Estimated":true,"TimePeriod":{"Start":"2026-01-01","End":"2026-02-01"},"Total":{},)"
                     R"("Groups":[{"Keys":["EBS:VolumeUsage.gp3"],"Metrics":{)"
                     R"("UnblendedCost":{"Amount":"0.08","Unit":"USD"},)"
                     R"("UsageQuantity":{"Amount":"1","Unit":"GB-Mo"}}}]})"));
  const auto total = ce(world, "GetCostAndUsage",
                        R"({"TimePeriod":{"Start":"2026-01-01","End":"2026-02-01"},"Granularity":"MONTHLY",
                            "Metrics":["BlendedCost"]})");
  CHECK(has(total, R"("Total":{"BlendedCost":{"Amount":"0.08","Unit":"USD"}},"Groups":[])"));
}

TEST_CASE("Cost Explorer's errors are those of JSON services", "[wire][billing]") {
  WireWorld world;
  const auto backwards = ce(world, "GetCostAndUsage",
                            R"({"TimePeriod":{"Start":"2026-02-01","End":"2026-01-01"},"Granularity":"MONTHLY",
                                "Metrics":["UnblendedCost"]})");
  CHECK(backwards.status == 400);
  CHECK(has(backwards, R"("__type":"ValidationException")"));
  for (const char* body : {R"({"Granularity":"MONTHLY","Metrics":["UnblendedCost"]})",
                           R"({"TimePeriod":{"Start":"2026-01-01","End":"2026-02-01"},"Granularity":"YEARLY",
                               "Metrics":["UnblendedCost"]})",
                           R"({"TimePeriod":{"Start":"2026-01-01","End":"2026-02-01"},"Granularity":"DAILY",
                               "Metrics":["UnblendedCost"],"Filter":{"Dimensions":{"Key":"COLOUR","Values":["x"]}}})"}) {
    INFO(body);
    CHECK(has(ce(world, "GetCostAndUsage", body), R"("__type":"ValidationException")"));
  }
  CHECK(has(ce(world, "GetCostAndUsage", "{"), R"("__type":"SerializationException")"));
}

TEST_CASE("A product is JSON inside of JSON", "[wire][billing]") {
  WireWorld world;
  const auto answer = json(world, "pricing", "AWSPriceListService.GetProducts",
                           R"({"ServiceCode":"AmazonEC2","FormatVersion":"aws_v1","Filters":[
                               {"Type":"TERM_MATCH","Field":"usagetype","Value":"EBS:SnapshotUsage"}]})");
  CHECK(answer.status == 200);
  CHECK(has(answer, R"("PriceList":["{\"product\":{\"productFamily\":\"Storage Snapshot\")"));
  CHECK(has(answer, R"(\"pricePerUnit\":{\"USD\":\"0.0500000000\"})"));
}
