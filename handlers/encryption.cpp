#include "handlers/encryption.hpp"

#include "handlers/arn.hpp"
#include "handlers/errors.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::string_view kByDefault = "ebs-encryption-by-default";
constexpr std::string_view kDefaultKey = "ebs-default-kms-key";
constexpr std::string_view kGrant = "kms-grant/";

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// A UUID, or "mrk-" and 32 hexadecimal digits: a multi-Region key.
bool is_key_id(std::string_view id) {
  if (id.starts_with("mrk-")) return id.size() == 36 && is_hex(id.substr(4));
  if (id.size() != 36) return false;
  for (std::size_t i = 0; i < id.size(); ++i)
    if (i == 8 || i == 13 || i == 18 || i == 23 ? id[i] != '-' : !is_hex(id.substr(i, 1))) return false;
  return true;
}

// The keys that AWS manages for its other services cannot encrypt volumes.
bool is_alias(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-";
  return text.starts_with("alias/") && text.size() > 6 && text.find_first_not_of(kAllowed) == std::string_view::npos &&
         (text == kManagedKeyAlias || !text.starts_with("alias/aws/"));
}

// "arn:aws:kms:us-east-1:111111111111:"
std::string arn_prefix(const Call& call) { return arn(call, "kms", ""); }

// The parts of an ARN of KMS; views into its text.
struct KmsArn {
  std::string_view prefix;  // up to the colon behind the account
  std::string_view region;
  std::string_view account;
  std::string_view resource;  // "key/…", "alias/…"
};

std::string_view take_part(std::string_view& text) {
  const std::size_t colon = std::min(text.size(), text.find(':'));
  const std::string_view part = text.substr(0, colon);
  text.remove_prefix(std::min(text.size(), colon + 1));
  return part;
}

std::optional<KmsArn> read_arn(std::string_view text) {
  std::string_view rest = text;
  if (take_part(rest) != "arn" || !take_part(rest).starts_with("aws") || take_part(rest) != "kms") return std::nullopt;
  KmsArn parts;
  parts.region = take_part(rest);
  parts.account = take_part(rest);
  parts.resource = rest;
  parts.prefix = text.substr(0, text.size() - rest.size());
  return parts;
}

// The ARN that EC2 shows for a key named in a request. What names no key is left as it is: unusable.
std::string key_arn(const Call& call, std::string_view named) {
  const std::string own = arn_prefix(call);
  if (is_key_id(named)) return own + "key/" + std::string(named);
  const KmsArn key = read_arn(named).value_or(
      KmsArn{.prefix = own, .region = call.region(), .account = call.account(), .resource = named});
  if (!is_alias(key.resource)) return std::string(named);
  return std::string(key.prefix) + "key/" + stable_uuid(key.account, key.region, key.resource);
}

bool is_granted(Call& call, std::string_view key_arn, std::string_view key_region) {
  const storage::Scope scope{.account = call.account(), .region = std::string(key_region)};
  return storage::Settings(call.store().database(), scope).get(std::string(kGrant).append(key_arn)).has_value();
}

bool is_own_key(const Call& call, std::string_view key_arn) {
  const auto key = read_arn(key_arn);
  return key && key->account == call.account() && key->region == call.region();
}

}  // namespace

Encryption decide_encryption(Call& call, const EncryptionWish& wish, const Encryption& source) {
  const bool wants_key = wish.kms_key_id && !wish.kms_key_id->empty();
  const bool wants_encryption = wish.encrypted.value_or(false) || is_encrypted_by_default(call);
  if (wants_key && !wants_encryption) throw errors::invalid_parameter_dependency("KmsKeyId", "Encrypted");
  if (!wants_encryption && !source.encrypted) return {};
  const bool keeps_key = source.kms_key_id && is_own_key(call, *source.kms_key_id);
  Encryption outcome{.encrypted = true,
                     .kms_key_id = wants_key   ? key_arn(call, *wish.kms_key_id)
                                   : keeps_key ? *source.kms_key_id
                                               : default_kms_key(call)};
  if (outcome.kms_key_id == source.kms_key_id) outcome.data_encryption_key_id = source.data_encryption_key_id;
  if (!outcome.data_encryption_key_id) outcome.data_encryption_key_id = call.ids().uuid();
  return outcome;
}

std::string managed_kms_key(const Call& call) { return key_arn(call, kManagedKeyAlias); }

std::string default_kms_key(Call& call) {
  const auto chosen = call.settings().get(kDefaultKey);
  return chosen ? *chosen : managed_kms_key(call);
}

void set_default_kms_key(Call& call, std::string_view named) {
  if (named.empty())
    call.settings().remove(kDefaultKey);
  else
    call.settings().set(kDefaultKey, key_arn(call, named));
}

bool is_encrypted_by_default(Call& call) { return call.settings().get(kByDefault).has_value(); }

void encrypt_by_default(Call& call, bool on) {
  if (on)
    call.settings().set(kByDefault, "true");
  else
    call.settings().remove(kByDefault);
}

bool can_use_key(Call& call, std::string_view key_arn) {
  const auto key = read_arn(key_arn);
  return key && key->region == call.region() && can_decrypt_with(call, key_arn);
}

bool can_decrypt_with(Call& call, std::string_view key_arn) {
  constexpr std::string_view kKey = "key/";
  const auto key = read_arn(key_arn);
  if (!key || !key->resource.starts_with(kKey) || !is_key_id(key->resource.substr(kKey.size()))) return false;
  return key->account == call.account() || is_granted(call, key_arn, key->region);
}

}  // namespace amity::handlers
