// What Cost Explorer can say of a piece of usage: its dimensions, its tags, its resource. Filters and groups ask here.
#pragma once

#include "handlers/tag_history.hpp"
#include "handlers/usage.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace amity::handlers {

// "Dimension" SERVICE, "Tag" team …
struct CostFact {
  enum class Kind { Dimension, Tag, CostCategory };
  Kind kind = Kind::Dimension;
  std::string key;

  // Whether all of a line's usage has the same.
  bool is_of_line() const { return kind == Kind::CostCategory || (kind == Kind::Dimension && key != "RESOURCE_ID"); }
};

// The id of a resource as reports show it: "i-…", "vol-…", and of all others the ARN.
std::string reported_id(const storage::Scope& scope, std::string_view id);

class CostFacts {
 public:
  explicit CostFacts(const Usage& usage) : usage_(usage), tags_(usage.history()) {}

  // To be called before scan() for the facts that will be asked for.
  void use(const CostFact& fact);
  void use_all_tags() { tags_.take_up_all(); }
  // As Usage::scan, in pieces during which the tags that are used stay the same.
  void scan(std::int64_t from, std::int64_t until, const storage::MeterHistory::Visit& visit) const;

  // nullopt for what has no such thing: an Availability Zone, a tag.
  std::optional<std::string> value(const CostFact& fact, const storage::MeterInterval& interval);
  const TagHistory& tags() const { return tags_; }
  const storage::MeteredResource& resource(std::int64_t row);

 private:
  std::optional<std::string> dimension(std::string_view key, const storage::MeterInterval& interval);

  const Usage& usage_;
  std::optional<std::unordered_map<std::int64_t, storage::MeteredResource>> resources_;
  TagHistory tags_;
};

// What a group is called whose usage has no value: "NoAZ", "NoInstanceType"; for a tag, its key and "$".
std::string group_key(const CostFact& fact, const std::optional<std::string>& value);

}  // namespace amity::handlers
