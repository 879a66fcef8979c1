// GetCostForecast: what is used now goes on, and nothing is added.
#include "handlers/ce_errors.hpp"
#include "handlers/cost_query.hpp"
#include "handlers/registry.hpp"

#include <fmt/format.h>

#include <cmath>

namespace amity::handlers {
namespace {

constexpr std::int64_t kDaysLookedAt = 30;
constexpr std::int32_t kDefaultLevel = 80;
constexpr std::int64_t kMonthsAhead = 18;

// Both as multiples of one US dollar, or of one unit of usage.
double in_units(Int128 amount, bool is_money) {
  return static_cast<double>(amount) / static_cast<double>(is_money ? kMoneyDecimals : kUsageUnit) /
         (is_money ? static_cast<double>(storage::kPriceUnit) : 1.0);
}

// How many standard deviations a normal distribution's middle part of so many percent reaches to either side, found by
// halving.
double deviations(double percent) {
  double low = 0, high = 10;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (std::erf(middle / std::sqrt(2.0)) * 100 < percent ? low : high) = middle;
  }
  return low;
}

Int128 metric_of(const CostSum& sum, std::string_view metric) {
  if (metric == ce::Metric::USAGE_QUANTITY) return sum.usage;
  if (metric == ce::Metric::NORMALIZED_USAGE_AMOUNT) return sum.normalized;
  return sum.money;
}

// How much the days of the last month have differed, as a standard deviation of one day.
double daily_deviation(CostQuery& query, std::string_view metric, bool is_money) {
  const std::int64_t today = start_of_day(query.usage.now());
  CostTable table(query.usage, periods(Granularity::Daily, today - kDaysLookedAt * kSecondsPerDay, today));
  table.fill(query.facts,
             [&](const auto& interval) { return query.filter.includes(interval) ? 0 : CostTable::kNoGroup; });
  double sum = 0, squares = 0;
  for (const auto& day : table.sums(1)) {
    const double value = in_units(metric_of(day.front(), metric), is_money);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kDaysLookedAt;
  return std::sqrt(std::max(0.0, squares / kDaysLookedAt - mean * mean));
}

CostPeriod future_period(const ce::DateInterval& interval, std::int64_t now) {
  const CostPeriod period = read_period(interval, Granularity::Daily);
  if (period.from < start_of_day(now)) throw errors::cost_validation("Start date must not be before the current date");
  if (period.until > now + kMonthsAhead * 31 * kSecondsPerDay)
    throw errors::cost_validation("End date must not be more than 18 months ahead");
  return period;
}

// Ignored: BillingViewArn, because there is only the primary billing view.
ce::GetCostForecastResponse get_cost_forecast(Call& call, const ce::GetCostForecastRequest& request) {
  if (request.granularity == ce::Granularity::HOURLY)
    throw errors::cost_validation("Granularity must be DAILY or MONTHLY");
  const Granularity granularity = granularity_of(request.granularity);
  const CostPeriod period = future_period(request.time_period, seconds_of(call.now()));
  CostQuery query(call, request.filter ? &*request.filter : nullptr);
  const bool is_money = request.metric.ends_with("_COST");

  CostTable table(query.usage, periods(granularity, period.from, period.until));
  bool has_history = false;
  // What is in use now, drawn out to the end of the forecast.
  query.facts.scan(0, storage::kOpenMeter, [&](storage::MeterInterval interval) {
    if (!query.filter.includes(interval)) return;
    has_history = true;
    if (!interval.is_open) return;
    interval.until = period.until;
    table.add(0, interval);
  });
  if (!has_history) throw errors::cost_data_unavailable("Insufficient amount of historical data to generate forecast");

  const double deviation = daily_deviation(query, request.metric, is_money);
  const double reach = deviations(request.prediction_interval_level.value_or(kDefaultLevel));
  ce::GetCostForecastResponse result;
  CostSum total;
  MoneyTexts money;
  UsageTexts usage;
  const auto sums = table.sums(1);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const CostSum& sum = sums[i].front();
    total.add(sum);
    const Int128 mean = metric_of(sum, request.metric);
    const double days = static_cast<double>(table.bounds()[i + 1] - table.bounds()[i]) / kSecondsPerDay;
    const double spread = reach * deviation * std::sqrt(days);
    result.forecast_results_by_time.push_back(
        {.time_period = ce::DateInterval{.start = bound_text(table.bounds()[i], granularity),
                                         .end = bound_text(table.bounds()[i + 1], granularity)},
         .mean_value = is_money ? money.next(mean) : usage.next(mean),
         .prediction_interval_lower_bound = fmt::format("{:.10f}", std::max(0.0, in_units(mean, is_money) - spread)),
         .prediction_interval_upper_bound = fmt::format("{:.10f}", in_units(mean, is_money) + spread)});
  }
  const Int128 all = metric_of(total, request.metric);
  result.total = ce::MetricValue{.amount = is_money ? money_text(all) : usage_text(all),
                                 .unit = is_money                ? "USD"
                                         : total.has_mixed_units ? "N/A"
                                                                 : std::string(total.unit)};
  return result;
}

}  // namespace

std::span<const Operation> cost_forecast_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_cost_forecast>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
