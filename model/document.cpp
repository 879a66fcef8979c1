#include "model/document.hpp"

#include "model/encoding.hpp"

#include <charconv>
#include <cstring>

namespace amity::model {
namespace {

constexpr int kMaxDepth = 64;

// The value of a scalar member, made if it was absent.
template <class T>
T& made(const Member& member, void* structure) {
  void* field = field_of(member, structure);
  return member.optional ? static_cast<std::optional<T>*>(field)->emplace() : *static_cast<T*>(field);
}

void* make_scalar(const Member& member, void* structure) {
  switch (member.kind) {
    case Kind::String:
    case Kind::Blob: return &made<std::string>(member, structure);
    case Kind::Boolean: return &made<bool>(member, structure);
    case Kind::Integer: return &made<std::int32_t>(member, structure);
    case Kind::Long: return &made<std::int64_t>(member, structure);
    case Kind::Double: return &made<double>(member, structure);
    case Kind::Time: return &made<Timestamp>(member, structure);
    case Kind::Structure:
    case Kind::List:
    case Kind::Map: break;
  }
  return nullptr;
}

// A descent through the text and the tables together. Each function reads one thing and answers whether it was there.
class DocumentReader {
 public:
  explicit DocumentReader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool structure(const Shape& shape, void* target) {
    const Member* const begin = shape.members.data();
    const Member* const end = begin + shape.members.size();
    const Member* next = begin;
    return enclosed('{', '}', [&] {
      std::string_view name;
      if (!plain_text(name) || !take(':')) return false;
      // Members are written in the tables' order, so the next one is near. What a newer Amity has written is skipped.
      const Member* member = next;
      while (member != end && member->name != name) ++member;
      if (member == end) {
        const Member* known = shape.find(name);
        if (!known) return skip();
        member = known;
      }
      next = member + 1;
      return member_value(*member, target);
    });
  }

  bool at_end() const { return at_ == end_; }

 private:
  bool member_value(const Member& member, void* target) {
    if (take("null")) return true;  // a number that JSON does not have
    switch (member.kind) {
      case Kind::Structure: return structure(*member.shape, emplace_structure(member, target));
      case Kind::List: return list(*member.list_access, *member.element, field_of(member, target));
      case Kind::Map: return map(*member.map_access, *member.element, field_of(member, target));
      default: return scalar(member.kind, make_scalar(member, target));
    }
  }

  bool value(const Element& type, void* target) {
    switch (type.kind) {
      case Kind::Structure: return structure(*type.shape, target);
      case Kind::List: return list(*type.access, *type.element, target);
      case Kind::Map: return map(*type.map_access, *type.element, target);
      default: return scalar(type.kind, target);
    }
  }

  bool list(const ListAccess& access, const Element& element, void* list) {
    return enclosed('[', ']', [&] { return value(element, access.append(list)); });
  }

  bool map(const MapAccess& access, const Element& element, void* map) {
    return enclosed('{', '}', [&] {
      std::string key;
      return text(key) && take(':') && value(element, access.append(map, std::move(key)));
    });
  }

  bool scalar(Kind kind, void* to) {
    switch (kind) {
      case Kind::String: return text(*static_cast<std::string*>(to));
      case Kind::Blob: return blob(*static_cast<std::string*>(to));
      case Kind::Boolean: return boolean(*static_cast<bool*>(to));
      case Kind::Integer: return number(*static_cast<std::int32_t*>(to));
      case Kind::Long: return number(*static_cast<std::int64_t*>(to));
      case Kind::Double: return number(*static_cast<double*>(to));
      case Kind::Time: return time(*static_cast<Timestamp*>(to));
      case Kind::Structure:
      case Kind::List:
      case Kind::Map: break;
    }
    return false;
  }

  bool take(char expected) {
    if (at_ == end_ || *at_ != expected) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view expected) {
    if (!std::string_view(at_, end_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  // Elements between brackets, with commas between them.
  template <class Read>
  bool enclosed(char opening, char closing, Read element) {
    if (!take(opening) || ++depth_ > kMaxDepth) return false;
    if (!take(closing)) {
      do {
        if (!element()) return false;
      } while (take(','));
      if (!take(closing)) return false;
    }
    --depth_;
    return true;
  }

  // Text up to its closing quotation mark, as it stands there.
  bool plain_text(std::string_view& plain) {
    if (!take('"')) return false;
    const char* const begin = at_;
    for (const char* from = at_;;) {
      const auto* quote = static_cast<const char*>(std::memchr(from, '"', static_cast<std::size_t>(end_ - from)));
      if (!quote) return false;
      at_ = quote + 1;
      plain = {begin, quote};
      if (quote == begin || quote[-1] != '\\' || !is_escaped(plain)) return true;
      from = at_;
    }
  }
  // Whether what follows is, by the backslashes before it.
  static bool is_escaped(std::string_view before) {
    const std::size_t last = before.find_last_not_of('\\');
    return (before.size() - (last == std::string_view::npos ? 0 : last + 1)) % 2 == 1;
  }

  bool text(std::string& to) {
    std::string_view plain;
    if (!plain_text(plain)) return false;
    if (plain.empty() || !std::memchr(plain.data(), '\\', plain.size())) {
      to.assign(plain);
      return true;
    }
    return unescape(plain, to);
  }

  // The escapes that append_json_string writes.
  static bool unescape(std::string_view plain, std::string& to) {
    for (std::size_t i = 0; i < plain.size(); ++i) {
      if (plain[i] != '\\') {
        to += plain[i];
        continue;
      }
      const std::string_view escape = plain.substr(i + 1, 5);
      if (escape.starts_with("u00") && escape.size() == 5) {
        unsigned char byte = 0;
        if (std::from_chars(&escape[3], &escape[3] + 2, byte, 16).ptr != &escape[3] + 2) return false;
        to += static_cast<char>(byte);
        i += 5;
      } else {
        constexpr std::string_view kNames = "n\"\\", kMeanings = "\n\"\\";
        const std::size_t known = escape.empty() ? std::string_view::npos : kNames.find(escape[0]);
        if (known == std::string_view::npos) return false;
        to += kMeanings[known];
        ++i;
      }
    }
    return true;
  }

  bool blob(std::string& to) {
    std::string_view plain;
    if (!plain_text(plain)) return false;
    auto bytes = base64_decode(plain);
    if (bytes) to = *std::move(bytes);
    return bytes.has_value();
  }

  bool time(Timestamp& to) {
    std::string_view plain;
    if (!plain_text(plain)) return false;
    const auto time = parse_iso8601(plain);
    if (time) to = *time;
    return time.has_value();
  }

  bool boolean(bool& to) {
    to = take("true");
    return to || take("false");
  }

  template <class Number>
  bool number(Number& to) {
    const auto [end, error] = std::from_chars(at_, end_, to);
    at_ = end;
    return error == std::errc();
  }

  bool skip() {
    if (at_ == end_) return false;
    std::string_view ignored;
    double number_ignored = 0;
    bool boolean_ignored = false;
    switch (*at_) {
      case '{': return enclosed('{', '}', [&] { return plain_text(ignored) && take(':') && skip(); });
      case '[': return enclosed('[', ']', [&] { return skip(); });
      case '"': return plain_text(ignored);
      case 't':
      case 'f': return boolean(boolean_ignored);
      case 'n': return take("null");
      default: return number(number_ignored);
    }
  }

  const char* at_;
  const char* end_;
  int depth_ = 0;
};

}  // namespace

bool read_document(std::string_view text, const Shape& shape, void* structure) {
  DocumentReader reader(text);
  return reader.structure(shape, structure) && reader.at_end();
}

}  // namespace amity::model
