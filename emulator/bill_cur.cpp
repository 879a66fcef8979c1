// The bill as AWS Data Exports writes it: the table COST_AND_USAGE_REPORT (CUR 2.0) with TIME_GRANULARITY DAILY and
// INCLUDE_RESOURCES TRUE. What belongs to discounts, reservations and Savings Plans is empty: there are none.
#include "emulator/bill_report.hpp"
#include "emulator/bill_table.hpp"
#include "handlers/digest.hpp"
#include "model/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

namespace amity::emulator {
namespace {

constexpr char kAnniversary[] = "Anniversary";
constexpr char kOnDemand[] = "OnDemand";
constexpr char kEmptyMap[] = "{}";

std::string time_interval(const BillRow& row) {
  const auto seconds = [](const std::string& time) { return time.substr(0, time.find('.')) + "Z"; };
  return seconds(cells::start(row)) + "/" + seconds(cells::end(row));
}

// Of everything that tells one line from another.
std::string line_item_id(const BillRow& row) {
  const std::string line = fmt::format("{} {} {} {} {} {}", cells::resource_id(row), cells::usage_type(row),
                                       cells::operation(row), cells::zone(row), cells::start(row), row.item.since);
  return model::base64_encode(handlers::digest(handlers::DigestAlgorithm::Sha256, line));
}

std::string normalization_factor(const BillRow& row) {
  const auto quarters = handlers::normalization_quarters(row.line().product.instance_type);
  return quarters ? fmt::format("{}", static_cast<double>(quarters) / 4) : "";
}
std::string normalized_usage(const BillRow& row) {
  return row.item.sum.normalized ? handlers::usage_text(row.item.sum.normalized) : "";
}

std::string resource_tags(const BillRow& row) {
  auto tags = row.item.tags;
  for (auto& [key, value] : tags) key.insert(0, "user_");
  return json_object(tags);
}

// Attributes of the product that have columns of their own.
constexpr std::string_view kInColumns[] = {
    "fromLocation", "fromLocationType", "fromRegionCode", "instanceFamily", "instanceType",
    "location",     "locationType",     "operation",      "regionCode",     "servicecode",
    "toLocation",   "toLocationType",   "toRegionCode",   "usagetype",
};

// "volumeApiName" -> "volume_api_name".
std::string snake_case(std::string_view name) {
  std::string snake;
  for (const char c : name) {
    const bool is_upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (is_upper) snake += '_';
    snake += is_upper ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : c;
  }
  return snake;
}

std::string other_attributes(const BillRow& row) {
  std::vector<std::pair<std::string, std::string>> members = {
      {"product_name", std::string(row.line().product.product_name)}, {"region", cells::region(row)}};
  for (const auto& [name, value] : row.attributes)
    if (std::ranges::find(kInColumns, name) == std::end(kInColumns)) members.emplace_back(snake_case(name), value);
  return json_object(members);
}

constexpr BillColumn kColumns[] = {
    {"bill_bill_type", cells::always<kAnniversary>},
    {"bill_billing_entity", cells::always<cells::kAws>},
    {"bill_billing_period_end_date", cells::month_end},
    {"bill_billing_period_start_date", cells::month_start},
    {"bill_invoice_id", cells::none},
    {"bill_invoicing_entity", cells::always<cells::kSeller>},
    {"bill_payer_account_id", cells::account},
    {"bill_payer_account_name", cells::account},
    {"cost_category", cells::always<kEmptyMap>},
    {"discount", cells::always<kEmptyMap>},
    {"discount_bundled_discount", cells::none},
    {"discount_total_discount", cells::none},
    {"identity_line_item_id", line_item_id},
    {"identity_time_interval", time_interval},
    {"line_item_availability_zone", cells::zone},
    {"line_item_blended_cost", cells::cost},
    {"line_item_blended_rate", cells::rate},
    {"line_item_currency_code", cells::always<cells::kUsd>},
    {"line_item_legal_entity", cells::always<cells::kSeller>},
    {"line_item_line_item_description", cells::description},
    {"line_item_line_item_type", cells::always<cells::kUsage>},
    {"line_item_net_unblended_cost", cells::none},
    {"line_item_net_unblended_rate", cells::none},
    {"line_item_normalization_factor", normalization_factor},
    {"line_item_normalized_usage_amount", normalized_usage},
    {"line_item_operation", cells::operation},
    {"line_item_product_code", cells::product_code},
    {"line_item_resource_id", cells::resource_id},
    {"line_item_tax_type", cells::none},
    {"line_item_unblended_cost", cells::cost},
    {"line_item_unblended_rate", cells::rate},
    {"line_item_usage_account_id", cells::account},
    {"line_item_usage_account_name", cells::account},
    {"line_item_usage_amount", cells::usage},
    {"line_item_usage_end_date", cells::end},
    {"line_item_usage_start_date", cells::start},
    {"line_item_usage_type", cells::usage_type},
    {"pricing_currency", cells::always<cells::kUsd>},
    {"pricing_lease_contract_length", cells::none},
    {"pricing_offering_class", cells::none},
    {"pricing_public_on_demand_cost", cells::cost},
    {"pricing_public_on_demand_rate", cells::rate},
    {"pricing_purchase_option", cells::none},
    {"pricing_rate_code", cells::price_id},
    {"pricing_rate_id", cells::price_id},
    {"pricing_term", cells::always<kOnDemand>},
    {"pricing_unit", cells::unit},
    {"product", other_attributes},
    {"product_comment", cells::none},
    {"product_fee_code", cells::none},
    {"product_fee_description", cells::none},
    {"product_from_location", [](const BillRow& row) { return row.attribute("fromLocation"); }},
    {"product_from_location_type", [](const BillRow& row) { return row.attribute("fromLocationType"); }},
    {"product_from_region_code", [](const BillRow& row) { return row.attribute("fromRegionCode"); }},
    {"product_instance_family", [](const BillRow& row) { return row.attribute("instanceFamily"); }},
    {"product_instance_type", [](const BillRow& row) { return row.attribute("instanceType"); }},
    {"product_instancesku", cells::none},
    {"product_location", [](const BillRow& row) { return row.attribute("location"); }},
    {"product_location_type", [](const BillRow& row) { return row.attribute("locationType"); }},
    {"product_operation", cells::operation},
    {"product_pricing_unit", cells::unit},
    {"product_product_family", [](const BillRow& row) { return std::string(row.line().product.product_family); }},
    {"product_region_code", cells::region},
    {"product_servicecode", [](const BillRow& row) { return row.attribute("servicecode"); }},
    {"product_sku", cells::sku},
    {"product_to_location", [](const BillRow& row) { return row.attribute("toLocation"); }},
    {"product_to_location_type", [](const BillRow& row) { return row.attribute("toLocationType"); }},
    {"product_to_region_code", [](const BillRow& row) { return row.attribute("toRegionCode"); }},
    {"product_usagetype", cells::usage_type},
    {"reservation_amortized_upfront_cost_for_usage", cells::none},
    {"reservation_amortized_upfront_fee_for_billing_period", cells::none},
    {"reservation_availability_zone", cells::none},
    {"reservation_effective_cost", cells::none},
    {"reservation_end_time", cells::none},
    {"reservation_modification_status", cells::none},
    {"reservation_net_amortized_upfront_cost_for_usage", cells::none},
    {"reservation_net_amortized_upfront_fee_for_billing_period", cells::none},
    {"reservation_net_effective_cost", cells::none},
    {"reservation_net_recurring_fee_for_usage", cells::none},
    {"reservation_net_unused_amortized_upfront_fee_for_billing_period", cells::none},
    {"reservation_net_unused_recurring_fee", cells::none},
    {"reservation_net_upfront_value", cells::none},
    {"reservation_normalized_units_per_reservation", cells::none},
    {"reservation_number_of_reservations", cells::none},
    {"reservation_recurring_fee_for_usage", cells::none},
    {"reservation_reservation_a_r_n", cells::none},
    {"reservation_start_time", cells::none},
    {"reservation_subscription_id", cells::none},
    {"reservation_total_reserved_normalized_units", cells::none},
    {"reservation_total_reserved_units", cells::none},
    {"reservation_units_per_reservation", cells::none},
    {"reservation_unused_amortized_upfront_fee_for_billing_period", cells::none},
    {"reservation_unused_normalized_unit_quantity", cells::none},
    {"reservation_unused_quantity", cells::none},
    {"reservation_unused_recurring_fee", cells::none},
    {"reservation_upfront_value", cells::none},
    {"resource_tags", resource_tags},
    {"savings_plan_amortized_upfront_commitment_for_billing_period", cells::none},
    {"savings_plan_end_time", cells::none},
    {"savings_plan_instance_type_family", cells::none},
    {"savings_plan_net_amortized_upfront_commitment_for_billing_period", cells::none},
    {"savings_plan_net_recurring_commitment_for_billing_period", cells::none},
    {"savings_plan_net_savings_plan_effective_cost", cells::none},
    {"savings_plan_offering_type", cells::none},
    {"savings_plan_payment_option", cells::none},
    {"savings_plan_purchase_term", cells::none},
    {"savings_plan_recurring_commitment_for_billing_period", cells::none},
    {"savings_plan_region", cells::none},
    {"savings_plan_savings_plan_a_r_n", cells::none},
    {"savings_plan_savings_plan_effective_cost", cells::none},
    {"savings_plan_savings_plan_rate", cells::none},
    {"savings_plan_start_time", cells::none},
    {"savings_plan_total_commitment_to_date", cells::none},
    {"savings_plan_used_commitment", cells::none},
};

}  // namespace

std::string bill_cur(handlers::Bill& bill) { return bill_table(bill, handlers::Granularity::Daily, kColumns); }

}  // namespace amity::emulator
