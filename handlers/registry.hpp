// All operations that Amity answers.
#pragma once

#include "handlers/operation.hpp"

#include <span>
#include <string_view>

namespace amity::handlers {

// Each family's own table, defined beside its handlers.
std::span<const Operation> account_operations();
std::span<const Operation> ebs_direct_read_operations();
std::span<const Operation> ebs_direct_write_operations();
std::span<const Operation> address_describe_operations();
std::span<const Operation> address_operations();
std::span<const Operation> dhcp_options_operations();
std::span<const Operation> encryption_default_operations();
std::span<const Operation> fast_snapshot_restore_operations();
std::span<const Operation> cost_forecast_operations();
std::span<const Operation> cost_usage_operations();
std::span<const Operation> cost_values_operations();
std::span<const Operation> allowed_image_operations();
std::span<const Operation> id_format_operations();
std::span<const Operation> image_operations();
std::span<const Operation> image_ancestry_operations();
std::span<const Operation> image_deprecation_operations();
std::span<const Operation> image_protection_operations();
std::span<const Operation> image_public_access_operations();
std::span<const Operation> image_reference_operations();
std::span<const Operation> image_state_operations();
std::span<const Operation> image_usage_operations();
std::span<const Operation> image_usage_describe_operations();
std::span<const Operation> fast_launch_operations();
std::span<const Operation> image_store_operations();
std::span<const Operation> classic_link_operations();
std::span<const Operation> image_export_operations();
std::span<const Operation> image_import_operations();
std::span<const Operation> import_task_operations();
std::span<const Operation> snapshot_import_operations();
std::span<const Operation> instance_attribute_operations();
std::span<const Operation> instance_console_operations();
std::span<const Operation> instance_credit_operations();
std::span<const Operation> instance_describe_operations();
std::span<const Operation> instance_image_metadata_operations();
std::span<const Operation> instance_event_operations();
std::span<const Operation> instance_metadata_operations();
std::span<const Operation> instance_modify_operations();
std::span<const Operation> instance_monitoring_operations();
std::span<const Operation> instance_option_operations();
std::span<const Operation> instance_placement_operations();
std::span<const Operation> instance_requirement_operations();
std::span<const Operation> instance_reset_operations();
std::span<const Operation> instance_state_operations();
std::span<const Operation> instance_topology_operations();
std::span<const Operation> instance_type_operations();
std::span<const Operation> internet_gateway_operations();
std::span<const Operation> instance_uefi_operations();
std::span<const Operation> key_pair_operations();
std::span<const Operation> nat_gateway_operations();
std::span<const Operation> network_acl_entry_operations();
std::span<const Operation> network_acl_operations();
std::span<const Operation> network_interface_address_operations();
std::span<const Operation> network_interface_attach_operations();
std::span<const Operation> network_interface_attribute_operations();
std::span<const Operation> network_interface_describe_operations();
std::span<const Operation> network_interface_operations();
std::span<const Operation> prefix_list_operations();
std::span<const Operation> pricing_operations();
std::span<const Operation> placement_group_operations();
std::span<const Operation> profile_association_operations();
std::span<const Operation> launch_template_operations();
std::span<const Operation> launch_template_data_operations();
std::span<const Operation> launch_template_version_operations();
std::span<const Operation> parameter_operations();
std::span<const Operation> parameter_label_operations();
std::span<const Operation> parameter_list_operations();
std::span<const Operation> parameter_put_operations();
std::span<const Operation> region_operations();
std::span<const Operation> route_operations();
std::span<const Operation> route_table_operations();
std::span<const Operation> replace_root_volume_operations();
std::span<const Operation> recycle_bin_operations();
std::span<const Operation> retention_rule_operations();
std::span<const Operation> run_instances_operations();
std::span<const Operation> security_group_authorize_operations();
std::span<const Operation> security_group_describe_operations();
std::span<const Operation> security_group_modify_operations();
std::span<const Operation> security_group_operations();
std::span<const Operation> security_group_revoke_operations();
std::span<const Operation> security_group_vpc_operations();
std::span<const Operation> serial_console_operations();
std::span<const Operation> snapshot_operations();
std::span<const Operation> snapshot_attribute_operations();
std::span<const Operation> snapshot_copy_operations();
std::span<const Operation> snapshot_lock_operations();
std::span<const Operation> snapshot_public_access_operations();
std::span<const Operation> snapshot_set_operations();
std::span<const Operation> snapshot_tier_operations();
std::span<const Operation> spot_price_operations();
std::span<const Operation> spot_request_operations();
std::span<const Operation> sts_operations();
std::span<const Operation> subnet_operations();
std::span<const Operation> tag_operations();
std::span<const Operation> volume_attachment_operations();
std::span<const Operation> volume_operations();
std::span<const Operation> vpc_attribute_operations();
std::span<const Operation> vpc_cidr_block_operations();
std::span<const Operation> volume_copy_operations();
std::span<const Operation> volume_modification_operations();
std::span<const Operation> volume_status_operations();
std::span<const Operation> vpc_describe_operations();
std::span<const Operation> vpc_operations();
std::span<const Operation> windows_operations();

// nullptr when nobody has implemented it.
const Operation* find_operation(std::string_view service, std::string_view name);

// Every implemented operation, family by family.
std::span<const std::span<const Operation>> all_operations();

}  // namespace amity::handlers
