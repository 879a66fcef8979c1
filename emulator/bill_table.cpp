#include "emulator/bill_table.hpp"

#include "handlers/price_list.hpp"
#include "model/json.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace amity::emulator {
namespace {

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string moment(std::int64_t time) { return model::to_iso8601(handlers::time_of(time)); }

}  // namespace

std::string BillRow::attribute(const std::string& name) const {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : found->second;
}

std::string json_object(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string json = "{";
  for (const auto& [name, value] : members) {
    if (json.size() > 1) json += ',';
    model::append_json_string(json, name);
    json += ':';
    model::append_json_string(json, value);
  }
  return json + "}";
}

std::string bill_table(handlers::Bill& bill, handlers::Granularity granularity, std::span<const BillColumn> columns) {
  std::string csv;
  const auto end_cell = [&](std::size_t i) { csv += i + 1 < columns.size() ? ',' : '\n'; };
  for (std::size_t i = 0; i < columns.size(); ++i) csv += columns[i].name, end_cell(i);
  std::unordered_map<const handlers::UsageLine*, std::map<std::string, std::string>> attributes;
  handlers::MoneyTexts money;
  bill.visit(granularity, [&](const handlers::BillItem& item) {
    const auto [known, is_new] = attributes.try_emplace(item.line);
    if (is_new) {
      const handlers::UsageLine& line = *item.line;
      known->second = handlers::product_attributes(bill.catalogue(), line.scope.region, line.meter.usage_type,
                                                   line.meter.operation);
    }
    const BillRow row{.item = item,
                      .attributes = known->second,
                      .usage = handlers::usage_text(item.sum.usage),
                      .cost = money.next(item.sum.money)};
    for (std::size_t i = 0; i < columns.size(); ++i) csv += csv_cell(columns[i].value(row)), end_cell(i);
  });
  return csv;
}

namespace cells {

std::string account(const BillRow& row) { return row.line().scope.account; }
std::string region(const BillRow& row) { return row.line().scope.region; }
std::string zone(const BillRow& row) { return row.line().meter.zone; }
std::string usage_type(const BillRow& row) { return row.line().usage_type; }
std::string operation(const BillRow& row) { return row.line().meter.operation; }
std::string product_code(const BillRow& row) { return std::string(row.line().product.product_code); }
std::string resource_id(const BillRow& row) {
  return handlers::reported_id(row.item.resource->scope, row.item.resource->id);
}
std::string unit(const BillRow& row) { return std::string(row.line().product.unit); }
std::string usage(const BillRow& row) { return row.usage; }
std::string rate(const BillRow& row) {
  return handlers::money_text(handlers::kUsageUnit * row.line().price.value_or(0));
}
std::string cost(const BillRow& row) { return row.cost; }
std::string description(const BillRow& row) { return fmt::format("${} {}", rate(row), row.line().product.description); }
std::string sku(const BillRow& row) {
  return handlers::sku_of(row.line().scope.region, row.line().meter.usage_type, row.line().meter.operation);
}
std::string price_id(const BillRow& row) { return handlers::rate_code_of(sku(row)); }
std::string start(const BillRow& row) { return moment(row.item.from); }
std::string end(const BillRow& row) { return moment(row.item.until); }
std::string month_start(const BillRow& row) { return moment(handlers::start_of_month(row.item.from)); }
std::string month_end(const BillRow& row) { return moment(handlers::start_of_next_month(row.item.from)); }

}  // namespace cells
}  // namespace amity::emulator
