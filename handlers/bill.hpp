// The bill of a time: what each resource has cost, which snapshots are stored and for which image, and which of them
// nobody needs any more.
#pragma once

#include "handlers/call.hpp"
#include "handlers/cost_facts.hpp"
#include "handlers/cost_table.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace amity::handlers {

struct BillQuestion {
  std::int64_t from = 0;  // seconds since 1970
  std::int64_t until = 0;
  std::string account{};  // empty: of all accounts
};

// One resource's use of one thing in one period, while it had the same tags.
struct BillItem {
  const UsageLine* line = nullptr;
  const storage::MeteredResource* resource = nullptr;
  std::vector<std::pair<std::string, std::string>> tags;
  std::int64_t since = 0;  // from when on it had these tags, 0 for its first ones
  std::int64_t from = 0;
  std::int64_t until = 0;
  CostSum sum;
};

// A snapshot that is there now.
struct BilledSnapshot {
  storage::Scope scope;
  std::string id;
  std::string image_id;  // that CreateImage or CopyImage made it for, or ""
  std::string image_name;
  bool is_archived = false;
  std::int64_t stored_bytes = 0;  // what it adds to the bill: its own blocks, or all of them in the archive
  std::int64_t full_bytes = 0;
  Int128 money = 0;  // in the bill's time
  // The image is gone, and since then the snapshot has cost this much, until now.
  bool is_orphan = false;
  std::optional<std::int64_t> orphan_since{};  // when that is known
  Int128 money_since = 0;
};

class Bill {
 public:
  Bill(Environment environment, model::Timestamp now, BillQuestion question);

  const BillQuestion& question() const { return question_; }
  bool is_estimated() const { return question_.until > start_of_month(usage_.now()); }
  const storage::Catalogue& catalogue() const { return environment_.catalogue; }

  // Items by month or by day, in order of time, then resource, then usage type.
  void visit(Granularity granularity, const std::function<void(const BillItem&)>& visit);
  std::vector<BilledSnapshot> snapshots();
  // What the reader should know of the prices.
  std::vector<std::string> notes() const;

 private:
  bool concerns(const storage::MeterInterval& interval) const;
  void find_orphans(std::vector<BilledSnapshot>& snapshots);

  Environment environment_;
  model::Timestamp when_;
  BillQuestion question_;
  storage::Prices prices_;
  Usage usage_;
  CostFacts facts_;
};

}  // namespace amity::handlers
