// Tags of every kind of resource, in one table. An account sees only the tags that it set itself, also on resources
// that others share with it.
#pragma once

#include "model/ec2.hpp"
#include "storage/table.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amity::storage {

class Database;

class Tags {
 public:
  Tags(Database& database, const Scope& scope) : database_(database), scope_(scope) {}

  std::vector<ec2::Tag> of(std::string_view resource_id) const;  // sorted by key
  std::size_t count(std::string_view resource_id) const;
  // Adds or overwrites one tag. `resource_type` is the API's word: "image", "security-group-rule" …
  void set(std::string_view resource_id, std::string_view resource_type, std::string_view key, std::string_view value);
  // Removes the tag, or only if it has exactly `value`.
  void remove(std::string_view resource_id, std::string_view key, const std::optional<std::string>& value = {});
  void remove_all(std::string_view resource_id);
  // The tags of `resource_ids`, or of every resource when that is empty, in order of creation from behind the row
  // `after` on, until `visit(row, tag)` answers false.
  using Visit = std::function<bool(std::int64_t row, ec2::TagDescription tag)>;
  void scan(std::int64_t after, std::span<const std::string> resource_ids, const Visit& visit) const;

 private:
  Database& database_;
  Scope scope_;
};

}  // namespace amity::storage
