#include "handlers/amount.hpp"

#include "handlers/products.hpp"
#include "storage/prices.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace amity;
using amity::handlers::Int128;
using amity::handlers::kMoneyDecimals;
using amity::handlers::Measure;
using amity::handlers::money_text;
using amity::handlers::MoneyTexts;
using amity::handlers::usage_of;
using amity::handlers::usage_text;

namespace {

Int128 cost_at(std::int64_t price, Int128 usage) { return usage * price; }
std::int64_t parsed(std::string_view text) { return storage::parse_price(text).value(); }

}  // namespace

TEST_CASE("A whole month of one GB is one GB-Mo in every month", "[billing]") {
  for (const int days : {28, 29, 30, 31}) {
    const Int128 usage = usage_of(Measure::BlockMonths, Int128{2048} * days * 86'400, days);
    CHECK(usage_text(usage) == "1");
    CHECK(money_text(cost_at(parsed("0.05"), usage)) == "0.05");
  }
}

TEST_CASE("AWS's own examples cost what AWS says", "[billing]") {
  // 40 GiB deleted at once from the archive: $1.50. 100 GiB retrieved: $3. Two snapshots in three zones for 720 h:
  // $3,240.
  CHECK(money_text(cost_at(parsed("0.0125"), usage_of(Measure::BlockHours, Int128{40} * 2048 * 90 * 24, 30))) == "1.5");
  CHECK(money_text(cost_at(parsed("0.03"), usage_of(Measure::Blocks, Int128{100} * 2048, 30))) == "3");
  CHECK(money_text(cost_at(parsed("0.75"), usage_of(Measure::Hours, Int128{6} * 720 * 3600, 30))) == "3240");
  CHECK(money_text(cost_at(parsed("40.96"), usage_of(Measure::ThroughputMonths, Int128{125} * 30 * 86'400, 30))) ==
        "5");
  CHECK(money_text(cost_at(parsed("0.0000006"), usage_of(Measure::Pieces, 1000, 30))) == "0.0006");
}

TEST_CASE("What is shown adds up to what the sum shows", "[billing]") {
  std::mt19937_64 random(7);
  MoneyTexts texts;
  Int128 total = 0;
  std::int64_t shown = 0;
  for (int i = 0; i < 1000; ++i) {
    const Int128 amount = cost_at(parsed("0.0104"), usage_of(Measure::BlockMonths, Int128{random() % 100'000}, 31));
    total += amount;
    shown += parsed(texts.next(amount));
  }
  CHECK(shown == parsed(money_text(total)));
}

TEST_CASE("Prices are numbers of dollars with at most ten decimals", "[billing]") {
  CHECK(parsed("0.0125") == 125'000'000);
  CHECK(parsed("3") == 30'000'000'000);
  for (const std::string_view bad : {"", ".5", "1.", "-1", "1e3", "0.12345678901", "1234567", "0,5", "1.2.3"}) {
    INFO(bad);
    CHECK_FALSE(storage::parse_price(bad));
  }
}

TEST_CASE("Lines for people add up, too", "[billing]") {
  const Int128 third = kMoneyDecimals * storage::kPriceUnit / 30'000;
  MoneyTexts texts(4);
  CHECK(texts.next(third) == "0.0000");
  CHECK(texts.next(third) == "0.0001");
  CHECK(texts.next(third) == "0.0000");
  CHECK(money_text(third * 3, 4) == "0.0001");
}

TEST_CASE("Money for people has as many decimals as asked for", "[billing]") {
  const Int128 dollar = kMoneyDecimals * storage::kPriceUnit;
  CHECK(money_text(dollar * 5 / 4, 2) == "1.25");
  CHECK(money_text(dollar, 4) == "1.0000");
  CHECK(money_text(0, 2) == "0.00");
  CHECK(money_text(dollar * 1999 / 1000, 2) == "2.00");
}
