#include "emulator/request_parser.hpp"

#include <catch2/catch.hpp>

using namespace amity::emulator;
using State = RequestParser::State;

namespace {

constexpr std::size_t kHeaderLimit = 512;
constexpr std::size_t kBodyLimit = 256;

constexpr std::string_view kForm =
    "POST /path?a=b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nX-Empty:\r\nX-Spaced:  a b "
    "\t\r\n\r\n0123456789";
constexpr std::string_view kChunked =
    "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    "4\r\n0123\r\n1;name=value\r\n4\r\n05\r\n56789\r\n0\r\nHost: trailer\r\n\r\n";

// Feeds the text in pieces of `step` bytes, as a connection does.
void feed(RequestParser& parser, std::string_view text, std::size_t step) {
  std::string pending;
  while (!text.empty() && parser.state() == State::NeedsMore) {
    pending.append(text.substr(0, step));
    text.remove_prefix(std::min(step, text.size()));
    pending.erase(0, parser.consume(pending));
  }
}

unsigned refusal_of(std::string_view text, std::size_t step = 4096) {
  RequestParser parser(kHeaderLimit, kBodyLimit);
  feed(parser, text, step);
  return parser.state() == State::Refused ? parser.refusal().status : 0;
}

std::string filler(std::size_t size) { return std::string(size, 'x'); }

}  // namespace

TEST_CASE("A request reads the same wherever the network cuts it", "[http]") {
  for (std::size_t step = 1; step <= kForm.size(); ++step) {
    INFO("pieces of " << step);
    RequestParser parser(kHeaderLimit, kBodyLimit);
    feed(parser, kForm, step);
    REQUIRE(parser.state() == State::Complete);
    const HttpRequest request = parser.request();
    CHECK(request.method == "POST");
    CHECK(request.target == "/path?a=b");
    CHECK(request.version == 11);
    CHECK(request.body == "0123456789");
    CHECK(request.headers.size() == 4);
    CHECK(request.header("host") == "localhost");
    CHECK(request.header("x-SPACED") == "a b");
    CHECK(request.find_header("x-empty") == "");
    CHECK(request.find_header("x-absent") == std::nullopt);
    CHECK(parser.keep_alive());
  }
}

TEST_CASE("A chunked body reads the same wherever the network cuts it", "[http]") {
  for (std::size_t step = 1; step <= kChunked.size(); ++step) {
    INFO("pieces of " << step);
    RequestParser parser(kHeaderLimit, kBodyLimit);
    feed(parser, kChunked, step);
    REQUIRE(parser.state() == State::Complete);
    CHECK(parser.request().body == "0123456789");
    CHECK(parser.request().header("Host") == "localhost");
    CHECK(parser.request().headers.size() == 2);
  }
}

TEST_CASE("A request that is cut short is not complete", "[http]") {
  for (const std::string_view text : {kForm, kChunked}) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      INFO("cut after " << size);
      RequestParser parser(kHeaderLimit, kBodyLimit);
      feed(parser, text.substr(0, size), 4096);
      CHECK(parser.state() == State::NeedsMore);
      CHECK(parser.started() == (size > 0));
    }
  }
}

TEST_CASE("What follows a request is left to the next one", "[http]") {
  RequestParser parser(kHeaderLimit, kBodyLimit);
  const std::string text = std::string(kForm) + "GET /second HTTP/1.0\r\n\r\nrest";
  std::string_view rest = text;
  rest.remove_prefix(parser.consume(rest));
  CHECK(parser.request().body == "0123456789");
  parser.restart();
  CHECK_FALSE(parser.started());
  rest.remove_prefix(parser.consume(rest));
  REQUIRE(parser.state() == State::Complete);
  CHECK(parser.request().target == "/second");
  CHECK(parser.request().version == 10);
  CHECK(parser.request().body.empty());
  CHECK(parser.request().headers.empty());
  CHECK_FALSE(parser.keep_alive());
  CHECK(rest == "rest");
}

TEST_CASE("Empty lines before a request are skipped", "[http]") {
  RequestParser parser(kHeaderLimit, kBodyLimit);
  feed(parser, "\r\n\r\n", 1);
  CHECK_FALSE(parser.started());
  feed(parser, "\r\nGET / HTTP/1.1\r\n\r\n", 1);
  CHECK(parser.state() == State::Complete);

  std::string lines;
  while (lines.size() <= kHeaderLimit) lines += "\r\n";
  CHECK(refusal_of(lines + "GET / HTTP/1.1\r\n\r\n") == 431);
  CHECK(refusal_of(lines, 1) == 431);
}

TEST_CASE("The connection is kept as version and Connection header say", "[http]") {
  const auto keeps = [](std::string_view text) {
    RequestParser parser(kHeaderLimit, kBodyLimit);
    feed(parser, text, 4096);
    return parser.keep_alive();
  };
  CHECK(keeps("GET / HTTP/1.1\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.1\r\nConnection: foo, Close\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  CHECK(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.1\r\n"));
}

TEST_CASE("Malformed requests are refused", "[http]") {
  struct Row {
    std::string_view what;
    std::string text;
    unsigned status;
  };
  const Row rows[] = {
      {"no HTTP at all", "\x16\x03\x01\x02 client hello\r\n\r\n", 400},
      {"no method", " / HTTP/1.1\r\n\r\n", 400},
      {"no target", "GET  HTTP/1.1\r\n\r\n", 400},
      {"no version", "GET /\r\n\r\n", 400},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"control character in the target", std::string("GET /\x01 HTTP/1.1\r\n\r\n"), 400},
      {"NUL in the target", std::string("GET /\0 HTTP/1.1\r\n\r\n", 19), 400},
      {"bare line feeds", "GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", 400},
      {"NUL in a value", std::string("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 24), 400},
      {"line feed in a value", "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", 400},
      {"carriage return in a value", "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n", 400},
      {"blank before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"header without a name", "GET / HTTP/1.1\r\n: a\r\n\r\n", 400},
      {"header without a colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", 400},
      {"length in words", "POST / HTTP/1.1\r\nContent-Length: ten\r\n\r\n", 400},
      {"negative length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
      {"signed length", "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", 400},
      {"length past 64 bits", "POST / HTTP/1.1\r\nContent-Length: 18446744073709551617\r\n\r\n", 400},
      {"empty length", "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", 400},
      {"listed length", "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\na", 400},
      {"two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"the same length twice", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400},
      {"length, then chunks", "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"chunks, then length", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
       400},
      {"chunks twice", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked is not last", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 501},
      {"compressed", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"unknown coding", "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
      {"chunk size in words", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nten\r\n0\r\n\r\n", 400},
      {"negative chunk size", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n0\r\n\r\n", 400},
      {"chunk size past 64 bits", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000001\r\na", 400},
      {"chunk without its end", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n", 400},
      {"bad chunk extension", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1 @\r\na\r\n0\r\n\r\n", 400},
      {"endless chunk extension", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + filler(2 * kHeaderLimit),
       400},
      {"length in the trailer", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 1\r\n\r\n",
       400},
      {"compressed body", "POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\na", 415},
      {"body compressed twice", "POST / HTTP/1.1\r\nContent-Encoding: identity, gzip\r\nContent-Length: 1\r\n\r\na",
       415},
      {"unknown expectation", "POST / HTTP/1.1\r\nExpect: tea\r\nContent-Length: 1\r\n\r\na", 417},
      {"long header", "GET / HTTP/1.1\r\nA: " + filler(kHeaderLimit) + "\r\n\r\n", 431},
      {"long target", "GET /" + filler(kHeaderLimit) + " HTTP/1.1\r\n\r\n", 431},
      {"long method", filler(2 * kHeaderLimit), 431},
      {"header without end", "GET / HTTP/1.1\r\nA: " + filler(2 * kHeaderLimit), 431},
      {"long trailer",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + filler(kHeaderLimit) + "\r\n\r\n", 431},
      {"long body", "POST / HTTP/1.1\r\nContent-Length: 257\r\n\r\n", 413},
      {"long chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n101\r\n", 413},
      {"long sum of chunks",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" + filler(0x80) + "\r\n81\r\n" + filler(0x81), 413},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(refusal_of(row.text) == row.status);
    const unsigned trickled = refusal_of(row.text, 1);
    CHECK((trickled == row.status || (row.what == "long trailer" && trickled == 400)));
  }
}

TEST_CASE("Many small headers count as one header", "[http]") {
  std::string text = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 100; ++i) text += "Name: value\r\n";
  CHECK(refusal_of(text + "\r\n") == 431);
  CHECK(refusal_of(text + "\r\n", 1) == 431);
  CHECK(refusal_of(text + "\r\n", 13) == 431);
}

TEST_CASE("Header and body may be as long as the limits", "[http]") {
  const std::string around = "POST / HTTP/1.1\r\nContent-Length: 256\r\nA: \r\n\r\n";
  const std::string header =
      "POST / HTTP/1.1\r\nContent-Length: 256\r\nA: " + filler(kHeaderLimit - around.size()) + "\r\n\r\n";
  REQUIRE(header.size() == kHeaderLimit);
  for (const std::size_t step : {1U, 7U, 4096U}) {
    RequestParser parser(kHeaderLimit, kBodyLimit);
    feed(parser, header + filler(kBodyLimit), step);
    CHECK(parser.state() == State::Complete);
    CHECK(parser.request().body.size() == kBodyLimit);
  }
  std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n";
  for (std::size_t i = 0; i < kBodyLimit; ++i) chunked += "1\r\nx\r\n";
  RequestParser parser(kHeaderLimit, kBodyLimit);
  feed(parser, chunked + "0\r\n\r\n", 4096);
  CHECK(parser.state() == State::Complete);
  CHECK(parser.request().body.size() == kBodyLimit);
}

TEST_CASE("100 Continue is awaited once, and only for a body that is missing", "[http]") {
  const auto awaited = [](std::string_view text) {
    RequestParser parser(kHeaderLimit, kBodyLimit);
    feed(parser, text, 4096);
    const bool first = parser.take_awaited_continue();
    CHECK_FALSE(parser.take_awaited_continue());
    return first;
  };
  CHECK(awaited("POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"));
  CHECK(awaited("POST / HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"));
  CHECK_FALSE(awaited("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n"));
  CHECK_FALSE(awaited("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na"));
  CHECK_FALSE(awaited("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\na"));
  CHECK_FALSE(awaited("GET / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n"));
  CHECK_FALSE(awaited("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"));
  CHECK_FALSE(awaited("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 999\r\n\r\n"));
  CHECK_FALSE(awaited("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n"));
}

TEST_CASE("The reason of a refusal names the limit", "[http]") {
  RequestParser parser(kHeaderLimit, kBodyLimit);
  feed(parser, "POST / HTTP/1.1\r\nContent-Length: 257\r\n\r\n", 4096);
  CHECK(parser.refusal().reason == "The body of the request is longer than 256 bytes.");
  parser.restart();
  CHECK(parser.state() == State::NeedsMore);
  CHECK(parser.refusal().status == 0);
}
