#include "handlers/cost_filter.hpp"

#include "handlers/ce_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace amity::handlers {
namespace {

bool has_option(const std::vector<std::string>& options, std::string_view option) {
  return std::ranges::find(options, option) != options.end();
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

bool compares(std::string_view value, std::string_view wanted, const std::vector<std::string>& options) {
  if (has_option(options, ce::MatchOption::STARTS_WITH)) return value.starts_with(wanted);
  if (has_option(options, ce::MatchOption::ENDS_WITH)) return value.ends_with(wanted);
  if (has_option(options, ce::MatchOption::CONTAINS)) return value.find(wanted) != std::string_view::npos;
  return value == wanted;
}

template <class Values>
bool matches(const Values& wanted, const std::optional<std::string>& value) {
  const auto& options = wanted.match_options;
  if (has_option(options, ce::MatchOption::ABSENT)) return !value;
  const bool in_any_case = has_option(options, ce::MatchOption::CASE_INSENSITIVE);
  const std::string present = in_any_case ? lower_case(value.value_or("")) : value.value_or("");
  return std::ranges::any_of(wanted.values, [&](const std::string& text) {
    // An empty value asks for what has none.
    if (text.empty() || !value) return text.empty() && present.empty();
    return compares(present, in_any_case ? lower_case(text) : text, options);
  });
}

template <class Values>
void check_values(const Values& values, std::string_view what, bool may_be_without_values) {
  if (values.key.value_or("").empty()) throw errors::cost_validation(fmt::format("{} must have a Key", what));
  const bool absent = has_option(values.match_options, ce::MatchOption::ABSENT);
  if (absent && !values.values.empty())
    throw errors::cost_validation(fmt::format("{} with the match option ABSENT must have no Values", what));
  if (!absent && values.values.empty() && !may_be_without_values)
    throw errors::cost_validation(fmt::format("{} must have at least one value", what));
  if (has_option(values.match_options, ce::MatchOption::GREATER_THAN_OR_EQUAL))
    throw errors::cost_validation("The match option GREATER_THAN_OR_EQUAL is for anomalies only");
}

void check_tree(const ce::Expression& expression, int depth);

void check_operands(const std::vector<ce::Expression>& operands, std::string_view name, int depth) {
  if (operands.size() < 2) throw errors::cost_validation(fmt::format("{} must have at least two operands", name));
  for (const ce::Expression& operand : operands) check_tree(operand, depth + 1);
}

constexpr int kMaxDepth = 32;

void check_tree(const ce::Expression& expression, int depth) {
  const int parts = !expression.or_value.empty() + !expression.and_value.empty() + !expression.not_value.empty() +
                    expression.dimensions.has_value() + expression.tags.has_value() +
                    expression.cost_categories.has_value();
  if (parts != 1)
    throw errors::cost_validation(
        "Expression must have exactly one of Or, And, Not, Dimensions, Tags and CostCategories");
  if (depth > kMaxDepth) throw errors::cost_validation("Expression is nested too deeply");
  if (!expression.or_value.empty()) check_operands(expression.or_value, "Or", depth);
  if (!expression.and_value.empty()) check_operands(expression.and_value, "And", depth);
  for (const ce::Expression& operand : expression.not_value) check_tree(operand, depth + 1);
  if (expression.dimensions) check_values(*expression.dimensions, "Dimensions", false);
  if (expression.tags) check_values(*expression.tags, "Tags", false);
  if (expression.cost_categories) check_values(*expression.cost_categories, "CostCategories", false);
}

template <class Test>
bool any_of_tree(const ce::Expression& expression, const Test& test) {
  if (test(expression)) return true;
  for (const auto* operands : {&expression.or_value, &expression.and_value, &expression.not_value})
    for (const ce::Expression& operand : *operands)
      if (any_of_tree(operand, test)) return true;
  return false;
}

}  // namespace

bool mentions(const ce::Expression& expression, std::string_view dimension) {
  return any_of_tree(expression,
                     [&](const ce::Expression& part) { return part.dimensions && part.dimensions->key == dimension; });
}

CostFilter::CostFilter(const Usage& usage, CostFacts& facts, std::string_view account, const ce::Expression* expression)
    : facts_(facts), expression_(expression), answer_(usage.lines().size()) {
  if (expression) check_tree(*expression, 0);
  const auto uses_tag = [&](const ce::Expression& part) {
    if (part.tags) facts.use({CostFact::Kind::Tag, *part.tags->key});
    return false;
  };
  if (expression) any_of_tree(*expression, uses_tag);
  is_of_lines_ = !expression || (!mentions(*expression, "RESOURCE_ID") &&
                                 !any_of_tree(*expression, [](const ce::Expression& part) { return part.tags; }));
  for (const UsageLine& line : usage.lines()) is_of_account_.push_back(line.scope.account == account);
}

bool CostFilter::includes(const storage::MeterInterval& interval) {
  const auto line = static_cast<std::size_t>(interval.line);
  if (!is_of_account_[line]) return false;
  if (!expression_) return true;
  if (!is_of_lines_) return holds(*expression_, interval);
  if (!answer_[line]) answer_[line] = holds(*expression_, interval);
  return *answer_[line];
}

bool CostFilter::holds(const ce::Expression& expression, const storage::MeterInterval& interval) {
  const auto part_holds = [&](const ce::Expression& part) { return holds(part, interval); };
  if (!expression.or_value.empty()) return std::ranges::any_of(expression.or_value, part_holds);
  if (!expression.and_value.empty()) return std::ranges::all_of(expression.and_value, part_holds);
  if (!expression.not_value.empty()) return !part_holds(expression.not_value.front());
  const auto leaf_holds = [&](const auto& leaf, CostFact::Kind kind) {
    return matches(leaf, facts_.value({kind, *leaf.key}, interval));
  };
  if (expression.dimensions) return leaf_holds(*expression.dimensions, CostFact::Kind::Dimension);
  if (expression.tags) return leaf_holds(*expression.tags, CostFact::Kind::Tag);
  return leaf_holds(*expression.cost_categories, CostFact::Kind::CostCategory);
}

}  // namespace amity::handlers
