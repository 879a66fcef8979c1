#include "handlers/bill.hpp"

#include "handlers/block_maps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace amity::handlers {
namespace {

constexpr std::string_view kSnapshotTypes[] = {"EBS:SnapshotUsage", "EBS:SnapshotArchiveStorage"};

}  // namespace

Bill::Bill(Environment environment, model::Timestamp now, BillQuestion question)
    : environment_(environment),
      when_(now),
      question_(std::move(question)),
      prices_(storage::prices_in(environment.store.database())),
      usage_(environment.store.database(), prices_, now),
      facts_(usage_) {
  facts_.use_all_tags();
}

bool Bill::concerns(const storage::MeterInterval& interval) const {
  return question_.account.empty() ||
         usage_.lines()[static_cast<std::size_t>(interval.line)].scope.account == question_.account;
}

// Month by month, so that a year of days does not lie in memory at once.
void Bill::visit(Granularity granularity, const std::function<void(const BillItem&)>& visit) {
  const auto months = periods(Granularity::Monthly, question_.from, question_.until);
  for (std::size_t month = 0; month + 1 < months.size(); ++month) {
    // A group is a resource, and the time from which on it had its tags.
    using Group = std::pair<std::int64_t, std::int64_t>;
    std::map<Group, std::size_t> numbers;
    std::vector<Group> groups;
    CostTable table(usage_, periods(granularity, months[month], months[month + 1]));
    table.fill(facts_, [&](const storage::MeterInterval& interval) {
      if (!concerns(interval)) return CostTable::kNoGroup;
      const Group group{interval.resource, facts_.tags().same_since(interval.resource, interval.since)};
      const auto [place, is_new] = numbers.try_emplace(group, groups.size());
      if (is_new) groups.push_back(group);
      return place->second;
    });
    std::vector<BillItem> items;
    table.visit([&](std::size_t period, std::size_t group, std::size_t line, const CostSum& sum) {
      const auto& [resource, since] = groups[group];
      items.push_back({.line = &usage_.lines()[line],
                       .resource = &facts_.resource(resource),
                       .tags = facts_.tags().tags(resource, since),
                       .since = since,
                       .from = table.bounds()[period],
                       .until = table.bounds()[period + 1],
                       .sum = sum});
    });
    std::ranges::sort(items, {}, [](const BillItem& item) {
      return std::tie(item.from, item.resource->scope.account, item.resource->scope.region, item.resource->id,
                      item.line->usage_type, item.line->meter.zone, item.line->meter.operation, item.since);
    });
    for (const BillItem& item : items) visit(item);
  }
}

std::vector<BilledSnapshot> Bill::snapshots() {
  std::map<std::pair<std::string, std::string>, Int128> money;  // by region and id
  visit(Granularity::Monthly, [&](const BillItem& item) {
    money[{item.resource->scope.region, item.resource->id}] += item.sum.money;
  });
  std::vector<BilledSnapshot> billed;
  for (const storage::Scope& scope : environment_.store.scopes()) {
    if (!question_.account.empty() && scope.account != question_.account) continue;
    Call call(environment_, scope, {.account = scope.account, .access_key_id = {}}, when_, {});
    call.snapshots().scan({}, [&](std::int64_t, const state::Snapshot& row) {
      const ec2::Snapshot& snapshot = row.snapshot;
      if (snapshot.state.value_or(ec2::SnapshotState::completed) != ec2::SnapshotState::completed) return true;
      billed.push_back({.scope = scope,
                        .id = *snapshot.snapshot_id,
                        .image_id = row.created_for_image_id.value_or(""),
                        .image_name = {},
                        .is_archived = snapshot.storage_tier == ec2::StorageTier::archive,
                        .full_bytes = snapshot_size(call, snapshot).full_bytes,
                        .money = money[{scope.region, *snapshot.snapshot_id}]});
      return true;
    });
  }
  find_orphans(billed);
  return billed;
}

void Bill::find_orphans(std::vector<BilledSnapshot>& snapshots) {
  std::map<storage::Scope, std::map<std::string, storage::GoneImage>,
           bool (*)(const storage::Scope&, const storage::Scope&)>
      gone([](const storage::Scope& a, const storage::Scope& b) {
        return std::tie(a.account, a.region) < std::tie(b.account, b.region);
      });
  std::unordered_map<std::string, std::size_t> place;  // of a snapshot in the list, by region and id
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    BilledSnapshot& snapshot = snapshots[i];
    place.emplace(snapshot.scope.region + "/" + snapshot.id, i);
    if (snapshot.image_id.empty()) continue;
    Call call(environment_, snapshot.scope, {.account = snapshot.scope.account, .access_key_id = {}}, when_, {});
    if (const auto image = call.images().find(snapshot.image_id)) {
      snapshot.image_name = image->image.name.value_or("");
      continue;
    }
    snapshot.is_orphan = true;
    const auto [known, is_new] = gone.try_emplace(snapshot.scope);
    if (is_new)
      for (const auto& image : storage::Meters(environment_.store.database(), snapshot.scope).gone_images())
        known->second[image.id] = image;
    if (const auto image = known->second.find(snapshot.image_id); image != known->second.end()) {
      snapshot.image_name = image->second.name;
      snapshot.orphan_since = image->second.since.time_since_epoch().count();
    }
  }
  std::vector<std::int64_t> list_place(1, -1);  // by row of the resource
  const auto place_of = [&](std::int64_t resource) {
    const auto row = static_cast<std::size_t>(resource);
    if (row >= list_place.size()) list_place.resize(row + 1, -1);
    if (list_place[row] == -1) {
      const storage::MeteredResource& found = facts_.resource(resource);
      const auto listed = place.find(found.scope.region + "/" + found.id);
      list_place[row] = listed == place.end() ? -2 : static_cast<std::int64_t>(listed->second);
    }
    return list_place[row];
  };
  // What they store now, and what orphans have cost since they are orphans.
  std::int64_t earliest = usage_.now();
  usage_.scan(0, storage::kOpenMeter, [&](const storage::MeterInterval& interval) {
    const auto index = concerns(interval) ? place_of(interval.resource) : -2;
    if (index < 0) return;
    BilledSnapshot& snapshot = snapshots[static_cast<std::size_t>(index)];
    const std::string& usage_type = usage_.lines()[static_cast<std::size_t>(interval.line)].meter.usage_type;
    if (interval.is_open && std::ranges::find(kSnapshotTypes, usage_type) != std::end(kSnapshotTypes))
      snapshot.stored_bytes += interval.quantity * storage::kBlockBytes;
    if (snapshot.is_orphan) earliest = std::min(earliest, snapshot.orphan_since.value_or(interval.since));
  });
  if (earliest >= usage_.now()) return;
  CostTable since(usage_, periods(Granularity::Monthly, earliest, usage_.now()));
  usage_.scan(earliest, usage_.now(), [&](storage::MeterInterval interval) {
    const auto index = concerns(interval) ? place_of(interval.resource) : -2;
    if (index < 0) return;
    const BilledSnapshot& snapshot = snapshots[static_cast<std::size_t>(index)];
    if (!snapshot.is_orphan || interval.since == interval.until) return;
    interval.since = std::max(interval.since, snapshot.orphan_since.value_or(interval.since));
    since.add(static_cast<std::size_t>(index), interval);
  });
  since.visit([&](std::size_t, std::size_t index, std::size_t, const CostSum& sum) {
    snapshots[index].money_since += sum.money;
  });
}

std::vector<std::string> Bill::notes() const {
  std::set<std::string> notes;
  std::vector<char> is_seen(usage_.lines().size());
  usage_.scan(question_.from, question_.until, [&](const storage::MeterInterval& interval) {
    const auto index = static_cast<std::size_t>(interval.line);
    if (is_seen[index] || !concerns(interval)) return;
    is_seen[index] = 1;
    const UsageLine& line = usage_.lines()[index];
    if (!line.price)
      notes.insert(fmt::format("No price is known for {} ({}): it is billed at 0. --prices can tell it.",
                               line.usage_type, line.meter.operation));
    else if (!prices_.has_list(line.scope.region))
      notes.insert(fmt::format("There is no price list of {}: the prices of {} are used.", line.scope.region,
                               storage::kFallbackPriceRegion));
  });
  return {notes.begin(), notes.end()};
}

}  // namespace amity::handlers
