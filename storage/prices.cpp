#include "storage/prices.hpp"

#include "fixtures/embedded.hpp"
#include "model/json.hpp"
#include "storage/database.hpp"
#include "storage/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::storage {
namespace {

constexpr std::size_t kDecimals = 10;
constexpr std::size_t kWholeDigits = 6;

// The setting that keeps the user's own list.
constexpr std::string_view kOwnPrices = "prices";

bool is_digits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

Error unreadable(std::size_t line, std::string_view field, std::string_view why) {
  return Error(fmt::format("line {} of the price list: {} {}", line, field, why));
}

// Traffic between any two regions has one price where no other is listed.
std::string_view general_usage_type(std::string_view usage_type) {
  for (const std::string_view general : {"AWS-Out-Bytes", "AWS-In-Bytes"})
    if (usage_type.ends_with(general)) return general;
  return {};
}

}  // namespace

std::optional<std::int64_t> parse_price(std::string_view text) {
  const auto point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals = text.substr(std::min(point + 1, text.size()));
  if (whole.empty() || whole.size() > kWholeDigits || decimals.size() > kDecimals || !is_digits(whole) ||
      !is_digits(decimals) || text.ends_with('.'))
    return std::nullopt;
  std::string digits(whole);
  digits.append(decimals).append(kDecimals - decimals.size(), '0');
  return std::stoll(digits);
}

void Prices::add(std::string_view json) {
  std::vector<state::PriceList> lists;
  const bool is_list =
      json.find_first_not_of(" \t\r\n") != std::string_view::npos && json[json.find_first_not_of(" \t\r\n")] == '[';
  if (const auto error = model::read_json_list(json, state::PriceList::shape, model::list_access<state::PriceList>,
                                               &lists, {.ignore_unknown = false, .check_constraints = true}))
    throw unreadable(error->line, error->field, error->message);
  for (std::size_t i = 0; i < lists.size(); ++i) {
    List& list = lists_[lists[i].region];
    if (lists[i].effective_date) list.effective_date = *lists[i].effective_date;
    for (std::size_t j = 0; j < lists[i].prices.size(); ++j) {
      const state::Price& price = lists[i].prices[j];
      const auto amount = parse_price(price.price);
      if (!amount) {
        const std::string field = fmt::format("{}Prices[{}].Price", is_list ? fmt::format("[{}].", i) : "", j);
        throw unreadable(model::line_of_field(json, field), field,
                         "is not a price: a number of dollars with at most ten decimals, as text");
      }
      list.prices[{price.usage_type, price.operation.value_or("")}] = *amount;
    }
  }
}

const std::int64_t* Prices::find_listed(std::string_view region, std::string_view usage_type,
                                        std::string_view operation) const {
  const auto list = lists_.find(region);
  if (list == lists_.end()) return nullptr;
  for (const std::string_view of : {operation, std::string_view()}) {
    const auto found = list->second.prices.find(std::pair(std::string(usage_type), std::string(of)));
    if (found != list->second.prices.end()) return &found->second;
  }
  return nullptr;
}

std::optional<std::int64_t> Prices::find(std::string_view region, std::string_view usage_type,
                                         std::string_view operation) const {
  for (const std::string_view place : {region, kFallbackPriceRegion})
    for (const std::string_view usage : {usage_type, general_usage_type(usage_type)})
      if (const std::int64_t* price = usage.empty() ? nullptr : find_listed(place, usage, operation)) return *price;
  return std::nullopt;
}

bool Prices::has_list(std::string_view region) const { return lists_.contains(region); }

std::vector<std::string> Prices::regions() const {
  std::vector<std::string> regions;
  for (const auto& [region, list] : lists_) regions.push_back(region);
  return regions;
}

std::vector<ListedPrice> Prices::list(std::string_view region) const {
  std::vector<ListedPrice> prices;
  if (const auto list = lists_.find(region); list != lists_.end())
    for (const auto& [key, price] : list->second.prices)
      prices.push_back({.usage_type = key.first, .operation = key.second, .price = price});
  return prices;
}

std::string_view Prices::effective_date(std::string_view region) const {
  const auto list = lists_.find(region);
  return list == lists_.end() ? std::string_view() : std::string_view(list->second.effective_date);
}

const Prices& listed_prices() {
  static const Prices listed = [] {
    Prices prices;
    for (const fixtures::EmbeddedFile& file : fixtures::embedded_files())
      if (file.path.starts_with("prices/")) prices.add(file.text);
    return prices;
  }();
  return listed;
}

Prices prices_in(Database& database) {
  Prices prices = listed_prices();
  if (const auto own = Settings(database, {}).get(kOwnPrices)) prices.add(*own);
  return prices;
}

void keep_prices(Database& database, std::string_view json) {
  Prices().add(json);
  Settings(database, {}).set(kOwnPrices, json);
}

}  // namespace amity::storage
