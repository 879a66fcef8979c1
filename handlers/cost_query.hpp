// What the operations of Cost Explorer share: reading periods, pages, and the account's usage.
#pragma once

#include "handlers/call.hpp"
#include "handlers/cost_facts.hpp"
#include "handlers/cost_filter.hpp"
#include "handlers/cost_table.hpp"
#include "model/ce.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// The usage of the caller's account in all Regions, under a filter.
struct CostQuery {
  CostQuery(Call& call, const ce::Expression* filter);

  Usage usage;
  CostFacts facts;
  CostFilter filter;
};

struct CostPeriod {
  std::int64_t from = 0;
  std::int64_t until = 0;
};

Granularity granularity_of(std::string_view name);
// Both ends, in seconds. Throws ValidationException for what is no date of the granularity and for an end that is not
// after the start.
CostPeriod read_period(const ce::DateInterval& interval, Granularity granularity);
// Throws ValidationException for what Cost Explorer does not show: what lies further back than fourteen months (by the
// hour, and by resource, fourteen days), and what lies ahead.
void check_past(const CostPeriod& period, std::int64_t now, bool is_short);
// A bound as answers show it: "2026-01-01", by the hour "2026-01-01T05:00:00Z".
std::string bound_text(std::int64_t time, Granularity granularity);

// Pages: a token names the next element, and the request that it belongs to.
std::size_t offset_of(const std::optional<std::string>& token, std::string_view request);
std::string token_at(std::size_t offset, std::string_view request);

}  // namespace amity::handlers
