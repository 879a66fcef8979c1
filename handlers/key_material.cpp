#include "handlers/key_material.hpp"

#include "handlers/digest.hpp"
#include "handlers/key_formats.hpp"
#include "handlers/ssh_wire.hpp"
#include "model/encoding.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstring>
#include <memory>
#include <stdexcept>

namespace amity::handlers {
namespace {

constexpr std::string_view kRsaName = "ssh-rsa";
constexpr std::string_view kEd25519Name = "ssh-ed25519";
constexpr std::size_t kEd25519KeySize = 32;

// EC2 documents 1024, 2048 and 4096 bits, but takes what lies between, such as ssh-keygen's default of 3072, and 8192
// too.
constexpr int kMinRsaBits = 1024;
constexpr int kMaxRsaBits = 8192;
constexpr int kGeneratedRsaBits = 2048;

template <auto function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using Bignum = std::unique_ptr<BIGNUM, Free<BN_free>>;
using MemoryBio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Free<PKCS8_PRIV_KEY_INFO_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;

// For calls that fail only when OpenSSL cannot do its work, whatever the caller of the API sent.
void require(bool is_done, const char* what) {
  if (!is_done) throw std::runtime_error(std::string("OpenSSL cannot ") + what);
}

const unsigned char* data_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* data_of(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// The DER form of `object`, by one of OpenSSL's i2d functions.
template <class T>
std::string der(int (*encode)(const T*, unsigned char**), const T* object) {
  const int size = encode(object, nullptr);
  require(size > 0, "encode a key");
  std::string out(static_cast<std::size_t>(size), '\0');
  unsigned char* end = data_of(out);
  encode(object, &end);
  return out;
}

std::string number(const EVP_PKEY& key, const char* name) {
  BIGNUM* value = nullptr;
  require(EVP_PKEY_get_bn_param(&key, name, &value) == 1, "read a number of a key");
  const Bignum owned(value);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, data_of(bytes));
  return bytes;
}

std::string raw_key(const EVP_PKEY& key, int (*get)(const EVP_PKEY*, unsigned char*, std::size_t*)) {
  std::string bytes(kEd25519KeySize, '\0');
  std::size_t size = bytes.size();
  require(get(&key, data_of(bytes), &size) == 1 && size == bytes.size(), "read an ED25519 key");
  return bytes;
}

KeyType type_of(const EVP_PKEY& key) {
  return EVP_PKEY_get_base_id(&key) == EVP_PKEY_ED25519 ? KeyType::Ed25519 : KeyType::Rsa;
}

std::string public_blob(const EVP_PKEY& key) {
  if (type_of(key) == KeyType::Ed25519) {
    return ssh_string(kEd25519Name) + ssh_string(raw_key(key, EVP_PKEY_get_raw_public_key));
  }
  return ssh_string(kRsaName) + ssh_mpint(number(key, OSSL_PKEY_PARAM_RSA_E)) +
         ssh_mpint(number(key, OSSL_PKEY_PARAM_RSA_N));
}

std::string colon_separated_hex(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) out += ':';
    out += model::hex_encode(bytes.substr(i, 1));
  }
  return out;
}

std::string ed25519_fingerprint(const EVP_PKEY& key) {
  return model::base64_encode(digest(DigestAlgorithm::Sha256, public_blob(key)));
}

std::string created_fingerprint(const EVP_PKEY& key) {
  if (type_of(key) == KeyType::Ed25519) return ed25519_fingerprint(key);
  const Pkcs8 info(EVP_PKEY2PKCS8(&key));
  require(info != nullptr, "encode a private key");
  return colon_separated_hex(digest(DigestAlgorithm::Sha1, der(i2d_PKCS8_PRIV_KEY_INFO, info.get())));
}

// AWS's reference says "section 4 of RFC 4716", whose MD5 is of the SSH blob; what EC2 answers is the MD5 of the DER.
std::string imported_fingerprint(const EVP_PKEY& key) {
  if (type_of(key) == KeyType::Ed25519) return ed25519_fingerprint(key);
  return colon_separated_hex(digest(DigestAlgorithm::Md5, der(i2d_PUBKEY, &key)));
}

// CreateKeyPair

std::string rsa_pem(const EVP_PKEY& key) {
  const MemoryBio bio(BIO_new(BIO_s_mem()));
  require(bio && PEM_write_bio_PrivateKey_traditional(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "write a private key");
  char* text = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(bio.get(), &text));
  std::string pem(text, size);
  while (pem.ends_with('\n')) pem.pop_back();
  return pem;
}

std::string ed25519_pem(const EVP_PKEY& key, std::string_view comment) {
  const std::string blob = public_blob(key);
  const std::string seed = raw_key(key, EVP_PKEY_get_raw_private_key);
  const std::string public_key = raw_key(key, EVP_PKEY_get_raw_public_key);
  std::uint32_t check = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&check), sizeof check) == 1, "draw random bytes");
  return openssh_private_key(blob, blob + ssh_string(seed + public_key), comment, check);
}

std::string ppk(const EVP_PKEY& key, std::string_view comment) {
  if (type_of(key) == KeyType::Ed25519) {
    return putty_private_key(public_blob(key), ssh_string(raw_key(key, EVP_PKEY_get_raw_private_key)), comment);
  }
  std::string fields;
  for (const char* name : {OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
                           OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
    fields += ssh_mpint(number(key, name));
  }
  return putty_private_key(public_blob(key), fields, comment);
}

std::string private_key_material(const EVP_PKEY& key, KeyFormat format, std::string_view comment) {
  if (format == KeyFormat::Ppk) return ppk(key, comment);
  return type_of(key) == KeyType::Rsa ? rsa_pem(key) : ed25519_pem(key, comment);
}

// ImportKeyPair

Pkey rsa_key(std::string_view exponent, std::string_view modulus) {
  const Bignum e(BN_bin2bn(data_of(exponent), static_cast<int>(exponent.size()), nullptr));
  const Bignum n(BN_bin2bn(data_of(modulus), static_cast<int>(modulus.size()), nullptr));
  const std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  require(e && n && builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1 &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1,
          "hold the numbers of a key");
  const std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  require(params && context && EVP_PKEY_fromdata_init(context.get()) == 1, "hold an RSA key");
  EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get());
  return Pkey(key);
}

Pkey key_from_blob(std::string_view blob) {
  SshReader reader(blob);
  const auto name = reader.string();
  if (name == kRsaName) {
    const auto exponent = reader.positive_mpint();
    const auto modulus = reader.positive_mpint();
    if (!exponent || !modulus || !reader.at_end()) return nullptr;
    return rsa_key(*exponent, *modulus);
  }
  if (name == kEd25519Name) {
    const auto point = reader.string();
    if (!point || point->size() != kEd25519KeySize || !reader.at_end()) return nullptr;
    return Pkey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data_of(*point), point->size()));
  }
  return nullptr;
}

Pkey key_from_der(std::string_view bytes) {
  const auto size = static_cast<long>(bytes.size());
  const unsigned char* end = data_of(bytes);
  Pkey key(d2i_PUBKEY(nullptr, &end, size));
  if (!key) {
    end = data_of(bytes);
    key.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &end, size));
  }
  if (end != data_of(bytes) + bytes.size()) return nullptr;
  return key;
}

bool is_accepted(const EVP_PKEY& key) {
  if (EVP_PKEY_get_base_id(&key) == EVP_PKEY_ED25519) return true;
  if (EVP_PKEY_get_base_id(&key) != EVP_PKEY_RSA) return false;
  const int bits = EVP_PKEY_get_bits(&key);
  const auto is_odd = [](const std::string& magnitude) { return !magnitude.empty() && (magnitude.back() & 1) != 0; };
  const std::string exponent = number(key, OSSL_PKEY_PARAM_RSA_E);
  return bits >= kMinRsaBits && bits <= kMaxRsaBits && is_odd(number(key, OSSL_PKEY_PARAM_RSA_N)) && is_odd(exponent) &&
         exponent != "\x01";
}

Pkey read_public_key(std::string_view bytes) {
  constexpr std::size_t kMaxSize = 16384;  // an 8192-bit key takes a tenth of this in its longest form
  constexpr char kDerSequence = '\x30';
  if (bytes.empty() || bytes.size() > kMaxSize) return nullptr;
  if (const auto blob = ssh_public_blob(bytes)) return key_from_blob(*blob);
  if (const auto pem = pem_public_der(bytes)) return key_from_der(*pem);
  if (const auto decoded = model::base64_decode(bytes)) return key_from_der(*decoded);
  return bytes.front() == kDerSequence ? key_from_der(bytes) : nullptr;
}

Pkey accepted_public_key(std::string_view bytes) {
  Pkey key = read_public_key(bytes);
  ERR_clear_error();  // failed attempts leave their reasons in a queue of the thread
  return key && is_accepted(*key) ? std::move(key) : nullptr;
}

}  // namespace

GeneratedKeyPair generate_key_pair(KeyType type, KeyFormat format, std::string_view key_name) {
  const Pkey key(type == KeyType::Rsa
                     ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(kGeneratedRsaBits))
                     : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  require(key != nullptr, "generate a key");
  return {.private_key_material = private_key_material(*key, format, key_name),
          .public_key = openssh_public_key(public_blob(*key)),
          .fingerprint = created_fingerprint(*key)};
}

std::optional<ImportedKey> parse_public_key(std::string_view bytes) {
  const Pkey key = accepted_public_key(bytes);
  if (!key) return std::nullopt;
  return ImportedKey{.type = type_of(*key),
                     .public_key = openssh_public_key(public_blob(*key)),
                     .fingerprint = imported_fingerprint(*key)};
}

std::optional<std::string> encrypt_for(std::string_view public_key, std::string_view plaintext) {
  constexpr std::size_t kPaddingSize = 11;  // PKCS#1 v1.5: two zeros, the block type, eight random bytes at least
  const Pkey key = accepted_public_key(public_key);
  if (!key || type_of(*key) != KeyType::Rsa) return std::nullopt;
  std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
  if (plaintext.size() + kPaddingSize > out.size()) return std::nullopt;
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  std::size_t size = out.size();
  require(context && EVP_PKEY_encrypt_init(context.get()) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
              EVP_PKEY_encrypt(context.get(), data_of(out), &size, data_of(plaintext), plaintext.size()) == 1,
          "encrypt with RSA");
  out.resize(size);
  return out;
}

}  // namespace amity::handlers
