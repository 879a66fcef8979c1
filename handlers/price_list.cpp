#include "handlers/price_list.hpp"

#include "handlers/digest.hpp"
#include "handlers/products.hpp"
#include "handlers/region_codes.hpp"
#include "model/json.hpp"
#include "storage/catalogue.hpp"
#include "storage/prices.hpp"

#include <fmt/format.h>

#include <utility>

namespace amity::handlers {
namespace {

// AWS's codes for "on demand" and for "price for each unit".
constexpr std::string_view kOnDemand = "JRTCKXETXF";
constexpr std::string_view kPerUnit = "6YS6EN2CT7";

// The price list writes "EU" where EC2 writes "Europe".
std::string location_of(const Call& call, std::string_view region) {
  const state::Region* found = call.catalogue().region(region);
  const std::string name = found ? found->long_name : std::string(region);
  return name.starts_with("Europe ") ? "EU" + name.substr(6) : name;
}

void add_instance_attributes(const Call& call, const Product& product, std::map<std::string, std::string>& attributes) {
  attributes["instanceType"] = product.instance_type;
  attributes["operatingSystem"] = product.operating_system;
  attributes["tenancy"] = product.tenancy;
  attributes["preInstalledSw"] = "NA";
  attributes["capacitystatus"] = "Used";
  attributes["licenseModel"] = "No License required";
  attributes["marketoption"] = "OnDemand";
  if (const auto quarters = normalization_quarters(product.instance_type))
    attributes["normalizationSizeFactor"] =
        quarters % 4 == 0 ? std::to_string(quarters / 4) : fmt::format("{:.2g}", static_cast<double>(quarters) / 4);
  const ec2::InstanceTypeInfo* type = call.catalogue().instance_type(product.instance_type);
  if (!type) return;
  attributes["currentGeneration"] = type->current_generation.value_or(false) ? "Yes" : "No";
  if (type->v_cpu_info) attributes["vcpu"] = std::to_string(type->v_cpu_info->default_v_cpus.value_or(0));
  if (type->memory_info)
    attributes["memory"] =
        fmt::format("{:g} GiB", static_cast<double>(type->memory_info->size_in_mi_b.value_or(0)) / 1024);
}

PricedProduct product_in(const Call& call, std::string_view region, const storage::ListedPrice& listed,
                         std::string_view effective_date) {
  const Product product = product_of(listed.usage_type, listed.operation);
  const std::string price =
      fmt::format("{}.{:010d}", listed.price / storage::kPriceUnit, listed.price % storage::kPriceUnit);
  PricedProduct priced{.service_code = std::string(product.product_code),
                       .product_family = std::string(product.product_family),
                       .sku = sku_of(region, listed.usage_type, listed.operation),
                       .attributes = {},
                       .unit = std::string(product.unit),
                       .description = fmt::format("${} {}", price, product.description),
                       .price = price,
                       .effective_date = std::string(effective_date)};
  auto& attributes = priced.attributes;
  attributes["servicecode"] = priced.service_code;
  attributes["servicename"] = product.product_name;
  attributes["usagetype"] = full_usage_type(region, listed.usage_type);
  attributes["operation"] = listed.operation;
  attributes["regionCode"] = region;
  attributes["location"] = location_of(call, region);
  attributes["locationType"] = "AWS Region";
  if (!product.instance_type.empty()) add_instance_attributes(call, product, attributes);
  if (!product.volume_api_name.empty()) attributes["volumeApiName"] = product.volume_api_name;
  if (product.product_family == "Storage Snapshot") attributes["storageMedia"] = "Amazon S3";
  return priced;
}

// Traffic is listed by the pair of regions.
void add_traffic(const Call& call, const storage::Prices& prices, const std::string& from,
                 std::vector<PricedProduct>& products) {
  for (const state::Region& to : call.catalogue().regions()) {
    if (to.region_name == from) continue;
    const std::string usage_type = fmt::format("{}-{}-AWS-Out-Bytes", traffic_code(from), traffic_code(to.region_name));
    const auto price = prices.find(from, usage_type, "");
    if (!price) continue;
    products.push_back(product_in(call, from, {.usage_type = usage_type, .operation = {}, .price = *price},
                                  prices.effective_date(from)));
    auto& attributes = products.back().attributes;
    attributes["transferType"] = "InterRegion Outbound";
    attributes["fromRegionCode"] = from;
    attributes["fromLocation"] = attributes["location"];
    attributes["toRegionCode"] = to.region_name;
    attributes["toLocation"] = location_of(call, to.region_name);
  }
}

void append_member(std::string& json, std::string_view name, std::string_view value) {
  if (json.back() != '{') json += ',';
  model::append_json_string(json, name);
  json += ':';
  model::append_json_string(json, value);
}

}  // namespace

std::string sku_of(std::string_view region, std::string_view usage_type, std::string_view operation) {
  const bool is_instance = !product_of(usage_type, operation).instance_type.empty();
  const std::string bytes =
      digest(DigestAlgorithm::Sha256, fmt::format("{}/{}/{}", region, usage_type, is_instance ? operation : ""));
  std::string sku;
  for (std::size_t i = 0; i < 16; ++i)
    sku += "23456789ABCDEFGHJKMNPQRSTUVWXYZ"[static_cast<unsigned char>(bytes[i]) % 31];
  return sku;
}

std::vector<PricedProduct> priced_products(Call& call) {
  const storage::Prices prices = storage::prices_in(call.store().database());
  std::vector<PricedProduct> products;
  for (const std::string& region : prices.regions()) {
    for (const storage::ListedPrice& listed : prices.list(region))
      if (!listed.usage_type.ends_with("-Bytes"))
        products.push_back(product_in(call, region, listed, prices.effective_date(region)));
    add_traffic(call, prices, region, products);
  }
  return products;
}

std::string to_price_list_json(const PricedProduct& product) {
  const std::string term = fmt::format("{}.{}", product.sku, kOnDemand);
  const std::string rate = fmt::format("{}.{}", term, kPerUnit);
  const std::string effective = product.effective_date + "T00:00:00Z";
  std::string json = "{\"product\":{";
  if (!product.product_family.empty()) append_member(json, "productFamily", product.product_family);
  if (json.back() != '{') json += ',';
  json += "\"attributes\":{";
  for (const auto& [name, value] : product.attributes) append_member(json, name, value);
  json += '}';
  append_member(json, "sku", product.sku);
  json += '}';
  append_member(json, "serviceCode", product.service_code);
  json += fmt::format(",\"terms\":{{\"OnDemand\":{{\"{}\":{{\"priceDimensions\":{{\"{}\":{{", term, rate);
  append_member(json, "unit", product.unit);
  append_member(json, "endRange", "Inf");
  append_member(json, "description", product.description);
  json += ",\"appliesTo\":[]";
  append_member(json, "rateCode", rate);
  append_member(json, "beginRange", "0");
  json += fmt::format(",\"pricePerUnit\":{{\"USD\":\"{}\"}}}}}}", product.price);
  append_member(json, "sku", product.sku);
  append_member(json, "effectiveDate", effective);
  append_member(json, "offerTermCode", kOnDemand);
  json += ",\"termAttributes\":{}}}}";
  append_member(json, "version", "1.0");
  append_member(json, "publicationDate", effective);
  return json + "}";
}

}  // namespace amity::handlers
