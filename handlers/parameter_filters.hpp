// The filters of Systems Manager's parameters: a key, how to compare, and values of which one must fit.
#pragma once

#include "model/ssm.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

class ParameterFilters {
 public:
  // Which keys an operation knows, in the words of its error.
  enum class For { GetParametersByPath, DescribeParameters };

  // Throws InvalidFilterKey, InvalidFilterOption, InvalidFilterValue, ValidationException.
  ParameterFilters(const std::vector<ssm::ParameterStringFilter>& filters, For operation);

  bool match(const ssm::ParameterHistory& version, const std::vector<ssm::Tag>& tags) const;
  // Whether labels are asked for: then any version may be what is meant, not only the latest.
  bool are_about_labels() const;

 private:
  std::vector<ssm::ParameterStringFilter> filters_;
};

// Whether the name lies under the path, right below it or anywhere.
bool is_under_path(std::string_view name, std::string_view path, bool recursive);

}  // namespace amity::handlers
