#include "emulator/http.hpp"

#include <algorithm>

namespace amity::emulator {
namespace {

constexpr std::size_t kMaxQuoted = 200;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string quoted(std::string_view text) {
  std::string out(text.substr(0, kMaxQuoted));
  std::ranges::replace_if(
      out, [](char c) { return c < ' ' || c > '~'; }, '?');
  return "'" + out + (text.size() > kMaxQuoted ? "...'" : "'");
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

std::optional<std::string_view> HttpRequest::find_header(std::string_view name) const {
  for (const Header& header : headers) {
    if (equals_ignoring_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::string_view HttpRequest::header(std::string_view name) const { return find_header(name).value_or(""); }

}  // namespace amity::emulator
