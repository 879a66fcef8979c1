// Everything that was metered, with what AWS calls it and what it costs: what Cost Explorer and the bill are made of.
#pragma once

#include "handlers/products.hpp"
#include "model/timestamp.hpp"
#include "storage/meter_history.hpp"
#include "storage/prices.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace amity::handlers {

struct UsageLine {
  storage::Scope scope;
  storage::MeterLine meter;
  std::string usage_type;  // with the region's prefix
  Product product;
  std::optional<std::int64_t> price{};  // for one unit, times storage::kPriceUnit
};

class Usage {
 public:
  // As it stands `now`: what is open costs until then.
  Usage(storage::Database& database, const storage::Prices& prices, model::Timestamp now);

  const std::vector<UsageLine>& lines() const { return lines_; }
  const storage::MeterHistory& history() const { return history_; }
  std::int64_t now() const { return now_; }

  // An interval's `line` is an index of lines(), and its end is known.
  void scan(std::int64_t from, std::int64_t until, const storage::MeterHistory::Visit& visit) const;

 private:
  storage::MeterHistory history_;
  std::int64_t now_;
  std::vector<UsageLine> lines_;
  std::vector<std::size_t> index_of_row_;
};

std::int64_t seconds_of(model::Timestamp time);
model::Timestamp time_of(std::int64_t seconds);

}  // namespace amity::handlers
