#include "model/encoding.hpp"

#include <catch2/catch.hpp>

namespace model = amity::model;
using namespace std::string_literals;

namespace {
std::string all_bytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(static_cast<unsigned char>(i));
  return bytes;
}
}  // namespace

TEST_CASE("base64 follows RFC 4648's test vectors in both directions", "[encoding]") {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : rows) {
    CHECK(model::base64_encode(bytes) == text);
    CHECK(model::base64_decode(text) == bytes);
  }
  CHECK(model::base64_encode("\xfb\xff\xfe") == "+//+");
  const std::string bytes = all_bytes();
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const std::string part = bytes.substr(bytes.size() - length);
    REQUIRE(model::base64_decode(model::base64_encode(part)) == part);
  }
}

TEST_CASE("base64 is read despite line breaks, spaces and absent padding", "[encoding]") {
  for (const auto* text : {"Zm9vYg", "Zm9vYg=", "Zm9v\r\nYg==\n", " Z m 9 v Y g = = ", "Zm9vYg=\n="}) {
    INFO(text);
    CHECK(model::base64_decode(text) == "foob");
  }
  CHECK(model::base64_decode(" \r\n") == "");
}

TEST_CASE("What is not base64 is refused", "[encoding]") {
  const std::string rows[] = {"Z",        "Zm9vY",  "=",     "====",  "Zm9v=",   "Zg===",   "Zg==Zg==", "Zg=A",
                              "Zm9v-_==", "Zm\t9v", "Zm9v!", "Zm.9v", "Zm9v\0"s, "\xffm9v", "#!/bin/sh"};
  for (const auto& row : rows) {
    INFO(row);
    CHECK_FALSE(model::base64_decode(row));
  }
}

TEST_CASE("Percent-encoding keeps unreserved characters and nothing else", "[encoding]") {
  CHECK(model::percent_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(model::percent_encode("a b+c/d?e=f&%\n") == "a%20b%2Bc%2Fd%3Fe%3Df%26%25%0A");
  CHECK(model::percent_encode("\xc3\xa9\0"s) == "%C3%A9%00");
  CHECK(model::percent_decode(model::percent_encode(all_bytes()), true) == all_bytes());
}

TEST_CASE("Percent-decoding takes plus as a space only where told to", "[encoding]") {
  CHECK(model::percent_decode("a+b%20c%2bd%2Be", true) == "a b c+d+e");
  CHECK(model::percent_decode("a+b%20c%2bd%2Be", false) == "a+b c+d+e");
  CHECK(model::percent_decode("", true) == "");
  CHECK(model::percent_decode("%00%fF", true) == "\0\xff"s);
  for (const auto* text : {"%", "%4", "abc%", "abc%2", "%zz", "%4g", "%g4", "%%41", "% 41", "%+1", "%-1"}) {
    INFO(text);
    CHECK_FALSE(model::percent_decode(text, true));
  }
}

TEST_CASE("Hexadecimal is lower-case, two digits a byte", "[encoding]") {
  CHECK(model::hex_encode("") == "");
  CHECK(model::hex_encode("\0\x0f\xa0\xff"s) == "000fa0ff");
}

TEST_CASE("UTF-8 is told from other bytes", "[encoding]") {
  const std::string well_formed[] = {
      "",
      "plain ASCII text, longer than a machine word",
      "\0"s,
      "\x7f",
      "\xc2\x80",
      "\xdf\xbf",
      "\xe0\xa0\x80",
      "\xed\x9f\xbf",
      "\xee\x80\x80",
      "\xef\xbf\xbf",
      "\xf0\x90\x80\x80",
      "\xf4\x8f\xbf\xbf",
      "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x9a\x80 and more ASCII after it",
  };
  const std::string ill_formed[] = {
      "\x80",
      "\xbf",
      "\xc0\x80",
      "\xc1\xbf",
      "\xc2",
      "\xc2\x41",
      "\xc2\xc2",
      "\xe0\x9f\xbf",
      "\xe1\x80",
      "\xe1\x80\xc0",
      "\xed\xa0\x80",
      "\xed\xbf\xbf",
      "\xf0\x8f\xbf\xbf",
      "\xf0\x90\x80",
      "\xf1\x80\x80\xc0",
      "\xf1\x80\x41\x80",
      "\xf4\x90\x80\x80",
      "\xf5\x80\x80\x80",
      "\xff",
      "\xfe",
  };
  // At every offset within a machine word, for the sake of the ASCII fast path.
  for (std::size_t offset = 0; offset < 17; ++offset) {
    const std::string before(offset, 'a');
    for (const auto& text : well_formed) {
      INFO(offset << " " << model::hex_encode(text));
      CHECK(model::is_valid_utf8(before + text + before));
    }
    for (const auto& text : ill_formed) {
      INFO(offset << " " << model::hex_encode(text));
      CHECK_FALSE(model::is_valid_utf8(before + text + before));
    }
  }
}
