// Cost Explorer's Expression: a tree of And, Or and Not over dimensions, tags and cost categories.
#pragma once

#include "handlers/cost_facts.hpp"
#include "model/ce.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace amity::handlers {

class CostFilter {
 public:
  // Of one account's usage. Throws ValidationException for a tree that is none.
  CostFilter(const Usage& usage, CostFacts& facts, std::string_view account, const ce::Expression* expression);

  bool includes(const storage::MeterInterval& interval);

 private:
  bool holds(const ce::Expression& expression, const storage::MeterInterval& interval);

  CostFacts& facts_;
  const ce::Expression* expression_;
  bool is_of_lines_;                         // the whole tree is
  std::vector<char> is_of_account_;          // by line
  std::vector<std::optional<bool>> answer_;  // by line, where the tree is of lines
};

// Whether a dimension appears anywhere in the tree.
bool mentions(const ce::Expression& expression, std::string_view dimension);

}  // namespace amity::handlers
