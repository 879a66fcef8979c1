#pragma once

// Key pairs as EC2 makes and takes them: CreateKeyPair's private key files, ImportKeyPair's public key formats, and the
// fingerprints that DescribeKeyPairs shows.

#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

enum class KeyType { Rsa, Ed25519 };
enum class KeyFormat { Pem, Ppk };

struct GeneratedKeyPair {
  std::string private_key_material;
  std::string public_key;  // "ssh-rsa AAAA…", without a comment
  std::string fingerprint;
};

// CreateKeyPair: a new key from the system's randomness. RSA keys have 2048 bits. As PEM, an RSA key is a PKCS#1 block
// without a line break at its end and an ED25519 key an OpenSSH block with one; Ppk is PuTTY's file. None is encrypted.
// The key name becomes the comment of the formats that have one. The fingerprint of an RSA key is the SHA-1 of its
// private key in PKCS#8 DER, in colon-separated hexadecimal; that of an ED25519 key is the SHA-256 of its public blob
// in padded base64, without the "SHA256:" that ssh-keygen puts before it.
GeneratedKeyPair generate_key_pair(KeyType type, KeyFormat format, std::string_view key_name);

struct ImportedKey {
  KeyType type = KeyType::Rsa;
  std::string public_key;  // "ssh-rsa AAAA…", without a comment
  std::string fingerprint;
};

// ImportKeyPair: reads an OpenSSH public key line, an RFC 4716 block, PEM, DER, or DER in base64 (the last three as
// SubjectPublicKeyInfo or PKCS#1). nullopt, for InvalidKey.Format, for anything else: DSA, ECDSA and hardware-backed
// keys, certificates, private keys, and RSA keys shorter than 1024 or longer than 8192 bits. The fingerprint of an RSA
// key is the MD5 of its SubjectPublicKeyInfo DER; that of an ED25519 key is as for a generated one.
std::optional<ImportedKey> parse_public_key(std::string_view bytes);

// GetPasswordData: `plaintext` under RSA with PKCS#1 v1.5 padding, for an OpenSSH public key as above. nullopt if the
// key is not an RSA key or too short for the text.
std::optional<std::string> encrypt_for(std::string_view public_key, std::string_view plaintext);

}  // namespace amity::handlers
