#include "handlers/cost_query.hpp"

#include "handlers/ce_errors.hpp"
#include "handlers/digest.hpp"
#include "model/encoding.hpp"

#include <fmt/format.h>

#include <charconv>

namespace amity::handlers {
namespace {

constexpr std::size_t kDateLength = 10;  // "2026-01-01"
constexpr int kMonthsShown = 14;
constexpr std::int64_t kDaysShownByHour = 14;

std::int64_t read_bound(const std::string& text, Granularity granularity, std::string_view which) {
  const bool has_time = text.size() > kDateLength;
  const auto time = model::parse_iso8601(text);
  if (!time || (has_time && granularity != Granularity::Hourly))
    throw errors::cost_validation(
        fmt::format("{} date is invalid: '{}' must be in the format {}", which, text,
                    granularity == Granularity::Hourly ? "yyyy-MM-ddThh:mm:ssZ" : "yyyy-MM-dd"));
  return seconds_of(*time);
}

std::string digest_of(std::string_view request) {
  return model::base64_encode(digest(DigestAlgorithm::Sha256, request)).substr(0, 22);
}

}  // namespace

CostQuery::CostQuery(Call& call, const ce::Expression* expression)
    : usage(call.store().database(), storage::prices_in(call.store().database()), call.now()),
      facts(usage),
      filter(usage, facts, call.account(), expression) {}

Granularity granularity_of(std::string_view name) {
  if (name == ce::Granularity::HOURLY) return Granularity::Hourly;
  return name == ce::Granularity::DAILY ? Granularity::Daily : Granularity::Monthly;
}

CostPeriod read_period(const ce::DateInterval& interval, Granularity granularity) {
  const CostPeriod period{.from = read_bound(interval.start, granularity, "Start"),
                          .until = read_bound(interval.end, granularity, "End")};
  if (period.from >= period.until)
    throw errors::cost_validation("Start date (and hour) should be before end date (and hour)");
  return period;
}

void check_past(const CostPeriod& period, std::int64_t now, bool is_short) {
  if (period.from > now) throw errors::cost_validation("Start date (and hour) should not be in the future");
  if (period.until > start_of_next_month(now))
    throw errors::cost_validation("End date past the beginning of next month");
  if (is_short && period.from < start_of_day(now) - kDaysShownByHour * kSecondsPerDay)
    throw errors::cost_validation("You can only view hourly and resource-level data of the last 14 days");
  std::int64_t oldest = start_of_month(now);
  for (int month = 0; month < kMonthsShown; ++month) oldest = start_of_month(oldest - 1);
  if (period.from < oldest) throw errors::cost_validation("You haven't enabled historical data beyond 14 months");
}

std::string bound_text(std::int64_t time, Granularity granularity) {
  const std::string text = model::to_iso8601(time_of(time));
  if (granularity == Granularity::Hourly) return text.substr(0, text.find('.')) + "Z";
  return text.substr(0, kDateLength);
}

std::string token_at(std::size_t offset, std::string_view request) {
  return model::base64_encode(fmt::format("{} {}", offset, digest_of(request)));
}

std::size_t offset_of(const std::optional<std::string>& token, std::string_view request) {
  if (!token) return 0;
  const std::string text = model::base64_decode(*token).value_or("");
  std::size_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error != std::errc() || !rest.starts_with(' ')) throw errors::cost_invalid_next_token();
  if (rest.substr(1) != digest_of(request)) throw errors::cost_request_changed();
  return offset;
}

}  // namespace amity::handlers
