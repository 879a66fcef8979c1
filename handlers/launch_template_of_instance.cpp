#include "handlers/instances.hpp"
#include "handlers/launch_templates.hpp"
#include "handlers/registry.hpp"
#include "model/json_overlay.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

ec2::LaunchTemplateBlockDeviceMapping as_template_shows(Call& call, const ec2::InstanceBlockDeviceMapping& mapping) {
  auto shown = model::converted<ec2::LaunchTemplateBlockDeviceMapping>(mapping);
  const auto volume = call.volumes().find(mapping.ebs.value().volume_id.value_or(""));
  if (!volume) return shown;
  shown.ebs = model::converted<ec2::LaunchTemplateEbsBlockDevice>(volume->volume);
  shown.ebs->volume_size = volume->volume.size;
  shown.ebs->delete_on_termination = mapping.ebs->delete_on_termination;
  return shown;
}

ec2::LaunchTemplateInstanceNetworkInterfaceSpecification as_template_shows(ec2::InstanceNetworkInterface interface) {
  std::vector<std::string> groups;
  for (const auto& group : interface.groups) groups.push_back(group.group_id.value_or(""));
  interface.groups.clear();  // are ids only in a template
  auto shown = model::converted<ec2::LaunchTemplateInstanceNetworkInterfaceSpecification>(interface);
  shown.groups = std::move(groups);
  if (const auto& attachment = interface.attachment) {
    shown.device_index = attachment->device_index;
    shown.network_card_index = attachment->network_card_index;
    shown.delete_on_termination = attachment->delete_on_termination;
  }
  return shown;
}

// GetLaunchTemplateData: a template that would launch another instance like this one. Most members bear the names that
// the instance has for them.
ec2::GetLaunchTemplateDataResult get_launch_template_data(Call& call,
                                                          const ec2::GetLaunchTemplateDataRequest& request) {
  const state::Instance row = find_own_instance(call, request.instance_id);
  ec2::Instance alike = row.instance;
  alike.security_groups.clear();
  alike.network_interfaces.clear();
  alike.block_device_mappings.clear();
  auto data = model::converted<ec2::ResponseLaunchTemplateData>(alike);
  for (const auto& mapping : row.instance.block_device_mappings)
    data.block_device_mappings.push_back(as_template_shows(call, mapping));
  for (const auto& interface : row.instance.network_interfaces)
    data.network_interfaces.push_back(as_template_shows(interface));
  for (const auto& license : row.instance.licenses)
    data.license_specifications.push_back({.license_configuration_arn = license.license_configuration_arn});
  const auto& monitoring = row.instance.monitoring;
  data.monitoring = {.enabled = monitoring && (monitoring->state == ec2::MonitoringState::enabled ||
                                               monitoring->state == ec2::MonitoringState::pending)};
  data.ram_disk_id = row.instance.ramdisk_id;
  data.user_data = row.user_data;
  data.disable_api_termination = row.disable_api_termination;
  data.disable_api_stop = row.disable_api_stop;
  data.instance_initiated_shutdown_behavior = row.instance_initiated_shutdown_behavior;
  if (row.cpu_credits) data.credit_specification = {.cpu_credits = row.cpu_credits};
  auto tags = call.tags().of(request.instance_id);
  std::erase_if(tags, [](const ec2::Tag& tag) { return tag.key->starts_with("aws:"); });
  if (!tags.empty())
    data.tag_specifications.push_back({.resource_type = ec2::ResourceType::instance, .tags = std::move(tags)});
  return {.launch_template_data = std::move(data)};
}

}  // namespace

std::span<const Operation> launch_template_data_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_launch_template_data>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
