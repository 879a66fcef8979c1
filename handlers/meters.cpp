#include "handlers/meters.hpp"

#include "handlers/meter_readings.hpp"
#include "handlers/recycle_bin.hpp"
#include "handlers/region_codes.hpp"
#include "storage/database.hpp"
#include "storage/ebs_tables.hpp"
#include "storage/network_tables.hpp"

#include <algorithm>
#include <iterator>

namespace amity::handlers {
namespace {

using storage::EndedMeter;
using storage::MeterDue;
using storage::Meters;
using storage::Seconds;

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kArchiveMinimum = 90 * 24 * kHour;

template <class T>
MeterReadings readings_in(Call& call, std::string_view id) {
  const auto row = call.table<T>().find(id);
  return row ? readings_of(*row) : MeterReadings();
}

// What is in the Recycle Bin is stored, and billed, as before.
MeterReadings volume_readings(Call& call, std::string_view id) {
  auto row = call.volumes().find(id);
  if (!row) row = recycled_volume(call, id);
  return row ? readings_of(*row) : MeterReadings();
}

MeterReadings snapshot_readings(Call& call, Meters& meters, const std::string& id) {
  auto row = call.snapshots().find(id);
  if (!row) row = recycled_snapshot(call, id);
  if (!row) return {};
  if (row->created_for_image_id) meters.belongs_to(id, *row->created_for_image_id);
  return readings_of(*row, snapshot_size(call, row->snapshot));
}

MeterReadings fast_restore_readings(Call& call, const std::string& snapshot_id) {
  MeterReadings readings;
  for (const auto& row :
       call.table<state::FastSnapshotRestore>().all(storage::Query().where("snapshot_id", snapshot_id)))
    std::ranges::move(readings_of(row), std::back_inserter(readings));
  return readings;
}

// The archive tier bills 90 days at least: what is missing of them falls due at once, by the hour.
void count_early_delete(Meters& meters, const std::string& id, const EndedMeter& ended, Seconds now) {
  if (ended.reading.line.usage_type != "EBS:SnapshotArchiveStorage") return;
  const std::int64_t missing = kArchiveMinimum - (now - ended.since).count();
  if (missing <= 0) return;
  const std::int64_t hours = (missing + kHour / 2) / kHour;
  meters.count(id,
               {.line = {.source = "snapshot",
                         .usage_type = "EBS:SnapshotArchiveEarlyDelete",
                         .operation = ended.reading.line.operation},
                .quantity = ended.reading.quantity * hours},
               now);
}

void settle(Call& call, const MeterDue& due, Seconds now) {
  Meters meters(call.store().database(), call.scope());
  if (due.source == "instance")
    meters.set(due.id, due.source, readings_in<state::Instance>(call, due.id), now);
  else if (due.source == "volume")
    meters.set(due.id, due.source, volume_readings(call, due.id), now);
  else if (due.source == "network_interface")
    meters.set(due.id, due.source, readings_in<state::NetworkInterface>(call, due.id), now);
  else if (due.source == "address")
    meters.set(due.id, due.source, readings_in<state::Address>(call, due.id), now);
  else if (due.source == "fast_snapshot_restore")
    meters.set(due.id, due.source, fast_restore_readings(call, due.id), now);
  else if (due.source == "snapshot")
    for (const EndedMeter& ended : meters.set(due.id, due.source, snapshot_readings(call, meters, due.id), now))
      count_early_delete(meters, due.id, ended, now);
}

void count(Call& call, std::string_view region, std::string_view id, std::string usage_type, std::string operation,
           std::int64_t quantity) {
  Meters(call.store().database(), {call.account(), std::string(region)})
      .count(id,
             {.line = {.source = "count", .usage_type = std::move(usage_type), .operation = std::move(operation)},
              .quantity = quantity},
             storage::whole_seconds(call.now()));
}

}  // namespace

void settle_meters(Environment environment, model::Timestamp now) {
  storage::Database& database = environment.store.database();
  const auto due = Meters::take_due(database);
  if (due.empty()) return;
  for (const MeterDue& one : due) {
    Call call(environment, one.scope, {.account = one.scope.account, .access_key_id = {}}, now, {});
    settle(call, one, storage::whole_seconds(now));
  }
  if (std::ranges::find(due, "image", &MeterDue::source) != due.end())
    Meters::note_gone_images(database, storage::whole_seconds(now));
  if (std::ranges::find(due, "tag", &MeterDue::source) != due.end())
    Meters::note_tags(database, storage::whole_seconds(now));
}

void count_copy_traffic(Call& call, std::string_view source_region, std::string_view source_id,
                        std::string_view copy_id, std::int64_t bytes) {
  if (source_region == call.region()) return;
  const std::string from = traffic_code(source_region), to = traffic_code(call.region());
  count(call, source_region, source_id, from + "-" + to + "-AWS-Out-Bytes", "InterRegion-Out", blocks_of(bytes));
  count(call, call.region(), copy_id, to + "-" + from + "-AWS-In-Bytes", "InterRegion-In", blocks_of(bytes));
}

void count_archive_retrieval(Call& call, std::string_view snapshot_id, std::int64_t bytes) {
  count(call, call.region(), snapshot_id, "EBS:SnapshotArchiveRetrieval", "RestoreSnapshotTier", blocks_of(bytes));
}

void count_direct_requests(Call& call, DirectRequest request, std::string_view snapshot_id, std::int64_t quantity) {
  switch (request) {
    case DirectRequest::List:
      return count(call, call.region(), snapshot_id, "EBS:directAPI.snapshot.List", "ListSnapshotBlocks", quantity);
    case DirectRequest::Get:
      return count(call, call.region(), snapshot_id, "EBS:directAPI.snapshot.Get", "GetSnapshotBlock", quantity);
    case DirectRequest::Put:
      return count(call, call.region(), snapshot_id, "EBS:directAPI.snapshot.Put", "PutSnapshotBlock", quantity);
  }
}

}  // namespace amity::handlers
