// EBS encryption as EC2 decides it for new volumes and copies ("Amazon EBS encryption", "Use encryption with EBS-backed
// AMIs" in the EC2 user guide). There is no key store behind it: every well-formed key id and alias of the account
// counts as one of its keys. EC2 checks keys only after it has answered: a key that cannot be used makes a snapshot
// copy end in "error" and a new volume vanish.
#pragma once

#include "handlers/call.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

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

// The outcome for data that comes from `source` (an empty volume's is plain): stays as it is unless asked otherwise; an
// encrypted source keeps its key where the caller can use that, else (another account's, another region's) gets the
// caller's default key; never from encrypted to plain. A new KMS key goes with a new data key. Throws
// InvalidParameterDependency for a key without Encrypted.
Encryption decide_encryption(Call& call, const EncryptionWish& wish, const Encryption& source = {});

// "arn:aws:kms:<region>:<account>:key/<uuid>" of the account's alias/aws/ebs; the same for ever.
std::string default_kms_key(const Call& call);

// Whether the ARN is that of a key of the caller in the call's region.
bool can_use_key(const Call& call, std::string_view key_arn);

}  // namespace amity::handlers
