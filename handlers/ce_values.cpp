// GetDimensionValues and GetTags: which values a period's usage has.
#include "handlers/ce_errors.hpp"
#include "handlers/cost_query.hpp"
#include "handlers/registry.hpp"
#include "model/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace amity::handlers {
namespace {

constexpr std::size_t kValuesPage = 1'000;

struct FoundValue {
  std::string value;
  CostSum sum;
};

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::ranges::search(text, part, same).begin() != text.end() || part.empty();
}

// All values of a fact within the period, by name, with what they cost.
std::vector<FoundValue> find_values(CostQuery& query, const CostPeriod& period, const CostFact& fact,
                                    std::string_view search) {
  std::map<std::string, std::size_t> numbers;
  CostTable table(query.usage, periods(Granularity::Monthly, period.from, period.until));
  query.facts.use(fact);
  table.fill(query.facts, [&](const storage::MeterInterval& interval) {
    if (!query.filter.includes(interval)) return CostTable::kNoGroup;
    return numbers.try_emplace(query.facts.value(fact, interval).value_or(""), numbers.size()).first->second;
  });
  std::vector<CostSum> totals(numbers.size());
  for (const auto& sums : table.sums(numbers.size()))
    for (std::size_t i = 0; i < sums.size(); ++i) totals[i].add(sums[i]);
  std::vector<FoundValue> values;
  for (const auto& [value, number] : numbers)
    if (contains_ignoring_case(value, search)) values.push_back({.value = value, .sum = totals[number]});
  return values;
}

void sort_values(std::vector<FoundValue>& values, const std::vector<ce::SortDefinition>& sort_by) {
  if (sort_by.size() > 1) throw errors::cost_validation("SortBy must have at most one element");
  if (sort_by.empty()) return;
  const ce::SortDefinition& sort = sort_by.front();
  const bool by_usage = sort.key == "UsageQuantity", by_normalized = sort.key == "NormalizedUsageAmount";
  constexpr std::string_view kCosts[] = {"AmortizedCost", "BlendedCost", "NetAmortizedCost", "NetUnblendedCost",
                                         "UnblendedCost"};
  if (!by_usage && !by_normalized && std::ranges::find(kCosts, sort.key) == std::end(kCosts))
    throw errors::cost_validation(fmt::format("SortBy has an invalid Key: '{}'", sort.key));
  const auto size = [&](const FoundValue& found) {
    return by_usage ? found.sum.usage : by_normalized ? found.sum.normalized : found.sum.money;
  };
  const bool ascending = sort.sort_order == ce::SortOrder::ASCENDING;
  std::ranges::stable_sort(values, [&](const FoundValue& a, const FoundValue& b) {
    return ascending ? size(a) < size(b) : size(b) < size(a);
  });
}

template <class Request>
void check_sorting(const Request& request) {
  if (!request.sort_by.empty() && request.search_string)
    throw errors::cost_validation("SortBy cannot be used together with SearchString");
}

// One page of `values` and what the answer says of it.
template <class Request, class Result>
std::vector<FoundValue> page_of_values(const Request& request, std::vector<FoundValue> values, Result& result) {
  Request unpaged = request;
  unpaged.next_page_token.reset();
  const std::string identity = model::to_json(unpaged);
  const std::size_t offset = std::min(offset_of(request.next_page_token, identity), values.size());
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(kValuesPage));
  const std::size_t end = std::min(values.size(), offset + limit);
  result.total_size = static_cast<std::int32_t>(values.size());
  result.return_size = static_cast<std::int32_t>(end - offset);
  if (end < values.size()) result.next_page_token = token_at(end, identity);
  return {std::make_move_iterator(values.begin() + static_cast<std::ptrdiff_t>(offset)),
          std::make_move_iterator(values.begin() + static_cast<std::ptrdiff_t>(end))};
}

CostPeriod past_period(Call& call, const ce::DateInterval& interval) {
  const CostPeriod period = read_period(interval, Granularity::Hourly);
  check_past(period, seconds_of(call.now()), false);
  return period;
}

// Dimensions that are facts of reservations, Savings Plans and anomalies, of which there are none.
constexpr std::string_view kContexts[] = {ce::Context::RESERVATIONS, ce::Context::SAVINGS_PLANS};

// Ignored: BillingViewArn, because there is only the primary billing view.
ce::GetDimensionValuesResponse get_dimension_values(Call& call, const ce::GetDimensionValuesRequest& request) {
  check_sorting(request);
  const CostPeriod period = past_period(call, request.time_period);
  CostQuery query(call, request.filter ? &*request.filter : nullptr);
  std::vector<FoundValue> values;
  if (std::ranges::find(kContexts, request.context.value_or("")) == std::end(kContexts))
    values =
        find_values(query, period, {CostFact::Kind::Dimension, request.dimension}, request.search_string.value_or(""));
  std::erase_if(values, [](const FoundValue& found) { return found.value.empty(); });
  sort_values(values, request.sort_by);
  ce::GetDimensionValuesResponse result;
  for (FoundValue& found : page_of_values(request, std::move(values), result)) {
    ce::DimensionValuesWithAttributes value{.value = std::move(found.value)};
    // As AWS describes accounts by their names.
    if (request.dimension == ce::Dimension::LINKED_ACCOUNT) value.attributes.emplace_back("description", *value.value);
    result.dimension_values.push_back(std::move(value));
  }
  return result;
}

// The values of a tag, or all tags' keys.
// Ignored: BillingViewArn, because there is only the primary billing view.
ce::GetTagsResponse get_tags(Call& call, const ce::GetTagsRequest& request) {
  check_sorting(request);
  const CostPeriod period = past_period(call, request.time_period);
  CostQuery query(call, request.filter ? &*request.filter : nullptr);
  const std::string search = request.search_string.value_or("");
  std::vector<FoundValue> values;
  if (request.tag_key) {
    values = find_values(query, period, {CostFact::Kind::Tag, *request.tag_key}, search);
  } else {
    for (std::string& key : query.usage.history().tag_keys(call.account())) {
      const auto found = find_values(query, period, {CostFact::Kind::Tag, key}, "");
      const bool is_used = std::ranges::any_of(found, [](const FoundValue& one) { return !one.value.empty(); });
      if (is_used && contains_ignoring_case(key, search)) values.push_back({.value = std::move(key), .sum = {}});
    }
  }
  sort_values(values, request.sort_by);
  ce::GetTagsResponse result;
  for (FoundValue& found : page_of_values(request, std::move(values), result))
    result.tags.push_back(std::move(found.value));
  return result;
}

}  // namespace

std::span<const Operation> cost_values_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_dimension_values>(),
      bind<get_tags>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
