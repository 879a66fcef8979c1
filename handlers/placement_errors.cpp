#include "handlers/placement_errors.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError placement_group_duplicate(std::string_view name) {
  return {"InvalidPlacementGroup.Duplicate", fmt::format("The placement group '{}' already exists.", name)};
}
ApiError placement_group_in_use(std::string_view name) {
  return {"InvalidPlacementGroup.InUse",
          fmt::format("The placement group '{}' is in use and may not be deleted.", name)};
}
ApiError placement_group_in_other_zone(std::string_view name, std::string_view zone) {
  return {"InvalidPlacementGroup.InUse",
          fmt::format("The placement group '{}' is in use in another availability zone: {}", name, zone)};
}
ApiError strategy_unsupported_by_type(std::string_view strategy, std::string_view type) {
  return invalid_parameter_combination(
      fmt::format("Placement groups with the strategy {} are not supported by the '{}' instance type. Specify a "
                  "supported instance type or change the placement group strategy, and try again.",
                  strategy, type));
}
ApiError spread_limit_exceeded(std::string_view name, std::size_t limit) {
  return {"InstanceLimitExceeded",
          fmt::format("The spread placement group '{}' can have {} instances in an Availability Zone.", name, limit)};
}
ApiError tenancy_cannot_change(std::string_view from, std::string_view to) {
  return {"InvalidRequest", fmt::format("The tenancy of an instance cannot be changed from {} to {}.", from, to)};
}

}  // namespace amity::handlers::errors
