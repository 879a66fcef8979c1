#include "handlers/cost_facts.hpp"

#include <fmt/format.h>

#include <utility>

namespace amity::handlers {
namespace {

using Text = std::optional<std::string>;

Text present(std::string_view text) { return text.empty() ? std::nullopt : Text(text); }

bool is_instance(const UsageLine& line) { return !line.product.instance_type.empty(); }

struct Dimension {
  std::string_view key;
  Text (*value)(const UsageLine& line);
};
constexpr Dimension kDimensions[] = {
    {"AZ", [](const UsageLine& line) { return present(line.meter.zone); }},
    {"BILLING_ENTITY", [](const UsageLine&) { return present("AWS"); }},
    {"INSTANCE_TYPE", [](const UsageLine& line) { return present(line.product.instance_type); }},
    {"INSTANCE_TYPE_FAMILY",
     [](const UsageLine& line) {
       return present(line.product.instance_type.substr(0, line.product.instance_type.find('.')));
     }},
    {"INVOICING_ENTITY", [](const UsageLine&) { return present("Amazon Web Services, Inc."); }},
    {"LEGAL_ENTITY_NAME", [](const UsageLine&) { return present("Amazon Web Services, Inc."); }},
    {"LINKED_ACCOUNT", [](const UsageLine& line) { return present(line.scope.account); }},
    {"LINKED_ACCOUNT_NAME", [](const UsageLine& line) { return present(line.scope.account); }},
    {"OPERATING_SYSTEM", [](const UsageLine& line) { return present(line.product.operating_system); }},
    {"OPERATION", [](const UsageLine& line) { return present(line.meter.operation); }},
    {"PAYER_ACCOUNT", [](const UsageLine& line) { return present(line.scope.account); }},
    {"PLATFORM", [](const UsageLine& line) { return present(line.product.platform); }},
    {"PURCHASE_TYPE",
     [](const UsageLine& line) { return is_instance(line) ? present("On Demand Instances") : std::nullopt; }},
    {"RECORD_TYPE", [](const UsageLine&) { return present("Usage"); }},
    {"REGION", [](const UsageLine& line) { return present(line.scope.region); }},
    {"SERVICE", [](const UsageLine& line) { return present(line.product.service); }},
    {"SERVICE_CODE", [](const UsageLine& line) { return present(line.product.product_code); }},
    {"TENANCY", [](const UsageLine& line) { return present(line.product.tenancy); }},
    {"USAGE_TYPE", [](const UsageLine& line) { return present(line.usage_type); }},
    {"USAGE_TYPE_GROUP", [](const UsageLine& line) { return present(line.product.group); }},
};

// "INSTANCE_TYPE" -> "InstanceType"; AZ stays.
std::string camel_case(std::string_view key) {
  if (key == "AZ") return "AZ";
  std::string name;
  bool at_start = true;
  for (const char c : key) {
    if (c != '_') name += at_start || c < 'A' || c > 'Z' ? c : static_cast<char>(c - 'A' + 'a');
    at_start = c == '_';
  }
  return name;
}

}  // namespace

std::string reported_id(const storage::Scope& scope, std::string_view id) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {"snap-", "snapshot"}, {"eni-", "network-interface"}, {"eipalloc-", "elastic-ip"}};
  for (const auto& [prefix, type] : kTypes)
    if (id.starts_with(prefix)) return fmt::format("arn:aws:ec2:{}:{}:{}/{}", scope.region, scope.account, type, id);
  return std::string(id);
}

void CostFacts::use(const CostFact& fact) {
  if (fact.kind == CostFact::Kind::Tag) tags_.take_up(fact.key);
}

void CostFacts::scan(std::int64_t from, std::int64_t until, const storage::MeterHistory::Visit& visit) const {
  usage_.scan(from, until, [&](const storage::MeterInterval& interval) { tags_.cut(interval, visit); });
}

const storage::MeteredResource& CostFacts::resource(std::int64_t row) {
  if (!resources_) resources_ = usage_.history().resources();
  return resources_->at(row);
}

Text CostFacts::dimension(std::string_view key, const storage::MeterInterval& interval) {
  if (key == "RESOURCE_ID") {
    const storage::MeteredResource& found = resource(interval.resource);
    return reported_id(found.scope, found.id);
  }
  for (const Dimension& dimension : kDimensions)
    if (dimension.key == key) return dimension.value(usage_.lines()[static_cast<std::size_t>(interval.line)]);
  return std::nullopt;
}

Text CostFacts::value(const CostFact& fact, const storage::MeterInterval& interval) {
  if (fact.kind == CostFact::Kind::Dimension) return dimension(fact.key, interval);
  if (fact.kind == CostFact::Kind::CostCategory) return std::nullopt;
  return tags_.value(interval.resource, fact.key, interval.since);
}

std::string group_key(const CostFact& fact, const Text& value) {
  if (fact.kind != CostFact::Kind::Dimension) return fact.key + "$" + value.value_or("");
  return value ? *value : "No" + camel_case(fact.key);
}

}  // namespace amity::handlers
