#pragma once

// What the signature of a request claims: who signed it, for which region and service. Nothing is verified here;
// whatever is decided from these claims is as trustworthy as the caller.

#include "emulator/http.hpp"

#include <span>
#include <string>
#include <utility>
#include <variant>

namespace amity::emulator {

enum class SignatureKind {
  Version2,   // parameters AWSAccessKeyId, SignatureVersion=2: neither date, region nor service
  Version4,   // AWS4-HMAC-SHA256
  Version4a,  // AWS4-ECDSA-P256-SHA256: valid in a set of regions
};

struct SignatureClaims {
  SignatureKind kind = SignatureKind::Version4;
  std::string access_key_id{};
  std::string date{};     // "20240501"
  std::string region{};   // of a region set, the first that is not a pattern; may be empty
  std::string service{};  // "ec2"
  bool has_security_token = false;
};

struct NoSignature {};

// The request is signed, but not so that the claims could be read: IncompleteSignature. The reason is for the caller,
// and ASCII.
struct MalformedSignature {
  std::string reason;
};

using SignatureReading = std::variant<NoSignature, SignatureClaims, MalformedSignature>;

// Reads the Authorization header; without one, the parameters of a presigned URL or of a version 2 signature.
// `parameters` are those of the query string or the form, percent-decoded.
SignatureReading read_signature(std::span<const Header> headers,
                                std::span<const std::pair<std::string, std::string>> parameters);

}  // namespace amity::emulator
