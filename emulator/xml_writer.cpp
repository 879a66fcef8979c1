#include "emulator/xml_writer.hpp"

#include "model/constraints.hpp"
#include "model/encoding.hpp"

#include <array>
#include <charconv>

namespace amity::emulator {
namespace {

// Most of an answer is tags: each is put together aside and appended at once.
constexpr std::size_t kTagRoom = 128;

void open(std::string& out, std::string_view name) {
  char tag[kTagRoom];
  if (name.size() + 2 > kTagRoom) {
    out.append("<").append(name).append(">");
    return;
  }
  tag[0] = '<';
  char* end = std::copy(name.begin(), name.end(), tag + 1);
  *end++ = '>';
  out.append(tag, end);
}

void close(std::string& out, std::string_view name) {
  char tag[kTagRoom];
  if (name.size() + 3 > kTagRoom) {
    out.append("</").append(name).append(">");
    return;
  }
  tag[0] = '<';
  tag[1] = '/';
  char* end = std::copy(name.begin(), name.end(), tag + 2);
  *end++ = '>';
  out.append(tag, end);
}

template <class Number>
void append_number(std::string& out, Number value) {
  char digits[32];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  out.append(digits, end);
}

void append_scalar(std::string& out, model::Kind kind, const void* value) {
  switch (kind) {
    case model::Kind::String: append_xml_text(out, *static_cast<const std::string*>(value)); break;
    case model::Kind::Blob: out += model::base64_encode(*static_cast<const std::string*>(value)); break;
    case model::Kind::Boolean: out += *static_cast<const bool*>(value) ? "true" : "false"; break;
    case model::Kind::Integer: append_number(out, *static_cast<const std::int32_t*>(value)); break;
    case model::Kind::Long: append_number(out, *static_cast<const std::int64_t*>(value)); break;
    case model::Kind::Double: append_number(out, *static_cast<const double*>(value)); break;
    case model::Kind::Time: model::append_iso8601(out, *static_cast<const model::Timestamp*>(value)); break;
    case model::Kind::Structure:
    case model::Kind::List:
    case model::Kind::Map: break;
  }
}

void append_elements(std::string& out, const model::ListAccess& access, const model::Element& element,
                     const void* list) {
  for (std::size_t i = 0, count = access.size(list); i < count; ++i) {
    const void* value = access.at(list, i);
    open(out, element.xml_name);
    if (element.kind == model::Kind::Structure)
      append_xml_members(out, *element.shape, value, EmptyLists::Marked);
    else if (element.kind == model::Kind::List)
      append_elements(out, *element.access, *element.element, value);
    else
      append_scalar(out, element.kind, value);
    close(out, element.xml_name);
  }
}

// What stands for a byte in XML text; empty when it stands for itself.
constexpr std::string_view replacement(unsigned char byte) {
  switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\r': return "&#xD;";  // a bare one would be read back as a line feed
    default: return byte < 0x20 && byte != '\n' && byte != '\t' ? "\xEF\xBF\xBD" : "";
  }
}

// U+FFFE and U+FFFF are UTF-8 but not XML.
bool is_noncharacter(std::string_view text, std::size_t at) {
  return text.size() - at >= 3 && static_cast<unsigned char>(text[at]) == 0xEF &&
         static_cast<unsigned char>(text[at + 1]) == 0xBF && static_cast<unsigned char>(text[at + 2]) >= 0xBE;
}

// The bytes that stand for themselves wherever they are: nearly all.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned byte = 0; byte < 256; ++byte)
    plain[byte] = byte != 0xEF && replacement(static_cast<unsigned char>(byte)).empty();
  return plain;
}();

}  // namespace

void append_xml_text(std::string& out, std::string_view text) {
  std::size_t clean = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (kPlain[byte]) continue;
    const bool noncharacter = byte == 0xEF && is_noncharacter(text, i);
    const std::string_view instead = noncharacter ? "\xEF\xBF\xBD" : replacement(byte);
    if (instead.empty()) continue;
    out.append(text, clean, i - clean);
    out += instead;
    if (noncharacter) i += 2;
    clean = i + 1;
  }
  out.append(text, clean);
}

void append_xml_element(std::string& out, std::string_view name, std::string_view text) {
  open(out, name);
  append_xml_text(out, text);
  close(out, name);
}

void append_xml_members(std::string& out, const model::Shape& shape, const void* structure, EmptyLists empty_lists) {
  for (const model::Member& member : shape.members) {
    if (member.kind == model::Kind::Structure) {
      if (const void* inner = model::structure_of(member, structure)) {
        open(out, member.xml_name);
        append_xml_members(out, *member.shape, inner, EmptyLists::Marked);
        close(out, member.xml_name);
      }
    } else if (member.kind == model::Kind::List) {
      const void* list = model::field_of(member, structure);
      if (member.list_access->size(list) == 0) {
        if (empty_lists == EmptyLists::All || member.always_present)
          out.append("<").append(member.xml_name).append("/>");
        continue;
      }
      open(out, member.xml_name);
      append_elements(out, *member.list_access, *member.element, list);
      close(out, member.xml_name);
    } else if (const void* value = model::scalar_address(member, structure)) {
      open(out, member.xml_name);
      append_scalar(out, member.kind, value);
      close(out, member.xml_name);
    }
  }
}

}  // namespace amity::emulator
