#include "handlers/cidr.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace amity::handlers {
namespace {

using Groups = std::array<std::uint16_t, 8>;

// The ones that follow the first `prefix_length` bits of a word.
template <class Word>
Word host_mask(int prefix_length) {
  constexpr int kBits = std::numeric_limits<Word>::digits;
  if (prefix_length >= kBits) return 0;
  return static_cast<Word>(std::numeric_limits<Word>::max() >> std::max(prefix_length, 0));
}

// A decimal number without sign and leading zeros.
std::optional<int> decimal(std::string_view text, int max) {
  int value = 0;
  const bool has_leading_zero = text.size() > 1 && text.front() == '0';
  if (text.empty() || text.front() == '-' || has_leading_zero) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

// One to four hexadecimal digits.
std::optional<std::uint16_t> hex_group(std::string_view text) {
  unsigned value = 0;
  if (text.empty() || text.size() > 4 || text.front() == '-') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

// The groups of one side of "::", at most eight. Only the last of an address may be written as an IPv4 address.
struct GroupList {
  Groups groups{};
  std::size_t size = 0;

  bool add(std::uint32_t group) {
    if (size == groups.size()) return false;
    groups[size++] = static_cast<std::uint16_t>(group);
    return true;
  }
};

std::optional<GroupList> parse_groups(std::string_view text, bool may_end_in_ipv4) {
  GroupList list;
  if (text.empty()) return list;
  while (true) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    const bool is_last = colon == std::string_view::npos;
    if (const auto group = hex_group(part)) {
      if (!list.add(*group)) return std::nullopt;
    } else {
      const auto ipv4 = is_last && may_end_in_ipv4 ? parse_ipv4_address(part) : std::nullopt;
      if (!ipv4 || !list.add(ipv4->value >> 16) || !list.add(ipv4->value & 0xffff)) return std::nullopt;
    }
    if (is_last) return list;
    text.remove_prefix(colon + 1);
  }
}

Ipv6Address from_groups(const Groups& groups) {
  Ipv6Address address;
  for (std::size_t i = 0; i < 4; ++i) {
    address.high = address.high << 16 | groups[i];
    address.low = address.low << 16 | groups[i + 4];
  }
  return address;
}

Groups to_groups(const Ipv6Address& address) {
  Groups groups{};
  for (std::size_t i = 0; i < 4; ++i) {
    groups[i] = static_cast<std::uint16_t>(address.high >> (48 - 16 * i));
    groups[i + 4] = static_cast<std::uint16_t>(address.low >> (48 - 16 * i));
  }
  return groups;
}

struct Run {
  std::size_t begin = 0;
  std::size_t length = 0;
};

// The first of the longest runs of zero groups.
Run longest_zero_run(const Groups& groups) {
  Run longest;
  Run run;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    run = groups[i] == 0 ? Run{run.length == 0 ? i : run.begin, run.length + 1} : Run{};
    if (run.length > longest.length) longest = run;
  }
  return longest;
}

void append_hex(std::string& out, std::uint16_t group) {
  char digits[4];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), group, 16);
  out.append(digits, end);
}

template <class Address>
std::optional<CidrBlock<Address>> parse_cidr(std::string_view text, std::optional<Address> parse(std::string_view)) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse(text.substr(0, slash));
  const auto prefix_length = decimal(text.substr(slash + 1), Address::kBits);
  if (!address || !prefix_length) return std::nullopt;
  return CidrBlock<Address>{*address, *prefix_length};
}

}  // namespace

Ipv4Address Ipv4Address::first_in(int prefix_length) const {
  return {value & ~host_mask<std::uint32_t>(prefix_length)};
}

Ipv4Address Ipv4Address::last_in(int prefix_length) const { return {value | host_mask<std::uint32_t>(prefix_length)}; }

std::optional<Ipv4Address> Ipv4Address::plus(std::uint64_t offset) const {
  if (offset > std::numeric_limits<std::uint32_t>::max() - value) return std::nullopt;
  return Ipv4Address{value + static_cast<std::uint32_t>(offset)};
}

Ipv6Address Ipv6Address::first_in(int prefix_length) const {
  return {high & ~host_mask<std::uint64_t>(prefix_length), low & ~host_mask<std::uint64_t>(prefix_length - 64)};
}

Ipv6Address Ipv6Address::last_in(int prefix_length) const {
  return {high | host_mask<std::uint64_t>(prefix_length), low | host_mask<std::uint64_t>(prefix_length - 64)};
}

std::optional<Ipv6Address> Ipv6Address::plus(std::uint64_t offset) const {
  const Ipv6Address sum{high, low + offset};
  if (sum.low >= low) return sum;
  if (high == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  return Ipv6Address{high + 1, sum.low};
}

std::optional<Ipv4Address> parse_ipv4_address(std::string_view text) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const std::size_t length = i < 3 ? text.find('.') : text.size();
    if (length == std::string_view::npos) return std::nullopt;
    const auto part = decimal(text.substr(0, length), 255);
    if (!part) return std::nullopt;
    value = value << 8 | static_cast<std::uint32_t>(*part);
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return Ipv4Address{value};
}

std::optional<Ipv6Address> parse_ipv6_address(std::string_view text) {
  constexpr std::string_view kGap = "::";
  const std::size_t gap = text.find(kGap);
  if (gap == std::string_view::npos) {
    const auto all = parse_groups(text, true);
    return all && all->size == 8 ? std::optional(from_groups(all->groups)) : std::nullopt;
  }
  const auto left = parse_groups(text.substr(0, gap), false);
  const auto right = parse_groups(text.substr(gap + kGap.size()), true);
  if (!left || !right || left->size + right->size > 7) return std::nullopt;  // the gap is one group at least
  Groups groups = left->groups;
  std::copy_n(right->groups.begin(), right->size, groups.end() - static_cast<std::ptrdiff_t>(right->size));
  return from_groups(groups);
}

std::string to_string(Ipv4Address address) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += std::to_string(address.value >> shift & 0xff);
    if (shift > 0) out += '.';
  }
  return out;
}

std::string to_string(const Ipv6Address& address) {
  const Groups groups = to_groups(address);
  const Run zeros = longest_zero_run(groups);
  std::string out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (zeros.length > 1 && i == zeros.begin) {
      out += "::";
      i += zeros.length - 1;
    } else {
      if (!out.empty() && out.back() != ':') out += ':';
      append_hex(out, groups[i]);
    }
  }
  return out;
}

std::optional<Ipv4Cidr> parse_ipv4_cidr(std::string_view text) { return parse_cidr(text, parse_ipv4_address); }

std::optional<Ipv6Cidr> parse_ipv6_cidr(std::string_view text) { return parse_cidr(text, parse_ipv6_address); }

std::string to_string(const Ipv4Cidr& block) {
  return to_string(block.address) + '/' + std::to_string(block.prefix_length);
}

std::string to_string(const Ipv6Cidr& block) {
  return to_string(block.address) + '/' + std::to_string(block.prefix_length);
}

}  // namespace amity::handlers
