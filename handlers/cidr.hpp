#pragma once

// IP addresses and CIDR blocks, as subnets and security group rules write them. Text is read strictly, written
// canonically.

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

struct Ipv4Address {
  static constexpr int kBits = 32;

  std::uint32_t value = 0;  // in host byte order: 10.0.0.1 is 0x0a000001

  auto operator<=>(const Ipv4Address&) const = default;

  // The address with all but its first `prefix_length` bits cleared, or set.
  Ipv4Address first_in(int prefix_length) const;
  Ipv4Address last_in(int prefix_length) const;

  // nullopt past the last address there is.
  std::optional<Ipv4Address> plus(std::uint64_t offset) const;
};

struct Ipv6Address {
  static constexpr int kBits = 128;

  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const Ipv6Address&) const = default;

  Ipv6Address first_in(int prefix_length) const;
  Ipv6Address last_in(int prefix_length) const;
  std::optional<Ipv6Address> plus(std::uint64_t offset) const;
};

// Four decimal numbers without leading zeros, which some programs take for octal.
std::optional<Ipv4Address> parse_ipv4_address(std::string_view text);

// The forms of RFC 4291, section 2.2, without zones; upper case is read too.
std::optional<Ipv6Address> parse_ipv6_address(std::string_view text);

std::string to_string(Ipv4Address address);

// RFC 5952: lower case, no leading zeros, the first of the longest runs of zeros as "::".
std::string to_string(const Ipv6Address& address);

// An address with the number of leading bits that make its network. The other bits of the address may be set:
// "10.0.0.1/24" is a block too, until canonical() clears them as EC2 does for subnets and rules.
template <class Address>
struct CidrBlock {
  Address address;
  int prefix_length = 0;

  auto operator<=>(const CidrBlock&) const = default;

  Address first() const { return address.first_in(prefix_length); }
  Address last() const { return address.last_in(prefix_length); }

  CidrBlock canonical() const { return {first(), prefix_length}; }
  bool is_canonical() const { return address == first(); }

  bool contains(const Address& other) const { return first() <= other && other <= last(); }
  bool contains(const CidrBlock& other) const {
    return prefix_length <= other.prefix_length && contains(other.address);
  }
  bool overlaps(const CidrBlock& other) const { return contains(other) || other.contains(*this); }

  // How many addresses; the largest number that there is for IPv6 blocks of /64 and wider.
  std::uint64_t size() const {
    const int host_bits = Address::kBits - prefix_length;
    return host_bits < 64 ? std::uint64_t{1} << host_bits : std::numeric_limits<std::uint64_t>::max();
  }

  // The address `index` places after the first; nullopt if that is outside the block.
  std::optional<Address> nth(std::uint64_t index) const {
    const auto address_there = first().plus(index);
    return address_there && contains(*address_there) ? address_there : std::nullopt;
  }
};

using Ipv4Cidr = CidrBlock<Ipv4Address>;
using Ipv6Cidr = CidrBlock<Ipv6Address>;

// "10.0.0.0/16": an address, a slash, and a decimal prefix length without leading zeros. An address alone is no block
// to EC2.
std::optional<Ipv4Cidr> parse_ipv4_cidr(std::string_view text);
std::optional<Ipv6Cidr> parse_ipv6_cidr(std::string_view text);

// As written, host bits and all: see CidrBlock::canonical.
std::string to_string(const Ipv4Cidr& block);
std::string to_string(const Ipv6Cidr& block);

}  // namespace amity::handlers
