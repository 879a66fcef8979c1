// Amounts of usage and of money, exact: no fraction of a block, a second or a month is ever rounded, so that sums are
// the same in whatever order and whatever parts. Only what is shown is rounded.
#pragma once

#include <cstdint>
#include <string>

namespace amity::handlers {

__extension__ typedef __int128 Int128;

// Storage is counted in blocks of 512 KiB and seconds; months have 28 to 31 days. All of these divide one unit of usage
// (a GB-month, an hour, a request) into whole parts, and this many of the smallest:
//   2048 blocks a GiB x 377,580 days (28 x 29 x 30 x 31 / 2) x 86,400 seconds a day.
inline constexpr std::int64_t kBlocksPerGB = 2048;
inline constexpr std::int64_t kDaysOfAnyMonth = 377'580;
inline constexpr std::int64_t kSecondsPerDay = 86'400;
inline constexpr Int128 kUsageUnit = Int128{kBlocksPerGB} * kDaysOfAnyMonth * kSecondsPerDay;

// Money is usage times a price (times storage::kPriceUnit), so that ten decimals of a dollar are this much.
inline constexpr Int128 kMoneyDecimals = kUsageUnit;

// Shows amounts one after the other so that what is shown adds up: each sum of amounts from the first on is rounded to
// ten decimals, and an amount is shown as the difference that it makes. It is off by less than the last decimal.
class UsageTexts {
 public:
  std::string next(Int128 usage);

 private:
  Int128 exact_ = 0;
  Int128 shown_ = 0;
};
class MoneyTexts {
 public:
  MoneyTexts() = default;
  // For people: to so many decimals, all of which are shown.
  explicit MoneyTexts(int decimals) : decimals_(decimals) {}
  std::string next(Int128 money);

 private:
  int decimals_ = 0;  // none: ten, without zeros at the end
  Int128 exact_ = 0;
  Int128 shown_ = 0;
};

// One amount alone: "0.05", "1", "0".
std::string usage_text(Int128 usage);
std::string money_text(Int128 money);
// For people: "12.34", with as many decimals.
std::string money_text(Int128 money, int decimals);

}  // namespace amity::handlers
