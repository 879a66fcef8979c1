#include "model/timestamp.hpp"

#include <algorithm>
#include <cstdint>

namespace amity::model {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct CivilTime {
  std::chrono::sys_days day;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<milliseconds> time;
};

CivilTime civil_time(Timestamp time) {
  const Timestamp writable = std::clamp(time, kEarliestTimestamp, kLatestTimestamp);
  const auto day = std::chrono::floor<days>(writable);
  return {day, day, std::chrono::hh_mm_ss{writable - day}};
}

void append_digits(std::string& out, std::int64_t value, int width) {
  char digits[4];
  for (int i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

void append_date(std::string& out, const std::chrono::year_month_day& date) {
  append_digits(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
}

void append_time(std::string& out, const std::chrono::hh_mm_ss<milliseconds>& time) {
  append_digits(out, time.hours().count(), 2);
  out += ':';
  append_digits(out, time.minutes().count(), 2);
  out += ':';
  append_digits(out, time.seconds().count(), 2);
}

// Takes pieces off the front of a text; a piece that is not there leaves the text as it was.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool accept(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `width` digits, of a value no greater than `max`.
  std::optional<int> number(std::size_t width, int max) {
    if (digit_count() < width) return std::nullopt;
    int value = 0;
    for (const char digit : rest_.substr(0, width)) value = value * 10 + (digit - '0');
    if (value > max) return std::nullopt;
    rest_.remove_prefix(width);
    return value;
  }

  // One to nine digits after the decimal point.
  std::optional<milliseconds> fraction() {
    const std::size_t count = digit_count();
    if (count < 1 || count > 9) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < 3; ++i) value = value * 10 + (i < count ? rest_[i] - '0' : 0);
    rest_.remove_prefix(count);
    return milliseconds{value};
  }

 private:
  std::size_t digit_count() const {
    const auto end = std::find_if(rest_.begin(), rest_.end(), [](char c) { return c < '0' || c > '9'; });
    return static_cast<std::size_t>(end - rest_.begin());
  }

  std::string_view rest_;
};

std::optional<std::chrono::sys_days> scan_date(Scanner& scanner) {
  const auto year = scanner.number(4, 9999);
  if (!year || !scanner.accept('-')) return std::nullopt;
  const auto month = scanner.number(2, 12);
  if (!month || !scanner.accept('-')) return std::nullopt;
  const auto day = scanner.number(2, 31);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

std::optional<milliseconds> scan_time_of_day(Scanner& scanner) {
  const auto hour = scanner.number(2, 23);
  if (!hour || !scanner.accept(':')) return std::nullopt;
  const auto minute = scanner.number(2, 59);
  if (!minute) return std::nullopt;
  milliseconds time = hours{*hour} + minutes{*minute};
  if (!scanner.accept(':')) return time;
  const auto second = scanner.number(2, 59);
  if (!second) return std::nullopt;
  time += seconds{*second};
  if (!scanner.accept('.')) return time;
  const auto fraction = scanner.fraction();
  if (!fraction) return std::nullopt;
  return time + *fraction;
}

// What local time is ahead of UTC. No zone at all means UTC.
std::optional<minutes> scan_offset(Scanner& scanner) {
  if (scanner.at_end() || scanner.accept('Z')) return minutes{0};
  const bool is_west = scanner.accept('-');
  if (!is_west && !scanner.accept('+')) return std::nullopt;
  const auto hour = scanner.number(2, 23);
  if (!hour) return std::nullopt;
  minutes offset = hours{*hour};
  if (!scanner.at_end()) {
    scanner.accept(':');
    const auto minute = scanner.number(2, 59);
    if (!minute) return std::nullopt;
    offset += minutes{*minute};
  }
  return is_west ? -offset : offset;
}

}  // namespace

std::string to_iso8601(Timestamp time) {
  std::string out;
  append_iso8601(out, time);
  return out;
}

void append_iso8601(std::string& out, Timestamp time) {
  const CivilTime civil = civil_time(time);
  append_date(out, civil.date);
  out += 'T';
  append_time(out, civil.time);
  out += '.';
  append_digits(out, civil.time.subseconds().count(), 3);
  out += 'Z';
}

std::optional<Timestamp> parse_iso8601(std::string_view text) {
  Scanner scanner(text);
  const auto date = scan_date(scanner);
  if (!date) return std::nullopt;
  Timestamp time = *date;
  if (!scanner.at_end()) {
    if (!scanner.accept('T')) return std::nullopt;
    const auto time_of_day = scan_time_of_day(scanner);
    if (!time_of_day) return std::nullopt;
    const auto offset = scan_offset(scanner);
    if (!offset || !scanner.at_end()) return std::nullopt;
    time += *time_of_day - *offset;
  }
  if (time < kEarliestTimestamp || time > kLatestTimestamp) return std::nullopt;
  return time;
}

std::string to_http_date(Timestamp time) {
  static constexpr std::string_view kWeekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime civil = civil_time(time);
  std::string out;
  out.reserve(29);
  out += kWeekdays[std::chrono::weekday{civil.day}.c_encoding()];
  out += ", ";
  append_digits(out, static_cast<unsigned>(civil.date.day()), 2);
  out += ' ';
  out += kMonths[static_cast<unsigned>(civil.date.month()) - 1];
  out += ' ';
  append_digits(out, static_cast<int>(civil.date.year()), 4);
  out += ' ';
  append_time(out, civil.time);
  out += " GMT";
  return out;
}

std::string to_gmt_text(Timestamp time) {
  const CivilTime civil = civil_time(time);
  std::string out;
  out.reserve(23);
  append_date(out, civil.date);
  out += ' ';
  append_time(out, civil.time);
  out += " GMT";
  return out;
}

}  // namespace amity::model
