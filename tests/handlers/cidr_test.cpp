#include "handlers/cidr.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <limits>
#include <random>

namespace handlers = amity::handlers;
using handlers::Ipv4Address;
using handlers::Ipv4Cidr;
using handlers::Ipv6Address;
using handlers::Ipv6Cidr;
using handlers::parse_ipv4_address;
using handlers::parse_ipv4_cidr;
using handlers::parse_ipv6_address;
using handlers::parse_ipv6_cidr;

namespace {

Ipv4Cidr v4(std::string_view text) { return parse_ipv4_cidr(text).value(); }
Ipv6Cidr v6(std::string_view text) { return parse_ipv6_cidr(text).value(); }

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("IPv4 addresses are read and written", "[cidr]") {
  CHECK(parse_ipv4_address("10.0.0.1") == Ipv4Address{0x0a000001});
  CHECK(parse_ipv4_address("0.0.0.0") == Ipv4Address{0});
  for (const auto* text : {"0.0.0.0", "172.31.16.5", "255.255.255.255"}) {
    CHECK(handlers::to_string(parse_ipv4_address(text).value()) == text);
  }
  for (const auto* text :
       {"",          "10",        "10.0.0",     "10.0.0.",          ".10.0.0",   "10.0.0.0.0",  "10.0.0.256",
        "10.0.0.01", "10.00.0.1", "010.0.0.1",  "10.0.0.-1",        "10.0.0.+1", "10.0.0.1 ",   " 10.0.0.1",
        "10..0.1",   "10.0.0.x",  "10.0.0.0x1", "4294967296.0.0.0", "::1",       "10.0.0.1/32", "10,0,0,1"}) {
    INFO(text);
    CHECK_FALSE(parse_ipv4_address(text));
  }
}

TEST_CASE("IPv6 addresses are read in any form and written in one", "[cidr]") {
  const std::pair<const char*, const char*> rows[] = {
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
      {"0:0:1:0:0:0:0:0", "0:0:1::"},
      {"::ffff:10.0.0.1", "::ffff:a00:1"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
      {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
  };
  for (const auto& [text, canonical] : rows) {
    INFO(text);
    const auto address = parse_ipv6_address(text);
    REQUIRE(address);
    CHECK(handlers::to_string(*address) == canonical);
    CHECK(parse_ipv6_address(canonical) == address);
  }
  for (const auto* text : {"",
                           ":",
                           ":::",
                           "1",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "1:2:3:4::5:6:7:8",
                           "1::2::3",
                           "::1::",
                           ":1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:",
                           "12345::",
                           "::g",
                           "::-1",
                           "::+1",
                           "::0x1",
                           " ::1",
                           "::1 ",
                           "fe80::1%eth0",
                           "[::1]",
                           "::1/128",
                           "1.2.3.4",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           "::1.2.3",
                           "::01.2.3.4",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::1:2:3:4:5:6:1.2.3.4"}) {
    INFO(text);
    CHECK_FALSE(parse_ipv6_address(text));
  }
}

TEST_CASE("Addresses are read as the C library reads them", "[cidr]") {
  std::mt19937 random(20240501);
  const auto draw = [&random](std::string_view alphabet, std::size_t max_length) {
    std::string out(random() % (max_length + 1), ' ');
    for (char& c : out) c = alphabet[random() % alphabet.size()];
    return out;
  };
  for (int i = 0; i < 100'000; ++i) {
    const std::string text = draw("012:::::", 20);
    in6_addr expected{};
    INFO(text);
    const auto address = parse_ipv6_address(text);
    REQUIRE(address.has_value() == (inet_pton(AF_INET6, text.c_str(), &expected) == 1));
    if (address) {
      Ipv6Address value;
      for (std::size_t b = 0; b < 8; ++b) {
        value.high = value.high << 8 | expected.s6_addr[b];
        value.low = value.low << 8 | expected.s6_addr[b + 8];
      }
      REQUIRE(*address == value);
    }
    const std::string dotted = draw("0125.", 15);
    in_addr ignored{};
    INFO(dotted);
    REQUIRE(parse_ipv4_address(dotted).has_value() == (inet_pton(AF_INET, dotted.c_str(), &ignored) == 1));
  }
  for (int i = 0; i < 20'000; ++i) {
    const auto word = [&random] {
      return static_cast<std::uint64_t>(random() % 3 == 0 ? random() : 0) << random() % 33;
    };
    const Ipv6Address address{word() << 32 | word(), word() << 32 | word()};
    const std::string text = handlers::to_string(address);
    INFO(text);
    REQUIRE(parse_ipv6_address(text) == address);
  }
}

TEST_CASE("CIDR blocks are read with their host bits and made canonical when asked", "[cidr]") {
  CHECK(handlers::to_string(v4("10.0.0.1/24")) == "10.0.0.1/24");
  CHECK_FALSE(v4("10.0.0.1/24").is_canonical());
  CHECK(v4("10.0.0.1/24").canonical() == v4("10.0.0.0/24"));
  CHECK(v4("10.0.0.0/24").is_canonical());
  CHECK(handlers::to_string(v4("203.0.113.7/32").canonical()) == "203.0.113.7/32");
  CHECK(handlers::to_string(v4("203.0.113.7/0").canonical()) == "0.0.0.0/0");
  CHECK(handlers::to_string(v6("2001:DB8:0:0::1/56").canonical()) == "2001:db8::/56");
  CHECK(handlers::to_string(v6("2001:db8:1234:56ff::/56").canonical()) == "2001:db8:1234:5600::/56");
  CHECK(handlers::to_string(v6("ffff::ffff/64").canonical()) == "ffff::/64");
  CHECK(handlers::to_string(v6("::ffff:ffff/112").canonical()) == "::ffff:0/112");
  CHECK(handlers::to_string(v6("::1/128").canonical()) == "::1/128");
  CHECK(handlers::to_string(v6("1::1/0").canonical()) == "::/0");
  for (const auto* text : {"", "/", "10.0.0.0", "10.0.0.0/", "/24", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+1",
                           "10.0.0.0/08", "10.0.0.0/00", "10.0.0.0/24 ", "10.0.0.0 /24", "10.0.0/24", "10.0.0.0/24/24",
                           "10.0.0.0/255.0.0.0", "10.0.0.0/99999999999", "::/0"}) {
    INFO(text);
    CHECK_FALSE(parse_ipv4_cidr(text));
  }
  for (const auto* text : {"::", "::/", "::/129", "::/-1", "::/064", "10.0.0.0/8", "::/0x10", "fe80::1%1/64"}) {
    INFO(text);
    CHECK_FALSE(parse_ipv6_cidr(text));
  }
}

TEST_CASE("A CIDR block knows its ends and its size", "[cidr]") {
  CHECK(handlers::to_string(v4("172.31.5.9/20").first()) == "172.31.0.0");
  CHECK(handlers::to_string(v4("172.31.5.9/20").last()) == "172.31.15.255");
  CHECK(v4("172.31.0.0/20").size() == 4096);
  CHECK(v4("10.0.0.1/32").size() == 1);
  CHECK(v4("0.0.0.0/0").size() == 4294967296);
  CHECK(handlers::to_string(v4("0.0.0.0/0").last()) == "255.255.255.255");
  CHECK(handlers::to_string(v6("2001:db8::/32").last()) == "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
  CHECK(handlers::to_string(v6("2001:db8::/100").last()) == "2001:db8::fff:ffff");
  CHECK(v6("::1/128").size() == 1);
  CHECK(v6("::/65").size() == std::uint64_t{1} << 63);
  CHECK(v6("::/64").size() == kMost);
  CHECK(v6("::/0").size() == kMost);
}

TEST_CASE("A CIDR block counts through its addresses", "[cidr]") {
  const auto block = v4("172.31.16.77/20");
  CHECK(handlers::to_string(block.nth(0).value()) == "172.31.16.0");
  CHECK(handlers::to_string(block.nth(260).value()) == "172.31.17.4");
  CHECK(block.nth(4095) == block.last());
  CHECK_FALSE(block.nth(4096));
  CHECK_FALSE(v4("255.255.255.255/32").nth(1));
  CHECK_FALSE(block.nth(kMost));
  CHECK(handlers::to_string(v6("2001:db8::/64").nth(0x10004).value()) == "2001:db8::1:4");
  CHECK(handlers::to_string(v6("2001:db8::/48").nth(kMost).value()) == "2001:db8::ffff:ffff:ffff:ffff");
  CHECK(handlers::to_string(Ipv6Address{1, kMost}.plus(1).value()) == "0:0:0:2::");
  CHECK_FALSE(v6("::/127").nth(2));
  CHECK_FALSE(v6("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128").nth(1));
}

TEST_CASE("CIDR blocks contain and overlap one another", "[cidr]") {
  CHECK(v4("10.0.0.0/8").contains(parse_ipv4_address("10.255.0.1").value()));
  CHECK_FALSE(v4("10.0.0.0/8").contains(parse_ipv4_address("11.0.0.0").value()));
  CHECK(v4("10.1.2.3/8").contains(parse_ipv4_address("10.0.0.0").value()));
  CHECK(v4("10.0.0.0/8").contains(v4("10.1.0.0/16")));
  CHECK(v4("10.0.0.0/8").contains(v4("10.0.0.0/8")));
  CHECK_FALSE(v4("10.1.0.0/16").contains(v4("10.0.0.0/8")));
  CHECK_FALSE(v4("10.1.0.0/16").contains(v4("10.1.2.3/8")));
  CHECK(v4("10.1.0.0/16").overlaps(v4("10.0.0.0/8")));
  CHECK(v4("10.0.0.0/8").overlaps(v4("10.1.0.0/16")));
  CHECK_FALSE(v4("10.0.0.0/16").overlaps(v4("10.1.0.0/16")));
  CHECK(v4("0.0.0.0/0").overlaps(v4("203.0.113.0/24")));
  CHECK(v6("2001:db8::/32").contains(v6("2001:db8:1::/48")));
  CHECK_FALSE(v6("2001:db8::/32").overlaps(v6("2001:db9::/32")));
  CHECK(v6("::/0").contains(parse_ipv6_address("ffff::").value()));
}
