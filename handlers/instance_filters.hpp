// The filters of DescribeInstances. They ask about the instance, its reservation and its network interfaces, each of
// which is looked at only when a filter asks about it.
#pragma once

#include "handlers/call.hpp"
#include "handlers/filters.hpp"
#include "model/ec2.hpp"
#include "model/state.hpp"
#include "storage/table.hpp"

#include <vector>

namespace amity::handlers {

class InstanceFilters {
 public:
  // Throws what FilterSet throws.
  explicit InstanceFilters(const std::vector<ec2::Filter>& filters);

  // Rows that may match: those that exact values of searched columns leave.
  const storage::Query& candidates() const { return candidates_; }

  // Whether the instance, as callers see it, passes. It gets its tags on the way.
  bool pass(Call& call, state::Instance& row) const;

 private:
  bool interfaces_match(Call& call, const std::string& instance_id) const;

  FilterSet instance_;
  FilterSet reservation_;
  std::vector<FilterSet> interfaces_;  // one a filter: each may be met by another interface
  storage::Query candidates_;
};

}  // namespace amity::handlers
