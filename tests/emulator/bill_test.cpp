#include "storage/prices.hpp"
#include "tests/emulator/application_world.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <algorithm>

using namespace amity::tests;
using namespace std::chrono_literals;

namespace {

rapidjson::Document bill(ApplicationWorld& world, const std::string& query = {}) {
  const auto response = world.get("/_amity/bill" + query);
  INFO(response.body);
  REQUIRE(response.status == 200);
  rapidjson::Document document;
  document.Parse(response.body.data(), response.body.size());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

std::string element_between(const std::string& text, const std::string& before, const std::string& after) {
  const auto begin = text.find(before) + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    lines.push_back(text.substr(at, text.find('\n', at) - at));
  return lines;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool is_quoted = false;
  for (const char c : line) {
    if (c == '"') is_quoted = !is_quoted;
    if (c == ',' && !is_quoted)
      cells.emplace_back();
    else
      cells.back() += c;
  }
  return cells;
}

// An image of a volume of 8 GiB, whose only snapshot is returned.
struct Baked {
  std::string image;
  std::string snapshot;
};
Baked bake(ApplicationWorld& world) {
  const std::string volume = element_between(world.ec2("CreateVolume", "&AvailabilityZone=us-east-1a&Size=8").body,
                                             "<volumeId>", "</volumeId>");
  const std::string images = world
                                 .ec2("DescribeImages",
                                      "&Filter.1.Name=name&Filter.1.Value.1=al2023-ami-2023*"
                                      "&Filter.2.Name=architecture&Filter.2.Value.1=x86_64")
                                 .body;
  const std::string instance =
      element_between(world
                          .ec2("RunInstances", "&InstanceType=t3.micro&MinCount=1&MaxCount=1&ImageId=" +
                                                   element_between(images, "<imageId>", "</imageId>"))
                          .body,
                      "<instanceId>", "</instanceId>");
  world.ec2("DescribeInstances");
  const std::string image =
      element_between(world.ec2("CreateImage", "&Name=golden&InstanceId=" + instance).body, "<imageId>", "</imageId>");
  const std::string described = world.ec2("DescribeImages", "&ImageId.1=" + image).body;
  world.ec2("TerminateInstances", "&InstanceId.1=" + instance);
  return {image, element_between(described, "<snapshotId>", "</snapshotId>")};
}

std::int64_t price(const char* text) { return amity::storage::parse_price(text).value(); }

}  // namespace

TEST_CASE("The bill names orphans and what they have cost since", "[bill]") {
  ApplicationWorld world;
  const Baked baked = bake(world);
  world.machine_time += 24h;
  {
    const auto before = bill(world);
    REQUIRE(before["snapshots"].Size() == 1);
    CHECK(before["snapshots"][0]["snapshot_id"] == baked.snapshot.c_str());
    CHECK(before["snapshots"][0]["image_id"] == baked.image.c_str());
    CHECK(before["snapshots"][0]["orphan"].IsFalse());
    CHECK(before["orphans"].Empty());
  }
  world.ec2("DeregisterImage", "&ImageId=" + baked.image);
  world.machine_time += 48h;
  {
    const auto after = bill(world);
    REQUIRE(after["orphans"].Size() == 1);
    CHECK(after["orphans"][0]["image_name"] == "golden");
    CHECK(after["orphans"][0]["image_gone"] == "2026-01-03T03:04:05.000Z");
    const std::int64_t since = price(after["orphans"][0]["cost_since"].GetString());
    const std::int64_t all = price(after["snapshots"][0]["cost"].GetString());
    CHECK(since > 0);
    // Two days of three, and no more than a decimal off.
    CHECK(std::abs(since * 3 - all * 2) <= 6);
  }
  world.ec2("DeleteSnapshot", "&SnapshotId=" + baked.snapshot);
  const auto end = bill(world);
  CHECK(end["orphans"].Empty());
  CHECK(end["snapshots"].Empty());
}

TEST_CASE("In every form of the bill the parts add up to the total", "[bill]") {
  ApplicationWorld world;
  bake(world);
  world.machine_time += 37h;
  const auto json = bill(world, "?by=resource");
  const std::int64_t total = price(json["total"].GetString());
  CHECK(total > 0);
  for (const char* part : {"lines", "groups"}) {
    INFO(part);
    std::int64_t sum = 0;
    for (const auto& line : json[part].GetArray()) sum += price(line["cost"].GetString());
    CHECK(sum == total);
  }
  for (const auto& [format, column] : {std::pair<std::string, std::string>{"csv", "cost"},
                                       {"cur", "line_item_unblended_cost"},
                                       {"focus", "BilledCost"}}) {
    INFO(format);
    const auto table = lines(world.get("/_amity/bill?format=" + format).body);
    const auto titles = cells_of(table.at(0));
    const auto index = static_cast<std::size_t>(std::ranges::find(titles, column) - titles.begin());
    REQUIRE(index < titles.size());
    std::int64_t sum = 0;
    for (std::size_t i = 1; i < table.size(); ++i) {
      const auto row = cells_of(table[i]);
      REQUIRE(row.size() == titles.size());
      sum += price(row[index].c_str());
    }
    CHECK(sum == total);
  }
}

TEST_CASE("The bill for people names what it costs", "[bill]") {
  ApplicationWorld world;
  const Baked baked = bake(world);
  world.machine_time += 24h;
  const auto text = world.get("/_amity/bill?format=text&by=image");
  CHECK(text.content_type == "text/plain; charset=utf-8");
  CHECK(contains(text.body, baked.image));
  CHECK(contains(text.body, "Bill of 2026-01-01 to 2026-02-01 (so far)"));
  for (const char* by : {"usage-type", "resource", "tag", "day"})
    CHECK(world.get(std::string("/_amity/bill?format=text&by=") + by).status == 200);
}

TEST_CASE("What the bill does not understand it refuses", "[bill]") {
  ApplicationWorld world;
  for (const char* query :
       {"?month=2026-13", "?month=01", "?from=2026-02-01&to=2026-01-01", "?from=x", "?format=pdf", "?by=colour",
        "?month=2026-01&from=2026-01-01", "?colour=red", "?account=abc", "?from=1990-01-01&to=2026-01-01"}) {
    INFO(query);
    CHECK(world.get(std::string("/_amity/bill") + query).status == 400);
  }
}

TEST_CASE("Prices of the user's own win over the list prices", "[bill]") {
  amity::emulator::EmulationOptions options;
  options.prices = R"({"Region":"us-east-1","Prices":[{"UsageType":"EBS:VolumeUsage.gp2","Price":"31"}]})";
  ApplicationWorld world(std::move(options));
  world.ec2("CreateVolume", "&AvailabilityZone=us-east-1a&Size=1&VolumeType=gp2");
  world.machine_time += 24h;
  CHECK(bill(world)["total"] == "1");
  world.post("/_amity/reset");
  world.ec2("CreateVolume", "&AvailabilityZone=us-east-1a&Size=1&VolumeType=gp2");
  world.machine_time += 24h;
  CHECK(bill(world)["total"] == "1");
}

TEST_CASE("The bill says which prices it had not", "[bill]") {
  ApplicationWorld world;
  world.ec2("CreateVolume", "&AvailabilityZone=eu-central-1a&Size=1&VolumeType=gp2", "111111111111", "eu-central-1");
  world.machine_time += 1h;
  const auto answer = bill(world);
  REQUIRE(answer["notes"].Size() == 1);
  CHECK(contains(answer["notes"][0].GetString(), "no price list of eu-central-1"));
  CHECK(answer["lines"][0]["usage_type"] == "EUC1-EBS:VolumeUsage.gp2");
}

TEST_CASE("A tag counts from the hour in which it is set, and does not change what was billed before", "[bill]") {
  ApplicationWorld world;
  const std::string volume =
      element_between(world.ec2("CreateVolume", "&AvailabilityZone=us-east-1a&Size=31&VolumeType=gp2").body,
                      "<volumeId>", "</volumeId>");
  const auto cost_of = [&](const std::string& value) {
    const auto groups = bill(world, "?by=tag&tag=team");
    for (const auto& group : groups["groups"].GetArray())
      if (group["tag"] == value.c_str()) return std::string(group["cost"].GetString());
    return std::string();
  };
  const auto set_tag = [&](const std::string& value) {
    world.ec2("CreateTags", "&ResourceId.1=" + volume + "&Tag.1.Key=team&Tag.1.Value=" + value);
  };
  set_tag("red");
  world.machine_time += 24h;  // 03:04:05, of the next day
  set_tag("green");           // for nothing
  set_tag("blue");
  world.machine_time += 24h;
  // Ten cents a day: until 03:00, which is 23:55:55, and from then on.
  CHECK(cost_of("red") == "0.0997164352");
  CHECK(cost_of("blue") == "0.1002835648");
  CHECK(cost_of("green").empty());
  world.ec2("DeleteVolume", "&VolumeId=" + volume);
  world.machine_time += 24h;
  CHECK(cost_of("blue") == "0.1002835648");

  SECTION("also in another place") {
    bake(world);
    ApplicationWorld other;
    other.machine_time = world.machine_time;
    REQUIRE(other.post("/_amity/fixtures", world.get("/_amity/fixtures").body).status == 200);
    for (const char* format : {"json", "csv", "cur", "focus", "text"}) {
      const std::string query = "/_amity/bill?by=tag&tag=team&format=" + std::string(format);
      CHECK(other.get(query).body == world.get(query).body);
    }
  }
}

TEST_CASE("A price list that cannot be read says where and why", "[bill]") {
  amity::emulator::EmulationOptions options;
  options.prices = "{\"Region\":\"us-east-1\",\"Prices\":[\n{\"UsageType\":\"x\",\"Price\":\"cheap\"}]}";
  try {
    amity::emulator::Emulation emulation(std::move(options));
    FAIL("it was taken");
  } catch (const std::runtime_error& error) {
    CHECK(contains(error.what(), "line 2 of the price list: Prices[0].Price is not a price"));
  }
}
