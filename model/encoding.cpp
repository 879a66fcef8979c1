#include "model/encoding.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace amity::model {
namespace {

constexpr std::string_view kBase64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNotInAlphabet = 0xff;

constexpr std::array<std::uint8_t, 256> kBase64Values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNotInAlphabet);
  for (std::size_t i = 0; i < kBase64Alphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(kBase64Alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

std::uint32_t byte_at(std::string_view bytes, std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); }

char to_char(std::uint32_t value) { return static_cast<char>(static_cast<std::uint8_t>(value)); }

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::optional<std::uint32_t> hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
  return std::nullopt;
}

void append_hex(std::string& out, char byte, std::string_view digits) {
  const auto value = static_cast<std::uint8_t>(byte);
  out += digits[value >> 4];
  out += digits[value & 15];
}

// How many bytes the well-formed character at the start of `bytes` has; 0 if it is not well formed.
std::size_t utf8_character_length(std::string_view bytes) {
  const std::uint32_t lead = byte_at(bytes, 0);
  if (lead < 0x80) return 1;
  // The lead byte decides the length and the range of the second byte, which is what excludes overlong forms,
  // surrogates and values past U+10FFFF. All later bytes are 80..BF.
  std::size_t length = 0;
  std::uint32_t low = 0x80;
  std::uint32_t high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  }
  if (length == 0 || bytes.size() < length) return 0;
  if (byte_at(bytes, 1) < low || byte_at(bytes, 1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte_at(bytes, i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

// Length of the ASCII run at the start, counted in whole words for speed: requests are ASCII almost throughout.
std::size_t ascii_words(std::string_view bytes) {
  std::size_t i = 0;
  for (std::uint64_t word = 0; i + sizeof word <= bytes.size(); i += sizeof word) {
    std::memcpy(&word, bytes.data() + i, sizeof word);
    if ((word & 0x8080808080808080) != 0) break;
  }
  return i;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  const auto append = [&out](std::uint32_t group, int characters) {
    for (int i = 0; i < 4; ++i) out += i < characters ? kBase64Alphabet[group >> (18 - 6 * i) & 63] : '=';
  };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    append(byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2), 4);
  }
  if (bytes.size() - i == 1) append(byte_at(bytes, i) << 16, 2);
  if (bytes.size() - i == 2) append(byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8, 3);
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t pending = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == ' ') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::uint8_t value = kBase64Values[static_cast<std::uint8_t>(c)];
    if (value == kNotInAlphabet || padding > 0) return std::nullopt;
    pending = pending << 6 | value;
    if (++digits % 4 == 0) {
      out += to_char(pending >> 16);
      out += to_char(pending >> 8);
      out += to_char(pending);
    }
  }
  const std::size_t odd = digits % 4;
  if (odd == 1 || padding > (4 - odd) % 4) return std::nullopt;
  if (odd == 2) out += to_char(pending >> 4);
  if (odd == 3) {
    out += to_char(pending >> 10);
    out += to_char(pending >> 2);
  }
  return out;
}

std::string percent_encode(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      out += '%';
      append_hex(out, c, "0123456789ABCDEF");
    }
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const auto high = hex_value(text[i + 1]);
      const auto low = hex_value(text[i + 2]);
      if (!high || !low) return std::nullopt;
      out += to_char(*high << 4 | *low);
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return out;
}

std::string hex_encode(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) append_hex(out, c, "0123456789abcdef");
  return out;
}

bool is_valid_utf8(std::string_view bytes) {
  bytes.remove_prefix(ascii_words(bytes));
  while (!bytes.empty()) {
    const std::size_t length = utf8_character_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
    if (length == 1) bytes.remove_prefix(ascii_words(bytes));
  }
  return true;
}

}  // namespace amity::model
