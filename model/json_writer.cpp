#include "model/constraints.hpp"
#include "model/encoding.hpp"
#include "model/json.hpp"

#include <charconv>
#include <cmath>

namespace amity::model {

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  std::size_t clean = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, clean, i - clean);
    clean = i + 1;
    if (byte == '"' || byte == '\\')
      out.append({'\\', static_cast<char>(byte)});
    else if (byte == '\n')
      out += "\\n";
    else
      out.append({'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]});
  }
  out.append(text, clean);
  out += '"';
}

namespace {

template <class Number>
void append_number(std::string& out, Number value) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(value)) {
      out += "null";
      return;
    }
  }
  char digits[32];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  out.append(digits, end);
}

void append_epoch(std::string& out, Timestamp time) {
  const std::int64_t milliseconds = time.time_since_epoch().count();
  if (milliseconds % 1000 == 0)
    append_number(out, milliseconds / 1000);
  else
    append_number(out, static_cast<double>(milliseconds) / 1000.0);
}

void append_time(std::string& out, Timestamp time, JsonTimes form) {
  if (form == JsonTimes::EpochSeconds) {
    append_epoch(out, time);
    return;
  }
  out += '"';
  append_iso8601(out, time);
  out += '"';
}

class Writer {
 public:
  Writer(std::string& out, JsonWriting how) : out_(out), how_(how) {}

  void structure(const Shape& shape, const void* structure) {
    out_ += '{';
    bool first = true;
    for (const Member& member : shape.members) {
      if (how_.body_only && member.location != Location::Body) continue;
      const void* value = value_of(member, structure);
      if (!value) continue;
      if (!first) out_ += ',';
      first = false;
      out_ += '"';
      out_ += member.name;
      out_ += "\":";
      this->value({member.kind, nullptr, member.shape, member.list_access, member.map_access, member.element}, value);
    }
    out_ += '}';
  }

 private:
  // The address of a member's value, nullptr when it is absent or an empty list that is not wanted.
  const void* value_of(const Member& member, const void* structure) const {
    if (member.kind == Kind::Structure) return structure_of(member, structure);
    if (member.kind != Kind::List && member.kind != Kind::Map) return scalar_address(member, structure);
    const void* field = field_of(member, structure);
    const std::size_t size =
        member.kind == Kind::List ? member.list_access->size(field) : member.map_access->size(field);
    return size > 0 || how_.empty_lists ? field : nullptr;
  }

  void value(const Element& element, const void* value) {
    switch (element.kind) {
      case Kind::Structure: structure(*element.shape, value); break;
      case Kind::List: list(element, value); break;
      case Kind::Map: map(element, value); break;
      case Kind::String: append_json_string(out_, *static_cast<const std::string*>(value)); break;
      case Kind::Blob: append_json_string(out_, base64_encode(*static_cast<const std::string*>(value))); break;
      case Kind::Boolean: out_ += *static_cast<const bool*>(value) ? "true" : "false"; break;
      case Kind::Integer: append_number(out_, *static_cast<const std::int32_t*>(value)); break;
      case Kind::Long: append_number(out_, *static_cast<const std::int64_t*>(value)); break;
      case Kind::Double: append_number(out_, *static_cast<const double*>(value)); break;
      case Kind::Time: append_time(out_, *static_cast<const Timestamp*>(value), how_.times); break;
    }
  }

  void list(const Element& type, const void* list) {
    out_ += '[';
    for (std::size_t i = 0, count = type.access->size(list); i < count; ++i) {
      if (i > 0) out_ += ',';
      value(*type.element, type.access->at(list, i));
    }
    out_ += ']';
  }

  void map(const Element& type, const void* map) {
    out_ += '{';
    for (std::size_t i = 0, count = type.map_access->size(map); i < count; ++i) {
      if (i > 0) out_ += ',';
      append_json_string(out_, type.map_access->key(map, i));
      out_ += ':';
      value(*type.element, type.map_access->value(map, i));
    }
    out_ += '}';
  }

  std::string& out_;
  JsonWriting how_;
};

}  // namespace

void append_json(std::string& out, const Shape& shape, const void* structure, JsonWriting how) {
  Writer(out, how).structure(shape, structure);
}

std::string list_to_json(std::span<const std::string> texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ',';
    append_json_string(out, text);
  }
  out += ']';
  return out;
}

}  // namespace amity::model
