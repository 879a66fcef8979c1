// Random histories of everything that is metered, against a model that is simple enough to be right. Then every report
// must say the same, and add up.
#include "emulator/bill_report.hpp"
#include "model/ce.hpp"
#include "storage/prices.hpp"
#include "tests/emulator/bill_history.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

using namespace amity;
using namespace amity::tests;

namespace {

// In the units of AWS's bills.
long double in_units(const std::string& type, std::int64_t amount, int days) {
  const long double month = static_cast<long double>(days) * kDay;
  const auto has = [&](const char* part) { return type.find(part) != std::string::npos; };
  if (has("EarlyDelete")) return amount / (2048.0L * 720);
  if (has("Retrieval") || has("-Bytes")) return amount / 2048.0L;
  if (has("directAPI")) return static_cast<long double>(amount);
  if (has("BoxUsage") || has("IPv4") || has("FastSnapshotRestore")) return amount / 3600.0L;
  if (has("P-IOPS")) return amount / month;
  if (has("P-Throughput")) return amount / (month * 1024);
  return amount / (month * 2048);
}

int days_of(const std::string& month) { return month == "2026-02" ? 28 : month == "2026-04" ? 30 : 31; }

ce::GetCostAndUsageRequest question(const Ledger& ledger, std::vector<ce::GroupDefinition> group_by,
                                    const char* granularity = "MONTHLY") {
  const std::int64_t end = handlers::start_of_next_month(ledger.now());
  return {.time_period = {.start = "2026-01-01", .end = model::to_iso8601(handlers::time_of(end)).substr(0, 10)},
          .granularity = granularity,
          .metrics = {"UnblendedCost", "UsageQuantity"},
          .group_by = std::move(group_by)};
}

const std::string& metric(const model::Map<ce::MetricValue>& metrics, std::string_view name) {
  return *std::ranges::find(metrics, name, [](const auto& pair) { return pair.first; })->second.amount;
}
std::int64_t money(const std::string& text) {
  const bool is_negative = text.starts_with('-');
  const auto amount = storage::parse_price(is_negative ? text.substr(1) : text).value();
  return is_negative ? -amount : amount;
}

// By month, then by key.
std::map<std::string, std::map<std::string, long double>> usage_by(World& world,
                                                                   const ce::GetCostAndUsageRequest& request) {
  std::map<std::string, std::map<std::string, long double>> usage;
  for (const auto& result : world.call(request).results_by_time)
    for (const auto& group : result.groups)
      usage[result.time_period->start.substr(0, 7)][group.keys.at(0)] +=
          std::stold(metric(group.metrics, "UsageQuantity"));
  return usage;
}

// Usage types of `sums` with amounts that are not zero.
std::map<std::string, long double> shown(const Sums& sums, const std::string& month) {
  std::map<std::string, long double> units;
  for (const auto& [type, amount] : sums)
    if (amount) units[type] = in_units(type, amount, days_of(month));
  return units;
}

void check_same(const std::map<std::string, long double>& found, const std::map<std::string, long double>& expected) {
  for (const auto& [type, amount] : expected) {
    INFO(type);
    REQUIRE(found.contains(type));
    CHECK(static_cast<double>(found.at(type)) == Approx(static_cast<double>(amount)).margin(3e-10).epsilon(1e-13));
  }
  CHECK(found.size() == expected.size());
}

std::int64_t total_of(World& world, const ce::GetCostAndUsageRequest& request) {
  std::int64_t total = 0;
  for (const auto& result : world.call(request).results_by_time) {
    if (!result.total.empty()) total += money(metric(result.total, "UnblendedCost"));
    for (const auto& group : result.groups) total += money(metric(group.metrics, "UnblendedCost"));
  }
  return total;
}

std::string report(World& world, const std::string& query) {
  const auto request = emulator::read_bill_request(query, world.now());
  return emulator::bill_response(world.environment(), world.now(), request).body;
}

// The sum of a column of comma-separated values.
std::int64_t column_total(const std::string& csv, const std::string& column) {
  std::int64_t total = 0;
  std::size_t index = 0;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> cells(1);
    bool is_quoted = false;
    for (const char c : line) {
      if (c == '"') is_quoted = !is_quoted;
      if (c == ',' && !is_quoted)
        cells.emplace_back();
      else
        cells.back() += c;
    }
    if (index == 0)
      index = static_cast<std::size_t>(std::ranges::find(cells, column) - cells.begin());
    else
      total += money(cells.at(index));
  }
  return total;
}

}  // namespace

TEST_CASE("Whatever happens, the bill is what a simple model says, and every report adds up to it",
          "[bill][property]") {
  std::set<std::string> seen;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    INFO("seed " << seed);
    History history(seed);
    history.run();
    World& world = history.world();
    const Ledger& ledger = history.ledger();

    const auto by_type = question(ledger, {{.type = "DIMENSION", .key = "USAGE_TYPE"}});
    auto found = usage_by(world, by_type);
    for (const auto& [month, sums] : ledger.months) {
      INFO(month);
      check_same(found[month], shown(sums, month));
      for (const auto& [type, amount] : shown(sums, month)) seen.insert(type);
    }
    for (const auto& [tag, months] : ledger.tags) {
      auto tagged = by_type;
      tagged.filter = ce::Expression{.tags = ce::TagValues{.key = "team", .values = {tag}}};
      auto found_tagged = usage_by(world, tagged);
      for (const auto& [month, sums] : months) {
        INFO("tagged " << tag << " in " << month);
        check_same(found_tagged[month], shown(sums, month));
      }
    }

    const std::int64_t total = total_of(world, question(ledger, {}));
    CHECK(total > 0);
    CHECK(total_of(world, question(ledger, {}, "DAILY")) == total);
    CHECK(total_of(world, by_type) == total);
    CHECK(total_of(world, question(ledger, {{.type = "TAG", .key = "team"}}, "DAILY")) == total);
    for (const char* key : {"SERVICE", "AZ", "REGION", "INSTANCE_TYPE", "OPERATION"})
      CHECK(total_of(world, question(ledger, {{.type = "DIMENSION", .key = key}, {.type = "TAG", .key = "team"}})) ==
            total);

    const std::string span = "from=2026-01-01&to=" + question(ledger, {}).time_period.end + "&tag=team&format=";
    CHECK(column_total(report(world, span + "csv"), "cost") == total);
    CHECK(column_total(report(world, span + "cur"), "line_item_unblended_cost") == total);
    CHECK(column_total(report(world, span + "focus"), "BilledCost") == total);
    for (const char* by : {"usage-type", "resource", "image", "tag", "day"}) {
      rapidjson::Document json;
      json.Parse(report(world, span + "json&by=" + by).c_str());
      CHECK(money(json["total"].GetString()) == total);
      for (const char* part : {"lines", "groups"}) {
        std::int64_t sum = 0;
        for (const auto& line : json[part].GetArray()) sum += money(line["cost"].GetString());
        CHECK(sum == total);
      }
    }
  }
  CHECK(seen == std::set<std::string>{"BoxUsage:t3.micro",
                                      "PublicIPv4:IdleAddress",
                                      "PublicIPv4:InUseAddress",
                                      "EBS:FastSnapshotRestore",
                                      "EBS:SnapshotUsage",
                                      "EBS:SnapshotArchiveStorage",
                                      "EBS:SnapshotArchiveEarlyDelete",
                                      "EBS:SnapshotArchiveRetrieval",
                                      "EBS:VolumeUsage.gp2",
                                      "EBS:VolumeUsage.gp3",
                                      "EBS:VolumeUsage.piops",
                                      "EBS:VolumeP-IOPS.gp3",
                                      "EBS:VolumeP-IOPS.piops",
                                      "EBS:VolumeP-Throughput.gp3",
                                      "EBS:directAPI.snapshot.Get",
                                      "EBS:directAPI.snapshot.List",
                                      "EBS:directAPI.snapshot.Put",
                                      "EU-EBS:SnapshotUsage",
                                      "EU-USE1-AWS-In-Bytes",
                                      "USE1-EU-AWS-Out-Bytes"});
}
