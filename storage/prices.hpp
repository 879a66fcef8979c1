// What AWS asks for each usage type: list prices of some regions (fixtures/prices), and those of the user's own file,
// which win. Where a region has no list, us-east-1's holds.
#pragma once

#include "model/state_billing.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::storage {

class Database;

inline constexpr std::string_view kFallbackPriceRegion = "us-east-1";
// A price of one is this much: prices have ten decimals, as in AWS's price list.
inline constexpr std::int64_t kPriceUnit = 10'000'000'000;

struct ListedPrice {
  std::string usage_type;  // without its region's prefix
  std::string operation;   // empty where the price holds for all
  std::int64_t price = 0;  // US dollars for one of the usage type's unit, times kPriceUnit
};

// "0.0125" -> 125'000'000; nullopt for what is no price: at most ten decimals, and less than a million.
std::optional<std::int64_t> parse_price(std::string_view text);

class Prices {
 public:
  // Takes up price lists in the form of fixtures/prices; throws Error, with the line, for what is none.
  void add(std::string_view json);

  // The price in that region, or in its stead in us-east-1; nullopt when nobody knows it. `usage_type` is without its
  // region's prefix.
  std::optional<std::int64_t> find(std::string_view region, std::string_view usage_type,
                                   std::string_view operation) const;
  bool has_list(std::string_view region) const;
  // The regions that have lists, and those, in order.
  std::vector<std::string> regions() const;
  std::vector<ListedPrice> list(std::string_view region) const;
  std::string_view effective_date(std::string_view region) const;

 private:
  struct List {
    std::string effective_date;
    std::map<std::pair<std::string, std::string>, std::int64_t, std::less<>> prices;
  };
  const std::int64_t* find_listed(std::string_view region, std::string_view usage_type,
                                  std::string_view operation) const;
  std::map<std::string, List, std::less<>> lists_;
};

// What is embedded.
const Prices& listed_prices();
// The same with the user's own, which the state keeps.
Prices prices_in(Database& database);
// Keeps a price list of the user's own in place of an earlier one. Throws Error as Prices::add does.
void keep_prices(Database& database, std::string_view json);

}  // namespace amity::storage
