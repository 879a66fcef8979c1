// Errors of RunInstances, and of instance types that cannot run something.
#pragma once

#include "handlers/api_error.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace amity::handlers::errors {

// The request
ApiError too_many_instances(std::int32_t limit);
ApiError idempotent_instance_terminated();
ApiError malformed_user_data();
ApiError user_data_too_long(std::size_t limit);
ApiError malformed_instance_profile_arn(std::string_view arn);
ApiError ed25519_key_for_windows();
ApiError metadata_endpoint_disabled();
ApiError capacity_reservation_not_found(std::string_view id);
ApiError no_reserved_capacity();
ApiError host_not_found(std::string_view host_id);
ApiError no_capacity_on_hosts();
inline constexpr std::string_view kSpotMaxPriceTooLow = "SpotMaxPriceTooLow";
ApiError spot_max_price_too_low(std::string_view offered, std::string_view price);

// The instance type
ApiError invalid_instance_type(std::string_view type);
ApiError not_offered_in_zone(std::string_view type, std::string_view zone, std::string_view other_zones);
ApiError unsupported_configuration();
ApiError unsupported_by_type(std::string_view parameter, std::string_view type);
ApiError architecture_mismatch(std::string_view of_type, std::string_view of_image);
ApiError virtualization_required(std::string_view virtualization, std::string_view type);
ApiError ena_required(std::string_view type);
ApiError ebs_optimization_unsupported();
ApiError hibernation_unsupported_by_type(std::string_view type);
ApiError hibernation_needs_encrypted_root();
ApiError attachment_limit_exceeded(std::string_view what, std::size_t count, std::string_view type);

// Volumes
ApiError invalid_mapped_device(std::string_view device);
ApiError device_used_twice(std::string_view device);
ApiError root_device_must_stay(std::string_view device);
ApiError root_snapshot_must_stay(std::string_view device);
ApiError ebs_and_instance_store(std::string_view device);
ApiError invalid_virtual_name(std::string_view name);
ApiError cannot_boot_from(std::string_view volume_type);

// Network interfaces
ApiError interfaces_and_instance_level(std::string_view what);
ApiError interface_id_and(std::string_view what);
ApiError interface_in_use(std::string_view interface_id);
ApiError interfaces_in_different_zones();
ApiError addresses_for_many_instances();
ApiError private_address_limit_exceeded();
ApiError device_index_required();
ApiError device_index_used_twice(std::int32_t device_index);
ApiError primary_interface_required();
ApiError public_address_with_many_interfaces();

}  // namespace amity::handlers::errors
