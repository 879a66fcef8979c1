#include "handlers/encryption.hpp"

#include "handlers/arn.hpp"
#include "handlers/errors.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::string_view kDefaultAlias = "alias/aws/ebs";

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

bool is_alias(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-";
  return text.starts_with("alias/") && text.size() > 6 && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

// "arn:aws:kms:us-east-1:111111111111:"
std::string arn_prefix(const Call& call) { return arn(call, "kms", ""); }

// The ARN that EC2 shows for a key named in a request. What names no key of the caller is left as it is: unusable.
std::string key_arn(const Call& call, std::string_view named) {
  const std::string prefix = arn_prefix(call);
  if (is_key_id(named)) return prefix + "key/" + std::string(named);
  std::string_view name = named;
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  // The keys that AWS manages for its other services cannot encrypt volumes.
  if (is_alias(name) && (name == kDefaultAlias || !name.starts_with("alias/aws/")))
    return prefix + "key/" + stable_uuid(call.account(), call.region(), name);
  return std::string(named);
}

}  // namespace

Encryption decide_encryption(Call& call, const EncryptionWish& wish, const Encryption& source) {
  const bool wants_key = wish.kms_key_id && !wish.kms_key_id->empty();
  const bool wants_encryption = wish.encrypted.value_or(false);
  if (wants_key && !wants_encryption) throw errors::invalid_parameter_dependency("KmsKeyId", "Encrypted");
  if (!wants_encryption && !source.encrypted) return {};
  const bool keeps_key = source.kms_key_id && can_use_key(call, *source.kms_key_id);
  Encryption outcome{.encrypted = true,
                     .kms_key_id = wants_key   ? key_arn(call, *wish.kms_key_id)
                                   : keeps_key ? *source.kms_key_id
                                               : default_kms_key(call)};
  if (outcome.kms_key_id == source.kms_key_id) outcome.data_encryption_key_id = source.data_encryption_key_id;
  if (!outcome.data_encryption_key_id) outcome.data_encryption_key_id = call.ids().uuid();
  return outcome;
}

std::string default_kms_key(const Call& call) { return key_arn(call, kDefaultAlias); }

bool can_use_key(const Call& call, std::string_view key_arn) {
  const std::string prefix = arn_prefix(call) + "key/";
  return key_arn.starts_with(prefix) && is_key_id(key_arn.substr(prefix.size()));
}

}  // namespace amity::handlers
