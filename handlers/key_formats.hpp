#pragma once

// The text files that SSH programs keep keys in. A "blob" is a key in SSH wire form (RFC 4253, section 6.6), which
// begins with the name of its algorithm: what the base64 in the middle of an OpenSSH public key line stands for.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

// "ssh-rsa AAAA…", without a comment.
std::string openssh_public_key(std::string_view public_blob);

// The blob in any of the text forms of a public key that ImportKeyPair takes from SSH programs: one OpenSSH line
// (without authorized_keys options), or the block of RFC 4716. nullopt if it is neither; the blob itself is not looked
// into.
std::optional<std::string> ssh_public_blob(std::string_view text);

// The DER bytes of a public key in PEM ("PUBLIC KEY", "RSA PUBLIC KEY"), nullopt for any other text.
std::optional<std::string> pem_public_der(std::string_view text);

// "BEGIN OPENSSH PRIVATE KEY", unencrypted, ended by a line break. `private_blob` is the algorithm name and all fields,
// public ones included, as ssh-agent passes them; `check` is any number.
std::string openssh_private_key(std::string_view public_blob, std::string_view private_blob, std::string_view comment,
                                std::uint32_t check);

// PuTTY's private key file, unencrypted. `private_fields` are the private numbers alone. Version 2 of the format, since
// every PuTTY and WinSCP reads it; version 3 needs PuTTY 0.75 and differs only in the digest when nothing is encrypted.
std::string putty_private_key(std::string_view public_blob, std::string_view private_fields, std::string_view comment);

}  // namespace amity::handlers
