// The bill in the form of the FinOps Open Cost and Usage Specification, version 1.2, with the columns that AWS adds.
// What belongs to commitments, capacity reservations and invoices is null: there are none.
#include "emulator/bill_report.hpp"
#include "emulator/bill_table.hpp"

namespace amity::emulator {
namespace {

constexpr char kBillingAccount[] = "BillingAccount";
constexpr char kLinkedAccount[] = "LinkedAccount";
constexpr char kUsageBased[] = "Usage-Based";
constexpr char kEmptyMap[] = "{}";

struct FocusService {
  std::string_view begins;  // of the usage type without prefix
  std::string_view name;    // each of one category only, as the specification wants it
  std::string_view category;
  std::string_view subcategory;
  std::string_view resource_type;
};
constexpr std::string_view kCompute = "Amazon Elastic Compute Cloud", kBlockStore = "Amazon Elastic Block Store";
constexpr FocusService kFocusServices[] = {
    {"EBS:Volume", kBlockStore, "Storage", "Block Storage", "Volume"},
    {"EBS:", kBlockStore, "Storage", "Block Storage", "Snapshot"},
    {"PublicIPv4", "Amazon Virtual Private Cloud", "Networking", "Network Infrastructure", "Network Interface"},
    {"BoxUsage", kCompute, "Compute", "Virtual Machines", "Instance"},
    {"DedicatedUsage", kCompute, "Compute", "Virtual Machines", "Instance"},
    {"SpotUsage", kCompute, "Compute", "Virtual Machines", "Instance"},
    {"", "AWS Data Transfer", "Networking", "Other (Networking)", "Snapshot"},
};
const FocusService& focus_service(const BillRow& row) {
  for (const FocusService& service : kFocusServices)
    if (row.line().meter.usage_type.starts_with(service.begins)) return service;
  return kFocusServices[0];
}

// In the words of the specification: "GB-Mo" -> "GB-Months", "Hrs" -> "Hours".
std::string unit(const BillRow& row) {
  std::string unit = cells::unit(row);
  for (const auto& [short_form, long_form] :
       {std::pair<std::string_view, std::string_view>{"-Mo", "-Months"}, {"-mo", "-Months"}, {"Hrs", "Hours"}})
    if (unit.ends_with(short_form)) return unit.substr(0, unit.size() - short_form.size()) + std::string(long_form);
  return unit;
}

std::string pricing_category(const BillRow& row) {
  return row.line().meter.usage_type.starts_with("SpotUsage") ? "Dynamic" : "Standard";
}

std::string price_details(const BillRow& row) {
  if (row.attribute("instanceType").empty()) return {};
  return json_object(
      {{"InstanceType", row.attribute("instanceType")}, {"OperatingSystem", row.attribute("operatingSystem")}});
}

constexpr BillColumn kColumns[] = {
    {"AvailabilityZone", cells::zone},
    {"BilledCost", cells::cost},
    {"BillingAccountId", cells::account},
    {"BillingAccountName", cells::account},
    {"BillingAccountType", cells::always<kBillingAccount>},
    {"BillingCurrency", cells::always<cells::kUsd>},
    {"BillingPeriodEnd", cells::month_end},
    {"BillingPeriodStart", cells::month_start},
    {"CapacityReservationId", cells::none},
    {"CapacityReservationStatus", cells::none},
    {"ChargeCategory", cells::always<cells::kUsage>},
    {"ChargeClass", cells::none},
    {"ChargeDescription", cells::description},
    {"ChargeFrequency", cells::always<kUsageBased>},
    {"ChargePeriodEnd", cells::end},
    {"ChargePeriodStart", cells::start},
    {"CommitmentDiscountCategory", cells::none},
    {"CommitmentDiscountId", cells::none},
    {"CommitmentDiscountName", cells::none},
    {"CommitmentDiscountQuantity", cells::none},
    {"CommitmentDiscountStatus", cells::none},
    {"CommitmentDiscountType", cells::none},
    {"CommitmentDiscountUnit", cells::none},
    {"ConsumedQuantity", cells::usage},
    {"ConsumedUnit", unit},
    {"ContractedCost", cells::cost},
    {"ContractedUnitPrice", cells::rate},
    {"EffectiveCost", cells::cost},
    {"InvoiceId", cells::none},
    {"InvoiceIssuerName", cells::always<cells::kSeller>},
    {"ListCost", cells::cost},
    {"ListUnitPrice", cells::rate},
    {"PricingCategory", pricing_category},
    {"PricingCurrency", cells::always<cells::kUsd>},
    {"PricingCurrencyContractedUnitPrice", cells::rate},
    {"PricingCurrencyEffectiveCost", cells::cost},
    {"PricingCurrencyListUnitPrice", cells::rate},
    {"PricingQuantity", cells::usage},
    {"PricingUnit", unit},
    {"ProviderName", cells::always<cells::kAws>},
    {"PublisherName", cells::always<cells::kAws>},
    {"RegionId", cells::region},
    {"RegionName", [](const BillRow& row) { return row.attribute("location"); }},
    {"ResourceId", cells::resource_id},
    {"ResourceName", cells::none},
    {"ResourceType", [](const BillRow& row) { return std::string(focus_service(row).resource_type); }},
    {"ServiceCategory", [](const BillRow& row) { return std::string(focus_service(row).category); }},
    {"ServiceName", [](const BillRow& row) { return std::string(focus_service(row).name); }},
    {"ServiceSubcategory", [](const BillRow& row) { return std::string(focus_service(row).subcategory); }},
    {"SkuId", cells::sku},
    {"SkuMeter", cells::usage_type},
    {"SkuPriceDetails", price_details},
    {"SkuPriceId", cells::price_id},
    {"SubAccountId", cells::account},
    {"SubAccountName", cells::account},
    {"SubAccountType", cells::always<kLinkedAccount>},
    {"Tags", [](const BillRow& row) { return json_object(row.item.tags); }},
    {"x_Discounts", cells::always<kEmptyMap>},
    {"x_Operation", cells::operation},
    {"x_ServiceCode", cells::product_code},
};

}  // namespace

std::string bill_focus(handlers::Bill& bill) { return bill_table(bill, handlers::Granularity::Daily, kColumns); }

}  // namespace amity::emulator
