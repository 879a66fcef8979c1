#include "model/constraints.hpp"
#include "model/encoding.hpp"
#include "model/json.hpp"

#include <charconv>
#include <cmath>

namespace amity::model {
namespace {

void append_text(std::string& out, std::string_view text) {
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

void append_scalar(std::string& out, Kind kind, const void* value) {
  switch (kind) {
    case Kind::String: append_text(out, *static_cast<const std::string*>(value)); break;
    case Kind::Blob: append_text(out, base64_encode(*static_cast<const std::string*>(value))); break;
    case Kind::Boolean: out += *static_cast<const bool*>(value) ? "true" : "false"; break;
    case Kind::Integer: append_number(out, *static_cast<const std::int32_t*>(value)); break;
    case Kind::Long: append_number(out, *static_cast<const std::int64_t*>(value)); break;
    case Kind::Double: append_number(out, *static_cast<const double*>(value)); break;
    case Kind::Time:
      out += '"';
      append_iso8601(out, *static_cast<const Timestamp*>(value));
      out += '"';
      break;
    case Kind::Structure:
    case Kind::List: break;
  }
}

void append_list(std::string& out, const ListAccess& access, const Element& element, const void* list) {
  out += '[';
  for (std::size_t i = 0, count = access.size(list); i < count; ++i) {
    if (i > 0) out += ',';
    const void* value = access.at(list, i);
    if (element.kind == Kind::Structure)
      append_json(out, *element.shape, value);
    else if (element.kind == Kind::List)
      append_list(out, *element.access, *element.element, value);
    else
      append_scalar(out, element.kind, value);
  }
  out += ']';
}

// The address of a member's value, nullptr when it is absent or an empty list.
const void* value_of(const Member& member, const void* structure) {
  if (member.kind == Kind::Structure) return structure_of(member, structure);
  if (member.kind != Kind::List) return scalar_address(member, structure);
  const void* list = field_of(member, structure);
  return member.list_access->size(list) > 0 ? list : nullptr;
}

}  // namespace

void append_json(std::string& out, const Shape& shape, const void* structure) {
  out += '{';
  bool first = true;
  for (const Member& member : shape.members) {
    const void* value = value_of(member, structure);
    if (!value) continue;
    if (!first) out += ',';
    first = false;
    out += '"';
    out += member.name;
    out += "\":";
    if (member.kind == Kind::Structure)
      append_json(out, *member.shape, value);
    else if (member.kind == Kind::List)
      append_list(out, *member.list_access, *member.element, value);
    else
      append_scalar(out, member.kind, value);
  }
  out += '}';
}

}  // namespace amity::model
