#pragma once

// Cryptographic digests over bytes, for key fingerprints and key files.

#include <string>
#include <string_view>

namespace amity::handlers {

enum class DigestAlgorithm { Md5, Sha1, Sha256 };

// The raw digest: 16, 20 or 32 bytes.
std::string digest(DigestAlgorithm algorithm, std::string_view bytes);

// The keyed digest of RFC 2104.
std::string hmac(DigestAlgorithm algorithm, std::string_view key, std::string_view bytes);

}  // namespace amity::handlers
