// EBS encryption as EC2 decides it for new volumes and copies ("Amazon EBS encryption", "Use encryption with EBS-backed
// AMIs" in the EC2 user guide). Keys are known by id, alias or ARN; the account's default is alias/aws/ebs.
#pragma once

#include "handlers/call.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace amity::handlers {

struct Encryption {
  bool encrypted = false;
  std::optional<std::string> kms_key_id;  // ARN, when encrypted
};

// What a request asks for.
struct EncryptionWish {
  std::optional<bool> encrypted;
  std::optional<std::string> kms_key_id;
};

// The outcome for data that comes from `source` (none: an empty volume) owned by `source_owner`: stays as it is unless
// asked otherwise; an own encrypted source keeps its key, a foreign one gets the caller's default key; never from
// encrypted to plain. Throws InvalidParameterDependency for a key without Encrypted, InvalidParameterValue for a
// malformed key.
Encryption decide_encryption(Call& call, const EncryptionWish& wish, const std::optional<Encryption>& source,
                             std::string_view source_owner);

// "arn:aws:kms:<region>:<account>:key/<uuid>" of the account's alias/aws/ebs; the same for ever.
std::string default_kms_key(const Call& call);

}  // namespace amity::handlers
