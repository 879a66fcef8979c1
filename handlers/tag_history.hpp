// Which tags what is billed had when. A tag that is set later does not change what was billed before.
#pragma once

#include "storage/meter_history.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace amity::handlers {

class TagHistory {
 public:
  explicit TagHistory(const storage::MeterHistory& history) : history_(history) {}

  // Only tags that were taken up are known, and cut intervals.
  void take_up(std::string_view key);
  void take_up_all();

  // Resources are rows of storage::MeterHistory::resources(), times seconds since 1970.
  std::optional<std::string> value(std::int64_t resource, std::string_view key, std::int64_t time) const;
  std::vector<std::pair<std::string, std::string>> tags(std::int64_t resource, std::int64_t time) const;

  // Hands over the interval in pieces during each of which its resource's tags stay the same. Only the last piece of an
  // open interval is open.
  void cut(const storage::MeterInterval& interval, const storage::MeterHistory::Visit& visit) const;
  // A time at which the resource had the same tags as at `time`, the same one for all such times.
  std::int64_t same_since(std::int64_t resource, std::int64_t time) const;

 private:
  struct OfResource {
    std::vector<storage::TagSpan> spans;
    std::vector<std::int64_t> changes;  // in order
  };
  void take_up(std::vector<storage::TagSpan> spans);
  const OfResource* find(std::int64_t resource) const;

  const storage::MeterHistory& history_;
  std::vector<std::string> keys_;
  std::unordered_map<std::int64_t, OfResource> resources_;
};

}  // namespace amity::handlers
