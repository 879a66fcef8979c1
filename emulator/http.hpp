#pragma once

// What the HTTP server hands to the application and takes from it. Nothing here knows of sockets or of AWS.

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::emulator {

struct Header {
  std::string_view name;
  std::string_view value;
};

// A complete request. Everything in it is lent: it lives until the handler returns.
struct HttpRequest {
  std::string_view method;          // "GET", as sent
  std::string_view target;          // path and query as sent, nothing decoded
  std::span<const Header> headers;  // in the order sent; names may repeat
  std::string_view body;            // with chunks put together
  std::string_view remote_address;  // "127.0.0.1", without the port
  unsigned version = 11;            // 10 for HTTP/1.0, 11 for HTTP/1.1

  // The first header of that name, in any case; nullopt when there is none.
  std::optional<std::string_view> find_header(std::string_view name) const;

  // The same, but "" when there is none.
  std::string_view header(std::string_view name) const;
};

// The server adds Content-Length and Connection, and Date where the handler set none; it leaves out the body for HEAD
// requests and for statuses that have none.
struct HttpResponse {
  unsigned status = 200;
  std::string content_type;  // no such header when empty
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds delay{};  // how long the server holds the answer back
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// Renders an error that is found before a handler is reached. `reason` is a sentence for people and may quote the
// request, unescaped.
using ErrorRenderer = std::function<HttpResponse(unsigned status, std::string_view reason)>;

// For messages: what the caller sent may be long, and need not be text.
std::string quoted(std::string_view text);

// Compares as HTTP compares names of headers and hosts: ASCII letters in any case.
bool equals_ignoring_case(std::string_view left, std::string_view right);

}  // namespace amity::emulator
