#include "handlers/listing.hpp"
#include "handlers/parameter_errors.hpp"
#include "handlers/parameter_filters.hpp"
#include "handlers/parameters.hpp"
#include "handlers/registry.hpp"
#include "model/json_overlay.hpp"
#include "storage/catalogue.hpp"
#include "storage/public_parameters.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::int32_t kMostByPath = 10;
constexpr std::int32_t kMostDescribed = 50;
constexpr std::string_view kPublicRoot = "/aws/service";

// One page of `Item`s; the same as Listing does for EC2's filters.
template <class Item>
class Collected {
 public:
  explicit Collected(Page page) : page_(page) {}

  // Whether to go on.
  bool add(std::int64_t position, Item item) {
    if (items.size() == page_.limit) {
      next_token = page_token(last_);
      return false;
    }
    last_ = position;
    items.push_back(std::move(item));
    return true;
  }

  std::vector<Item> items;
  std::optional<std::string> next_token;

 private:
  Page page_;
  std::int64_t last_ = 0;
};

// The version that fits: the latest or, when labels are asked for, the youngest that bears one.
const ssm::ParameterHistory* fitting_version(const ParameterVersions& versions, const ParameterFilters& filters,
                                             const std::vector<ssm::Tag>& tags) {
  const std::size_t most = filters.are_about_labels() ? versions.size() : 1;
  for (std::size_t i = 0; i < most && i < versions.size(); ++i)
    if (const auto& version = versions[versions.size() - 1 - i]; filters.match(version, tags)) return &version;
  return nullptr;
}

// Visits what lies under the path, the caller's own or public, until `visit(position, versions)` answers false.
template <class Visit>
void scan_path(Call& call, const ssm::GetParametersByPathRequest& request, std::int64_t after, Visit visit) {
  const bool recursive = request.recursive.value_or(false);
  if (request.path == kPublicRoot || is_public_name(request.path)) {
    const auto parameters = call.catalogue().parameters(call.region());
    for (auto i = static_cast<std::size_t>(after); i < parameters.size(); ++i)
      if (is_under_path(parameters[i].name, request.path, recursive) &&
          !visit(static_cast<std::int64_t>(i) + 1, versions_of(call, parameters[i].name)))
        return;
    return;
  }
  call.table<state::Parameter>().scan(
      storage::Query().after(after), [&](std::int64_t row, const state::Parameter& found) {
        return !is_under_path(found.name, request.path, recursive) || visit(row, found.versions);
      });
}

ssm::GetParametersByPathResult get_parameters_by_path(Call& call, const ssm::GetParametersByPathRequest& request) {
  if (!request.path.starts_with('/'))
    throw errors::validation(
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
        "with a forward slash \"/\".");
  const ParameterFilters filters(request.parameter_filters, ParameterFilters::For::GetParametersByPath);
  const Page page = page_of(request.max_results.value_or(kMostByPath), request.next_token, {}, false,
                            {.least = 1, .most = kMostByPath});
  Collected<ssm::Parameter> found(page);
  scan_path(call, request, page.after, [&](std::int64_t position, const ParameterVersions& versions) {
    const auto* version = fitting_version(versions, filters, {});
    return !version || found.add(position, as_shown(call, *version, request.with_decryption.value_or(false)));
  });
  return {.parameters = std::move(found.items), .next_token = std::move(found.next_token)};
}

// The older form of filters says the same with fewer words.
std::vector<ssm::ParameterStringFilter> filters_of(const ssm::DescribeParametersRequest& request) {
  if (request.filters.empty()) return request.parameter_filters;
  if (!request.parameter_filters.empty())
    throw errors::validation("You can use either Filters or ParameterFilters in a single request.");
  std::vector<ssm::ParameterStringFilter> filters;
  for (const ssm::ParametersFilter& filter : request.filters)
    filters.push_back({.key = filter.key, .values = filter.values});
  return filters;
}

// DescribeParameters: the caller's own. Nobody shares parameters here.
ssm::DescribeParametersResult describe_parameters(Call& call, const ssm::DescribeParametersRequest& request) {
  const ParameterFilters filters(filters_of(request), ParameterFilters::For::DescribeParameters);
  const Page page = page_of(request.max_results.value_or(kMostDescribed), request.next_token, {}, false,
                            {.least = 1, .most = kMostDescribed});
  if (request.shared.value_or(false)) return {};
  Collected<ssm::ParameterMetadata> found(page);
  call.table<state::Parameter>().scan(storage::Query().after(page.after),
                                      [&](std::int64_t row, const state::Parameter& parameter) {
                                        const ssm::ParameterHistory& version = parameter.versions.back();
                                        if (!filters.match(version, parameter.tags)) return true;
                                        auto shown = model::converted<ssm::ParameterMetadata>(version);
                                        shown.arn = parameter_arn(call, parameter.name);
                                        return found.add(row, std::move(shown));
                                      });
  return {.parameters = std::move(found.items), .next_token = std::move(found.next_token)};
}

}  // namespace

std::span<const Operation> parameter_list_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_parameters>(),
      bind<get_parameters_by_path>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
