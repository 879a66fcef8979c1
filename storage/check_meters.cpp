// Meters by themselves (storage/meters.hpp). 9223372036854775807 is kOpenMeter.
#include "storage/check_rules.hpp"

namespace amity::storage {

std::span<const CheckRule> meter_rules() {
  static constexpr CheckRule kRules[] = {
      {"every metered interval is of a known resource and line, of the same account and region", R"sql(
SELECT 'interval ' || m.row FROM meter m LEFT JOIN metered_resource r ON r.row = m.resource LEFT JOIN meter_line l ON l.row = m.line
WHERE r.account IS NULL OR r.account IS NOT l.account OR r.region IS NOT l.region
UNION ALL SELECT 'count of hour ' || c.hour FROM meter_count c
LEFT JOIN metered_resource r ON r.row = c.resource LEFT JOIN meter_line l ON l.row = c.line
WHERE r.account IS NULL OR r.account IS NOT l.account OR r.region IS NOT l.region)sql"},

      {"every metered interval ends behind its beginning", R"sql(
SELECT r.region || ' ' || r.id FROM meter m JOIN metered_resource r ON r.row = m.resource WHERE m.until <= m.since)sql"},

      {"a meter is open once", R"sql(
SELECT r.region || ' ' || r.id || ' ' || l.usage_type FROM meter m
JOIN metered_resource r ON r.row = m.resource JOIN meter_line l ON l.row = m.line
WHERE m.until = 9223372036854775807 GROUP BY m.resource, m.line HAVING count(*) > 1)sql"},

      // What is used again within the least time that is billed is billed twice.
      {"intervals of a meter do not overlap, but for the least time that is billed", R"sql(
SELECT r.region || ' ' || r.id || ' ' || l.usage_type FROM (
  SELECT resource, line, since, lag(since) OVER same AS since_before, lag(until) OVER same AS until_before FROM meter
  WINDOW same AS (PARTITION BY resource, line ORDER BY since, until)) m
JOIN metered_resource r ON r.row = m.resource JOIN meter_line l ON l.row = m.line
WHERE m.until_before > m.since AND m.until_before - m.since_before > l.minimum)sql"},

      {"nothing waits to be metered", "SELECT region || ' ' || id FROM meter_due"},

      {"a deregistered image's end is noted", R"sql(
SELECT region || ' ' || id FROM gone_image g
WHERE since IS NULL OR EXISTS (SELECT 1 FROM image i WHERE i.region = g.region AND i.id = g.id))sql"},
  };
  return kRules;
}

}  // namespace amity::storage
