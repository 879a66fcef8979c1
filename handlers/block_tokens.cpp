#include "handlers/block_tokens.hpp"

#include "handlers/digest.hpp"
#include "model/encoding.hpp"

namespace amity::handlers {
namespace {

// Block, expiry, and half a digest of both and of the purpose. It keeps out mistakes, not attackers.
constexpr std::size_t kNumberLength = 8;
constexpr std::size_t kDigestLength = 16;

void append_number(std::string& out, std::int64_t number) {
  for (std::size_t i = 0; i < kNumberLength; ++i) out += static_cast<char>(number >> (8 * i));
}

std::int64_t number_at(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = kNumberLength; i > 0; --i) number = number << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  return static_cast<std::int64_t>(number);
}

std::string checksum_of(std::string_view purpose, std::string_view numbers) {
  return digest(DigestAlgorithm::Sha256, std::string(numbers).append(purpose)).substr(0, kDigestLength);
}

}  // namespace

std::string make_block_token(std::string_view purpose, std::int64_t block, model::Timestamp expires) {
  std::string bytes;
  append_number(bytes, block);
  append_number(bytes, expires.time_since_epoch().count());
  return model::base64_encode(bytes + checksum_of(purpose, bytes));
}

std::optional<std::int64_t> read_block_token(std::string_view purpose, std::string_view token, model::Timestamp now) {
  const auto bytes = model::base64_decode(token);
  if (!bytes || bytes->size() != 2 * kNumberLength + kDigestLength) return std::nullopt;
  const std::string_view numbers = std::string_view(*bytes).substr(0, 2 * kNumberLength);
  if (bytes->substr(numbers.size()) != checksum_of(purpose, numbers)) return std::nullopt;
  if (number_at(numbers, kNumberLength) <= now.time_since_epoch().count()) return std::nullopt;
  return number_at(numbers, 0);
}

}  // namespace amity::handlers
