#include "handlers/errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/registry.hpp"

#include <algorithm>
#include <functional>

namespace amity::handlers {
namespace {

using Name = ec2::InstanceAttributeName;

// How one attribute gets into the answer. An attribute without a value is there, empty.
struct Attribute {
  std::string_view name;
  void (*answer)(const state::Instance& row, ec2::InstanceAttribute& answer);
};

constexpr Attribute kAttributes[] = {
    {Name::blockDeviceMapping,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) {
       answer.block_device_mappings = row.instance.block_device_mappings;
     }},
    {Name::disableApiStop,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) {
       answer.disable_api_stop = {.value = row.disable_api_stop.value_or(false)};
     }},
    {Name::disableApiTermination,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) {
       answer.disable_api_termination = {.value = row.disable_api_termination.value_or(false)};
     }},
    {Name::ebsOptimized,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) {
       answer.ebs_optimized = {.value = row.instance.ebs_optimized.value_or(false)};
     }},
    {Name::enclaveOptions,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) {
       answer.enclave_options = row.instance.enclave_options.value_or(ec2::EnclaveOptions{.enabled = false});
     }},
    {Name::groupSet,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) { answer.groups = row.instance.security_groups; }},
    {Name::instanceInitiatedShutdownBehavior,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) {
       answer.instance_initiated_shutdown_behavior = {
           .value = row.instance_initiated_shutdown_behavior.value_or(ec2::ShutdownBehavior::stop)};
     }},
    {Name::instanceType,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) {
       answer.instance_type = {.value = row.instance.instance_type};
     }},
    {Name::kernel, [](const state::Instance& row,
                      ec2::InstanceAttribute& answer) { answer.kernel_id = {.value = row.instance.kernel_id}; }},
    {Name::productCodes, [](const state::Instance& row,
                            ec2::InstanceAttribute& answer) { answer.product_codes = row.instance.product_codes; }},
    {Name::ramdisk, [](const state::Instance& row,
                       ec2::InstanceAttribute& answer) { answer.ramdisk_id = {.value = row.instance.ramdisk_id}; }},
    {Name::rootDeviceName,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) {
       answer.root_device_name = {.value = row.instance.root_device_name};
     }},
    {Name::sourceDestCheck,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) {
       answer.source_dest_check = {.value = row.instance.source_dest_check};
     }},
    {Name::sriovNetSupport,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) {
       answer.sriov_net_support = {.value = row.instance.sriov_net_support};
     }},
    {Name::userData,
     [](const state::Instance& row, ec2::InstanceAttribute& answer) { answer.user_data = {.value = row.user_data}; }},
};

// DescribeInstanceAttribute. "Note that the enaSupport attribute is not supported", as the API reference says.
ec2::InstanceAttribute describe_instance_attribute(Call& call, const ec2::DescribeInstanceAttributeRequest& request) {
  const state::Instance row = find_own_instance(call, request.instance_id);
  const auto attribute = std::ranges::find(kAttributes, request.attribute, &Attribute::name);
  if (attribute == std::end(kAttributes))
    throw errors::invalid_value("attribute", request.attribute, "The attribute is not supported.");
  ec2::InstanceAttribute answer{.instance_id = row.instance.instance_id};
  attribute->answer(row, answer);
  return answer;
}

}  // namespace

std::span<const Operation> instance_attribute_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_instance_attribute>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
