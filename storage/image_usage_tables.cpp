#include "storage/image_usage_tables.hpp"

namespace amity::storage {
namespace {

using Text = std::optional<std::string>;

std::string report_id(const state::ImageUsageReport& report) {
  return report.image_usage_report.report_id.value_or("");
}
Text report_image(const state::ImageUsageReport& report) { return report.image_usage_report.image_id; }
Text report_state(const state::ImageUsageReport& report) { return report.image_usage_report.state; }
constexpr ColumnSpec kImageUsageColumns[] = {{"image_id", over<state::ImageUsageReport, report_image>},
                                             {"state", over<state::ImageUsageReport, report_state>}};

}  // namespace

template <>
const TableSpec& table_of<state::ImageUsageReport>() {
  static const TableSpec spec{.name = "image_usage_report",
                              .shape = state::ImageUsageReport::shape,
                              .id = over<state::ImageUsageReport, report_id>,
                              .columns = kImageUsageColumns,
                              .links = {}};
  return spec;
}

}  // namespace amity::storage
