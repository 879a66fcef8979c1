// How long the bill takes where there is much to bill. Prints milliseconds a line, the median of some rounds; needs no
// arguments.
#include "handlers/registry.hpp"
#include "handlers/transitions.hpp"
#include "model/ce.hpp"
#include "model/ec2.hpp"
#include "storage/catalogue.hpp"
#include "storage/meters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

using namespace amity;

namespace {

constexpr int kRounds = 7;
constexpr std::chrono::hours kDay{24};

double median_milliseconds(const std::function<void()>& work) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

// A state in memory, twelve months old.
class House {
 public:
  handlers::Environment environment() { return {store_, catalogue_, ids_, profile_}; }
  const storage::Scope& scope() const { return scope_; }
  storage::Database& database() { return store_.database(); }

  template <class Request>
  typename Request::Result call(const Request& request, model::Timestamp now) {
    handlers::Call one(environment(), scope_, {scope_.account, {}}, now, ids_.uuid());
    typename Request::Result result;
    perform(*handlers::find_operation(Request::kService, Request::kOperation), one, &request, &result);
    return result;
  }

 private:
  storage::Store store_;
  storage::Catalogue catalogue_;
  handlers::Ids ids_{1};
  handlers::Profile profile_ = handlers::instant_profile();
  storage::Scope scope_{"111111111111", "us-east-1"};
};

const model::Timestamp kStart = *model::parse_iso8601("2025-01-01");
const model::Timestamp kEnd = *model::parse_iso8601("2026-01-01");

storage::Seconds day(int number) { return std::chrono::floor<std::chrono::seconds>(kStart + number * kDay); }

// Snapshots that come through the year, each fourth of them deleted again, and instances that run for some days of each
// month.
void meter(House& house, int snapshots, int instances) {
  storage::Transaction transaction(house.database());
  storage::Meters meters(house.database(), house.scope());
  const storage::MeterLine snapshot{
      .source = "snapshot", .usage_type = "EBS:SnapshotUsage", .operation = "CreateSnapshot"};
  for (int i = 0; i < snapshots; ++i) {
    const std::string id = fmt::format("snap-{:017x}", i);
    const storage::MeterReading reading{snapshot, 1 + i % 16'384};
    meters.set(id, "snapshot", {&reading, 1}, day(i % 300));
    if (i % 4 == 0) meters.set(id, "snapshot", {}, day(i % 300 + 40));
  }
  constexpr std::string_view kTypes[] = {"t3.micro", "t3.large", "m5.large", "c6i.xlarge", "r5.large"};
  for (int i = 0; i < instances; ++i) {
    const storage::MeterReading reading{{.source = "instance",
                                         .usage_type = fmt::format("BoxUsage:{}", kTypes[i % 5]),
                                         .operation = "RunInstances",
                                         .zone = i % 2 ? "us-east-1a" : "us-east-1b",
                                         .minimum_seconds = 60},
                                        1};
    for (int month = 0; month < 12; ++month) {
      meters.set(fmt::format("i-{:017x}", i), "instance", {&reading, 1}, day(month * 30 + i % 10));
      meters.set(fmt::format("i-{:017x}", i), "instance", {}, day(month * 30 + i % 10 + 7));
    }
  }
  transaction.commit();
}

void bench_year(int snapshots, int instances) {
  House house;
  meter(house, snapshots, instances);
  const ce::GetCostAndUsageRequest request{.time_period = {.start = "2025-01-01", .end = "2026-01-01"},
                                           .granularity = "DAILY",
                                           .metrics = {"UnblendedCost", "UsageQuantity"},
                                           .group_by = {{.type = "DIMENSION", .key = "USAGE_TYPE"}}};
  fmt::print("{:>10.1f}  a year by days and usage types: {} snapshots, {} instances, {} intervals\n",
             median_milliseconds([&] { house.call(request, kEnd); }), snapshots, instances, snapshots + 12 * instances);
}

void bench_jump(int volumes) {
  House house;
  for (int i = 0; i < volumes; ++i)
    house.call(ec2::CreateVolumeRequest{.availability_zone = "us-east-1a", .size = 8, .volume_type = "gp3"}, kStart);
  int month = 1;
  fmt::print("{:>10.1f}  a jump of a month with {} volumes, and a bill by days\n", median_milliseconds([&] {
               const model::Timestamp now = kStart + month++ * 30 * kDay;
               handlers::apply_due_transitions(house.environment(), now);
               house.call(ce::GetCostAndUsageRequest{.time_period = {.start = "2025-01-01", .end = "2025-02-01"},
                                                     .granularity = "DAILY",
                                                     .metrics = {"UnblendedCost"}},
                          now);
             }),
             volumes);
}

}  // namespace

int main() {
  bench_year(25'000, 2'500);
  bench_year(50'000, 5'000);
  bench_year(100'000, 10'000);
  bench_jump(10'000);
}
