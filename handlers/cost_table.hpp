// Usage and cost by group and by period, exact. An interval costs the same few steps however many periods it spans, so
// that a year by days takes no longer than a year by months.
#pragma once

#include "handlers/usage.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace amity::handlers {

class CostFacts;

struct CostSum {
  Int128 money = 0;
  Int128 usage = 0;
  Int128 normalized = 0;  // usage in normalized units
  std::string_view unit{};
  bool is_used = false;
  bool has_mixed_units = false;  // then `unit` says nothing

  void add(const CostSum& other);
};

// What a line costs for so much usage.
Int128 money_of(const UsageLine& line, Int128 usage);

class CostTable {
 public:
  // Periods lie between neighbours of `bounds`, and each in one month.
  CostTable(const Usage& usage, std::vector<std::int64_t> bounds);

  std::size_t period_count() const { return bounds_.size() - 1; }
  std::span<const std::int64_t> bounds() const { return bounds_; }
  void add(std::size_t group, const storage::MeterInterval& interval);
  // Scans all of the usage; `group_of` says which group an interval belongs to, or kNoGroup.
  static constexpr std::size_t kNoGroup = static_cast<std::size_t>(-1);
  void fill(const CostFacts& facts, const std::function<std::size_t(const storage::MeterInterval&)>& group_of);

  // sums()[period][group]; groups without usage in the period have is_used false.
  std::vector<std::vector<CostSum>> sums(std::size_t groups) const;
  // The same, line by line: `visit(period, group, line, sum)`, for what is used.
  void visit(const std::function<void(std::size_t, std::size_t, std::size_t, const CostSum&)>& visit) const;

 private:
  struct Part {
    Int128 quantity_seconds = 0;  // beside what runs through the whole period
    std::int64_t rate_change = 0;
    bool is_used = false;
  };
  struct Cell {
    std::size_t group = 0;
    std::size_t line = 0;
    std::vector<Part> parts;
  };
  Cell& cell(std::size_t group, std::size_t line);
  std::size_t period_at(std::int64_t time) const;

  const Usage& usage_;
  std::vector<std::int64_t> bounds_;
  std::vector<int> days_;  // of each period's month
  std::vector<Cell> cells_;
  std::unordered_map<std::uint64_t, std::size_t> cell_of_;
};

// The first seconds of months and days, UTC.
std::int64_t start_of_day(std::int64_t time);
std::int64_t start_of_month(std::int64_t time);
std::int64_t start_of_next_month(std::int64_t time);

enum class Granularity { Hourly, Daily, Monthly };
// From `from` to `until`, cut at each hour, day or month between.
std::vector<std::int64_t> periods(Granularity granularity, std::int64_t from, std::int64_t until);

}  // namespace amity::handlers
