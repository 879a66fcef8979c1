#pragma once

// Who may call: programs may, web pages of others may not. An emulator on somebody's localhost obeys without asking for
// a password, so a page in their browser must neither reach it under a name of its own (DNS rebinding) nor send
// requests across origins. Pure functions of a request.

#include "emulator/http.hpp"

#include <optional>
#include <string>
#include <vector>

namespace amity::emulator {

struct AccessRules {
  // Names or addresses that a Host header may carry besides loopback and AWS's own domains: "build-box" (any port),
  // "build-box:4566", "*.example.com" (what ends in .example.com), "*" (any).
  std::vector<std::string> allowed_hosts;
  // Origins whose pages may call, besides the emulator's own: "http://localhost:3000", "null", "*" (any).
  std::vector<std::string> allowed_origins;
};

struct AccessRefusal {
  unsigned status = 403;
  std::string reason;  // quotes the request
};

// Nothing when the request may pass.
std::optional<AccessRefusal> find_access_refusal(const AccessRules& rules, const HttpRequest& request);

// Whether a browser asks if a page may send a request (Fetch standard, CORS preflight), rather than sending it.
bool is_preflight(const HttpRequest& request);

// Yes to a preflight: with the method and the headers that it names.
HttpResponse allow_preflight(const HttpRequest& request);

// Lets the page that sent the request read the answer. Nothing changes for requests that no page has sent.
void add_cors_headers(const HttpRequest& request, HttpResponse& response);

// All of it around a handler, which sees only requests that may pass, and no preflights.
HttpHandler with_access_policy(AccessRules rules, ErrorRenderer render_error, HttpHandler next);

}  // namespace amity::emulator
