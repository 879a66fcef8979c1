// Errors of network ACLs.
#pragma once

#include "handlers/api_error.hpp"

#include <cstdint>
#include <string_view>

namespace amity::handlers::errors {

ApiError default_acl_stays(std::string_view acl_id);
ApiError acl_entry_exists(std::int32_t number);
ApiError no_acl_entry(std::int32_t number);
ApiError too_many_acl_entries();
ApiError invalid_acl_rule_number(std::int32_t number);
ApiError invalid_acl_ports(std::int32_t from, std::int32_t to);

}  // namespace amity::handlers::errors
