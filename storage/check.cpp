#include "storage/check.hpp"

#include "storage/catalogue.hpp"
#include "storage/check_rules.hpp"
#include "storage/database.hpp"
#include "storage/tables.hpp"

#include <fmt/format.h>

namespace amity::storage {
namespace {

bool is_listed(const Catalogue& catalogue, std::string_view region, std::string_view id) {
  return catalogue.region(region) && (catalogue.snapshot(region, id) || catalogue.image(region, id));
}

void apply(const CheckRule& rule, Database& database, const Catalogue& catalogue, Findings& findings) {
  auto rows = database.prepare(rule.broken_where);
  while (rows.step())
    if (!rule.may_be_listed || !is_listed(catalogue, rows.text(1), rows.text(2)))
      findings.push_back({.rule = std::string(rule.says), .what = std::string(rows.text(0))});
}

// The pages of the file, and what the schema itself promises: types and uniqueness.
constexpr CheckRule kSound{"the file is not damaged",
                           "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'"};
constexpr CheckRule kForeignKeys{"every row that another names is there",
                                 "SELECT 'a row of ' || \"table\" || ' names none of ' || parent "
                                 "FROM pragma_foreign_key_check"};

// Nothing is known under the id any more; deregistered images and the Recycle Bin are.
std::string no_resource_has(std::string_view region, std::string_view id) {
  std::string sql;
  for (const TableSpec* table : all_tables())
    sql += fmt::format("{}NOT EXISTS (SELECT 1 FROM {} WHERE region = {} AND id = {})", sql.empty() ? "" : " AND ",
                       table->name, region, id);
  return sql;
}

void check_references_by_id(Database& database, const Catalogue& catalogue, Findings& findings) {
  const std::string of_tags =
      fmt::format("SELECT DISTINCT region || ' ' || resource_id, region, resource_id FROM tag t WHERE {}",
                  no_resource_has("t.region", "t.resource_id"));
  const std::string of_agenda = fmt::format(
      "SELECT region || ' ' || resource_id || ' ' || transition, region, resource_id FROM agenda a WHERE {}",
      no_resource_has("a.region", "a.resource_id"));
  apply({"every tag is of a resource that is there", of_tags, true}, database, catalogue, findings);
  apply({"everything on the agenda is to happen to something that is there", of_agenda, true}, database, catalogue,
        findings);
}

}  // namespace

Findings check(Database& database, const Catalogue& catalogue) {
  Findings findings;
  try {
    apply(kSound, database, catalogue, findings);
    if (!findings.empty()) return findings;
    check_documents(database, findings);
    if (!findings.empty()) return findings;  // the rules below lean on the documents
    apply(kForeignKeys, database, catalogue, findings);
    for (const auto rules : {attachment_rules(), image_rules(), network_rules(), meter_rules(), block_rules()})
      for (const CheckRule& rule : rules) apply(rule, database, catalogue, findings);
    check_references_by_id(database, catalogue, findings);
    if (findings.empty()) check_written_blocks(database, findings);  // which would not end in a circle of layers
  } catch (const Error& error) {
    findings.push_back({.rule = "the file can be read", .what = error.what()});
  }
  return findings;
}

}  // namespace amity::storage
