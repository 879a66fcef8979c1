#include "handlers/network_acl_errors.hpp"

#include "handlers/errors.hpp"

#include <fmt/format.h>

namespace amity::handlers::errors {

ApiError default_acl_stays(std::string_view acl_id) {
  return invalid_parameter_value(fmt::format("cannot delete default network ACL {}", acl_id));
}
ApiError acl_entry_exists(std::int32_t number) {
  return {"NetworkAclEntryAlreadyExists",
          fmt::format("The network acl entry identified by {} already exists.", number)};
}
ApiError no_acl_entry(std::int32_t number) {
  return {"InvalidNetworkAclEntry.NotFound",
          fmt::format("The network acl entry identified by {} does not exist", number)};
}
ApiError too_many_acl_entries() {
  return {"NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached."};
}
ApiError invalid_acl_rule_number(std::int32_t number) {
  return invalid_value("ruleNumber", fmt::format("{}", number), "Rule numbers are from 1 to 32766.");
}
ApiError invalid_acl_ports(std::int32_t from, std::int32_t to) {
  return invalid_value("portRange", fmt::format("{}-{}", from, to),
                       "Ports are from 0 to 65535, the first not behind the last.");
}

}  // namespace amity::handlers::errors
