#include "handlers/key_material.hpp"

#include "handlers/digest.hpp"
#include "handlers/key_formats.hpp"
#include "handlers/ssh_wire.hpp"
#include "model/encoding.hpp"
#include "tests/handlers/key_samples.hpp"

#include <catch2/catch.hpp>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace handlers = amity::handlers;
namespace model = amity::model;
namespace samples = amity::handlers::samples;
using handlers::DigestAlgorithm;
using handlers::KeyFormat;
using handlers::KeyType;
using namespace std::string_literals;

namespace {

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

const unsigned char* data_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* data_of(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

Pkey private_key(std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                          BIO_free_all);
  return {PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
}

// What `openssl pkcs8 -topk8 -nocrypt -outform DER | openssl sha1` prints.
std::string pkcs8_sha1(EVP_PKEY& key) {
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)> info(EVP_PKEY2PKCS8(&key),
                                                                                       PKCS8_PRIV_KEY_INFO_free);
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  const std::string hex = model::hex_encode(handlers::digest(DigestAlgorithm::Sha1, bytes));
  std::string out = hex.substr(0, 2);
  for (std::size_t i = 2; i < hex.size(); i += 2) out += ":" + hex.substr(i, 2);
  return out;
}

std::string decrypt(EVP_PKEY& key, std::string_view ciphertext) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, &key, nullptr), EVP_PKEY_CTX_free);
  REQUIRE(EVP_PKEY_decrypt_init(context.get()) == 1);
  REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1);
  std::string out(1024, '\0');
  std::size_t size = out.size();
  REQUIRE(EVP_PKEY_decrypt(context.get(), data_of(out), &size, data_of(ciphertext), ciphertext.size()) == 1);
  out.resize(size);
  return out;
}

// Whether the seed of an ED25519 key gives that public key.
bool is_pair(std::string_view seed, std::string_view public_key) {
  const Pkey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, data_of(seed), seed.size()), EVP_PKEY_free);
  std::string derived(32, '\0');
  std::size_t size = derived.size();
  return EVP_PKEY_get_raw_public_key(key.get(), data_of(derived), &size) == 1 && derived == public_key;
}

std::string between(std::string_view text, std::string_view begin, std::string_view end) {
  const std::size_t from = text.find(begin);
  REQUIRE(from != std::string_view::npos);
  const std::size_t to = text.find(end, from + begin.size());
  REQUIRE(to != std::string_view::npos);
  return std::string(text.substr(from + begin.size(), to - from - begin.size()));
}

class Number {
 public:
  explicit Number(std::string_view magnitude)
      : value_(BN_bin2bn(data_of(magnitude), static_cast<int>(magnitude.size()), nullptr), BN_free) {}
  BIGNUM* get() const { return value_.get(); }

 private:
  std::unique_ptr<BIGNUM, decltype(&BN_free)> value_;
};

}  // namespace

TEST_CASE("A created RSA key is a 2048-bit PKCS#1 block with the SHA-1 of its PKCS#8 form", "[keys][CreateKeyPair]") {
  // The measure itself, against the openssl program.
  REQUIRE(pkcs8_sha1(*private_key(samples::kRsaPrivatePem)) == samples::kRsaCreatedFingerprint);

  const auto pair = handlers::generate_key_pair(KeyType::Rsa, KeyFormat::Pem, "my-key");
  CHECK(pair.private_key_material.starts_with("-----BEGIN RSA PRIVATE KEY-----\nMII"));
  CHECK(pair.private_key_material.ends_with("\n-----END RSA PRIVATE KEY-----"));
  const Pkey key = private_key(pair.private_key_material);
  REQUIRE(key);
  CHECK(EVP_PKEY_get_bits(key.get()) == 2048);
  CHECK(pair.fingerprint == pkcs8_sha1(*key));
  CHECK(pair.fingerprint.size() == 20 * 3 - 1);

  const auto imported = handlers::parse_public_key(pair.public_key);
  REQUIRE(imported);
  CHECK(imported->public_key == pair.public_key);
  const auto ciphertext = handlers::encrypt_for(pair.public_key, "secret");
  REQUIRE(ciphertext);
  CHECK(decrypt(*key, *ciphertext) == "secret");
}

TEST_CASE("A created ED25519 key is an OpenSSH block with the SHA-256 of its public blob", "[keys][CreateKeyPair]") {
  const auto pair = handlers::generate_key_pair(KeyType::Ed25519, KeyFormat::Pem, "my-key");
  const std::string blob = handlers::ssh_public_blob(pair.public_key).value();
  CHECK(pair.public_key.starts_with("ssh-ed25519 AAAA"));
  CHECK(pair.fingerprint == model::base64_encode(handlers::digest(DigestAlgorithm::Sha256, blob)));
  CHECK(pair.fingerprint.size() == 44);
  CHECK(pair.fingerprint.back() == '=');
  CHECK(pair.private_key_material.ends_with("-----END OPENSSH PRIVATE KEY-----\n"));

  const auto file = model::base64_decode(
      between(pair.private_key_material, "-----BEGIN OPENSSH PRIVATE KEY-----\n", "-----END OPENSSH PRIVATE KEY-----"));
  REQUIRE(file);
  REQUIRE(file->starts_with("openssh-key-v1\0"s));
  handlers::SshReader outer(std::string_view(*file).substr(15));
  CHECK(outer.string() == "none");
  CHECK(outer.string() == "none");
  CHECK(outer.string() == "");
  const std::string_view rest = std::string_view(*file).substr(15 + 8 + 8 + 4);
  CHECK(rest.starts_with("\0\0\0\x01"s));
  handlers::SshReader keys(rest.substr(4));
  CHECK(keys.string() == blob);
  const auto secrets = keys.string();
  REQUIRE(secrets);
  CHECK(keys.at_end());
  CHECK(secrets->size() % 8 == 0);
  CHECK(secrets->substr(0, 4) == secrets->substr(4, 4));
  handlers::SshReader secret(secrets->substr(8));
  CHECK(secret.string() == "ssh-ed25519");
  const auto public_key = secret.string();
  const auto seed_and_public_key = secret.string();
  CHECK(secret.string() == "my-key");
  REQUIRE(seed_and_public_key);
  CHECK(seed_and_public_key->size() == 64);
  CHECK(is_pair(seed_and_public_key->substr(0, 32), *public_key));
  CHECK(seed_and_public_key->substr(32) == *public_key);
}

TEST_CASE("A created RSA key as PPK holds the numbers of the key", "[keys][CreateKeyPair]") {
  const auto pair = handlers::generate_key_pair(KeyType::Rsa, KeyFormat::Ppk, "my key");
  const std::string& file = pair.private_key_material;
  CHECK(file.starts_with("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: my key\nPublic-Lines: 6\n"));
  CHECK(pair.fingerprint.size() == 20 * 3 - 1);

  const std::string blob = model::base64_decode(between(file, "Public-Lines: 6\n", "Private-Lines: 14\n")).value();
  CHECK(handlers::openssh_public_key(blob) == pair.public_key);
  handlers::SshReader public_fields(blob);
  REQUIRE(public_fields.string() == "ssh-rsa");
  const Number e(public_fields.positive_mpint().value());
  const Number n(public_fields.positive_mpint().value());

  const std::string fields = model::base64_decode(between(file, "Private-Lines: 14\n", "Private-MAC: ")).value();
  handlers::SshReader private_fields(fields);
  const Number d(private_fields.positive_mpint().value());
  const Number p(private_fields.positive_mpint().value());
  const Number q(private_fields.positive_mpint().value());
  const Number inverse_of_q(private_fields.positive_mpint().value());
  CHECK(private_fields.at_end());

  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), BN_CTX_free);
  const Number result("");
  REQUIRE(BN_mul(result.get(), p.get(), q.get(), context.get()) == 1);
  CHECK(BN_cmp(result.get(), n.get()) == 0);
  REQUIRE(BN_mod_mul(result.get(), inverse_of_q.get(), q.get(), p.get(), context.get()) == 1);
  CHECK(BN_is_one(result.get()));
  REQUIRE(BN_sub_word(p.get(), 1) == 1);
  REQUIRE(BN_mod_mul(result.get(), d.get(), e.get(), p.get(), context.get()) == 1);
  CHECK(BN_is_one(result.get()));
}

TEST_CASE("A created ED25519 key as PPK holds the seed of the key", "[keys][CreateKeyPair]") {
  const auto pair = handlers::generate_key_pair(KeyType::Ed25519, KeyFormat::Ppk, "my-key");
  const std::string& file = pair.private_key_material;
  CHECK(file.starts_with("PuTTY-User-Key-File-2: ssh-ed25519\nEncryption: none\nComment: my-key\nPublic-Lines: 2\n"));
  const std::string blob = model::base64_decode(between(file, "Public-Lines: 2\n", "Private-Lines: 1\n")).value();
  const std::string fields = model::base64_decode(between(file, "Private-Lines: 1\n", "Private-MAC: ")).value();
  CHECK(handlers::openssh_public_key(blob) == pair.public_key);
  CHECK(is_pair(handlers::SshReader(fields).string().value(), blob.substr(blob.size() - 32)));
}

TEST_CASE("No two created keys are alike", "[keys][CreateKeyPair]") {
  const auto first = handlers::generate_key_pair(KeyType::Ed25519, KeyFormat::Pem, "my-key");
  const auto second = handlers::generate_key_pair(KeyType::Ed25519, KeyFormat::Pem, "my-key");
  CHECK(first.public_key != second.public_key);
}

TEST_CASE("A public key is imported from every form that EC2 documents", "[keys][ImportKeyPair]") {
  const auto body = [](std::string_view pem) { return between(pem, "KEY-----\n", "-----END"); };
  const auto bytes = [](std::string_view base64) { return model::base64_decode(base64).value(); };
  const auto with_crlf = [](std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '\n' ? "\r\n"s : std::string(1, c);
    return out;
  };

  SECTION("RSA") {
    const std::string rows[] = {
        std::string(samples::kRsaOpenSsh),
        std::string(samples::kRsaOpenSsh) + " user@host and more words\n",
        "\n  " + std::string(samples::kRsaOpenSsh) + "\r\n",
        "ssh-rsa \t " + std::string(samples::kRsaOpenSsh.substr(8)),
        std::string(samples::kRsaRfc4716),
        with_crlf(samples::kRsaRfc4716),
        std::string(samples::kRsaPem),
        with_crlf(samples::kRsaPem),
        std::string(samples::kRsaPkcs1Pem),
        body(samples::kRsaPem),
        body(samples::kRsaPkcs1Pem),
        bytes(body(samples::kRsaPem)),
        bytes(body(samples::kRsaPkcs1Pem)),
    };
    for (const auto& row : rows) {
      INFO(row);
      const auto key = handlers::parse_public_key(row);
      REQUIRE(key);
      CHECK(key->type == KeyType::Rsa);
      CHECK(key->public_key == samples::kRsaOpenSsh);
      CHECK(key->fingerprint == samples::kRsaImportedFingerprint);
    }
  }

  SECTION("ED25519") {
    const std::string rows[] = {
        std::string(samples::kEd25519OpenSsh), std::string(samples::kEd25519OpenSsh) + " my-key\n",
        std::string(samples::kEd25519Rfc4716), with_crlf(samples::kEd25519Rfc4716),
        std::string(samples::kEd25519Pem),     body(samples::kEd25519Pem),
        bytes(body(samples::kEd25519Pem)),
    };
    for (const auto& row : rows) {
      INFO(row);
      const auto key = handlers::parse_public_key(row);
      REQUIRE(key);
      CHECK(key->type == KeyType::Ed25519);
      CHECK(key->public_key == samples::kEd25519OpenSsh);
      CHECK(key->fingerprint == samples::kEd25519Fingerprint);
    }
  }

  SECTION("RSA of other lengths") {
    for (const auto line :
         {samples::kRsa1024OpenSsh, samples::kRsa3072OpenSsh, samples::kRsa4096OpenSsh, samples::kRsa8192OpenSsh}) {
      const auto key = handlers::parse_public_key(line);
      REQUIRE(key);
      CHECK(key->public_key == line);
    }
  }
}

TEST_CASE("A number with needless zeros in an imported key is written without them", "[keys][ImportKeyPair]") {
  const std::string blob = handlers::ssh_public_blob(samples::kRsaOpenSsh).value();
  handlers::SshReader reader(blob);
  reader.string();
  const std::string e(reader.positive_mpint().value());
  const std::string n(reader.positive_mpint().value());
  const auto key = handlers::parse_public_key(handlers::openssh_public_key(
      handlers::ssh_string("ssh-rsa") + handlers::ssh_string("\0\0"s + e) + handlers::ssh_string("\0\0\0"s + n)));
  REQUIRE(key);
  CHECK(key->public_key == samples::kRsaOpenSsh);
}

TEST_CASE("What EC2 does not take as a public key is refused", "[keys][ImportKeyPair]") {
  const std::string rsa(samples::kRsaOpenSsh);
  const std::string ed25519(samples::kEd25519OpenSsh);
  const std::string rsa_blob = handlers::ssh_public_blob(rsa).value();
  const std::string ed25519_blob = handlers::ssh_public_blob(ed25519).value();
  const auto rsa_line = [](std::string_view e, std::string_view n) {
    return handlers::openssh_public_key(handlers::ssh_string("ssh-rsa") + handlers::ssh_mpint(e) +
                                        handlers::ssh_mpint(n));
  };
  const auto modulus = [](std::size_t size, char last) { return "\x81"s + std::string(size - 2, 'x') + last; };
  REQUIRE(handlers::parse_public_key(rsa_line("\x01\0\x01"s, modulus(256, '\x01'))));

  const std::pair<const char*, std::string> rows[] = {
      {"nothing", ""},
      {"white space", " \r\n\t"},
      {"words", "this is not a key"},
      {"a name without a key", "ssh-rsa"},
      {"a name and no key", "ssh-rsa "},
      {"a key without a name", rsa.substr(8)},
      {"a name that the key does not bear", "ssh-ed25519 " + rsa.substr(8)},
      {"a name that the key does not bear", "ssh-rsa " + ed25519.substr(12)},
      {"authorized_keys options", "command=\"/bin/true\",no-pty " + ed25519},
      {"two keys", ed25519 + "\n" + ed25519},
      {"broken base64", "ssh-rsa AAAAB3NzaC1yc2E!"},
      {"a cut key", rsa.substr(0, 100)},
      {"bytes after an RSA key", handlers::openssh_public_key(rsa_blob + "x")},
      {"bytes after an ED25519 key", handlers::openssh_public_key(ed25519_blob + "x")},
      {"a short ED25519 key",
       handlers::openssh_public_key(handlers::ssh_string("ssh-ed25519") + handlers::ssh_string("too short"))},
      {"ECDSA", std::string(samples::kEcdsaOpenSsh)},
      {"ECDSA in PEM", std::string(samples::kEcdsaPem)},
      {"DSA", std::string(samples::kDsaOpenSsh)},
      {"DSA in PEM", std::string(samples::kDsaPem)},
      {"an unknown algorithm", handlers::openssh_public_key(handlers::ssh_string("sk-ssh-ed25519@openssh.com"))},
      {"a certificate", handlers::openssh_public_key(handlers::ssh_string("ssh-rsa-cert-v01@openssh.com"))},
      {"RSA of 1016 bits", rsa_line("\x01\0\x01"s, modulus(127, '\x01'))},
      {"RSA of 8200 bits", rsa_line("\x01\0\x01"s, modulus(1025, '\x01'))},
      {"an even modulus", rsa_line("\x01\0\x01"s, modulus(256, '\x02'))},
      {"an even exponent", rsa_line("\x02", modulus(256, '\x01'))},
      {"the exponent one", rsa_line("\x01", modulus(256, '\x01'))},
      {"the exponent zero", rsa_line("", modulus(256, '\x01'))},
      {"a negative modulus",
       handlers::openssh_public_key(handlers::ssh_string("ssh-rsa") + handlers::ssh_mpint("\x03") +
                                    handlers::ssh_string(modulus(256, '\x01')))},
      {"a private RSA key", std::string(samples::kRsaPrivatePem)},
      {"a private ED25519 key", std::string(samples::kEd25519PrivatePem)},
      {"a PuTTY file", std::string(samples::kEd25519Ppk)},
      {"an RFC 4716 block without an end", std::string(samples::kEd25519Rfc4716.substr(0, 150))},
      {"an RFC 4716 block of headers alone",
       "---- BEGIN SSH2 PUBLIC KEY ----\nComment: a\\\n---- END SSH2 PUBLIC KEY ----"},
      {"PEM without a body", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"},
      {"bytes after DER", model::base64_decode(between(samples::kRsaPem, "KEY-----\n", "-----END")).value() + "x"},
      {"a sequence of nothing", "\x30\x00"s},
      {"a length beyond the end", "\x30\x84\xff\xff\xff\xff"s},
      {"zeros", std::string(300, '\0')},
      {"too much", rsa + " " + std::string(20'000, 'x')},
  };
  for (const auto& [what, bytes] : rows) {
    INFO(what);
    CHECK_FALSE(handlers::parse_public_key(bytes));
    CHECK_FALSE(handlers::encrypt_for(bytes, "secret"));
  }
}

TEST_CASE("Any cut or changed public key is refused or read, but never more", "[keys][ImportKeyPair]") {
  for (const auto sample : {samples::kRsaOpenSsh, samples::kRsaRfc4716, samples::kRsaPem, samples::kEd25519Pem}) {
    for (std::size_t i = 0; i < sample.size(); ++i) {
      handlers::parse_public_key(sample.substr(0, i));
      std::string changed(sample);
      changed[i] = static_cast<char>(changed[i] ^ 0x11);
      handlers::parse_public_key(changed);
    }
  }
  SUCCEED("the sanitizers watch");
}

TEST_CASE("A password is encrypted for RSA keys that are long enough", "[keys][GetPasswordData]") {
  const Pkey key = private_key(samples::kRsaPrivatePem);
  REQUIRE(key);
  const std::string longest(256 - 11, 'p');
  for (const std::string& text : {""s, "p4ssw0rd"s, longest}) {
    const auto ciphertext = handlers::encrypt_for(samples::kRsaOpenSsh, text);
    REQUIRE(ciphertext);
    CHECK(ciphertext->size() == 256);
    CHECK(decrypt(*key, *ciphertext) == text);
  }
  CHECK(handlers::encrypt_for(samples::kRsaOpenSsh, "a") != handlers::encrypt_for(samples::kRsaOpenSsh, "a"));
  CHECK_FALSE(handlers::encrypt_for(samples::kRsaOpenSsh, longest + "p"));
  CHECK_FALSE(handlers::encrypt_for(samples::kEd25519OpenSsh, "p4ssw0rd"));
}
