#include "emulator/access_policy.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace amity::emulator;

namespace {

struct Request {
  std::vector<Header> headers;
  std::string_view method = "POST";
  std::string_view target = "/";
  unsigned version = 11;

  HttpRequest view() const {
    return {
        .method = method, .target = target, .headers = headers, .body = "", .remote_address = "", .version = version};
  }
};

// 0 when the request may pass.
unsigned refusal_of(const Request& request, const AccessRules& rules = {}) {
  const auto refusal = find_access_refusal(rules, request.view());
  return refusal ? refusal->status : 0;
}

unsigned refusal_of_host(std::string_view host, const AccessRules& rules = {}) {
  return refusal_of({.headers = {{"host", host}}}, rules);
}

unsigned refusal_of_origin(std::string_view origin, const AccessRules& rules = {},
                           std::string_view host = "localhost:4566") {
  return refusal_of({.headers = {{"Host", host}, {"Origin", origin}}}, rules);
}

std::string header_of(const HttpResponse& response, std::string_view name) {
  std::string found;
  for (const auto& [key, value] : response.headers) {
    if (key == name) found += value;
  }
  return found;
}

}  // namespace

TEST_CASE("Loopback and AWS names are served", "[access]") {
  for (const std::string_view host :
       {"localhost", "localhost:4566", "LocalHost:4566", "localhost.", "localhost.:80", "s3.localhost:4566",
        "127.0.0.1", "127.0.0.1:4566", "127.1.2.3:1", "[::1]", "[::1]:4566", "[0:0:0:0:0:0:0:1]:4566",
        "ec2.us-east-1.amazonaws.com", "EC2.us-east-1.AmazonAWS.com:443", "ec2.cn-north-1.amazonaws.com.cn",
        "ec2.us-east-1.api.aws"}) {
    INFO(host);
    CHECK(refusal_of_host(host) == 0);
  }
}

TEST_CASE("Other hosts are refused", "[access]") {
  for (const std::string_view host : {"evil.example",
                                      "evil.example:4566",
                                      "localhost.evil.example",
                                      "127.0.0.1.evil.example",
                                      "evillocalhost",
                                      "localhost:4566.evil.example",
                                      "localhost:evil",
                                      "amazonaws.com.evil.example",
                                      "evilamazonaws.com",
                                      "amazonaws.com",
                                      "evil.example#.amazonaws.com",
                                      "evil.example/.amazonaws.com",
                                      "user@localhost",
                                      "localhost@evil.example",
                                      "192.168.1.1",
                                      "10.0.0.1:4566",
                                      "0.0.0.0",
                                      "0.0.0.0:4566",
                                      "128.0.0.1",
                                      "127.1",
                                      "0x7f.0.0.1",
                                      "2130706433",
                                      "127.0.0.01",
                                      "[::]",
                                      "[::2]:4566",
                                      "[::1",
                                      "[::1]evil",
                                      "[::1]]",
                                      "[localhost]",
                                      "::1",
                                      "local host",
                                      "localhost,a",
                                      "loc\xc3\xa1lhost",
                                      ".",
                                      ":4566",
                                      "[]",
                                      "[::1%25lo]"}) {
    INFO(host);
    CHECK(refusal_of_host(host) == 403);
  }
}

TEST_CASE("The host must be given once, except in HTTP/1.0", "[access]") {
  CHECK(refusal_of({.headers = {}}) == 400);
  CHECK(refusal_of({.headers = {{"Host", ""}}}) == 400);
  CHECK(refusal_of({.headers = {}, .version = 10}) == 0);
  CHECK(refusal_of({.headers = {{"Host", "evil.example"}}, .version = 10}) == 403);
  CHECK(refusal_of({.headers = {{"Host", "localhost"}, {"HOST", "localhost"}}}) == 400);
}

TEST_CASE("The host of a target in absolute form counts too", "[access]") {
  const std::vector<Header> local = {{"Host", "localhost"}};
  CHECK(refusal_of({.headers = local, .target = "http://ec2.us-east-1.amazonaws.com/?Action=DescribeImages"}) == 0);
  CHECK(refusal_of({.headers = local, .target = "http://evil.example/"}) == 403);
  CHECK(refusal_of({.headers = local, .target = "http://evil.example?a=.amazonaws.com"}) == 403);
  CHECK(refusal_of({.headers = local, .target = "/?u=http://evil.example/"}) == 0);
  CHECK(refusal_of({.headers = local, .target = "*"}) == 0);
}

TEST_CASE("--allow-host lets further hosts in", "[access]") {
  CHECK(refusal_of_host("Build-Box:4566", {.allowed_hosts = {"a", "build-box"}, .allowed_origins = {}}) == 0);
  CHECK(refusal_of_host("build-box:1", {.allowed_hosts = {"build-box:4566"}, .allowed_origins = {}}) == 403);
  CHECK(refusal_of_host("build-box:4566", {.allowed_hosts = {"build-box:4566"}, .allowed_origins = {}}) == 0);
  CHECK(refusal_of_host("192.168.1.1:4566", {.allowed_hosts = {"192.168.1.1"}, .allowed_origins = {}}) == 0);
  CHECK(refusal_of_host("[fd00::1]:4566", {.allowed_hosts = {"[fd00::1]"}, .allowed_origins = {}}) == 0);
  const AccessRules domain{.allowed_hosts = {"*.Example.com"}, .allowed_origins = {}};
  CHECK(refusal_of_host("a.b.example.com:4566", domain) == 0);
  CHECK(refusal_of_host("example.com", domain) == 403);
  CHECK(refusal_of_host("evilexample.com", domain) == 403);
  const AccessRules any{.allowed_hosts = {"*"}, .allowed_origins = {}};
  CHECK(refusal_of_host("evil.example", any) == 0);
  CHECK(refusal_of_host("not even a host", any) == 0);
  CHECK(refusal_of_host("", any) == 400);
}

TEST_CASE("A refusal says what to do and quotes no more than it must", "[access]") {
  const auto refusal = find_access_refusal({}, Request{.headers = {{"Host", "evil.example"}}}.view());
  REQUIRE(refusal);
  CHECK(
      refusal->reason ==
      "Requests for the host 'evil.example' are refused, to protect from DNS rebinding. Start amity with --allow-host "
      "to serve them.");
  const std::string name(10'000, 'x');
  CHECK(find_access_refusal({}, Request{.headers = {{"Host", name}}}.view())->reason.size() < 500);
}

TEST_CASE("Pages of the emulator itself may call it", "[access]") {
  CHECK(refusal_of_origin("http://localhost:4566") == 0);
  CHECK(refusal_of_origin("https://localhost:4566") == 0);
  CHECK(refusal_of_origin("http://localhost", {}, "localhost") == 0);
  CHECK(refusal_of_origin("http://localhost", {}, "localhost:80") == 0);
  CHECK(refusal_of_origin("https://LOCALHOST", {}, "localhost:443") == 0);
  CHECK(refusal_of_origin("http://[::1]:4566", {}, "[::1]:4566") == 0);
}

TEST_CASE("Pages of other origins are refused", "[access]") {
  for (const std::string_view origin :
       {"http://evil.example", "https://evil.example:4566", "null", "", "http://localhost", "http://localhost:3000",
        "http://127.0.0.1:4566", "http://localhost:4566.evil.example", "http://evil.example/localhost:4566",
        "file://localhost:4566", "chrome-extension://localhost:4566", "localhost:4566", "://localhost:4566",
        "http://localhost:4566@evil.example"}) {
    INFO(origin);
    CHECK(refusal_of_origin(origin) == 403);
  }
  CHECK(refusal_of({.headers = {{"Origin", "http://"}}, .version = 10}) == 403);
}

TEST_CASE("--allow-origin lets pages of further origins in", "[access]") {
  const AccessRules rules{.allowed_hosts = {}, .allowed_origins = {"http://localhost:3000", "https://app.example/"}};
  CHECK(refusal_of_origin("http://localhost:3000", rules) == 0);
  CHECK(refusal_of_origin("https://App.example", rules) == 0);
  CHECK(refusal_of_origin("http://app.example", rules) == 403);
  CHECK(refusal_of_origin("https://app.example:444", rules) == 403);
  CHECK(refusal_of_origin("null", rules) == 403);
  CHECK(refusal_of_origin("null", {.allowed_hosts = {}, .allowed_origins = {"null"}}) == 0);
  CHECK(refusal_of_origin("http://evil.example", {.allowed_hosts = {}, .allowed_origins = {"*"}}) == 0);
  CHECK(refusal_of_host("evil.example", {.allowed_hosts = {}, .allowed_origins = {"*"}}) == 403);
}

TEST_CASE("Links and images of other sites are refused, though they send no Origin", "[access]") {
  const auto refusal_of_site = [](std::string_view site, const AccessRules& rules) {
    return refusal_of({.headers = {{"Host", "localhost"}, {"Sec-Fetch-Site", site}},
                       .method = "GET",
                       .target = "/?Action=RunInstances"},
                      rules);
  };
  CHECK(refusal_of_site("cross-site", {}) == 403);
  CHECK(refusal_of_site("same-site", {}) == 403);
  CHECK(refusal_of_site("same-origin", {}) == 0);
  CHECK(refusal_of_site("none", {}) == 0);  // typed into the address bar
  CHECK(refusal_of_site("cross-site", {.allowed_hosts = {}, .allowed_origins = {"http://a.example"}}) == 403);
  CHECK(refusal_of_site("cross-site", {.allowed_hosts = {}, .allowed_origins = {"*"}}) == 0);
  // With an Origin, the Origin decides.
  const AccessRules rules{.allowed_hosts = {}, .allowed_origins = {"http://a.example"}};
  CHECK(
      refusal_of({.headers = {{"Host", "localhost"}, {"Origin", "http://a.example"}, {"Sec-Fetch-Site", "cross-site"}}},
                 rules) == 0);
}

TEST_CASE("The policy around a handler", "[access]") {
  int calls = 0;
  const HttpHandler handler = with_access_policy(
      {.allowed_hosts = {}, .allowed_origins = {"http://localhost:3000"}},
      [](unsigned status, std::string_view reason) {
        return HttpResponse{.status = status, .content_type = "", .headers = {}, .body = std::string(reason)};
      },
      [&](const HttpRequest&) {
        ++calls;
        return HttpResponse{.status = 412, .content_type = "", .headers = {{"Date", "today"}}, .body = "answer"};
      });
  const Header host{"Host", "localhost:4566"};
  const Header origin{"Origin", "http://localhost:3000"};

  SECTION("passes programs through") {
    const HttpResponse response = handler(Request{.headers = {host}}.view());
    CHECK(response.status == 412);
    CHECK(response.headers.size() == 1);
    CHECK(calls == 1);
  }
  SECTION("lets an allowed page read the answer") {
    const HttpResponse response = handler(Request{.headers = {host, origin}}.view());
    CHECK(response.body == "answer");
    CHECK(header_of(response, "Access-Control-Allow-Origin") == "http://localhost:3000");
    CHECK(header_of(response, "Access-Control-Expose-Headers") == "*");
    CHECK(header_of(response, "Vary") == "Origin");
    CHECK(calls == 1);
  }
  SECTION("keeps others from the handler") {
    const HttpResponse response = handler(Request{.headers = {host, {"Origin", "http://evil.example"}}}.view());
    CHECK(response.status == 403);
    CHECK(response.body.find("'http://evil.example'") != std::string::npos);
    CHECK(header_of(response, "Access-Control-Allow-Origin") == "");
    CHECK(calls == 0);
  }
  const Header method{"Access-Control-Request-Method", "POST"};
  SECTION("answers the preflight of an allowed page") {
    const HttpResponse response =
        handler(Request{.headers = {host,
                                    origin,
                                    method,
                                    {"Access-Control-Request-Headers", "authorization,x-amz-date"},
                                    {"Access-Control-Request-Private-Network", "true"}},
                        .method = "OPTIONS"}
                    .view());
    CHECK(response.status == 204);
    CHECK(header_of(response, "Access-Control-Allow-Origin") == "http://localhost:3000");
    CHECK(header_of(response, "Access-Control-Allow-Methods").find("POST") != std::string::npos);
    CHECK(header_of(response, "Access-Control-Allow-Headers") == "authorization,x-amz-date");
    CHECK(header_of(response, "Access-Control-Allow-Private-Network") == "true");
    CHECK(header_of(response, "Access-Control-Max-Age") == "7200");
    CHECK(calls == 0);
  }
  SECTION("refuses the preflight of others") {
    const Request preflight{.headers = {host, {"Origin", "http://evil.example"}, method}, .method = "OPTIONS"};
    const HttpResponse response = handler(preflight.view());
    CHECK(response.status == 403);
    CHECK(header_of(response, "Access-Control-Allow-Origin") == "");
    CHECK(calls == 0);
  }
  SECTION("leaves other OPTIONS requests to the handler") {
    CHECK(handler(Request{.headers = {host, origin}, .method = "OPTIONS"}.view()).status == 412);
    CHECK(handler(Request{.headers = {host, method}, .method = "OPTIONS"}.view()).status == 412);
    CHECK(calls == 2);
  }
}
