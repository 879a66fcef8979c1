#include "handlers/digest.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace amity::handlers {
namespace {

const char* openssl_name(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::Md5: return "MD5";
    case DigestAlgorithm::Sha1: return "SHA1";
    case DigestAlgorithm::Sha256: return "SHA256";
  }
  throw std::invalid_argument("unknown digest algorithm");
}

std::string result(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::string digest(DigestAlgorithm algorithm, std::string_view bytes) {
  const char* name = openssl_name(algorithm);
  unsigned char out[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  if (EVP_Q_digest(nullptr, name, nullptr, bytes.data(), bytes.size(), out, &size) != 1) {
    throw std::runtime_error(std::string("OpenSSL offers no ") + name);
  }
  return result(out, size);
}

std::string hmac(DigestAlgorithm algorithm, std::string_view key, std::string_view bytes) {
  const char* name = openssl_name(algorithm);
  unsigned char out[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, name, nullptr, key.data(), key.size(), data, bytes.size(), out, sizeof out,
                &size) == nullptr) {
    throw std::runtime_error(std::string("OpenSSL offers no HMAC with ") + name);
  }
  return result(out, size);
}

}  // namespace amity::handlers
