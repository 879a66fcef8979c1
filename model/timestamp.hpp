#pragma once

// Points in time as the AWS APIs write and read them: UTC, to the millisecond, years 1 to 9999.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace amity::model {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// The first and the last moment that four digits of a year can write. Later or earlier times are written as these.
inline constexpr Timestamp kEarliestTimestamp = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
inline constexpr Timestamp kLatestTimestamp =
    std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - std::chrono::milliseconds{1};

// "2024-05-01T12:34:56.000Z", the form of every time in an EC2 response.
std::string to_iso8601(Timestamp time);
void append_iso8601(std::string& out, Timestamp time);

// Reads what AWS SDKs send: a date ("2024-05-01"), or a date and a time to the minute, the second or up to nine
// fraction digits (those past the millisecond are dropped), in UTC unless a numeric offset ("+01:30", "+0130",
// "+01") follows. Anything else, and moments outside the years 1 to 9999, give nullopt.
std::optional<Timestamp> parse_iso8601(std::string_view text);

// "Wed, 01 May 2024 12:34:56 GMT", the HTTP Date header (RFC 7231, section 7.1.1.1).
std::string to_http_date(Timestamp time);

// "2024-05-01 12:34:56 GMT", the form inside an instance's StateTransitionReason.
std::string to_gmt_text(Timestamp time);

}  // namespace amity::model
