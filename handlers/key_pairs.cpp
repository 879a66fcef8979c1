#include "handlers/key_pairs.hpp"

#include "handlers/errors.hpp"
#include "handlers/key_material.hpp"
#include "handlers/key_pair_errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/tagging.hpp"
#include "model/encoding.hpp"

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxNameLength = 255;
constexpr std::size_t kMaxKeyPairs = 5000;  // in a region

std::optional<state::KeyPair> find_by_name(Call& call, std::string_view name) {
  return call.key_pairs().find_by(storage::Query().where("name", name));
}

// The user guide: up to 255 ASCII characters, no spaces at either end.
void check_name(const std::string& name) {
  if (name.empty()) throw errors::missing_parameter("KeyName");
  if (name.size() > kMaxNameLength) throw errors::invalid_value("KeyName", name, "Length exceeds maximum of 255.");
  if (std::ranges::any_of(name, [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; }))
    throw errors::invalid_value("KeyName", name, "Character sets beyond ASCII are not supported.");
  if (name.front() == ' ' || name.back() == ' ')
    throw errors::invalid_value("KeyName", name, "Leading and trailing spaces are not supported.");
}

// What creating and importing have in common: the row, and its tags.
ec2::KeyPairInfo insert_key_pair(Call& call, const std::string& name, const char* type, const std::string& public_key,
                                 const std::string& fingerprint, std::vector<ec2::Tag> tags) {
  ec2::KeyPairInfo info{.key_pair_id = call.ids().make(kKeyPair.prefix),
                        .key_type = type,
                        // EC2 replaces the comment of an imported key by the pair's name.
                        .public_key = public_key + " " + name,
                        .create_time = std::chrono::floor<std::chrono::seconds>(call.now()),
                        .key_name = name,
                        .key_fingerprint = fingerprint};
  call.key_pairs().insert({.key_pair = info});
  set_tags(call, *info.key_pair_id, kKeyPair.type, tags);
  info.tags = std::move(tags);
  return info;
}

// Checks, in EC2's order, what both ways to a new key pair ask for.
std::vector<ec2::Tag> check_new_key_pair(Call& call, const std::string& name,
                                         const std::vector<ec2::TagSpecification>& specifications) {
  check_name(name);
  auto tags = tags_for(specifications, kKeyPair.type, {kKeyPair.type});
  if (find_by_name(call, name)) throw errors::key_pair_duplicate(name);
  if (call.key_pairs().count() >= kMaxKeyPairs) throw errors::key_pair_limit_exceeded(kMaxKeyPairs);
  return tags;
}

// CreateKeyPair: the only answer that ever holds the private key.
ec2::KeyPair create_key_pair(Call& call, const ec2::CreateKeyPairRequest& request) {
  auto tags = check_new_key_pair(call, request.key_name, request.tag_specifications);
  const bool is_rsa = request.key_type.value_or(ec2::KeyType::rsa) == ec2::KeyType::rsa;
  const bool is_pem = request.key_format.value_or(ec2::KeyFormat::pem) == ec2::KeyFormat::pem;
  const auto made = generate_key_pair(is_rsa ? KeyType::Rsa : KeyType::Ed25519,
                                      is_pem ? KeyFormat::Pem : KeyFormat::Ppk, request.key_name);
  auto info = insert_key_pair(call, request.key_name, is_rsa ? ec2::KeyType::rsa : ec2::KeyType::ed25519,
                              made.public_key, made.fingerprint, std::move(tags));
  return {.key_pair_id = info.key_pair_id,
          .tags = std::move(info.tags),
          .key_name = info.key_name,
          .key_fingerprint = info.key_fingerprint,
          .key_material = made.private_key_material};
}

bool claims_to_be_der(std::string_view material) {
  constexpr char kSequence = 0x30;
  if (material.starts_with("-----BEGIN")) return true;
  const auto decoded = model::base64_decode(material);
  return (decoded ? std::string_view(*decoded) : material).starts_with(kSequence);
}

// ImportKeyPair: only the public half is ever known.
ec2::ImportKeyPairResult import_key_pair(Call& call, const ec2::ImportKeyPairRequest& request) {
  auto tags = check_new_key_pair(call, request.key_name, request.tag_specifications);
  const auto key = parse_public_key(request.public_key_material);
  if (!key)
    throw claims_to_be_der(request.public_key_material) ? errors::invalid_der_key() : errors::invalid_openssh_key();
  auto info =
      insert_key_pair(call, request.key_name, key->type == KeyType::Rsa ? ec2::KeyType::rsa : ec2::KeyType::ed25519,
                      key->public_key, key->fingerprint, std::move(tags));
  return {.key_fingerprint = info.key_fingerprint,
          .key_name = info.key_name,
          .key_pair_id = info.key_pair_id,
          .tags = std::move(info.tags)};
}

constexpr FilterRule kKeyPairFilters[] = {
    {"fingerprint", "KeyFingerprint"},
    {"key-name", "KeyName"},
    {"key-pair-id", "KeyPairId"},
};

// Those that the request names, by name or by id; all when it names none. One that is unknown fails the call.
std::vector<state::KeyPair> named_key_pairs(Call& call, const ec2::DescribeKeyPairsRequest& request) {
  if (request.key_names.empty() && request.key_pair_ids.empty()) return call.key_pairs().all();
  std::vector<state::KeyPair> found;
  std::vector<std::string> missing;
  for (const std::string& name : request.key_names) {
    if (auto pair = find_by_name(call, name))
      found.push_back(*std::move(pair));
    else
      missing.push_back(name);
  }
  if (!missing.empty()) throw errors::key_pairs_not_found(missing);
  std::ranges::move(find_all_owned(call.key_pairs(), kKeyPair, request.key_pair_ids), std::back_inserter(found));
  std::set<std::string> seen;
  std::erase_if(found, [&](const state::KeyPair& pair) { return !seen.insert(*pair.key_pair.key_pair_id).second; });
  return found;
}

ec2::DescribeKeyPairsResult describe_key_pairs(Call& call, const ec2::DescribeKeyPairsRequest& request) {
  Listing<ec2::KeyPairInfo> listing(kKeyPairFilters, request.filters);
  for (state::KeyPair& pair : named_key_pairs(call, request)) {
    if (!request.include_public_key.value_or(false)) pair.key_pair.public_key.reset();
    listing.offer(0, pair.key_pair, [&] { return call.tags().of(*pair.key_pair.key_pair_id); });
  }
  return {.key_pairs = listing.take()};
}

// DeleteKeyPair: a pair that does not exist is as good as deleted. An id says more than a name given beside it.
ec2::DeleteKeyPairResult delete_key_pair(Call& call, const ec2::DeleteKeyPairRequest& request) {
  if (!request.key_name && !request.key_pair_id) throw errors::missing_parameter("KeyName/KeyPairId");
  const auto pair =
      request.key_pair_id ? call.key_pairs().find(*request.key_pair_id) : find_by_name(call, *request.key_name);
  if (!pair) return {.return_value = true};
  const std::string& id = *pair->key_pair.key_pair_id;
  call.key_pairs().remove(id);
  call.tags().remove_all(id);
  return {.return_value = true, .key_pair_id = id};
}

}  // namespace

state::KeyPair find_key_pair(Call& call, std::string_view key_name) {
  auto pair = find_by_name(call, key_name);
  if (!pair) throw errors::key_pairs_not_found({std::string(key_name)});
  return *std::move(pair);
}

std::span<const Operation> key_pair_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_key_pair>(),
      bind<delete_key_pair>(),
      bind<describe_key_pairs>(),
      bind<import_key_pair>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
