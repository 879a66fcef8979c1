#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/parameter_errors.hpp"
#include "handlers/parameters.hpp"
#include "handlers/registry.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxLabels = 10;  // of a version
constexpr std::int32_t kMostHistory = 50;

// Letters, digits and ._-, no digit first, and neither "aws" nor "ssm".
bool is_label(std::string_view label) {
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  };
  std::string lower(label);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return !label.empty() && std::ranges::all_of(label, is_good) && !(label[0] >= '0' && label[0] <= '9') &&
         !lower.starts_with("aws") && !lower.starts_with("ssm");
}

state::Parameter own_parameter(Call& call, const std::string& name) {
  auto row = call.table<state::Parameter>().find_by(storage::Query().where("name", name));
  if (!row) throw errors::parameter_not_found(name);
  return *std::move(row);
}

// The version of that number, or the latest.
ssm::ParameterHistory& version_of(state::Parameter& row, const std::optional<std::int64_t>& number) {
  if (!number) return row.versions.back();
  const auto found = std::ranges::find(row.versions, number, &ssm::ParameterHistory::version);
  if (found == row.versions.end()) throw errors::parameter_version_not_found(row.name, std::to_string(*number));
  return *found;
}

// LabelParameterVersion: a label is at one version only, and moves from where it was.
ssm::LabelParameterVersionResult label_parameter_version(Call& call, const ssm::LabelParameterVersionRequest& request) {
  auto row = own_parameter(call, request.name);
  ssm::ParameterHistory& version = version_of(row, request.parameter_version);
  ssm::LabelParameterVersionResult result{.parameter_version = version.version};
  for (const std::string& label : request.labels) {
    if (!is_label(label)) {
      result.invalid_labels.push_back(label);
      continue;
    }
    for (ssm::ParameterHistory& other : row.versions) std::erase(other.labels, label);
    version.labels.push_back(label);
  }
  if (version.labels.size() > kMaxLabels) throw errors::parameter_version_label_limit_exceeded(kMaxLabels);
  call.table<state::Parameter>().update(row);
  return result;
}

ssm::UnlabelParameterVersionResult unlabel_parameter_version(Call& call,
                                                             const ssm::UnlabelParameterVersionRequest& request) {
  auto row = own_parameter(call, request.name);
  ssm::ParameterHistory& version = version_of(row, request.parameter_version);
  ssm::UnlabelParameterVersionResult result;
  for (const std::string& label : request.labels)
    (std::erase(version.labels, label) ? result.removed_labels : result.invalid_labels).push_back(label);
  call.table<state::Parameter>().update(row);
  return result;
}

ssm::GetParameterHistoryResult get_parameter_history(Call& call, const ssm::GetParameterHistoryRequest& request) {
  const auto versions = versions_of(call, request.name);
  if (versions.empty()) throw errors::parameter_not_found(request.name);
  const Page page = page_of(request.max_results.value_or(kMostHistory), request.next_token, {}, false,
                            {.least = 1, .most = kMostHistory});
  ssm::GetParameterHistoryResult result;
  for (const ssm::ParameterHistory& version : versions) {
    if (*version.version <= page.after) continue;
    if (result.parameters.size() == page.limit) {
      result.next_token = page_token(*result.parameters.back().version);
      break;
    }
    auto& shown = result.parameters.emplace_back(version);
    if (version.type == ssm::ParameterType::SecureString && !request.with_decryption.value_or(false))
      shown.value = ciphertext_of(version);
  }
  return result;
}

}  // namespace

std::span<const Operation> parameter_label_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_parameter_history>(),
      bind<label_parameter_version>(),
      bind<unlabel_parameter_version>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
