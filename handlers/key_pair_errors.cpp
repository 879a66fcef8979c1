#include "handlers/key_pair_errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError key_pairs_not_found(const std::vector<std::string>& names) {
  return {"InvalidKeyPair.NotFound", names.size() == 1
                                         ? fmt::format("The key pair '{}' does not exist", names.front())
                                         : fmt::format("The key pairs '{}' do not exist", fmt::join(names, ", "))};
}
ApiError key_pair_duplicate(std::string_view name) {
  return {"InvalidKeyPair.Duplicate", fmt::format("The keypair '{}' already exists.", name)};
}
ApiError key_pair_limit_exceeded(std::size_t limit) {
  return {"KeyPairLimitExceeded", fmt::format("Maximum of {} keypairs reached.", limit)};
}
ApiError invalid_openssh_key() { return {"InvalidKey.Format", "Key is not in valid OpenSSH public key format"}; }
ApiError invalid_der_key() { return {"InvalidKeyPair.Format", "Invalid DER encoded key material"}; }

}  // namespace amity::handlers::errors
