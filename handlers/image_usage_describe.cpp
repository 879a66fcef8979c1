#include "handlers/candidates.hpp"
#include "handlers/image_usage.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"

#include <algorithm>
#include <limits>

namespace amity::handlers {
namespace {

constexpr FilterRule kUsageReportFilters[] = {
    {"creation-time", "CreationTime"},
    {"state", "State"},
};

constexpr FilterRule kUsageEntryFilters[] = {
    {"account-id", "AccountId"},
    {"creation-time", "ReportCreationTime"},
    {"resource-type", "ResourceType"},
};

constexpr PageLimits kUsagePages{.least = 1, .most = std::numeric_limits<std::int32_t>::max()};

// The reports that both describe operations name: by their ids, by their images, by both, or all.
template <class Request>
void visit_reports(Call& call, const Request& request, std::int64_t after, auto visit) {
  check_ids(kImage, request.image_ids);
  const auto reports = call.table<state::ImageUsageReport>();
  find_all_owned(reports, kImageUsageReport, request.report_ids);
  const auto names = [](const std::vector<std::string>& ids, const std::optional<std::string>& id) {
    return ids.empty() || std::ranges::find(ids, *id) != ids.end();
  };
  reports.scan(storage::Query().after(after), [&](std::int64_t row, state::ImageUsageReport& report) {
    if (!names(request.report_ids, report.image_usage_report.report_id) ||
        !names(request.image_ids, report.image_usage_report.image_id))
      return true;
    return visit(row, report);
  });
}

ec2::DescribeImageUsageReportsResult describe_image_usage_reports(
    Call& call, const ec2::DescribeImageUsageReportsRequest& request) {
  Listing<ec2::ImageUsageReport> listing(kUsageReportFilters, request.filters,
                                         page_of(request.max_results, request.next_token, {}, false, kUsagePages));
  visit_reports(call, request, listing.after(), [&](std::int64_t row, const state::ImageUsageReport& report) {
    return listing.offer(row, report.image_usage_report,
                         [&] { return call.tags().of(*report.image_usage_report.report_id); });
  });
  return {.next_token = listing.next_token(), .image_usage_reports = listing.take()};
}

// DescribeImageUsageReportEntries: a report has none before it is available.
ec2::DescribeImageUsageReportEntriesResult describe_image_usage_report_entries(
    Call& call, const ec2::DescribeImageUsageReportEntriesRequest& request) {
  const Page page = page_of(request.max_results, request.next_token, {}, false, kUsagePages);
  Listing<ec2::ImageUsageReportEntry> listing(kUsageEntryFilters, request.filters, page);
  // A report's row and the entry's place in it make an entry's position.
  constexpr std::int64_t kEntriesPerReport = 1 << 20;
  visit_reports(call, request, page.after / kEntriesPerReport - 1,
                [&](std::int64_t row, state::ImageUsageReport& report) {
                  std::int64_t position = row * kEntriesPerReport;
                  for (ec2::ImageUsageReportEntry& entry : report.entries)
                    if (++position > page.after && !listing.offer(position, std::move(entry))) return false;
                  return true;
                });
  return {.next_token = listing.next_token(), .image_usage_report_entries = listing.take()};
}

}  // namespace

std::span<const Operation> image_usage_describe_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_image_usage_report_entries>(),
      bind<describe_image_usage_reports>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
