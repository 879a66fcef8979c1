// EBS encryption as EC2 decides it for new volumes and copies ("Amazon EBS encryption", "Use encryption with EBS-backed
// AMIs" in the EC2 user guide). There is no key store behind it: every well-formed key id and alias of an account
// counts as one of its keys, and a setting "kms-grant/<key ARN>" of an account, in the key's region, lets it use a key
// of another one. EC2 checks keys only after it has answered: a key that cannot be used makes a snapshot copy end in
// "error" and a new volume vanish.
#pragma once

#include "handlers/call.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

// The key that AWS manages for EBS in every account and region.
inline constexpr std::string_view kManagedKeyAlias = "alias/aws/ebs";

struct Encryption {
  bool encrypted = false;
  std::optional<std::string> kms_key_id{};              // ARN, when encrypted
  std::optional<std::string> data_encryption_key_id{};  // of the key that the KMS key protects: tells lineages apart
};

// What a request asks for.
struct EncryptionWish {
  std::optional<bool> encrypted{};
  std::optional<std::string> kms_key_id{};  // id, alias, or ARN of either
};

// The outcome for data that comes from `source` (an empty volume's is plain): stays as it is unless asked otherwise,
// or the account encrypts by default; an encrypted source keeps its key where that is the caller's and of the region,
// else gets the caller's default key; never from encrypted to plain. A new KMS key goes with a new data key. Throws
// InvalidParameterDependency for a key without encryption.
Encryption decide_encryption(Call& call, const EncryptionWish& wish, const Encryption& source = {});

// "arn:aws:kms:<region>:<account>:key/<uuid>" of the account's alias/aws/ebs; the same for ever. Nothing that is
// encrypted with it can be shared.
std::string managed_kms_key(const Call& call);
// The key that encrypts what is encrypted without naming a key: the managed one, unless the account chose another.
std::string default_kms_key(Call& call);
// By id, alias or ARN; empty for the managed one.
void set_default_kms_key(Call& call, std::string_view named);

bool is_encrypted_by_default(Call& call);
void encrypt_by_default(Call& call, bool on);

// Whether the caller can encrypt with the key in the call's region.
bool can_use_key(Call& call, std::string_view key_arn);
// Whether the caller can decrypt with the key, which may be of another region.
bool can_decrypt_with(Call& call, std::string_view key_arn);

}  // namespace amity::handlers
