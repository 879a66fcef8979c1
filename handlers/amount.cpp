#include "handlers/amount.hpp"

namespace amity::handlers {
namespace {

constexpr int kDecimals = 10;
constexpr Int128 kTenDecimals = 10'000'000'000;

// Amounts are never negative, but differences of texts may be.
Int128 rounded(Int128 amount, Int128 unit) { return amount < 0 ? -rounded(-amount, unit) : (amount + unit / 2) / unit; }

Int128 usage_decimals(Int128 usage) {
  const Int128 whole = usage / kUsageUnit;
  return whole * kTenDecimals + rounded((usage - whole * kUsageUnit) * kTenDecimals, kUsageUnit);
}
Int128 money_decimals(Int128 money) { return rounded(money, kMoneyDecimals); }

// A number of ten-thousand-millionths, without zeros at its end.
std::string text_of(Int128 decimals) {
  const bool negative = decimals < 0;
  if (negative) decimals = -decimals;
  std::string digits;
  for (int place = 0; place <= kDecimals || decimals > 0; ++place, decimals /= 10)
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(decimals % 10)));
  std::string text = digits.substr(0, digits.size() - kDecimals) + '.' + digits.substr(digits.size() - kDecimals);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return negative ? '-' + text : text;
}

std::string show(Int128 decimals, Int128& shown) {
  const Int128 part = decimals - shown;
  shown = decimals;
  return text_of(part);
}

// One in the last of so many decimals, in ten-thousand-millionths.
Int128 last_decimal(int decimals) {
  Int128 unit = 1;
  for (int place = decimals; place < kDecimals; ++place) unit *= 10;
  return unit;
}

std::string padded(std::string text, int decimals) {
  auto point = text.find('.');
  if (point == std::string::npos) point = text.size(), text += '.';
  text.resize(point + 1 + static_cast<std::size_t>(decimals), '0');
  return text;
}

}  // namespace

std::string UsageTexts::next(Int128 usage) { return show(usage_decimals(exact_ += usage), shown_); }
std::string MoneyTexts::next(Int128 money) {
  exact_ += money;
  if (decimals_ == 0) return show(money_decimals(exact_), shown_);
  const Int128 unit = last_decimal(decimals_);
  return padded(show(rounded(exact_, kMoneyDecimals * unit) * unit, shown_), decimals_);
}

std::string usage_text(Int128 usage) { return text_of(usage_decimals(usage)); }
std::string money_text(Int128 money) { return text_of(money_decimals(money)); }

std::string money_text(Int128 money, int decimals) { return MoneyTexts(decimals).next(money); }

}  // namespace amity::handlers
