// What the meters have shown, for reports: of all accounts and regions. Rows are numbers, so that a report over many
// resources reads few texts.
#pragma once

#include "storage/meters.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace amity::storage {

// The end of an interval that has none yet.
inline constexpr std::int64_t kOpenMeter = std::numeric_limits<std::int64_t>::max();

struct MeteredLine {
  std::int64_t row = 0;
  Scope scope;
  MeterLine line;
};

// Times are seconds since 1970.
struct MeterInterval {
  std::int64_t line = 0;
  std::int64_t resource = 0;
  std::int64_t quantity = 0;
  std::int64_t since = 0;
  std::int64_t until = 0;  // equal to `since` for what is used at once
  bool is_open = false;    // it goes on
};

struct MeteredResource {
  Scope scope;
  std::string id;
  std::string image_id;  // a snapshot's, "" for others
};

struct TagSpan {
  std::int64_t resource = 0;
  std::string key;
  std::string value;
  std::int64_t since = 0;
  std::int64_t until = 0;
};

class MeterHistory {
 public:
  explicit MeterHistory(Database& database) : database_(database) {}

  std::vector<MeteredLine> lines() const;
  // What has a part in the time from `from` to `until`, ends as they are (kOpenMeter too). What is used at once shows
  // at the beginning of its hour.
  using Visit = std::function<void(const MeterInterval&)>;
  void scan(std::int64_t from, std::int64_t until, const Visit& visit) const;

  std::unordered_map<std::int64_t, MeteredResource> resources() const;
  // When which resources had a tag, or any; `resource` is a row of resources(). In order of resource, key and time.
  std::vector<TagSpan> tag_spans(std::string_view key) const;
  std::vector<TagSpan> tag_spans() const;
  std::vector<std::string> tag_keys(std::string_view account) const;

 private:
  Database& database_;
};

}  // namespace amity::storage
