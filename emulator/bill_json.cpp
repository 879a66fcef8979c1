#include "emulator/bill_report.hpp"
#include "model/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace amity::emulator {
namespace {

// Amounts are texts, as in AWS's answers, so that no reader rounds them.
class Object {
 public:
  Object& text(std::string_view name, std::string_view value) {
    begin(name);
    model::append_json_string(json_, value);
    return *this;
  }
  Object& number(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }
  Object& boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  Object& raw(std::string_view name, std::string_view json) {
    begin(name);
    json_ += json;
    return *this;
  }
  std::string take() { return std::move(json_) + "}"; }

 private:
  void begin(std::string_view name) {
    if (json_.size() > 1) json_ += ',';
    model::append_json_string(json_, name);
    json_ += ':';
  }
  std::string json_ = "{";
};

std::string list(const std::vector<std::string>& elements) {
  std::string json = "[";
  for (const std::string& element : elements) json += (json.size() > 1 ? ",\n" : "\n") + element;
  return json + (elements.empty() ? "]" : "\n]");
}

std::string moment_text(std::int64_t time) { return model::to_iso8601(handlers::time_of(time)); }

// Each line of the bill, by account, region and usage type.
std::string lines_json(handlers::Bill& bill) {
  std::map<std::pair<std::string, const handlers::UsageLine*>, handlers::CostSum> sums;
  bill.visit(handlers::Granularity::Monthly, [&](const handlers::BillItem& item) {
    sums[{item.line->scope.account + item.line->scope.region + item.line->usage_type, item.line}].add(item.sum);
  });
  handlers::MoneyTexts money;
  std::vector<std::string> lines;
  for (const auto& [key, sum] : sums) {
    const handlers::UsageLine& line = *key.second;
    Object object;
    object.text("account", line.scope.account)
        .text("region", line.scope.region)
        .text("service", line.product.service)
        .text("usage_type", line.usage_type)
        .text("operation", line.meter.operation)
        .text("availability_zone", line.meter.zone)
        .text("unit", line.product.unit)
        .text("usage", handlers::usage_text(sum.usage));
    if (line.price) object.text("unit_price", handlers::money_text(handlers::kUsageUnit * *line.price));
    lines.push_back(object.text("cost", money.next(sum.money)).take());
  }
  return list(lines);
}

std::string groups_json(handlers::Bill& bill, const BillGrouping& grouping) {
  handlers::MoneyTexts money;
  std::vector<std::string> groups;
  for (const BillGroup& group : bill_groups(bill, grouping)) {
    Object object;
    object.text(name_of(grouping.by), group.name);
    if (!group.detail.empty()) object.text("usage", handlers::usage_text(group.sum.usage)).text("unit", group.sum.unit);
    groups.push_back(object.text("cost", money.next(group.sum.money)).take());
  }
  return list(groups);
}

Object snapshot_object(const handlers::BilledSnapshot& snapshot) {
  Object object;
  object.text("snapshot_id", snapshot.id).text("account", snapshot.scope.account).text("region", snapshot.scope.region);
  if (!snapshot.image_id.empty()) object.text("image_id", snapshot.image_id);
  if (!snapshot.image_name.empty()) object.text("image_name", snapshot.image_name);
  return object;
}

std::string snapshots_json(const std::vector<handlers::BilledSnapshot>& snapshots) {
  std::vector<std::string> objects;
  for (const handlers::BilledSnapshot& snapshot : snapshots)
    objects.push_back(snapshot_object(snapshot)
                          .boolean("orphan", snapshot.is_orphan)
                          .text("tier", snapshot.is_archived ? "archive" : "standard")
                          .number("stored_bytes", snapshot.stored_bytes)
                          .number("full_bytes", snapshot.full_bytes)
                          .text("cost", handlers::money_text(snapshot.money))
                          .take());
  return list(objects);
}

std::string orphans_json(const std::vector<handlers::BilledSnapshot>& snapshots) {
  std::vector<std::string> objects;
  for (const handlers::BilledSnapshot& snapshot : snapshots) {
    if (!snapshot.is_orphan) continue;
    Object object = snapshot_object(snapshot);
    if (snapshot.orphan_since) object.text("image_gone", moment_text(*snapshot.orphan_since));
    objects.push_back(object.text("cost_since", handlers::money_text(snapshot.money_since)).take());
  }
  return list(objects);
}

}  // namespace

std::string bill_json(handlers::Bill& bill, const BillGrouping& grouping) {
  handlers::Int128 total = 0;
  bill.visit(handlers::Granularity::Monthly, [&](const handlers::BillItem& item) { total += item.sum.money; });
  std::vector<std::string> notes;
  for (const std::string& note : bill.notes()) model::append_json_string(notes.emplace_back(), note);
  const auto snapshots = bill.snapshots();
  return Object()
      .text("from", moment_text(bill.question().from))
      .text("to", moment_text(bill.question().until))
      .boolean("estimated", bill.is_estimated())
      .text("currency", "USD")
      .text("total", handlers::money_text(total))
      .raw("lines", lines_json(bill))
      .raw("groups", groups_json(bill, grouping))
      .raw("snapshots", snapshots_json(snapshots))
      .raw("orphans", orphans_json(snapshots))
      .raw("notes", list(notes))
      .take();
}

}  // namespace amity::emulator
