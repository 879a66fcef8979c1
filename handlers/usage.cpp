#include "handlers/usage.hpp"

#include "handlers/region_codes.hpp"

#include <algorithm>

namespace amity::handlers {

std::int64_t seconds_of(model::Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

model::Timestamp time_of(std::int64_t seconds) { return model::Timestamp(std::chrono::seconds(seconds)); }

Usage::Usage(storage::Database& database, const storage::Prices& prices, model::Timestamp now)
    : history_(database), now_(seconds_of(now)) {
  for (storage::MeteredLine& metered : history_.lines()) {
    const storage::MeterLine& meter = metered.line;
    index_of_row_.resize(static_cast<std::size_t>(metered.row) + 1);
    index_of_row_[static_cast<std::size_t>(metered.row)] = lines_.size();
    lines_.push_back({.scope = metered.scope,
                      .meter = meter,
                      .usage_type = full_usage_type(metered.scope.region, meter.usage_type),
                      .product = product_of(meter.usage_type, meter.operation),
                      .price = prices.find(metered.scope.region, meter.usage_type, meter.operation)});
  }
}

void Usage::scan(std::int64_t from, std::int64_t until, const storage::MeterHistory::Visit& visit) const {
  history_.scan(from, until, [&](storage::MeterInterval interval) {
    const std::size_t line = index_of_row_[static_cast<std::size_t>(interval.line)];
    interval.line = static_cast<std::int64_t>(line);
    // The least that a use costs is owed from its beginning on.
    if (interval.is_open) interval.until = std::max(now_, interval.since + lines_[line].meter.minimum_seconds);
    visit(interval);
  });
}

}  // namespace amity::handlers
