// Whether what is billed is what is there.
#include "handlers/check_rules.hpp"
#include "handlers/meter_readings.hpp"
#include "storage/database.hpp"
#include "storage/ebs_tables.hpp"
#include "storage/meter_history.hpp"
#include "storage/network_tables.hpp"
#include "storage/recycle_bin_tables.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

namespace amity::handlers {
namespace {

// Account, region, source, resource.
using MeterKey = std::tuple<std::string, std::string, std::string, std::string>;
using OpenMeters = std::map<MeterKey, MeterReadings>;

void sort(MeterReadings& readings) {
  std::ranges::sort(readings, {}, [](const storage::MeterReading& reading) {
    return std::tie(reading.line.usage_type, reading.line.operation, reading.line.zone);
  });
}

OpenMeters open_meters(storage::Database& database) {
  const storage::MeterHistory history(database);
  const auto resources = history.resources();
  std::map<std::int64_t, storage::MeterLine> lines;
  for (const storage::MeteredLine& line : history.lines()) lines.emplace(line.row, line.line);
  OpenMeters open;
  history.scan(storage::kOpenMeter - 1, storage::kOpenMeter, [&](const storage::MeterInterval& interval) {
    const storage::MeteredResource& resource = resources.at(interval.resource);
    const storage::MeterLine& line = lines.at(interval.line);
    open[{resource.scope.account, resource.scope.region, line.source, resource.id}].push_back(
        {.line = line, .quantity = interval.quantity});
  });
  for (auto& [key, readings] : open) sort(readings);
  return open;
}

class MeterCheck {
 public:
  MeterCheck(Environment environment, storage::Findings& findings)
      : environment_(environment), findings_(findings), open_(open_meters(environment.store.database())) {}

  void check() {
    for (const storage::Scope& scope : environment_.store.scopes()) {
      Call call(environment_, scope, {.account = scope.account, .access_key_id = {}}, {}, {});
      check(call);
    }
    for (const auto& [key, readings] : open_) report("what is gone is not metered any more", key);
  }

 private:
  void check(Call& call) {
    each(call.instances(), [&](const state::Instance& row) {
      expect(call, "instance", row.instance.instance_id.value(), readings_of(row));
    });
    each(call.volumes(), [&](const state::Volume& row) { expect_volume(call, row); });
    each(call.snapshots(), [&](const state::Snapshot& row) { expect_snapshot(call, row); });
    each(call.table<state::RecycledResource>(), [&](const state::RecycledResource& row) {
      if (row.volume) expect_volume(call, *row.volume);
      if (row.snapshot) expect_snapshot(call, *row.snapshot);
    });
    each(call.network_interfaces(), [&](const state::NetworkInterface& row) {
      expect(call, "network_interface", row.network_interface.network_interface_id.value(), readings_of(row));
    });
    each(call.table<state::Address>(), [&](const state::Address& row) {
      expect(call, "address", row.address.allocation_id.value(), readings_of(row));
    });
    std::map<std::string, MeterReadings> restores;  // by snapshot
    each(call.table<state::FastSnapshotRestore>(), [&](const state::FastSnapshotRestore& row) {
      std::ranges::move(readings_of(row), std::back_inserter(restores[row.fast_snapshot_restore.snapshot_id.value()]));
    });
    for (auto& [snapshot, readings] : restores) expect(call, "fast_snapshot_restore", snapshot, std::move(readings));
  }

  template <class Rows, class Visit>
  void each(const Rows& rows, Visit visit) {
    rows.scan({}, [&](std::int64_t, const auto& row) { return visit(row), true; });
  }

  void expect_volume(Call& call, const state::Volume& row) {
    expect(call, "volume", row.volume.volume_id.value(), readings_of(row));
  }
  void expect_snapshot(Call& call, const state::Snapshot& row) {
    expect(call, "snapshot", row.snapshot.snapshot_id.value(), readings_of(row, snapshot_size(call, row.snapshot)));
  }

  void expect(Call& call, std::string source, const std::string& id, MeterReadings wanted) {
    const MeterKey key{call.account(), call.region(), std::move(source), id};
    std::erase_if(wanted, [](const storage::MeterReading& reading) { return reading.quantity == 0; });
    sort(wanted);
    const auto found = open_.find(key);
    const bool is_right = found == open_.end() ? wanted.empty() : found->second == wanted;
    if (!is_right) report("what is there is metered as it is", key);
    if (found != open_.end()) open_.erase(found);
  }

  void report(std::string_view rule, const MeterKey& key) {
    findings_.push_back({.rule = std::string(rule), .what = std::get<1>(key) + ' ' + std::get<3>(key)});
  }

  Environment environment_;
  storage::Findings& findings_;
  OpenMeters open_;
};

}  // namespace

void check_meters(Environment environment, storage::Findings& findings) { MeterCheck(environment, findings).check(); }

}  // namespace amity::handlers
