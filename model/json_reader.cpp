#include "model/constraints.hpp"
#include "model/encoding.hpp"
#include "model/json.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace amity::model {
namespace {

constexpr std::size_t kMaxDepth = 64;

// One open object or array, with where its next value goes.
struct Frame {
  const Shape* shape = nullptr;           // of an object
  void* target = nullptr;                 // the structure, or the std::vector
  const Member* member = nullptr;         // object: the member whose value comes next
  const ListAccess* access = nullptr;     // array
  const MapAccess* map_access = nullptr;  // object that is a map
  const Element* element = nullptr;       // array or map
  std::string key{};                      // map: of the next value
  std::size_t index = 0;                  // array: of the next element
  std::vector<const Member*> seen{};      // object, only when required members are checked
};

// Receives RapidJSON's events and puts the values where the tables say. A value of a wrong kind ends the parse.
class Builder {
 public:
  Builder(const Shape& shape, void* structure, JsonReading how) : how_(how), root_shape_(&shape), root_(structure) {}
  Builder(const Element& element, const ListAccess& access, void* list, JsonReading how)
      : how_(how), root_(list), root_element_(&element), root_access_(&access) {}

  const std::string& message() const { return message_; }

  std::string field() const {
    std::string path;
    for (const Frame& frame : frames_) {
      if (frame.shape && frame.member) {
        if (!path.empty()) path += '.';
        path += frame.member->name;
      } else if (frame.map_access) {
        path += '.' + frame.key;
      } else if (frame.element) {
        path += '[' + std::to_string(frame.index) + ']';
      }
    }
    if (!unknown_.empty()) path += (path.empty() ? "" : ".") + unknown_;
    return path;
  }

  // RapidJSON's handler interface.
  bool Null() { return skipping() || null(); }
  bool Bool(bool value) {
    return skipping() || scalar(Kind::Boolean, [&](Kind, void* to) { return assign(to, value); });
  }
  bool Int(int value) { return Int64(value); }
  bool Uint(unsigned value) { return Int64(value); }
  bool Int64(std::int64_t value) { return skipping() || number(static_cast<double>(value), value, true); }
  bool Uint64(std::uint64_t value) {
    const bool fits = value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return skipping() || number(static_cast<double>(value), fits ? static_cast<std::int64_t>(value) : 0, fits);
  }
  bool Double(double value) { return skipping() || number(value, 0, false); }
  bool RawNumber(const char*, unsigned, bool) { return fail("is not a number"); }
  bool String(const char* data, unsigned length, bool) { return skipping() || text({data, length}); }

  bool StartObject() {
    if (skip_depth_ > 0) return ++skip_depth_ > 0;
    if (skip_next_) return start_skipping();
    if (frames_.empty()) {
      if (root_shape_) return push({.shape = root_shape_, .target = root_});
      return push({.shape = root_element_->shape, .target = root_access_->append(root_)});
    }
    Frame& top = frames_.back();
    const Expected expected = expected_value(top);
    if (expected.kind == Kind::Structure) return push({.shape = expected.shape, .target = make_structure(top)});
    if (expected.kind == Kind::Map)
      return push({.target = make_list(top), .map_access = expected.map_access, .element = expected.element});
    if (expected.kind == Kind::List && expected.element->kind == Kind::Structure && how_.lists_of_one) {
      void* list = make_list(top);
      return push({.shape = expected.element->shape, .target = expected.access->append(list)});
    }
    return fail(expected.kind == Kind::List ? "must be a list" : "must not be an object");
  }

  bool Key(const char* data, unsigned length, bool) {
    if (skip_depth_ > 0) return true;
    Frame& top = frames_.back();
    const std::string_view name(data, length);
    if (top.map_access) {
      top.key = name;
      return true;
    }
    top.member = find_member(top, name);
    skip_next_ = top.member == nullptr || !is_in_document(*top.member);
    if (skip_next_ && (!how_.ignore_unknown || (how_.known_at_top && is_at_top()))) {
      unknown_ = std::string(name);
      return fail("is not a member of " + std::string(top.shape->name));
    }
    if (!skip_next_ && how_.check_constraints) top.seen.push_back(top.member);
    return true;
  }

  bool EndObject(unsigned) {
    if (skip_depth_ > 0) return stop_skipping();
    if (how_.check_constraints && frames_.back().shape && !has_required(frames_.back())) return false;
    frames_.pop_back();
    return frames_.empty() || after_value();
  }

  bool StartArray() {
    if (skip_depth_ > 0) return ++skip_depth_ > 0;
    if (skip_next_) return start_skipping();
    if (frames_.empty()) {
      if (root_shape_) return fail("must be an object");
      return push({.target = root_, .access = root_access_, .element = root_element_});
    }
    Frame& top = frames_.back();
    const Expected expected = expected_value(top);
    if (expected.kind != Kind::List) return fail("must not be a list");
    return push({.target = make_list(top), .access = expected.access, .element = expected.element});
  }

  bool EndArray(unsigned) {
    if (skip_depth_ > 0) return stop_skipping();
    const Frame closed = std::move(frames_.back());
    frames_.pop_back();
    if (frames_.empty()) return true;
    if (how_.check_constraints && !has_allowed_size(closed)) return fail("has too many or too few elements");
    return after_value();
  }

 private:
  // In the object that the text is, or in one of the list that it is.
  bool is_at_top() const { return frames_.size() == (frames_.front().element ? 2u : 1u); }

  // What the open object or array says about its next value.
  struct Expected {
    Kind kind;
    const Constraints* constraints = nullptr;
    const Shape* shape = nullptr;
    const ListAccess* access = nullptr;
    const MapAccess* map_access = nullptr;
    const Element* element = nullptr;
  };

  static Expected expected_value(const Frame& frame) {
    if (const Element* element = frame.element)
      return {element->kind,   element->constraints, element->shape,
              element->access, element->map_access,  element->element};
    const Member& member = *frame.member;
    return {member.kind, member.constraints, member.shape, member.list_access, member.map_access, member.element};
  }

  // Documents name their members in the tables' order, so the search starts behind the last one found.
  static const Member* find_member(const Frame& frame, std::string_view name) {
    const auto members = frame.shape->members;
    const std::size_t start = frame.member ? static_cast<std::size_t>(frame.member - members.data()) + 1 : 0;
    for (std::size_t i = start; i < members.size(); ++i)
      if (members[i].name == name) return &members[i];
    for (std::size_t i = 0; i < start; ++i)
      if (members[i].name == name) return &members[i];
    return nullptr;
  }

  // Room for the next element of an open array or map.
  static void* append(Frame& frame) {
    return frame.map_access ? frame.map_access->append(frame.target, frame.key) : frame.access->append(frame.target);
  }
  static void* make_structure(Frame& frame) {
    return frame.element ? append(frame) : emplace_structure(*frame.member, frame.target);
  }
  static void* make_list(Frame& frame) { return frame.element ? append(frame) : field_of(*frame.member, frame.target); }

  bool fail(std::string message) {
    if (message_.empty()) message_ = std::move(message);
    return false;
  }
  bool push(Frame frame) {
    if (frames_.size() >= kMaxDepth) return fail("is nested too deeply");
    frames_.push_back(std::move(frame));
    return true;
  }
  bool after_value() {
    if (frames_.back().element) ++frames_.back().index;
    return true;
  }

  // As good as not being there.
  bool null() {
    if (frames_.empty()) return fail("must be an object");
    Frame& top = frames_.back();
    if (!top.seen.empty() && top.seen.back() == top.member) top.seen.pop_back();
    return after_value();
  }

  bool skipping() {
    if (skip_depth_ > 0) return true;
    return std::exchange(skip_next_, false);
  }
  bool start_skipping() {
    skip_next_ = false;
    skip_depth_ = 1;
    return true;
  }
  bool stop_skipping() {
    --skip_depth_;
    return true;
  }

  bool is_in_document(const Member& member) const { return !how_.body_only || member.location == Location::Body; }

  bool has_required(const Frame& frame) {
    for (const Member& member : frame.shape->members)
      if (member.required && is_in_document(member) && std::ranges::find(frame.seen, &member) == frame.seen.end()) {
        frames_.back().member = &member;
        return fail("is missing");
      }
    return true;
  }

  bool has_allowed_size(const Frame& list) const {
    const Constraints* constraints = expected_value(frames_.back()).constraints;
    return !constraints || in_bounds(*constraints, static_cast<std::int64_t>(list.access->size(list.target)));
  }

  template <class T>
  static bool assign(void* to, T value) {
    *static_cast<T*>(to) = std::move(value);
    return true;
  }

  // Stores a scalar through `store(kind, address)`; a scalar where a list of scalars is expected becomes its only
  // element.
  template <class Store>
  bool scalar(Kind given, Store store) {
    if (frames_.empty()) return fail("must be an object");
    Frame& top = frames_.back();
    Expected expected = expected_value(top);
    const char* const wanted = expected.kind == Kind::List ? "must be a list" : "must be an object";
    const bool is_only_element = !top.element && expected.kind == Kind::List && how_.lists_of_one;
    const ListAccess* only_element_of = is_only_element ? expected.access : nullptr;
    if (is_only_element) expected = {.kind = expected.element->kind, .constraints = expected.element->constraints};
    if (expected.kind >= Kind::Structure) return fail(wanted);
    if (!accepts(expected.kind, given)) return fail("is of the wrong type");
    const void* stored = nullptr;
    if (top.element || is_only_element) {
      void* slot = top.element ? append(top) : only_element_of->append(field_of(*top.member, top.target));
      if (!store(expected.kind, slot)) return fail("has an invalid value");
      stored = slot;
    } else {
      if (!store_member(*top.member, top.target, store)) return fail("has an invalid value");
      stored = scalar_address(*top.member, top.target);
    }
    if (how_.check_constraints && expected.constraints && !satisfies(*expected.constraints, expected.kind, stored))
      return fail("has a value that is not allowed");
    return after_value();
  }

  static bool accepts(Kind expected, Kind given) {
    if (given == Kind::Boolean) return expected == Kind::Boolean;
    if (given == Kind::String) return expected == Kind::String || expected == Kind::Blob || expected == Kind::Time;
    return expected == Kind::Integer || expected == Kind::Long || expected == Kind::Double || expected == Kind::Time;
  }

  template <class T, class Store>
  static bool store_as(const Member& member, void* structure, Store& store) {
    T value{};
    if (!store(member.kind, &value)) return false;
    set<T>(member, structure, std::move(value));
    return true;
  }
  template <class Store>
  static bool store_member(const Member& member, void* structure, Store& store) {
    switch (member.kind) {
      case Kind::String:
      case Kind::Blob: return store_as<std::string>(member, structure, store);
      case Kind::Boolean: return store_as<bool>(member, structure, store);
      case Kind::Integer: return store_as<std::int32_t>(member, structure, store);
      case Kind::Long: return store_as<std::int64_t>(member, structure, store);
      case Kind::Double: return store_as<double>(member, structure, store);
      case Kind::Time: return store_as<Timestamp>(member, structure, store);
      case Kind::Structure:
      case Kind::List:
      case Kind::Map: break;
    }
    return false;
  }

  bool number(double real, std::int64_t whole, bool is_whole) {
    return scalar(Kind::Long, [&](Kind kind, void* to) {
      switch (kind) {
        case Kind::Integer:
          return is_whole && whole >= std::numeric_limits<std::int32_t>::min() &&
                 whole <= std::numeric_limits<std::int32_t>::max() && assign(to, static_cast<std::int32_t>(whole));
        case Kind::Long: return is_whole && assign(to, whole);
        case Kind::Double: return assign(to, real);
        case Kind::Time: return store_epoch(real, to);
        default: return false;
      }
    });
  }

  static bool store_epoch(double seconds, void* to) {
    if (!(seconds >= -62135596800.0 && seconds < 253402300800.0)) return false;
    return assign(to, Timestamp(std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000.0)))));
  }

  bool text(std::string_view value) {
    return scalar(Kind::String, [&](Kind kind, void* to) {
      if (kind == Kind::String) return assign(to, std::string(value));
      if (kind == Kind::Blob) {
        auto bytes = base64_decode(value);
        return bytes && assign(to, *std::move(bytes));
      }
      const auto time = parse_iso8601(value);
      return time && assign(to, *time);
    });
  }

  JsonReading how_;
  const Shape* root_shape_ = nullptr;
  void* root_ = nullptr;
  const Element* root_element_ = nullptr;
  const ListAccess* root_access_ = nullptr;
  std::vector<Frame> frames_;
  bool skip_next_ = false;
  std::size_t skip_depth_ = 0;
  std::string message_;
  std::string unknown_;
};

std::size_t line_of(std::string_view text, std::size_t offset) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

std::optional<JsonError> parse(std::string_view text, Builder& builder) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  // RapidJSON takes a NUL byte for the end of the text.
  if (!result.IsError() && stream.Tell() < text.size())
    return JsonError{
        .line = line_of(text, stream.Tell()), .field = {}, .message = "not valid JSON: it goes on after its end"};
  if (!result.IsError()) return std::nullopt;
  JsonError error{.line = line_of(text, result.Offset()), .field = {}, .message = builder.message()};
  if (result.Code() == rapidjson::kParseErrorTermination)
    error.field = builder.field();
  else
    error.message = std::string("not valid JSON: ") + rapidjson::GetParseError_En(result.Code());
  return error;
}

}  // namespace

std::optional<JsonError> read_json(std::string_view text, const Shape& shape, void* structure, JsonReading how) {
  Builder builder(shape, structure, how);
  return parse(text, builder);
}

std::optional<JsonError> read_json_list(std::string_view text, const Shape& shape, const ListAccess& access, void* list,
                                        JsonReading how) {
  const Element element{.kind = Kind::Structure, .shape = &shape};
  Builder builder(element, access, list, how);
  return parse(text, builder);
}

}  // namespace amity::model
