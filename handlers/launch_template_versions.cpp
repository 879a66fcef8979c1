#include "handlers/arn.hpp"
#include "handlers/errors.hpp"
#include "handlers/launch_template_errors.hpp"
#include "handlers/launch_templates.hpp"
#include "handlers/listing.hpp"
#include "handlers/parameters.hpp"
#include "handlers/registry.hpp"
#include "model/json_overlay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxTemplateVersions = 10000;  // of a template
constexpr std::size_t kMaxDeletedVersions = 200;
constexpr PageLimits kVersionPages{1, 200};

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

std::string row_id(const ec2::LaunchTemplate& launch_template, std::int64_t number) {
  return fmt::format("{}:{}", *launch_template.launch_template_id, number);
}

// Shows the image that the template's parameter names today.
void resolve_alias(Call& call, ec2::LaunchTemplateVersion& version) {
  auto& image_id = version.launch_template_data->image_id;
  if (image_id) image_id = resolve_image_id(call, *image_id);
}

// CreateLaunchTemplateVersion: what the request does not say is taken from the source version.
ec2::CreateLaunchTemplateVersionResult create_launch_template_version(
    Call& call, const ec2::CreateLaunchTemplateVersionRequest& request) {
  auto row = find_launch_template(call, request.launch_template_id, request.launch_template_name);
  check_template_data(request.launch_template_data);
  ec2::ResponseLaunchTemplateData source;
  if (request.source_version)
    source = *version_selected(call, row.launch_template, *request.source_version).launch_template_data;
  auto data = model::overlaid<ec2::ResponseLaunchTemplateData>(source, request.launch_template_data);
  auto version = add_version(call, row, request.version_description, std::move(data));
  auto warning = warning_about(call, *version.launch_template_data);
  if (request.resolve_alias.value_or(false)) resolve_alias(call, version);
  return {.launch_template_version = std::move(version), .warning = std::move(warning)};
}

// DeleteLaunchTemplateVersions succeeds for each version by itself; the default one must stay.
ec2::DeleteLaunchTemplateVersionsResult delete_launch_template_versions(
    Call& call, const ec2::DeleteLaunchTemplateVersionsRequest& request) {
  auto row = find_launch_template(call, request.launch_template_id, request.launch_template_name);
  const ec2::LaunchTemplate& of = row.launch_template;
  if (request.versions.size() > kMaxDeletedVersions)
    throw errors::invalid_parameter_value(
        fmt::format("At most {} versions can be deleted in a call", kMaxDeletedVersions));
  ec2::DeleteLaunchTemplateVersionsResult result;
  const auto refuse = [&](std::int64_t number, const char* code, std::string message) {
    result.unsuccessfully_deleted_launch_template_versions.push_back(
        {.launch_template_id = of.launch_template_id,
         .launch_template_name = of.launch_template_name,
         .version_number = number,
         .response_error = ec2::ResponseError{.code = code, .message = std::move(message)}});
  };
  for (const std::string& text : request.versions) {
    const auto number = number_of(text);
    if (!number) throw errors::invalid_value("LaunchTemplateVersion", text, "Expecting a version number.");
    if (number == of.default_version_number) {
      refuse(*number, ec2::LaunchTemplateErrorCode::unexpectedError,
             "The default version of a launch template cannot be deleted.");
    } else if (!find_version(call, of, *number)) {
      refuse(*number, ec2::LaunchTemplateErrorCode::launchTemplateVersionDoesNotExist,
             errors::launch_template_version_not_found(text, *of.launch_template_id).message());
    } else {
      call.table<state::LaunchTemplateVersion>().remove(row_id(of, *number));
      result.successfully_deleted_launch_template_versions.push_back({.launch_template_id = of.launch_template_id,
                                                                      .launch_template_name = of.launch_template_name,
                                                                      .version_number = number});
    }
  }
  const auto newest = call.table<state::LaunchTemplateVersion>().find_by(
      storage::Query().where("template_id", *of.launch_template_id).newest_first());
  row.launch_template.latest_version_number = newest->launch_template_version.version_number;
  call.table<state::LaunchTemplate>().update(row);
  return result;
}

constexpr FilterRule kVersionFilters[] = {
    {"create-time", "CreateTime"},
    {"ebs-optimized", "LaunchTemplateData.EbsOptimized"},
    {"host-resource-group-arn", "LaunchTemplateData.Placement.HostResourceGroupArn"},
    {"http-endpoint", "LaunchTemplateData.MetadataOptions.HttpEndpoint"},
    {"http-protocol-ipv4", "LaunchTemplateData.MetadataOptions.HttpEndpoint"},  // the endpoint is always IPv4's, too
    {"http-tokens", "LaunchTemplateData.MetadataOptions.HttpTokens"},
    {"iam-instance-profile", "LaunchTemplateData.IamInstanceProfile.Arn"},
    {"image-id", "LaunchTemplateData.ImageId"},
    {"instance-type", "LaunchTemplateData.InstanceType"},
    {"is-default-version", "DefaultVersion"},
    {"kernel-id", "LaunchTemplateData.KernelId"},
    {"license-configuration-arn", "LaunchTemplateData.LicenseSpecifications.LicenseConfigurationArn"},
    {"network-card-index", "LaunchTemplateData.NetworkInterfaces.NetworkCardIndex"},
    {"ram-disk-id", "LaunchTemplateData.RamDiskId"},
};

// A version at its place in the list: the younger, the further up.
struct Candidate {
  std::int64_t position = 0;
  ec2::LaunchTemplateVersion version;
};

// Which versions of one template a request is about.
class VersionRange {
 public:
  VersionRange(Call& call, const ec2::LaunchTemplate& of, const ec2::DescribeLaunchTemplateVersionsRequest& request)
      : least_(bound(request.min_version, "MinVersion", 1)),
        most_(bound(request.max_version, "MaxVersion", std::numeric_limits<std::int64_t>::max())) {
    for (const std::string& selector : request.versions)
      named_.insert(*version_selected(call, of, selector).version_number);
  }

  bool contains(std::int64_t number) const {
    return number >= least_ && number <= most_ && (named_.empty() || named_.contains(number));
  }

 private:
  static std::int64_t bound(const std::optional<std::string>& text, std::string_view parameter,
                            std::int64_t otherwise) {
    if (!text) return otherwise;
    const auto number = number_of(*text);
    if (!number) throw errors::invalid_value(parameter, *text, "Expecting a version number.");
    return *number;
  }

  std::int64_t least_;
  std::int64_t most_;
  std::set<std::int64_t> named_;
};

std::vector<Candidate> versions_of_one(Call& call, const ec2::DescribeLaunchTemplateVersionsRequest& request) {
  const auto of = find_launch_template(call, request.launch_template_id, request.launch_template_name).launch_template;
  const VersionRange range(call, of, request);
  std::vector<Candidate> candidates;
  call.table<state::LaunchTemplateVersion>().scan(
      storage::Query().where("template_id", *of.launch_template_id).newest_first(),
      [&](std::int64_t row, const state::LaunchTemplateVersion& found) {
        if (range.contains(*found.launch_template_version.version_number))
          candidates.push_back({std::numeric_limits<std::int64_t>::max() - row, found.launch_template_version});
        return true;
      });
  for (Candidate& candidate : candidates)
    candidate.version.default_version = candidate.version.version_number == of.default_version_number;
  return candidates;
}

// Without a template: the latest or the default version, or both, of every template.
std::vector<Candidate> versions_of_all(Call& call, const ec2::DescribeLaunchTemplateVersionsRequest& request) {
  const auto names = [&](std::string_view word) {
    return std::ranges::find(request.versions, word) != request.versions.end();
  };
  const bool are_words = std::ranges::all_of(request.versions, [](const std::string& version) {
    return version == kLatestVersion || version == kDefaultVersion;
  });
  if (request.versions.empty()) throw errors::missing_launch_template_versions();
  if (!are_words || request.min_version || request.max_version) throw errors::invalid_launch_template_versions();
  std::vector<Candidate> candidates;
  call.table<state::LaunchTemplate>().scan({}, [&](std::int64_t row, const state::LaunchTemplate& found) {
    const ec2::LaunchTemplate& of = found.launch_template;
    std::set<std::int64_t> numbers;
    if (names(kDefaultVersion)) numbers.insert(*of.default_version_number);
    if (names(kLatestVersion)) numbers.insert(*of.latest_version_number);
    for (const std::int64_t number : numbers) {
      const bool is_default = number == of.default_version_number;
      // Two places for each template.
      candidates.push_back({2 * row + (is_default ? 0 : 1), *find_version(call, of, number)});
      candidates.back().version.default_version = is_default;
    }
    return true;
  });
  std::ranges::sort(candidates, {}, &Candidate::position);
  return candidates;
}

// Ignored: IncludeManagedResources, because no AWS service makes templates of its own here.
ec2::DescribeLaunchTemplateVersionsResult describe_launch_template_versions(
    Call& call, const ec2::DescribeLaunchTemplateVersionsRequest& request) {
  const bool names_one = request.launch_template_id || request.launch_template_name;
  Listing<ec2::LaunchTemplateVersion> listing(
      kVersionFilters, request.filters, page_of(request.max_results, request.next_token, {}, false, kVersionPages));
  for (Candidate& candidate : names_one ? versions_of_one(call, request) : versions_of_all(call, request)) {
    if (candidate.position <= listing.after()) continue;
    if (request.resolve_alias.value_or(false)) resolve_alias(call, candidate.version);
    if (!listing.offer(candidate.position, std::move(candidate.version))) break;
  }
  return {.launch_template_versions = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::optional<std::int64_t> version_number(const ec2::LaunchTemplate& launch_template, std::string_view selector) {
  if (selector == kLatestVersion) return launch_template.latest_version_number;
  if (selector == kDefaultVersion) return launch_template.default_version_number;
  return number_of(selector);
}

std::optional<ec2::LaunchTemplateVersion> find_version(Call& call, const ec2::LaunchTemplate& launch_template,
                                                       std::int64_t number) {
  auto row = call.table<state::LaunchTemplateVersion>().find(row_id(launch_template, number));
  if (!row) return std::nullopt;
  return std::move(row->launch_template_version);
}

ec2::LaunchTemplateVersion version_selected(Call& call, const ec2::LaunchTemplate& launch_template,
                                            std::string_view selector) {
  const auto number = version_number(launch_template, selector);
  auto version = number ? find_version(call, launch_template, *number) : std::nullopt;
  if (!version) throw errors::launch_template_version_not_found(selector, *launch_template.launch_template_id);
  return *std::move(version);
}

ec2::LaunchTemplateVersion add_version(Call& call, state::LaunchTemplate& launch_template,
                                       const std::optional<std::string>& description,
                                       ec2::ResponseLaunchTemplateData data) {
  ec2::LaunchTemplate& of = launch_template.launch_template;
  auto versions = call.table<state::LaunchTemplateVersion>();
  if (versions.count(storage::Query().where("template_id", *of.launch_template_id)) >= kMaxTemplateVersions)
    throw errors::launch_template_version_limit_exceeded(kMaxTemplateVersions);
  // Numbers of deleted versions do not come again.
  const std::int64_t number = launch_template.last_version_number.value_or(0) + 1;
  ec2::LaunchTemplateVersion version{.launch_template_id = of.launch_template_id,
                                     .launch_template_name = of.launch_template_name,
                                     .version_number = number,
                                     .version_description = description,
                                     .create_time = call.now(),
                                     .created_by = root_arn(call),
                                     .launch_template_data = std::move(data),
                                     .operator_value = ec2::OperatorResponse{.managed = false}};
  versions.insert({.launch_template_version = version});
  launch_template.last_version_number = number;
  of.latest_version_number = number;
  call.table<state::LaunchTemplate>().update(launch_template);
  version.default_version = number == of.default_version_number;
  return version;
}

std::span<const Operation> launch_template_version_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_launch_template_version>(),
      bind<delete_launch_template_versions>(),
      bind<describe_launch_template_versions>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
