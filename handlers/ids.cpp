#include "handlers/ids.hpp"

#include <array>

namespace amity::handlers {
namespace {

constexpr std::size_t kIdDigits = 17;
constexpr char kHex[] = "0123456789abcdef";

std::mt19937_64 seeded_engine(std::optional<std::uint64_t> seed) {
  if (seed) return std::mt19937_64(*seed);
  std::random_device device;
  std::array<std::uint32_t, 8> entropy{};
  for (auto& word : entropy) word = device();
  std::seed_seq sequence(entropy.begin(), entropy.end());
  return std::mt19937_64(sequence);
}

// FNV-1a, finished by SplitMix64's mixer so that short inputs fill all bits.
std::uint64_t hash(std::uint64_t state, std::string_view text) {
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  state = (state ^ 0xff) * 0x100000001b3;  // ends the part, so that "ab","c" differs from "a","bc"
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
  return state ^ (state >> 31);
}

std::uint64_t hash_of(std::initializer_list<std::string_view> parts) {
  std::uint64_t state = 0xcbf29ce484222325;
  for (const std::string_view part : parts) state = hash(state, part);
  return state;
}

std::string hyphenated(std::string digits) {
  for (const std::size_t at : {20u, 16u, 12u, 8u}) digits.insert(at, 1, '-');
  return digits;
}

}  // namespace

Ids::Ids(std::optional<std::uint64_t> seed) : engine_(seeded_engine(seed)) {}

std::string Ids::hex(std::size_t digits) {
  std::string text(digits, '0');
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (i % 16 == 0) bits = engine_();
    text[i] = kHex[bits & 15];
    bits >>= 4;
  }
  return text;
}

std::string Ids::make(std::string_view prefix) { return std::string(prefix) + '-' + hex(kIdDigits); }

std::string Ids::uuid() {
  std::string text = hex(32);
  text[12] = '4';
  text[16] = kHex[8 + below(4)];
  return hyphenated(std::move(text));
}

std::uint64_t Ids::below(std::uint64_t limit) {
  return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(engine_);
}

std::string stable_id(std::string_view prefix, std::string_view account, std::string_view region,
                      std::string_view what) {
  std::uint64_t state = hash_of({prefix, account, region, what});
  std::string id = std::string(prefix) + '-';
  for (std::size_t i = 0; i < kIdDigits; ++i) {
    if (i == 16) state = hash(state, "more");
    id += kHex[(state >> (4 * (i % 16))) & 15];
  }
  return id;
}

std::string stable_uuid(std::string_view account, std::string_view region, std::string_view what) {
  std::uint64_t state = hash_of({account, region, what});
  std::string digits(32, '4');  // the version where nothing else is written
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 16) state = hash(state, "more");
    if (i != 12) digits[i] = kHex[(state >> (4 * (i % 16))) & 15];
  }
  digits[16] = kHex[8 + (state & 3)];
  return hyphenated(std::move(digits));
}

}  // namespace amity::handlers
