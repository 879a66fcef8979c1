#include "model/json.hpp"
#include "storage/check_rules.hpp"
#include "storage/database.hpp"
#include "storage/ebs_tables.hpp"
#include "storage/image_task_tables.hpp"
#include "storage/image_usage_tables.hpp"
#include "storage/instances_tables.hpp"
#include "storage/launch_template_tables.hpp"
#include "storage/network_tables.hpp"
#include "storage/parameter_tables.hpp"
#include "storage/recycle_bin_tables.hpp"
#include "storage/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace amity::storage {
namespace {

// A side table, read once from its beginning to its end while the rows that it belongs to go by.
class LinkReader {
 public:
  LinkReader(Database& database, const LinkSpec& link)
      : link_(link),
        rows_(database.prepare(fmt::format("SELECT owner, value FROM {} ORDER BY owner, value", link.table))),
        more_(rows_.step()) {}

  const LinkSpec& link() const { return link_; }

  // Those of a row, which comes behind all that were asked for before.
  std::vector<std::string> values_of(std::int64_t row) {
    std::vector<std::string> values;
    for (; more_ && rows_.integer(0) <= row; more_ = rows_.step())
      if (rows_.integer(0) == row) values.emplace_back(rows_.text(1));
    return values;
  }

 private:
  const LinkSpec& link_;
  Statement rows_;
  bool more_;
};

class TableReader {
 public:
  TableReader(Database& database, const TableSpec& spec, Findings& findings) : spec_(spec), findings_(findings) {
    for (const LinkSpec& link : spec.links) links_.emplace_back(database, link);
  }

  void check(Statement& row, void* document) {
    where_ = fmt::format("{} {} {}", row.text(2), row.text(3), spec_.name);
    if (const auto error = model::read_json(row.text(4), spec_.shape, document))
      return found("every document can be read", fmt::format("{} {}", error->field, error->message));
    if (spec_.id(document) != row.text(3)) return found("a row's id is its document's", spec_.id(document));
    int column = 5;
    for (const ColumnSpec& wanted : spec_.columns) check_column(row, column++, wanted.value(document), wanted.name);
    for (LinkReader& link : links_) check_link(link, row.integer(0), link.link().values(document));
  }

 private:
  void check_column(const Statement& row, int column, const std::optional<std::string>& wanted, std::string_view name) {
    const bool is_same = wanted ? !row.is_null(column) && row.text(column) == *wanted : row.is_null(column);
    if (!is_same)
      found("a row's columns say what its document says",
            fmt::format("{} is '{}', not '{}'", name, row.text(column), wanted.value_or("")));
  }

  void check_link(LinkReader& link, std::int64_t row, std::vector<std::string> wanted) {
    std::ranges::sort(wanted);
    wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());
    if (link.values_of(row) != wanted)
      found("a row's side tables say what its document says", std::string(link.link().table));
  }

  void found(std::string_view rule, std::string_view detail) {
    findings_.push_back({.rule = std::string(rule), .what = fmt::format("{}: {}", where_, detail)});
  }

  const TableSpec& spec_;
  Findings& findings_;
  std::vector<LinkReader> links_;
  std::string where_;
};

template <class T>
void check_table(Database& database, Findings& findings) {
  const TableSpec& spec = table_of<T>();
  std::string columns;
  for (const ColumnSpec& column : spec.columns) columns += fmt::format(", {}", column.name);
  auto rows = database.prepare(
      fmt::format("SELECT row, account, region, id, document{} FROM {} ORDER BY row", columns, spec.name));
  TableReader reader(database, spec, findings);
  while (rows.step()) {
    T document;
    reader.check(rows, &document);
  }
}

template <class... T>
void check_tables(Database& database, Findings& findings) {
  (check_table<T>(database, findings), ...);
}

}  // namespace

void check_documents(Database& database, Findings& findings) {
  // All of all_tables(), as a test makes sure.
  check_tables<state::Image, state::DeregisteredImage, state::Snapshot, state::Volume, state::Instance, state::KeyPair,
               state::SecurityGroup, state::SecurityGroupRule, state::NetworkInterface, state::Vpc, state::Subnet,
               state::InternetGateway, state::RouteTable, state::NetworkAcl, state::DhcpOptions, state::Address,
               state::NatGateway, state::FastSnapshotRestore, state::ReplaceRootVolumeTask, state::ImageUsageReport,
               state::StoreImageTask, state::StoredImage, state::FastLaunchImage, state::RecycledResource,
               state::RetentionRule, state::PlacementGroup, state::SpotInstanceRequest, state::LaunchTemplateVersion,
               state::LaunchTemplate, state::Parameter, state::ImportImageTask, state::ImportSnapshotTask,
               state::ExportImageTask>(database, findings);
}

}  // namespace amity::storage
