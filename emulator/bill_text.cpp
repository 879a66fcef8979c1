// The bill for people: tables of fixed width.
#include "emulator/bill_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::emulator {
namespace {

using handlers::money_text;

// Tables for people show cents and a little more; they add up as they stand.
constexpr int kDecimals = 4;

std::string size_text(std::int64_t bytes) {
  return fmt::format("{:.2f} GiB", static_cast<double>(bytes) / (1024.0 * 1024 * 1024));
}

class Table {
 public:
  explicit Table(std::vector<std::string> titles) { rows_.push_back(std::move(titles)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  // The first column is set to the left, all others to the right.
  std::string text() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_)
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    std::string text;
    for (const auto& row : rows_) {
      std::string line = fmt::format("  {:<{}}", row[0], widths[0]);
      for (std::size_t i = 1; i < row.size(); ++i) line += fmt::format("  {:>{}}", row[i], widths[i]);
      text += line + '\n';
    }
    return text;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string groups_text(handlers::Bill& bill, const BillGrouping& grouping) {
  Table table({std::string(name_of(grouping.by)), "usage", "USD"});
  handlers::Int128 total = 0;
  handlers::MoneyTexts money(kDecimals);
  for (const BillGroup& group : bill_groups(bill, grouping)) {
    table.add({group.name, group.detail, money.next(group.sum.money)});
    total += group.sum.money;
  }
  table.add({"total", "", money_text(total, kDecimals)});
  return table.text();
}

std::string image_text(const handlers::BilledSnapshot& snapshot) {
  if (snapshot.image_id.empty()) return "-";
  return snapshot.is_orphan ? snapshot.image_id + " (gone)" : snapshot.image_id;
}

std::string snapshots_text(const std::vector<handlers::BilledSnapshot>& snapshots) {
  Table table({"snapshot", "region", "image", "stored", "full size", "USD"});
  for (const handlers::BilledSnapshot& snapshot : snapshots)
    table.add({snapshot.id, snapshot.scope.region, image_text(snapshot),
               size_text(snapshot.stored_bytes) + (snapshot.is_archived ? " (archive)" : ""),
               size_text(snapshot.full_bytes), money_text(snapshot.money, kDecimals)});
  return table.text();
}

std::string orphans_text(const std::vector<handlers::BilledSnapshot>& snapshots) {
  Table table({"snapshot", "region", "image", "name", "gone since", "USD since"});
  handlers::Int128 total = 0;
  handlers::MoneyTexts money(kDecimals);
  for (const handlers::BilledSnapshot& snapshot : snapshots) {
    if (!snapshot.is_orphan) continue;
    table.add({snapshot.id, snapshot.scope.region, snapshot.image_id, snapshot.image_name,
               snapshot.orphan_since ? day_of(*snapshot.orphan_since) : "?", money.next(snapshot.money_since)});
    total += snapshot.money_since;
  }
  table.add({"total", "", "", "", "", money_text(total, kDecimals)});
  return table.text();
}

}  // namespace

std::string bill_text(handlers::Bill& bill, const BillGrouping& grouping) {
  std::string text =
      fmt::format("Bill of {} to {}{}, without tax, free tier and discounts\n\n", day_of(bill.question().from),
                  day_of(bill.question().until), bill.is_estimated() ? " (so far)" : "");
  text += groups_text(bill, grouping);
  const auto snapshots = bill.snapshots();
  if (!snapshots.empty()) text += "\nSnapshots that are there now\n" + snapshots_text(snapshots);
  if (std::ranges::any_of(snapshots, &handlers::BilledSnapshot::is_orphan))
    text += "\nOrphans: snapshots of images that are gone\n" + orphans_text(snapshots);
  const auto notes = bill.notes();
  if (!notes.empty()) text += '\n';
  for (const std::string& note : notes) text += "Note: " + note + '\n';
  return text;
}

}  // namespace amity::emulator
