#include "emulator/access_policy.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <netinet/in.h>
#include <string_view>
#include <utility>

namespace amity::emulator {
namespace {

constexpr std::string_view kAny = "*";

// host[:port] as in a Host header or a URL; an IPv6 address stands in brackets and is kept without them.
struct Authority {
  std::string host;  // in lower case, without the root's dot
  std::string port;  // empty when not given
};

bool all(std::string_view text, bool (*fits)(char)) { return std::all_of(text.begin(), text.end(), fits); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_host_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
}
bool is_ipv6_char(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.'; }

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

std::optional<Authority> parse_authority(std::string_view text) {
  std::string_view host;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return std::nullopt;
    host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!all(host, is_ipv6_char)) return std::nullopt;
  } else {
    host = text.substr(0, text.find(':'));
    text.remove_prefix(host.size());
    if (!all(host, is_host_char)) return std::nullopt;
    if (host.ends_with('.')) host.remove_suffix(1);
  }
  if (host.empty() || (!text.empty() && text.front() != ':')) return std::nullopt;
  if (!text.empty()) text.remove_prefix(1);
  if (!all(text, is_digit)) return std::nullopt;
  return Authority{lower(host), std::string(text)};
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host.ends_with(".localhost")) return true;  // RFC 6761, 6.3: resolves to loopback only
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

// Names that AWS alone can make resolve: an SDK sends them when it is led here by its endpoint, a proxy or a hosts
// file.
bool is_aws(std::string_view host) {
  constexpr std::array<std::string_view, 3> kDomains = {".amazonaws.com", ".amazonaws.com.cn", ".api.aws"};
  return std::any_of(kDomains.begin(), kDomains.end(), [&](std::string_view domain) { return host.ends_with(domain); });
}

bool fits_host_rule(const Authority& authority, std::string_view rule) {
  if (rule == kAny) return true;
  if (rule.starts_with("*.")) return authority.host.ends_with(lower(rule.substr(1)));
  const auto allowed = parse_authority(rule);
  return allowed && allowed->host == authority.host && (allowed->port.empty() || allowed->port == authority.port);
}

bool is_allowed_host(const AccessRules& rules, std::string_view text) {
  const auto authority = parse_authority(text);
  if (authority && (is_loopback(authority->host) || is_aws(authority->host))) return true;
  return std::any_of(rules.allowed_hosts.begin(), rules.allowed_hosts.end(), [&](const std::string& rule) {
    return authority ? fits_host_rule(*authority, rule) : rule == kAny;
  });
}

// What a page's address and the request's Host are compared by: "localhost:4566", the scheme's own port left out.
std::string_view without_default_port(std::string_view authority, std::string_view scheme) {
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return authority;
}

bool is_own_origin(std::string_view origin, std::string_view host) {
  const std::size_t separator = origin.find("://");
  if (separator == origin.npos || host.empty()) return false;
  const std::string_view scheme = origin.substr(0, separator);
  if (scheme != "http" && scheme != "https") return false;
  return equals_ignoring_case(without_default_port(origin.substr(separator + 3), scheme),
                              without_default_port(host, scheme));
}

bool is_allowed_origin(const AccessRules& rules, std::string_view origin) {
  return std::any_of(rules.allowed_origins.begin(), rules.allowed_origins.end(), [&](std::string_view rule) {
    if (rule == kAny) return true;
    if (rule.ends_with('/')) rule.remove_suffix(1);  // as copied from an address bar
    return equals_ignoring_case(rule, origin);
  });
}

// The authority of a target in the form that proxies get: "http://ec2.us-east-1.amazonaws.com/?Action=...".
std::optional<std::string_view> target_authority(std::string_view target) {
  const std::size_t separator = target.find("://");
  if (target.starts_with('/') || separator == target.npos) return std::nullopt;
  target.remove_prefix(separator + 3);
  return target.substr(0, target.find_first_of("/?#"));
}

std::optional<AccessRefusal> find_host_refusal(const AccessRules& rules, const HttpRequest& request) {
  const auto count = std::count_if(request.headers.begin(), request.headers.end(),
                                   [](const Header& header) { return equals_ignoring_case(header.name, "Host"); });
  if (count > 1) return AccessRefusal{400, "The request has more than one Host header."};
  const std::string_view host = request.header("Host");
  if (host.empty() && request.version >= 11) return AccessRefusal{400, "The request has no Host header."};

  const auto refusal = [](std::string_view name) {
    return AccessRefusal{403, "Requests for the host " + quoted(name) +
                                  " are refused, to protect from DNS rebinding. Start amity with --allow-host to "
                                  "serve them."};
  };
  if (!host.empty() && !is_allowed_host(rules, host)) return refusal(host);
  const auto target_host = target_authority(request.target);
  if (target_host && !is_allowed_host(rules, *target_host)) return refusal(*target_host);
  return std::nullopt;
}

std::optional<AccessRefusal> find_origin_refusal(const AccessRules& rules, const HttpRequest& request) {
  if (const auto origin = request.find_header("Origin")) {
    if (is_own_origin(*origin, request.header("Host")) || is_allowed_origin(rules, *origin)) return std::nullopt;
    return AccessRefusal{403, "Requests from pages of " + quoted(*origin) +
                                  " are refused. Start amity with --allow-origin to serve them."};
  }
  // Links, images and forms send GET requests without an Origin; all of today's browsers tell where they come from.
  const std::string_view site = request.header("Sec-Fetch-Site");
  if ((site == "cross-site" || site == "same-site") && !is_allowed_origin(rules, kAny)) {
    return AccessRefusal{403,
                         "Links and embedded requests from pages of other sites are refused. Start amity with "
                         "--allow-origin '*' to serve them."};
  }
  return std::nullopt;
}

}  // namespace

std::optional<AccessRefusal> find_access_refusal(const AccessRules& rules, const HttpRequest& request) {
  if (auto refusal = find_host_refusal(rules, request)) return refusal;
  return find_origin_refusal(rules, request);
}

bool is_preflight(const HttpRequest& request) {
  return request.method == "OPTIONS" && request.find_header("Origin") &&
         request.find_header("Access-Control-Request-Method");
}

HttpResponse allow_preflight(const HttpRequest& request) {
  HttpResponse response;
  response.status = 204;
  response.headers = {
      {"Access-Control-Allow-Origin", std::string(request.header("Origin"))},
      {"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"},
      {"Access-Control-Max-Age", "7200"},  // the most that browsers take
      {"Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"},
  };
  if (const auto names = request.find_header("Access-Control-Request-Headers")) {
    response.headers.emplace_back("Access-Control-Allow-Headers", *names);
  }
  // Private Network Access: a page of the internet asks before it calls a machine of the local network.
  if (request.header("Access-Control-Request-Private-Network") == "true") {
    response.headers.emplace_back("Access-Control-Allow-Private-Network", "true");
  }
  return response;
}

void add_cors_headers(const HttpRequest& request, HttpResponse& response) {
  const auto origin = request.find_header("Origin");
  if (!origin) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", *origin);
  response.headers.emplace_back("Access-Control-Expose-Headers", "*");
  response.headers.emplace_back("Vary", "Origin");
}

HttpHandler with_access_policy(AccessRules rules, ErrorRenderer render_error, HttpHandler next) {
  return [rules = std::move(rules), render_error = std::move(render_error),
          next = std::move(next)](const HttpRequest& request) {
    if (const auto refusal = find_access_refusal(rules, request)) return render_error(refusal->status, refusal->reason);
    if (is_preflight(request)) return allow_preflight(request);
    HttpResponse response = next(request);
    add_cors_headers(request, response);
    return response;
  };
}

}  // namespace amity::emulator
