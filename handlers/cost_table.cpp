#include "handlers/cost_table.hpp"

#include "handlers/cost_facts.hpp"

#include <algorithm>
#include <chrono>

namespace amity::handlers {
namespace {

std::chrono::year_month_day date_of(std::int64_t time) {
  return std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(time)));
}

std::int64_t seconds_of(std::chrono::sys_days day) {
  return std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch()).count();
}

int days_in_month(std::int64_t time) {
  return static_cast<int>((start_of_next_month(time) - start_of_month(time)) / kSecondsPerDay);
}

}  // namespace

std::int64_t start_of_day(std::int64_t time) { return seconds_of(std::chrono::sys_days(date_of(time))); }

std::int64_t start_of_month(std::int64_t time) {
  const auto date = date_of(time);
  return seconds_of(date.year() / date.month() / 1);
}

std::int64_t start_of_next_month(std::int64_t time) {
  const auto date = date_of(time);
  return seconds_of((date.year() / date.month() + std::chrono::months(1)) / 1);
}

std::vector<std::int64_t> periods(Granularity granularity, std::int64_t from, std::int64_t until) {
  constexpr std::int64_t kHour = 3600;
  std::vector<std::int64_t> bounds{from};
  while (bounds.back() < until) {
    const std::int64_t last = bounds.back();
    const std::int64_t next = granularity == Granularity::Hourly  ? last - last % kHour + kHour
                              : granularity == Granularity::Daily ? start_of_day(last) + kSecondsPerDay
                                                                  : start_of_next_month(last);
    bounds.push_back(std::min(next, until));
  }
  return bounds;
}

void CostSum::add(const CostSum& other) {
  if (!other.is_used) return;
  money += other.money;
  usage += other.usage;
  normalized += other.normalized;
  has_mixed_units = has_mixed_units || other.has_mixed_units || (is_used && unit != other.unit);
  unit = other.unit;
  is_used = true;
}

Int128 money_of(const UsageLine& line, Int128 usage) { return usage * line.price.value_or(0); }

CostTable::CostTable(const Usage& usage, std::vector<std::int64_t> bounds) : usage_(usage), bounds_(std::move(bounds)) {
  for (std::size_t period = 0; period + 1 < bounds_.size(); ++period) days_.push_back(days_in_month(bounds_[period]));
}

CostTable::Cell& CostTable::cell(std::size_t group, std::size_t line) {
  const auto [place, is_new] = cell_of_.try_emplace(static_cast<std::uint64_t>(group) << 32 | line, cells_.size());
  if (is_new) cells_.push_back({.group = group, .line = line, .parts = std::vector<Part>(bounds_.size())});
  return cells_[place->second];
}

std::size_t CostTable::period_at(std::int64_t time) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(bounds_, time) - bounds_.begin()) - 1;
}

void CostTable::add(std::size_t group, const storage::MeterInterval& interval) {
  const std::int64_t since = std::max(interval.since, bounds_.front());
  const bool at_once = interval.since == interval.until;
  const std::int64_t until = std::min(interval.until, bounds_.back());
  if (at_once ? since != interval.since || since >= bounds_.back() : since >= until) return;
  std::vector<Part>& parts = cell(group, static_cast<std::size_t>(interval.line)).parts;
  const std::size_t first = period_at(since);
  parts[first].is_used = true;
  if (at_once) {
    parts[first].quantity_seconds += interval.quantity;
    return;
  }
  const std::size_t last = period_at(until - 1);
  // As if it ran through all of its periods, less what is missing of the first and of the last.
  parts[first].rate_change += interval.quantity;
  parts[last + 1].rate_change -= interval.quantity;
  parts[first].quantity_seconds -= Int128{interval.quantity} * (since - bounds_[first]);
  parts[last].quantity_seconds -= Int128{interval.quantity} * (bounds_[last + 1] - until);
}

void CostTable::fill(const CostFacts& facts,
                     const std::function<std::size_t(const storage::MeterInterval&)>& group_of) {
  facts.scan(bounds_.front(), bounds_.back(), [&](const storage::MeterInterval& interval) {
    const std::size_t group = group_of(interval);
    if (group != kNoGroup) add(group, interval);
  });
}

void CostTable::visit(const std::function<void(std::size_t, std::size_t, std::size_t, const CostSum&)>& visit) const {
  for (const Cell& cell : cells_) {
    const UsageLine& line = usage_.lines()[cell.line];
    std::int64_t rate = 0;
    for (std::size_t period = 0; period < period_count(); ++period) {
      const Part& part = cell.parts[period];
      rate += part.rate_change;
      if (rate == 0 && !part.is_used) continue;
      const Int128 total = part.quantity_seconds + Int128{rate} * (bounds_[period + 1] - bounds_[period]);
      const Int128 usage = usage_of(line.product.measure, total, days_[period]);
      visit(period, cell.group, cell.line,
            {.money = money_of(line, usage),
             .usage = usage,
             .normalized = usage * normalization_quarters(line.product.instance_type) / 4,
             .unit = line.product.unit,
             .is_used = true});
    }
  }
}

std::vector<std::vector<CostSum>> CostTable::sums(std::size_t groups) const {
  std::vector<std::vector<CostSum>> sums(period_count(), std::vector<CostSum>(groups));
  visit([&](std::size_t period, std::size_t group, std::size_t, const CostSum& sum) { sums[period][group].add(sum); });
  return sums;
}

}  // namespace amity::handlers
