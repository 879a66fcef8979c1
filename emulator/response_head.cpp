#include "emulator/response_head.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <ostream>  // Beast 1.81 needs it and leaves it out

namespace amity::emulator {
namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const std::size_t begin = out.size();
  out.append(value).append("\r\n");
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(begin), out.end() - 2,
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
}

bool is_the_servers(std::string_view name) {
  return equals_ignoring_case(name, "Content-Length") || equals_ignoring_case(name, "Transfer-Encoding") ||
         equals_ignoring_case(name, "Connection");
}

}  // namespace

bool may_have_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

void append_response_head(std::string& out, const HttpResponse& response, const Delivery& delivery) {
  out.append("HTTP/1.1 ");
  append_number(out, response.status);
  const auto phrase = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status));
  out.append(" ").append(phrase.data(), phrase.size()).append("\r\n");

  bool has_date = false;
  if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) {
    if (is_the_servers(name)) continue;
    has_date = has_date || equals_ignoring_case(name, "Date");
    append_header(out, name, value);
  }
  if (!has_date) append_header(out, "Date", delivery.date);

  if (may_have_body(response.status)) {
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n");
  }
  if (!delivery.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (delivery.request_version < 11) {
    out.append("Connection: keep-alive\r\n");  // not the default of HTTP/1.0
  }
  out.append("\r\n");
}

}  // namespace amity::emulator
