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
std::string location_of(const storage::Catalogue& catalogue, std::string_view region) {
  const state::Region* found = catalogue.region(region);
  const std::string name = found ? found->long_name : std::string(region);
  return name.starts_with("Europe ") ? "EU" + name.substr(6) : name;
}

using Attributes = std::map<std::string, std::string>;

constexpr std::string_view kLocationType = "AWS Region";

// By the letter that a family's name begins with; families of other names are none of these.
std::string instance_family(std::string_view type) {
  constexpr std::pair<char, std::string_view> kFamilies[] = {
      {'t', "General purpose"},   {'m', "General purpose"}, {'c', "Compute optimized"}, {'r', "Memory optimized"},
      {'i', "Storage optimized"}, {'g', "GPU instance"},    {'p', "GPU instance"}};
  const bool is_plain = type.size() > 1 && '0' <= type[1] && type[1] <= '9';
  for (const auto& [letter, family] : kFamilies)
    if (is_plain && type[0] == letter) return std::string(family);
  return {};
}

void add_instance_attributes(const storage::Catalogue& catalogue, const Product& product, Attributes& attributes) {
  if (std::string family = instance_family(product.instance_type); !family.empty())
    attributes["instanceFamily"] = std::move(family);
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
  const ec2::InstanceTypeInfo* type = catalogue.instance_type(product.instance_type);
  if (!type) return;
  attributes["currentGeneration"] = type->current_generation.value_or(false) ? "Yes" : "No";
  if (type->v_cpu_info) attributes["vcpu"] = std::to_string(type->v_cpu_info->default_v_cpus.value_or(0));
  if (type->memory_info)
    attributes["memory"] =
        fmt::format("{:g} GiB", static_cast<double>(type->memory_info->size_in_mi_b.value_or(0)) / 1024);
}

void add_volume_attributes(const Product& product, Attributes& attributes) {
  struct Kind {
    std::string_view api_name;
    std::string_view volume_type;
    std::string_view media;
  };
  constexpr Kind kKinds[] = {
      {"gp3", "General Purpose", "SSD-backed"},
      {"gp2", "General Purpose", "SSD-backed"},
      {"io1", "Provisioned IOPS", "SSD-backed"},
      {"io2", "Provisioned IOPS", "SSD-backed"},
      {"st1", "Throughput Optimized HDD", "HDD-backed"},
      {"sc1", "Cold HDD", "HDD-backed"},
      {"standard", "Magnetic", "HDD-backed"},
  };
  attributes["volumeApiName"] = product.volume_api_name;
  for (const Kind& kind : kKinds)
    if (product.volume_api_name == kind.api_name) {
      attributes["volumeType"] = kind.volume_type;
      attributes["storageMedia"] = kind.media;
    }
}

// Traffic is listed by the pair of Regions, the own one first: "USE1-EU-AWS-Out-Bytes".
void add_traffic_attributes(const storage::Catalogue& catalogue, std::string_view region, std::string_view usage_type,
                            Attributes& attributes) {
  const bool is_outbound = usage_type.ends_with("-AWS-Out-Bytes");
  const auto add = [&](const std::string& end, std::string_view which) {
    attributes[end + "RegionCode"] = which;
    attributes[end + "Location"] = location_of(catalogue, which);
    attributes[end + "LocationType"] = kLocationType;
  };
  attributes["servicecode"] = "AWSDataTransfer";
  attributes["servicename"] = "AWS Data Transfer";
  attributes["transferType"] = is_outbound ? "InterRegion Outbound" : "InterRegion Inbound";
  add(is_outbound ? "from" : "to", region);
  const std::string begin = traffic_code(region) + "-";
  for (const state::Region& other : catalogue.regions())
    if (usage_type.starts_with(begin + traffic_code(other.region_name) + "-AWS-"))
      add(is_outbound ? "to" : "from", other.region_name);
}

PricedProduct product_in(const storage::Catalogue& catalogue, std::string_view region,
                         const storage::ListedPrice& listed, std::string_view effective_date) {
  const Product product = product_of(listed.usage_type, listed.operation);
  const std::string price =
      fmt::format("{}.{:010d}", listed.price / storage::kPriceUnit, listed.price % storage::kPriceUnit);
  return {.service_code = std::string(product.product_code),
          .product_family = std::string(product.product_family),
          .sku = sku_of(region, listed.usage_type, listed.operation),
          .attributes = product_attributes(catalogue, region, listed.usage_type, listed.operation),
          .unit = std::string(product.unit),
          .description = fmt::format("${} {}", price, product.description),
          .price = price,
          .effective_date = std::string(effective_date)};
}

void add_traffic(const storage::Catalogue& catalogue, const storage::Prices& prices, const std::string& from,
                 std::vector<PricedProduct>& products) {
  for (const state::Region& to : catalogue.regions()) {
    if (to.region_name == from) continue;
    const std::string usage_type = fmt::format("{}-{}-AWS-Out-Bytes", traffic_code(from), traffic_code(to.region_name));
    if (const auto price = prices.find(from, usage_type, ""))
      products.push_back(product_in(catalogue, from, {.usage_type = usage_type, .operation = {}, .price = *price},
                                    prices.effective_date(from)));
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
  // A Spot Instance is the same product at another price.
  constexpr std::string_view kSpot = "SpotUsage";
  const std::string product = usage_type.starts_with(kSpot) ? fmt::format("BoxUsage{}", usage_type.substr(kSpot.size()))
                                                            : std::string(usage_type);
  const std::string bytes =
      digest(DigestAlgorithm::Sha256, fmt::format("{}/{}/{}", region, product, is_instance ? operation : ""));
  std::string sku;
  for (std::size_t i = 0; i < 16; ++i)
    sku += "23456789ABCDEFGHJKMNPQRSTUVWXYZ"[static_cast<unsigned char>(bytes[i]) % 31];
  return sku;
}

std::string rate_code_of(std::string_view sku) { return fmt::format("{}.{}.{}", sku, kOnDemand, kPerUnit); }

Attributes product_attributes(const storage::Catalogue& catalogue, std::string_view region, std::string_view usage_type,
                              std::string_view operation) {
  const Product product = product_of(usage_type, operation);
  Attributes attributes{{"servicecode", std::string(product.product_code)},
                        {"servicename", std::string(product.product_name)},
                        {"usagetype", full_usage_type(region, usage_type)},
                        {"operation", std::string(operation)},
                        {"regionCode", std::string(region)},
                        {"location", location_of(catalogue, region)},
                        {"locationType", std::string(kLocationType)}};
  if (!product.instance_type.empty()) add_instance_attributes(catalogue, product, attributes);
  if (!product.volume_api_name.empty()) add_volume_attributes(product, attributes);
  if (product.product_family == "Storage Snapshot") attributes["storageMedia"] = "Amazon S3";
  if (usage_type.ends_with("-Bytes")) add_traffic_attributes(catalogue, region, usage_type, attributes);
  return attributes;
}

std::vector<PricedProduct> priced_products(Call& call) {
  const storage::Prices prices = storage::prices_in(call.store().database());
  std::vector<PricedProduct> products;
  for (const std::string& region : prices.regions()) {
    for (const storage::ListedPrice& listed : prices.list(region))
      if (!listed.usage_type.ends_with("-Bytes"))
        products.push_back(product_in(call.catalogue(), region, listed, prices.effective_date(region)));
    add_traffic(call.catalogue(), prices, region, products);
  }
  return products;
}

std::string to_price_list_json(const PricedProduct& product) {
  const std::string term = fmt::format("{}.{}", product.sku, kOnDemand);
  const std::string rate = rate_code_of(product.sku);
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
