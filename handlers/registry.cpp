#include "handlers/registry.hpp"

#include <string>
#include <unordered_map>

namespace amity::handlers {
namespace {

using Index = std::unordered_map<std::string, const Operation*>;

std::string key(std::string_view service, std::string_view name) {
  return std::string(service).append(1, '.').append(name);
}

Index make_index() {
  Index index;
  for (const auto family : all_operations())
    for (const Operation& operation : family) index.emplace(key(operation.service, operation.name), &operation);
  return index;
}

}  // namespace

std::span<const std::span<const Operation>> all_operations() {
  static const std::span<const Operation> families[] = {
      account_operations(),
      ebs_direct_read_operations(),
      ebs_direct_write_operations(),
      address_describe_operations(),
      address_operations(),
      dhcp_options_operations(),
      encryption_default_operations(),
      fast_snapshot_restore_operations(),
      cost_forecast_operations(),
      cost_usage_operations(),
      cost_values_operations(),
      allowed_image_operations(),
      id_format_operations(),
      image_operations(),
      image_ancestry_operations(),
      image_deprecation_operations(),
      image_protection_operations(),
      image_public_access_operations(),
      image_reference_operations(),
      image_state_operations(),
      image_usage_operations(),
      image_usage_describe_operations(),
      fast_launch_operations(),
      image_store_operations(),
      classic_link_operations(),
      image_export_operations(),
      image_import_operations(),
      import_task_operations(),
      snapshot_import_operations(),
      instance_attribute_operations(),
      instance_console_operations(),
      instance_credit_operations(),
      instance_describe_operations(),
      instance_image_metadata_operations(),
      instance_event_operations(),
      instance_metadata_operations(),
      instance_modify_operations(),
      instance_monitoring_operations(),
      instance_option_operations(),
      instance_placement_operations(),
      instance_requirement_operations(),
      instance_reset_operations(),
      instance_state_operations(),
      instance_topology_operations(),
      instance_type_operations(),
      internet_gateway_operations(),
      instance_uefi_operations(),
      key_pair_operations(),
      nat_gateway_operations(),
      network_acl_entry_operations(),
      network_acl_operations(),
      network_interface_address_operations(),
      network_interface_attach_operations(),
      network_interface_attribute_operations(),
      network_interface_describe_operations(),
      network_interface_operations(),
      prefix_list_operations(),
      pricing_operations(),
      placement_group_operations(),
      profile_association_operations(),
      launch_template_operations(),
      launch_template_data_operations(),
      launch_template_version_operations(),
      parameter_operations(),
      parameter_label_operations(),
      parameter_list_operations(),
      parameter_put_operations(),
      region_operations(),
      route_operations(),
      route_table_operations(),
      replace_root_volume_operations(),
      recycle_bin_operations(),
      retention_rule_operations(),
      run_instances_operations(),
      security_group_authorize_operations(),
      security_group_describe_operations(),
      security_group_modify_operations(),
      security_group_operations(),
      security_group_revoke_operations(),
      security_group_vpc_operations(),
      serial_console_operations(),
      snapshot_operations(),
      snapshot_attribute_operations(),
      snapshot_copy_operations(),
      snapshot_lock_operations(),
      snapshot_public_access_operations(),
      snapshot_set_operations(),
      snapshot_tier_operations(),
      spot_price_operations(),
      spot_request_operations(),
      sts_operations(),
      subnet_operations(),
      tag_operations(),
      volume_attachment_operations(),
      volume_operations(),
      vpc_attribute_operations(),
      vpc_cidr_block_operations(),
      volume_copy_operations(),
      volume_modification_operations(),
      volume_status_operations(),
      vpc_describe_operations(),
      vpc_operations(),
      windows_operations(),
  };
  return families;
}

const Operation* find_operation(std::string_view service, std::string_view name) {
  static const Index index = make_index();
  const auto found = index.find(key(service, name));
  return found == index.end() ? nullptr : found->second;
}

}  // namespace amity::handlers
