#include "handlers/parameters.hpp"

#include "handlers/arn.hpp"
#include "handlers/digest.hpp"
#include "handlers/errors.hpp"
#include "handlers/parameter_errors.hpp"
#include "handlers/registry.hpp"
#include "model/encoding.hpp"
#include "storage/catalogue.hpp"
#include "storage/public_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

constexpr std::string_view kResolve = "resolve:ssm:";
constexpr std::string_view kPublicPrefix = "/aws/service/";

ParameterVersions as_history(const storage::PublicParameter& parameter) {
  ParameterVersions versions;
  for (const auto& published : parameter.versions)
    versions.push_back({.name = parameter.name,
                        .type = ssm::ParameterType::String,
                        .last_modified_date = published.modified,
                        .value = published.value,
                        .version = static_cast<std::int64_t>(versions.size()) + 1,
                        .tier = ssm::ParameterTier::Standard,
                        .data_type = parameter.data_type});
  return versions;
}

bool has_label(const ssm::ParameterHistory& version, std::string_view label) {
  return std::ranges::find(version.labels, label) != version.labels.end();
}

std::string without_account(const Call& call, std::string arn) {
  return arn.erase(arn.find(":" + call.account() + ":") + 1, call.account().size());
}

// The version that a reference means, as an answer shows it.
ssm::Parameter shown_as(Call& call, const ssm::ParameterHistory& version, const ParameterReference& reference,
                        std::optional<bool> with_decryption) {
  auto shown = as_shown(call, version, with_decryption.value_or(false));
  if (!reference.selector.empty()) shown.selector = ":" + reference.selector;
  return shown;
}

ssm::GetParameterResult get_parameter(Call& call, const ssm::GetParameterRequest& request) {
  const auto reference = parse_reference(call, request.name);
  const auto versions = versions_of(call, reference.name);
  if (versions.empty()) throw errors::parameter_not_found(reference.name);
  const auto* version = select_version(versions, reference.selector);
  if (!version) throw errors::parameter_version_not_found(reference.name, reference.selector);
  return {.parameter = shown_as(call, *version, reference, request.with_decryption)};
}

// GetParameters: names that mean nothing are told apart from the rest, not refused.
ssm::GetParametersResult get_parameters(Call& call, const ssm::GetParametersRequest& request) {
  if (std::set<std::string>(request.names.begin(), request.names.end()).size() != request.names.size())
    throw errors::validation("Duplicate names are not allowed in a request.");
  ssm::GetParametersResult result;
  for (const std::string& name : request.names) {
    const auto reference = parse_reference(call, name);
    const auto versions = versions_of(call, reference.name);
    const auto* version = select_version(versions, reference.selector);
    if (version)
      result.parameters.push_back(shown_as(call, *version, reference, request.with_decryption));
    else
      result.invalid_parameters.push_back(name);
  }
  return result;
}

}  // namespace

ParameterReference parse_reference(const Call& call, std::string_view text) {
  std::string name(text);
  bool is_arn = false;
  for (const std::string& owner :
       {arn(call, "ssm", "parameter"), without_account(call, arn(call, "ssm", "parameter"))}) {
    if (!text.starts_with(owner + '/')) continue;
    name = text.substr(owner.size());
    is_arn = true;
  }
  if (!is_arn && text.starts_with("arn:")) return {.name = name, .selector = {}};  // of another account or region
  const auto colon = name.find(':');
  ParameterReference reference{.name = name.substr(0, colon),
                               .selector = colon == std::string::npos ? "" : name.substr(colon + 1)};
  // In an ARN, a name without a hierarchy has a slash that is not its own.
  if (is_arn && reference.name.rfind('/') == 0) reference.name.erase(0, 1);
  return reference;
}

bool is_public_name(std::string_view name) { return name.starts_with(kPublicPrefix); }

ParameterVersions versions_of(Call& call, std::string_view name) {
  if (is_public_name(name)) {
    const auto parameters = call.catalogue().parameters(call.region());
    const auto found = std::ranges::lower_bound(parameters, name, {}, &storage::PublicParameter::name);
    if (found == parameters.end() || found->name != name) return {};
    return as_history(*found);
  }
  auto row = call.table<state::Parameter>().find_by(storage::Query().where("name", name));
  return row ? std::move(row->versions) : ParameterVersions();
}

const ssm::ParameterHistory* select_version(const ParameterVersions& versions, std::string_view selector) {
  if (versions.empty()) return nullptr;
  if (selector.empty()) return &versions.back();
  const auto found = std::ranges::find_if(versions, [&](const ssm::ParameterHistory& version) {
    return std::to_string(*version.version) == selector || has_label(version, selector);
  });
  return found == versions.end() ? nullptr : &*found;
}

std::string parameter_arn(const Call& call, std::string_view name) {
  const std::string own = arn(call, "ssm", fmt::format("parameter{}{}", name.starts_with('/') ? "" : "/", name));
  return is_public_name(name) ? without_account(call, own) : own;
}

// There are no keys to encrypt with: what stands for the ciphertext cannot be turned back.
std::string ciphertext_of(const ssm::ParameterHistory& version) {
  return model::base64_encode(
      digest(DigestAlgorithm::Sha256, version.key_id.value_or("") + '\n' + version.value.value_or("")));
}

ssm::Parameter as_shown(Call& call, const ssm::ParameterHistory& version, bool with_decryption) {
  const bool is_secret = version.type == ssm::ParameterType::SecureString && !with_decryption;
  return {.name = version.name,
          .type = version.type,
          .value = is_secret ? ciphertext_of(version) : version.value,
          .version = version.version,
          .last_modified_date = version.last_modified_date,
          .arn = parameter_arn(call, version.name.value_or("")),
          .data_type = version.data_type};
}

std::string resolve_image_id(Call& call, const std::string& image_id) {
  if (!image_id.starts_with(kResolve)) return image_id;
  const auto reference = parse_reference(call, std::string_view(image_id).substr(kResolve.size()));
  const auto versions = versions_of(call, reference.name);
  const auto* version = select_version(versions, reference.selector);
  if (!version) throw errors::invalid_image_parameter(fmt::format("The parameter {} does not exist.", reference.name));
  if (version->data_type != kImageDataType)
    throw errors::invalid_image_parameter(
        "Unsupported data type. The following parameter data types are supported: aws:ec2:image");
  return version->value.value();
}

std::span<const Operation> parameter_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_parameter>(),
      bind<get_parameters>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
