// The bill as a table of comma-separated values: what its forms share.
#pragma once

#include "handlers/bill.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::emulator {

// One line of a table, with its amounts written so that they add up.
struct BillRow {
  const handlers::BillItem& item;
  const std::map<std::string, std::string>& attributes;  // of the product, as in the price list
  std::string usage;
  std::string cost;

  const handlers::UsageLine& line() const { return *item.line; }
  // "" for what the product has not.
  std::string attribute(const std::string& name) const;
};

struct BillColumn {
  std::string_view name;
  std::string (*value)(const BillRow& row);
};

// A line for each resource, usage type, period and set of tags, under a line of the columns' names.
std::string bill_table(handlers::Bill& bill, handlers::Granularity granularity, std::span<const BillColumn> columns);

std::string json_object(const std::vector<std::pair<std::string, std::string>>& members);

// Cells that the forms share.
namespace cells {
inline std::string none(const BillRow&) { return {}; }
template <const auto& Text>
std::string always(const BillRow&) {
  return Text;
}
inline constexpr char kUsd[] = "USD";
inline constexpr char kAws[] = "AWS";
inline constexpr char kUsage[] = "Usage";
inline constexpr char kSeller[] = "Amazon Web Services, Inc.";

std::string account(const BillRow& row);
std::string region(const BillRow& row);
std::string zone(const BillRow& row);
std::string usage_type(const BillRow& row);
std::string operation(const BillRow& row);
std::string product_code(const BillRow& row);
std::string resource_id(const BillRow& row);  // as AWS's reports name it
std::string unit(const BillRow& row);
std::string usage(const BillRow& row);
std::string rate(const BillRow& row);  // what nobody knows the price of costs 0
std::string cost(const BillRow& row);
std::string description(const BillRow& row);  // "$0.05 per GB-Month of snapshot data stored"
std::string sku(const BillRow& row);
std::string price_id(const BillRow& row);
// The item's period, and the month that it is in: "2026-01-01T00:00:00.000Z".
std::string start(const BillRow& row);
std::string end(const BillRow& row);
std::string month_start(const BillRow& row);
std::string month_end(const BillRow& row);
}  // namespace cells

}  // namespace amity::emulator
