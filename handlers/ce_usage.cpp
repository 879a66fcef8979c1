#include "handlers/ce_errors.hpp"
#include "handlers/cost_query.hpp"
#include "handlers/registry.hpp"
#include "model/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxGroupBy = 2;
constexpr std::size_t kMaxGroupsPerPage = 5'000;

enum class MetricKind { Money, Usage, Normalized };
struct Metric {
  std::string_view name;
  MetricKind kind;
};
// On demand, without discounts and upfront payments, all costs are the same.
constexpr Metric kMetrics[] = {
    {"AmortizedCost", MetricKind::Money},
    {"BlendedCost", MetricKind::Money},
    {"NetAmortizedCost", MetricKind::Money},
    {"NetUnblendedCost", MetricKind::Money},
    {"NormalizedUsageAmount", MetricKind::Normalized},
    {"UnblendedCost", MetricKind::Money},
    {"UsageQuantity", MetricKind::Usage},
};

std::vector<const Metric*> read_metrics(const std::vector<std::string>& names) {
  if (names.empty()) throw errors::cost_validation("Metrics must have at least one value");
  std::vector<const Metric*> metrics;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(kMetrics, name, &Metric::name);
    if (found == std::end(kMetrics))
      throw errors::cost_validation(fmt::format(
          "Metric '{}' is invalid. Valid values are AmortizedCost, BlendedCost, NetAmortizedCost, NetUnblendedCost, "
          "NormalizedUsageAmount, UnblendedCost, UsageQuantity",
          name));
    if (std::ranges::find(metrics, &*found) == metrics.end()) metrics.push_back(&*found);
  }
  return metrics;
}

constexpr std::string_view kGroupDimensions[] = {
    "AZ",
    "BILLING_ENTITY",
    "CACHE_ENGINE",
    "DATABASE_ENGINE",
    "DEPLOYMENT_OPTION",
    "INSTANCE_TYPE",
    "INSTANCE_TYPE_FAMILY",
    "INVOICING_ENTITY",
    "LEGAL_ENTITY_NAME",
    "LINKED_ACCOUNT",
    "OPERATING_SYSTEM",
    "OPERATION",
    "PAYER_ACCOUNT",
    "PLATFORM",
    "PURCHASE_TYPE",
    "RECORD_TYPE",
    "REGION",
    "RESERVATION_ID",
    "SERVICE",
    "SERVICE_CODE",
    "TENANCY",
    "USAGE_TYPE",
};

std::vector<CostFact> read_groups(const std::vector<ce::GroupDefinition>& definitions, bool with_resources) {
  if (definitions.size() > kMaxGroupBy) throw errors::cost_validation("GroupBy must have at most two elements");
  std::vector<CostFact> groups;
  for (const ce::GroupDefinition& definition : definitions) {
    const std::string key = definition.key.value_or("");
    const std::string type = definition.type.value_or(ce::GroupDefinitionType::DIMENSION);
    if (key.empty()) throw errors::cost_validation("GroupBy must have a Key");
    CostFact group{.kind = CostFact::Kind::Dimension, .key = key};
    if (type == ce::GroupDefinitionType::TAG)
      group.kind = CostFact::Kind::Tag;
    else if (type == ce::GroupDefinitionType::COST_CATEGORY)
      group.kind = CostFact::Kind::CostCategory;
    else if (std::ranges::find(kGroupDimensions, key) == std::end(kGroupDimensions) &&
             !(with_resources && key == "RESOURCE_ID"))
      throw errors::cost_validation(fmt::format("GroupBy has an invalid DIMENSION key: '{}'", key));
    const auto is_same = [&](const CostFact& other) { return other.kind == group.kind && other.key == group.key; };
    if (std::ranges::any_of(groups, is_same)) throw errors::cost_validation("GroupBy must not repeat a key");
    groups.push_back(std::move(group));
  }
  return groups;
}

// Gives each combination of values its number.
class Grouping {
 public:
  Grouping(CostFacts& facts, std::vector<CostFact> by, std::size_t lines)
      : facts_(facts), by_(std::move(by)), group_of_line_(lines, CostTable::kNoGroup) {
    is_of_lines_ = std::ranges::all_of(by_, &CostFact::is_of_line);
    for (const CostFact& fact : by_) facts.use(fact);
  }

  std::size_t group_of(const storage::MeterInterval& interval) {
    if (!is_of_lines_) return number(interval);
    std::size_t& known = group_of_line_[static_cast<std::size_t>(interval.line)];
    if (known == CostTable::kNoGroup) known = number(interval);
    return known;
  }

  std::size_t size() const { return numbers_.size(); }
  // In order of their keys.
  const std::map<std::vector<std::string>, std::size_t>& all() const { return numbers_; }

 private:
  std::size_t number(const storage::MeterInterval& interval) {
    std::vector<std::string> keys;
    for (const CostFact& fact : by_) keys.push_back(group_key(fact, facts_.value(fact, interval)));
    return numbers_.try_emplace(std::move(keys), numbers_.size()).first->second;
  }

  CostFacts& facts_;
  std::vector<CostFact> by_;
  bool is_of_lines_;
  std::vector<std::size_t> group_of_line_;
  std::map<std::vector<std::string>, std::size_t> numbers_;
};

// Writes metrics one after the other so that they add up, each on its own.
class MetricWriter {
 public:
  explicit MetricWriter(std::vector<const Metric*> metrics)
      : metrics_(std::move(metrics)), money_(metrics_.size()), usage_(metrics_.size()) {}

  model::Map<ce::MetricValue> write(const CostSum& sum) {
    model::Map<ce::MetricValue> values;
    const std::string unit = sum.has_mixed_units || sum.unit.empty() ? "N/A" : std::string(sum.unit);
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
      const Metric& metric = *metrics_[i];
      ce::MetricValue value;
      if (metric.kind == MetricKind::Money)
        value = {.amount = money_[i].next(sum.money), .unit = "USD"};
      else if (metric.kind == MetricKind::Usage)
        value = {.amount = usage_[i].next(sum.usage), .unit = unit};
      else
        value = {.amount = usage_[i].next(sum.normalized), .unit = "N/A"};
      values.emplace_back(metric.name, std::move(value));
    }
    return values;
  }

 private:
  std::vector<const Metric*> metrics_;
  std::vector<MoneyTexts> money_;
  std::vector<UsageTexts> usage_;
};

CostSum total_of(const std::vector<CostSum>& sums) {
  CostSum total;
  for (const CostSum& sum : sums) total.add(sum);
  return total;
}

// Leaves one page of the groups; gives where the next begins. A period without groups counts as one.
std::optional<std::size_t> cut_page(std::vector<ce::ResultByTime>& results, std::size_t offset) {
  const std::size_t page_end = offset + kMaxGroupsPerPage;
  std::vector<ce::ResultByTime> page;
  std::size_t end = 0;
  for (ce::ResultByTime& result : results) {
    const std::size_t begin = end;
    end += std::max<std::size_t>(result.groups.size(), 1);
    if (end <= offset || begin >= page_end) continue;
    if (!result.groups.empty()) {
      auto& groups = result.groups;
      groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(std::min(end, page_end) - begin), groups.end());
      groups.erase(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(std::max(begin, offset) - begin));
    }
    page.push_back(std::move(result));
  }
  results = std::move(page);
  return end > page_end ? std::optional(page_end) : std::nullopt;
}

template <class Request>
typename Request::Result answer(Call& call, const Request& request, const ce::Expression* filter, bool with_resources) {
  // Ignored: BillingViewArn, because there is only the primary billing view.
  const Granularity granularity = granularity_of(request.granularity);
  const CostPeriod period = read_period(request.time_period, granularity);
  check_past(period, seconds_of(call.now()), with_resources || granularity == Granularity::Hourly);
  const auto metrics = read_metrics(request.metrics);
  const auto by = read_groups(request.group_by, with_resources);
  Request unpaged = request;
  unpaged.next_page_token.reset();
  const std::string identity = model::to_json(unpaged);
  const std::size_t offset = offset_of(request.next_page_token, identity);

  CostQuery query(call, filter);
  Grouping grouping(query.facts, by, query.usage.lines().size());
  CostTable table(query.usage, periods(granularity, period.from, period.until));
  table.fill(query.facts, [&](const storage::MeterInterval& interval) {
    return query.filter.includes(interval) ? grouping.group_of(interval) : CostTable::kNoGroup;
  });

  typename Request::Result result{.group_definitions = request.group_by};
  MetricWriter writer(metrics);
  const auto sums = table.sums(grouping.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    ce::ResultByTime one{.time_period = ce::DateInterval{.start = bound_text(table.bounds()[i], granularity),
                                                         .end = bound_text(table.bounds()[i + 1], granularity)},
                         .estimated = table.bounds()[i + 1] > start_of_month(query.usage.now())};
    if (!by.empty())
      for (const auto& [keys, group] : grouping.all())
        if (sums[i][group].is_used) one.groups.push_back({.keys = keys, .metrics = writer.write(sums[i][group])});
    if (one.groups.empty()) one.total = writer.write(by.empty() ? total_of(sums[i]) : CostSum());
    result.results_by_time.push_back(std::move(one));
  }
  if (const auto next = cut_page(result.results_by_time, offset)) result.next_page_token = token_at(*next, identity);
  return result;
}

ce::GetCostAndUsageResponse get_cost_and_usage(Call& call, const ce::GetCostAndUsageRequest& request) {
  return answer(call, request, request.filter ? &*request.filter : nullptr, false);
}

ce::GetCostAndUsageWithResourcesResponse get_cost_and_usage_with_resources(
    Call& call, const ce::GetCostAndUsageWithResourcesRequest& request) {
  const bool groups_by_resource = std::ranges::any_of(
      request.group_by, [](const ce::GroupDefinition& definition) { return definition.key == "RESOURCE_ID"; });
  if (!groups_by_resource && !mentions(request.filter, "RESOURCE_ID"))
    throw errors::cost_validation("The request must either group by or filter by RESOURCE_ID");
  return answer(call, request, &request.filter, true);
}

}  // namespace

std::span<const Operation> cost_usage_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_cost_and_usage>(),
      bind<get_cost_and_usage_with_resources>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
