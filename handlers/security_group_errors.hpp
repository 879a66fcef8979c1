// Errors of security groups and their rules.
#pragma once

#include "handlers/api_error.hpp"

#include <cstdint>
#include <string_view>

namespace amity::handlers::errors {

// Groups
ApiError no_group_of_that_name(std::string_view name, std::string_view vpc_id);  // InvalidGroup.NotFound
ApiError group_of_another_vpc();                                                 // InvalidParameter
ApiError too_many_groups_per_interface();
ApiError too_many_groups();
ApiError group_exists(std::string_view name, std::string_view vpc_id);
ApiError reserved_group_name(std::string_view name);
ApiError group_name_like_id(std::string_view name);
ApiError invalid_group_name();
ApiError invalid_group_description();
ApiError beyond_ascii(std::string_view parameter, std::string_view value);
ApiError default_group_stays(std::string_view id);   // CannotDelete
ApiError group_has_dependents(std::string_view id);  // DependencyViolation

// Permissions
ApiError missing_source();
// Of a rule that is changed.
ApiError missing_rule_source();
ApiError flat_beside_permissions();
ApiError source_group_beside_traffic();
ApiError rule_ids_beside_permissions();
ApiError missing_protocol();
ApiError unknown_protocol(std::string_view protocol);
ApiError missing_ports(std::string_view protocols);
ApiError port_out_of_range(std::int32_t port);
ApiError invalid_port_range(std::int32_t from, std::int32_t to);
ApiError icmp_out_of_range(std::string_view what, std::int32_t number);
ApiError malformed_cidr_block(std::string_view text);
ApiError invalid_rule_description();
ApiError referenced_group_of_another_vpc();  // InvalidGroup.NotFound
ApiError no_peering_connection(std::string_view id);

// Rules
ApiError rule_given_twice();
ApiError rule_exists(std::string_view rule);
ApiError no_such_rule();  // InvalidPermission.NotFound
ApiError too_many_rules();

}  // namespace amity::handlers::errors
