#include "model/json.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

namespace amity::model {
namespace {

// A step of a path: into a member, or, without a name, to an element.
struct Step {
  std::string_view name;
  std::size_t index = 0;
};

// "[1].Images[2].ImageId"
std::vector<Step> steps_of(std::string_view field) {
  std::vector<Step> steps;
  while (!field.empty()) {
    if (field.front() == '[') {
      Step step;
      const auto end = std::from_chars(field.data() + 1, field.data() + field.size(), step.index).ptr;
      field.remove_prefix(static_cast<std::size_t>(end - field.data()));
      if (field.starts_with(']')) field.remove_prefix(1);
      steps.push_back(step);
    } else {
      if (field.front() == '.') field.remove_prefix(1);
      const std::string_view name = field.substr(0, field.find_first_of(".["));
      if (name.empty()) break;
      steps.push_back({.name = name});
      field.remove_prefix(name.size());
    }
  }
  return steps;
}

// Follows the path through RapidJSON's events and remembers where the last of its steps that is there was made.
class Finder {
 public:
  Finder(std::vector<Step> steps, const rapidjson::MemoryStream& stream) : steps_(std::move(steps)), stream_(stream) {}

  std::size_t offset() const { return offset_; }

  bool Null() { return value(); }
  bool Bool(bool) { return value(); }
  bool Int(int) { return value(); }
  bool Uint(unsigned) { return value(); }
  bool Int64(std::int64_t) { return value(); }
  bool Uint64(std::uint64_t) { return value(); }
  bool Double(double) { return value(); }
  bool RawNumber(const char*, unsigned, bool) { return value(); }
  bool String(const char*, unsigned, bool) { return value(); }
  bool StartObject() { return open({}); }
  bool StartArray() { return open({.is_array = true}); }
  bool EndObject(unsigned) { return close(); }
  bool EndArray(unsigned) { return close(); }
  bool Key(const char* data, unsigned length, bool) {
    Level& level = levels_.back();
    level.is_next =
        level.on_path && level.depth < steps_.size() && steps_[level.depth].name == std::string_view(data, length);
    if (level.is_next) reach(level.depth + 1);
    return true;
  }

 private:
  struct Level {
    bool is_array = false;
    bool on_path = false;   // all steps to here were the path's
    bool is_next = false;   // object: so is the step to the value that comes
    std::size_t depth = 0;  // steps from the root
    std::size_t index = 0;  // array: of the element that comes
  };

  void reach(std::size_t depth) {
    if (depth <= reached_) return;
    reached_ = depth;
    offset_ = stream_.Tell();
  }

  // Whether the value that begins now is on the path.
  bool step() {
    if (levels_.empty()) return true;
    Level& level = levels_.back();
    if (!level.is_array) return level.is_next;
    const bool is_next = level.on_path && level.depth < steps_.size() && steps_[level.depth].name.empty() &&
                         steps_[level.depth].index == level.index;
    ++level.index;
    if (is_next) reach(level.depth + 1);
    return is_next;
  }
  bool value() {
    step();
    return true;
  }
  bool open(Level level) {
    level.on_path = step();
    level.depth = levels_.size();
    levels_.push_back(level);
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }

  std::vector<Step> steps_;
  const rapidjson::MemoryStream& stream_;
  std::vector<Level> levels_;
  std::size_t reached_ = 0;
  std::size_t offset_ = 0;
};

}  // namespace

std::size_t line_of_field(std::string_view text, std::string_view field) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  Finder finder(steps_of(field), stream);
  rapidjson::Reader().Parse<rapidjson::kParseIterativeFlag>(stream, finder);
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(finder.offset(), text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

}  // namespace amity::model
