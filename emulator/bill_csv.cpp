// The bill as tables: its own, and those of AWS and of the FinOps Foundation.
#include "emulator/bill_report.hpp"
#include "handlers/price_list.hpp"
#include "model/json.hpp"

#include <fmt/format.h>

#include <span>

namespace amity::emulator {
namespace {

// One line of a table, with its amounts written so that they add up.
struct Row {
  const handlers::BillItem& item;
  std::string usage;
  std::string cost;
  std::string rate;
  std::string resource_id;
  std::vector<std::pair<std::string, std::string>> tags;

  const handlers::UsageLine& line() const { return *item.line; }
};

struct Column {
  std::string_view name;
  std::string (*value)(const Row& row);
};

std::string moment(std::int64_t time) {
  const std::string text = model::to_iso8601(handlers::time_of(time));
  return text.substr(0, text.find('.')) + "Z";
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

std::string user_tags(const Row& row, std::string_view prefix) {
  auto tags = row.tags;
  for (auto& [key, value] : tags) key.insert(0, prefix);
  return tags.empty() ? "" : json_object(tags);
}

std::string none(const Row&) { return {}; }
std::string account(const Row& row) { return row.line().scope.account; }
std::string region(const Row& row) { return row.line().scope.region; }
std::string service_code(const Row& row) { return std::string(row.line().product.product_code); }
std::string product_name(const Row& row) { return std::string(row.line().product.product_name); }
std::string usage_type(const Row& row) { return row.line().usage_type; }
std::string operation(const Row& row) { return row.line().meter.operation; }
std::string zone(const Row& row) { return row.line().meter.zone; }
std::string unit(const Row& row) { return std::string(row.line().product.unit); }
std::string usage(const Row& row) { return row.usage; }
std::string cost(const Row& row) { return row.cost; }
std::string rate(const Row& row) { return row.rate; }
std::string resource(const Row& row) { return row.resource_id; }
std::string start(const Row& row) { return moment(row.item.from); }
std::string end(const Row& row) { return moment(row.item.until); }
std::string month_start(const Row& row) { return moment(handlers::start_of_month(row.item.from)); }
std::string month_end(const Row& row) { return moment(handlers::start_of_next_month(row.item.from)); }
std::string dollars(const Row&) { return "USD"; }
std::string seller(const Row&) { return "Amazon Web Services, Inc."; }
std::string instance_type(const Row& row) { return row.line().product.instance_type; }
std::string sku(const Row& row) {
  return handlers::sku_of(row.line().scope.region, row.line().meter.usage_type, row.line().meter.operation);
}
std::string rate_id(const Row& row) { return sku(row) + ".JRTCKXETXF.6YS6EN2CT7"; }
std::string description(const Row& row) {
  return fmt::format("${} {}", row.rate.empty() ? "0" : row.rate, row.line().product.description);
}
template <const auto& Text>
std::string always(const Row&) {
  return Text;
}
constexpr char kAws[] = "AWS";
constexpr char kAnniversary[] = "Anniversary";
constexpr char kUsage[] = "Usage";
constexpr char kOnDemand[] = "OnDemand";

std::string normalization_factor(const Row& row) {
  const auto quarters = handlers::normalization_quarters(instance_type(row));
  return quarters ? fmt::format("{}", static_cast<double>(quarters) / 4) : "";
}
std::string normalized_usage(const Row& row) {
  return row.item.sum.normalized ? handlers::usage_text(row.item.sum.normalized) : "";
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string table(handlers::Bill& bill, handlers::Granularity granularity, std::span<const Column> columns) {
  std::string csv;
  const auto end_cell = [&](std::size_t i) { csv += i + 1 < columns.size() ? ',' : '\n'; };
  for (std::size_t i = 0; i < columns.size(); ++i) csv += columns[i].name, end_cell(i);
  handlers::MoneyTexts money;
  bill.visit(granularity, [&](const handlers::BillItem& item) {
    const Row row{.item = item,
                  .usage = handlers::usage_text(item.sum.usage),
                  .cost = money.next(item.sum.money),
                  .rate = item.line->price ? handlers::money_text(handlers::kUsageUnit * *item.line->price) : "",
                  .resource_id = handlers::reported_id(item.resource->scope, item.resource->id),
                  .tags = bill.usage().history().tags_of(*item.resource)};
    for (std::size_t i = 0; i < columns.size(); ++i) csv += csv_cell(columns[i].value(row)), end_cell(i);
  });
  return csv;
}

constexpr Column kOwn[] = {
    {"account", account},
    {"region", region},
    {"availability_zone", zone},
    {"service", [](const Row& row) { return std::string(row.line().product.service); }},
    {"usage_type", usage_type},
    {"operation", operation},
    {"resource_id", [](const Row& row) { return row.item.resource->id; }},
    {"image_id", [](const Row& row) { return row.item.resource->image_id; }},
    {"from", start},
    {"to", end},
    {"unit", unit},
    {"usage", usage},
    {"unit_price", rate},
    {"cost", cost},
};

// AWS Data Exports, table COST_AND_USAGE_REPORT (CUR 2.0), TIME_GRANULARITY DAILY, INCLUDE_RESOURCES TRUE. What belongs
// to discounts, reservations, Savings Plans and split costs is empty: there are none.
constexpr Column kCur[] = {
    {"bill_bill_type", always<kAnniversary>},
    {"bill_billing_entity", always<kAws>},
    {"bill_billing_period_end_date", month_end},
    {"bill_billing_period_start_date", month_start},
    {"bill_invoice_id", none},
    {"bill_invoicing_entity", seller},
    {"bill_payer_account_id", account},
    {"bill_payer_account_name", account},
    {"cost_category", none},
    {"discount", none},
    {"discount_bundled_discount", none},
    {"discount_total_discount", none},
    {"identity_line_item_id",
     [](const Row& row) {
       return fmt::format("{}/{}/{}", row.resource_id, row.line().usage_type, moment(row.item.from));
     }},
    {"identity_time_interval", [](const Row& row) { return start(row) + "/" + end(row); }},
    {"line_item_availability_zone", zone},
    {"line_item_blended_cost", cost},
    {"line_item_blended_rate", rate},
    {"line_item_currency_code", dollars},
    {"line_item_legal_entity", seller},
    {"line_item_line_item_description", description},
    {"line_item_line_item_type", always<kUsage>},
    {"line_item_net_unblended_cost", none},
    {"line_item_net_unblended_rate", none},
    {"line_item_normalization_factor", normalization_factor},
    {"line_item_normalized_usage_amount", normalized_usage},
    {"line_item_operation", operation},
    {"line_item_product_code", service_code},
    {"line_item_resource_id", resource},
    {"line_item_tax_type", none},
    {"line_item_unblended_cost", cost},
    {"line_item_unblended_rate", rate},
    {"line_item_usage_account_id", account},
    {"line_item_usage_account_name", account},
    {"line_item_usage_amount", usage},
    {"line_item_usage_end_date", end},
    {"line_item_usage_start_date", start},
    {"line_item_usage_type", usage_type},
    {"pricing_currency", dollars},
    {"pricing_lease_contract_length", none},
    {"pricing_offering_class", none},
    {"pricing_public_on_demand_cost", cost},
    {"pricing_public_on_demand_rate", rate},
    {"pricing_purchase_option", none},
    {"pricing_rate_code", rate_id},
    {"pricing_rate_id", rate_id},
    {"pricing_term", always<kOnDemand>},
    {"pricing_unit", unit},
    {"product",
     [](const Row& row) {
       return json_object({{"product_name", product_name(row)}, {"region", region(row)}});
     }},
    {"product_comment", none},
    {"product_fee_code", none},
    {"product_fee_description", none},
    {"product_from_location", none},
    {"product_from_location_type", none},
    {"product_from_region_code", none},
    {"product_instance_family", none},
    {"product_instance_type", instance_type},
    {"product_instancesku", none},
    {"product_location", none},
    {"product_location_type", [](const Row&) { return std::string("AWS Region"); }},
    {"product_operation", operation},
    {"product_pricing_unit", unit},
    {"product_product_family", [](const Row& row) { return std::string(row.line().product.product_family); }},
    {"product_region_code", region},
    {"product_servicecode", service_code},
    {"product_sku", sku},
    {"product_to_location", none},
    {"product_to_location_type", none},
    {"product_to_region_code", none},
    {"product_usagetype", usage_type},
    {"reservation_amortized_upfront_cost_for_usage", none},
    {"reservation_amortized_upfront_fee_for_billing_period", none},
    {"reservation_availability_zone", none},
    {"reservation_effective_cost", none},
    {"reservation_end_time", none},
    {"reservation_modification_status", none},
    {"reservation_net_amortized_upfront_cost_for_usage", none},
    {"reservation_net_amortized_upfront_fee_for_billing_period", none},
    {"reservation_net_effective_cost", none},
    {"reservation_net_recurring_fee_for_usage", none},
    {"reservation_net_unused_amortized_upfront_fee_for_billing_period", none},
    {"reservation_net_unused_recurring_fee", none},
    {"reservation_net_upfront_value", none},
    {"reservation_normalized_units_per_reservation", none},
    {"reservation_number_of_reservations", none},
    {"reservation_recurring_fee_for_usage", none},
    {"reservation_reservation_a_r_n", none},
    {"reservation_start_time", none},
    {"reservation_subscription_id", none},
    {"reservation_total_reserved_normalized_units", none},
    {"reservation_total_reserved_units", none},
    {"reservation_units_per_reservation", none},
    {"reservation_unused_amortized_upfront_fee_for_billing_period", none},
    {"reservation_unused_normalized_unit_quantity", none},
    {"reservation_unused_quantity", none},
    {"reservation_unused_recurring_fee", none},
    {"reservation_upfront_value", none},
    {"resource_tags", [](const Row& row) { return user_tags(row, "user_"); }},
    {"savings_plan_amortized_upfront_commitment_for_billing_period", none},
    {"savings_plan_end_time", none},
    {"savings_plan_instance_type_family", none},
    {"savings_plan_net_amortized_upfront_commitment_for_billing_period", none},
    {"savings_plan_net_recurring_commitment_for_billing_period", none},
    {"savings_plan_net_savings_plan_effective_cost", none},
    {"savings_plan_offering_type", none},
    {"savings_plan_payment_option", none},
    {"savings_plan_purchase_term", none},
    {"savings_plan_recurring_commitment_for_billing_period", none},
    {"savings_plan_region", none},
    {"savings_plan_savings_plan_a_r_n", none},
    {"savings_plan_savings_plan_effective_cost", none},
    {"savings_plan_savings_plan_rate", none},
    {"savings_plan_start_time", none},
    {"savings_plan_total_commitment_to_date", none},
    {"savings_plan_used_commitment", none},
};

struct FocusService {
  std::string_view begins;  // of the usage type without prefix
  std::string_view category;
  std::string_view subcategory;
  std::string_view resource_type;
};
constexpr FocusService kFocusServices[] = {
    {"EBS:Snapshot", "Storage", "Backup Storage", "Snapshot"},
    {"EBS:FastSnapshotRestore", "Storage", "Backup Storage", "Snapshot"},
    {"EBS:directAPI", "Storage", "Backup Storage", "Snapshot"},
    {"EBS:Volume", "Storage", "Block Storage", "Volume"},
    {"PublicIPv4", "Networking", "Network Infrastructure", "Network Interface"},
    {"BoxUsage", "Compute", "Virtual Machines", "Instance"},
    {"DedicatedUsage", "Compute", "Virtual Machines", "Instance"},
    {"SpotUsage", "Compute", "Virtual Machines", "Instance"},
    {"", "Networking", "Other (Networking)", "Snapshot"},
};
const FocusService& focus_service(const Row& row) {
  for (const FocusService& service : kFocusServices)
    if (row.line().meter.usage_type.starts_with(service.begins)) return service;
  return kFocusServices[0];
}

// FOCUS 1.2, all of its columns; those of commitments, capacity reservations and virtual currencies are null.
constexpr Column kFocus[] = {
    {"AvailabilityZone", zone},
    {"BilledCost", cost},
    {"BillingAccountId", account},
    {"BillingAccountName", account},
    {"BillingAccountType", [](const Row&) { return std::string("BillingAccount"); }},
    {"BillingCurrency", dollars},
    {"BillingPeriodEnd", month_end},
    {"BillingPeriodStart", month_start},
    {"CapacityReservationId", none},
    {"CapacityReservationStatus", none},
    {"ChargeCategory", always<kUsage>},
    {"ChargeClass", none},
    {"ChargeDescription", description},
    {"ChargeFrequency", [](const Row&) { return std::string("Usage-Based"); }},
    {"ChargePeriodEnd", end},
    {"ChargePeriodStart", start},
    {"CommitmentDiscountCategory", none},
    {"CommitmentDiscountId", none},
    {"CommitmentDiscountName", none},
    {"CommitmentDiscountQuantity", none},
    {"CommitmentDiscountStatus", none},
    {"CommitmentDiscountType", none},
    {"CommitmentDiscountUnit", none},
    {"ConsumedQuantity", usage},
    {"ConsumedUnit", unit},
    {"ContractedCost", cost},
    {"ContractedUnitPrice", rate},
    {"EffectiveCost", cost},
    {"InvoiceId", none},
    {"InvoiceIssuerName", seller},
    {"ListCost", cost},
    {"ListUnitPrice", rate},
    {"PricingCategory", [](const Row&) { return std::string("Standard"); }},
    {"PricingCurrency", dollars},
    {"PricingCurrencyContractedUnitPrice", rate},
    {"PricingCurrencyEffectiveCost", cost},
    {"PricingCurrencyListUnitPrice", rate},
    {"PricingQuantity", usage},
    {"PricingUnit", unit},
    {"ProviderName", always<kAws>},
    {"PublisherName", always<kAws>},
    {"RegionId", region},
    {"RegionName", region},
    {"ResourceId", resource},
    {"ResourceName", none},
    {"ResourceType", [](const Row& row) { return std::string(focus_service(row).resource_type); }},
    {"ServiceCategory", [](const Row& row) { return std::string(focus_service(row).category); }},
    {"ServiceName", product_name},
    {"ServiceSubcategory", [](const Row& row) { return std::string(focus_service(row).subcategory); }},
    {"SkuId", sku},
    {"SkuMeter", usage_type},
    {"SkuPriceDetails", none},
    {"SkuPriceId", rate_id},
    {"SubAccountId", account},
    {"SubAccountName", account},
    {"SubAccountType", [](const Row&) { return std::string("LinkedAccount"); }},
    {"Tags", [](const Row& row) { return user_tags(row, ""); }},
    {"x_Operation", operation},
    {"x_ServiceCode", service_code},
    {"x_UsageType", usage_type},
};

}  // namespace

std::string bill_csv(handlers::Bill& bill) { return table(bill, handlers::Granularity::Monthly, kOwn); }
std::string bill_cur(handlers::Bill& bill) { return table(bill, handlers::Granularity::Daily, kCur); }
std::string bill_focus(handlers::Bill& bill) { return table(bill, handlers::Granularity::Daily, kFocus); }

}  // namespace amity::emulator
