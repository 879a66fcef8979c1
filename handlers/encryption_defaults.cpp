#include "handlers/encryption.hpp"
#include "handlers/registry.hpp"

namespace amity::handlers {
namespace {

ec2::EnableEbsEncryptionByDefaultResult enable_ebs_encryption_by_default(
    Call& call, const ec2::EnableEbsEncryptionByDefaultRequest&) {
  encrypt_by_default(call, true);
  return {.ebs_encryption_by_default = true};
}

ec2::DisableEbsEncryptionByDefaultResult disable_ebs_encryption_by_default(
    Call& call, const ec2::DisableEbsEncryptionByDefaultRequest&) {
  encrypt_by_default(call, false);
  return {.ebs_encryption_by_default = false};
}

ec2::GetEbsEncryptionByDefaultResult get_ebs_encryption_by_default(Call& call,
                                                                   const ec2::GetEbsEncryptionByDefaultRequest&) {
  const bool is_on = is_encrypted_by_default(call);
  return {.ebs_encryption_by_default = is_on, .sse_type = is_on ? ec2::SSEType::sse_kms : ec2::SSEType::none};
}

// Of the key that AWS manages, EC2 tells the alias here.
ec2::GetEbsDefaultKmsKeyIdResult get_ebs_default_kms_key_id(Call& call, const ec2::GetEbsDefaultKmsKeyIdRequest&) {
  const std::string key = default_kms_key(call);
  return {.kms_key_id = key == managed_kms_key(call) ? std::string(kManagedKeyAlias) : key};
}

// EC2 looks at the key only when it encrypts with it.
ec2::ModifyEbsDefaultKmsKeyIdResult modify_ebs_default_kms_key_id(Call& call,
                                                                  const ec2::ModifyEbsDefaultKmsKeyIdRequest& request) {
  set_default_kms_key(call, request.kms_key_id);
  return {.kms_key_id = default_kms_key(call)};
}

ec2::ResetEbsDefaultKmsKeyIdResult reset_ebs_default_kms_key_id(Call& call,
                                                                const ec2::ResetEbsDefaultKmsKeyIdRequest&) {
  set_default_kms_key(call, {});
  return {.kms_key_id = managed_kms_key(call)};
}

}  // namespace

std::span<const Operation> encryption_default_operations() {
  static constexpr Operation kOperations[] = {
      bind<enable_ebs_encryption_by_default>(), bind<disable_ebs_encryption_by_default>(),
      bind<get_ebs_encryption_by_default>(),    bind<get_ebs_default_kms_key_id>(),
      bind<modify_ebs_default_kms_key_id>(),    bind<reset_ebs_default_kms_key_id>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
