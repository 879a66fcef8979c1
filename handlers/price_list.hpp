// The price list as the Price List Service shows it: each price as a product with attributes, and its terms.
#pragma once

#include "handlers/call.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

struct PricedProduct {
  std::string service_code;  // "AmazonEC2"
  std::string product_family;
  std::string sku;
  std::map<std::string, std::string> attributes;  // "usagetype", "location" …; "sku" and "productFamily" are none
  std::string unit;
  std::string description;
  std::string price;           // "0.0500000000"
  std::string effective_date;  // "2026-05-01"
};

// Sixteen letters and digits that stay the same. `usage_type` is without its region's prefix.
std::string sku_of(std::string_view region, std::string_view usage_type, std::string_view operation);

// Of the price for each unit, on demand.
std::string rate_code_of(std::string_view sku);

// What the price list says of a product beside its price. `usage_type` is without its region's prefix.
std::map<std::string, std::string> product_attributes(const storage::Catalogue& catalogue, std::string_view region,
                                                      std::string_view usage_type, std::string_view operation);

// Of all regions that have a price list.
std::vector<PricedProduct> priced_products(Call& call);

// One element of GetProducts' PriceList.
std::string to_price_list_json(const PricedProduct& product);

}  // namespace amity::handlers
