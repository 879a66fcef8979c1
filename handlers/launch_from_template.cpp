#include "handlers/errors.hpp"
#include "handlers/launch_templates.hpp"
#include "model/json_overlay.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

ec2::RunInstancesRequest as_launch_request(const ec2::ResponseLaunchTemplateData& data) {
  auto request = model::converted<ec2::RunInstancesRequest>(data);
  request.ramdisk_id = data.ram_disk_id;  // the only two that have other names
  for (const auto& gpu : data.elastic_gpu_specifications)
    request.elastic_gpu_specification.push_back({.type = gpu.type.value_or("")});
  return request;
}

bool has_key(const std::vector<ec2::TagSpecification>& specifications, const std::optional<std::string>& resource_type,
             const ec2::Tag& tag) {
  return std::ranges::any_of(specifications, [&](const ec2::TagSpecification& specification) {
    return specification.resource_type == resource_type &&
           std::ranges::find(specification.tags, tag.key, &ec2::Tag::key) != specification.tags.end();
  });
}

// The template's tags with those of the launch laid over them.
std::vector<ec2::TagSpecification> merged(std::vector<ec2::TagSpecification> of_template,
                                          const std::vector<ec2::TagSpecification>& of_launch) {
  for (ec2::TagSpecification& specification : of_template)
    std::erase_if(specification.tags,
                  [&](const ec2::Tag& tag) { return has_key(of_launch, specification.resource_type, tag); });
  std::erase_if(of_template, [](const ec2::TagSpecification& specification) { return specification.tags.empty(); });
  of_template.insert(of_template.end(), of_launch.begin(), of_launch.end());
  return of_template;
}

// Device by device, and member by member of its volume; NoDevice takes a device away. AWS documents it where fleets
// override templates ("FleetBlockDeviceMappingRequest" in the EC2 API reference).
std::vector<ec2::BlockDeviceMapping> merged(std::vector<ec2::BlockDeviceMapping> of_template,
                                            const std::vector<ec2::BlockDeviceMapping>& of_launch) {
  for (const ec2::BlockDeviceMapping& wanted : of_launch) {
    const auto old = std::ranges::find(of_template, wanted.device_name, &ec2::BlockDeviceMapping::device_name);
    if (old == of_template.end()) {
      of_template.push_back(wanted);
    } else if (wanted.ebs && old->ebs && !old->no_device) {
      old->ebs = model::overlaid<ec2::EbsBlockDevice>(*old->ebs, *wanted.ebs);
    } else {
      *old = wanted;
    }
  }
  return of_template;
}

}  // namespace

TemplatedLaunch with_launch_template(Call& call, const ec2::RunInstancesRequest& request) {
  if (!request.launch_template) return {.request = request};
  const ec2::LaunchTemplateSpecification& wanted = *request.launch_template;
  const auto of = find_launch_template(call, wanted.launch_template_id, wanted.launch_template_name).launch_template;
  const auto version = version_selected(call, of, wanted.version.value_or(std::string(kDefaultVersion)));
  if (version.launch_template_data->instance_requirements)
    throw errors::unsupported_operation("InstanceRequirements of a launch template are for fleets only.");

  const auto below = as_launch_request(*version.launch_template_data);
  TemplatedLaunch launch{.request = model::overlaid<ec2::RunInstancesRequest>(below, request)};
  launch.request.tag_specifications = merged(below.tag_specifications, request.tag_specifications);
  launch.request.block_device_mappings = merged(below.block_device_mappings, request.block_device_mappings);
  launch.system_tags = {
      {.key = "aws:ec2launchtemplate:id", .value = of.launch_template_id},
      {.key = "aws:ec2launchtemplate:version", .value = std::to_string(*version.version_number)},
  };
  return launch;
}

}  // namespace amity::handlers
