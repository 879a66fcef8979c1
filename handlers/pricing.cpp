// The Price List Service: the same prices that the bill is made with.
#include "model/pricing.hpp"

#include "handlers/errors.hpp"
#include "handlers/price_list.hpp"
#include "handlers/registry.hpp"
#include "model/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace amity::handlers {
namespace {

constexpr std::string_view kFormat = "aws_v1";
constexpr std::size_t kProductsPage = 100;

ApiError invalid_parameter(std::string message) { return {"InvalidParameterException", std::move(message)}; }
ApiError service_not_found(std::string_view code) {
  return {"NotFoundException", fmt::format("The service code '{}' does not exist", code)};
}

void check_format(const std::optional<std::string>& format) {
  if (format && *format != kFormat)
    throw invalid_parameter(fmt::format("Invalid FormatVersion '{}': it must be {}", *format, kFormat));
}

// One page of a list; `token` counts what was shown before.
template <class T>
std::vector<T> page_of_list(std::vector<T> all, const std::optional<std::string>& token,
                            const std::optional<std::int32_t>& max_results, std::optional<std::string>& next) {
  std::size_t offset = 0;
  if (token) {
    const std::string text = model::base64_decode(*token).value_or("");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
    if (error != std::errc() || end != text.data() + text.size() || offset > all.size())
      throw ApiError("InvalidNextTokenException",
                     "The pagination token is invalid. Try again without a pagination token.");
  }
  const std::size_t limit = max_results ? static_cast<std::size_t>(*max_results) : kProductsPage;
  const std::size_t end = std::min(all.size(), offset + limit);
  if (end < all.size()) next = model::base64_encode(std::to_string(end));
  return {std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(offset)),
          std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(end))};
}

// What a filter looks at: an attribute, or the two that stand beside the attributes.
std::optional<std::string> field_of(const PricedProduct& product, const std::string& field) {
  if (field == "sku") return product.sku;
  if (field == "productFamily") return product.product_family;
  if (field == "ServiceCode") return product.service_code;
  const auto found = product.attributes.find(field);
  return found == product.attributes.end() ? std::nullopt : std::optional(found->second);
}

bool is_among(std::string_view value, std::string_view list) {
  while (true) {
    const auto comma = list.find(',');
    if (list.substr(0, comma) == value) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

bool fits(const PricedProduct& product, const pricing::Filter& filter) {
  const auto value = field_of(product, filter.field);
  if (filter.type == pricing::FilterType::NONE_OF) return !value || !is_among(*value, filter.value);
  if (!value) return false;
  if (filter.type == pricing::FilterType::CONTAINS) return value->find(filter.value) != std::string::npos;
  if (filter.type == pricing::FilterType::ANY_OF) return is_among(*value, filter.value);
  return *value == filter.value;  // TERM_MATCH, EQUALS
}

std::set<std::string> attribute_names(const std::vector<PricedProduct>& products, std::string_view service) {
  std::set<std::string> names{"productFamily"};
  for (const PricedProduct& product : products)
    if (product.service_code == service)
      for (const auto& [name, value] : product.attributes) names.insert(name);
  return names;
}

std::vector<PricedProduct> products_of(Call& call, const std::string& service) {
  std::vector<PricedProduct> products = priced_products(call);
  std::erase_if(products, [&](const PricedProduct& product) { return product.service_code != service; });
  if (products.empty()) throw service_not_found(service);
  return products;
}

pricing::DescribeServicesResponse describe_services(Call& call, const pricing::DescribeServicesRequest& request) {
  check_format(request.format_version);
  const auto products = priced_products(call);
  std::set<std::string> codes;
  for (const PricedProduct& product : products) codes.insert(product.service_code);
  if (request.service_code && !codes.contains(*request.service_code)) throw service_not_found(*request.service_code);
  std::vector<pricing::Service> services;
  for (const std::string& code : codes) {
    if (request.service_code && code != *request.service_code) continue;
    const auto names = attribute_names(products, code);
    services.push_back({.service_code = code, .attribute_names = {names.begin(), names.end()}});
  }
  pricing::DescribeServicesResponse result{.format_version = std::string(kFormat)};
  result.services = page_of_list(std::move(services), request.next_token, request.max_results, result.next_token);
  return result;
}

pricing::GetAttributeValuesResponse get_attribute_values(Call& call,
                                                         const pricing::GetAttributeValuesRequest& request) {
  const auto products = products_of(call, request.service_code);
  if (!attribute_names(products, request.service_code).contains(request.attribute_name))
    throw invalid_parameter(fmt::format("The attribute '{}' does not exist", request.attribute_name));
  std::set<std::string> found;
  for (const PricedProduct& product : products)
    if (const auto value = field_of(product, request.attribute_name); value && !value->empty()) found.insert(*value);
  std::vector<pricing::AttributeValue> values;
  for (const std::string& value : found) values.push_back({.value = value});
  pricing::GetAttributeValuesResponse result;
  result.attribute_values = page_of_list(std::move(values), request.next_token, request.max_results, result.next_token);
  return result;
}

pricing::GetProductsResponse get_products(Call& call, const pricing::GetProductsRequest& request) {
  check_format(request.format_version);
  auto products = products_of(call, request.service_code);
  std::erase_if(products, [&](const PricedProduct& product) {
    return !std::ranges::all_of(request.filters, [&](const pricing::Filter& filter) { return fits(product, filter); });
  });
  pricing::GetProductsResponse result{.format_version = std::string(kFormat)};
  for (const PricedProduct& product :
       page_of_list(std::move(products), request.next_token, request.max_results, result.next_token))
    result.price_list.push_back(to_price_list_json(product));
  return result;
}

}  // namespace

std::span<const Operation> pricing_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_services>(),
      bind<get_attribute_values>(),
      bind<get_products>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
