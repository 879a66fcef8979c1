#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instances.hpp"
#include "handlers/kernels.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/launch_options.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "handlers/volumes.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

using Name = ec2::InstanceAttributeName;
using Request = ec2::ModifyInstanceAttributeRequest;

bool parse_boolean(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  throw errors::invalid_value("value", text, "It must be true or false.");
}

// The members that say the same as Attribute and Value.
struct TextMember {
  std::string_view name;
  std::optional<ec2::AttributeValue> Request::*member;
};
constexpr TextMember kTextMembers[] = {
    {Name::instanceInitiatedShutdownBehavior, &Request::instance_initiated_shutdown_behavior},
    {Name::instanceType, &Request::instance_type},
    {Name::kernel, &Request::kernel},
    {Name::ramdisk, &Request::ramdisk},
    {Name::sriovNetSupport, &Request::sriov_net_support},
};
struct BooleanMember {
  std::string_view name;
  std::optional<ec2::AttributeBooleanValue> Request::*member;
};
constexpr BooleanMember kBooleanMembers[] = {
    {Name::disableApiStop, &Request::disable_api_stop},
    {Name::disableApiTermination, &Request::disable_api_termination},
    {Name::ebsOptimized, &Request::ebs_optimized},
    {Name::enaSupport, &Request::ena_support},
    {Name::sourceDestCheck, &Request::source_dest_check},
};

void set_by_name(Request& request, const std::string& name, const std::string& value) {
  if (const auto text = std::ranges::find(kTextMembers, name, &TextMember::name); text != std::end(kTextMembers))
    request.*text->member = ec2::AttributeValue{.value = value};
  else if (const auto boolean = std::ranges::find(kBooleanMembers, name, &BooleanMember::name);
           boolean != std::end(kBooleanMembers))
    request.*boolean->member = ec2::AttributeBooleanValue{.value = parse_boolean(value)};
  else if (name == Name::userData)
    request.user_data = ec2::BlobAttributeValue{.value = decode_user_data(value)};
  else
    throw errors::invalid_value("attribute", name, "It cannot be modified by a value.");
}

int attributes_in(const Request& request) {
  int count =
      (request.user_data ? 1 : 0) + (request.groups.empty() ? 0 : 1) + (request.block_device_mappings.empty() ? 0 : 1);
  for (const auto& text : kTextMembers) count += request.*text.member ? 1 : 0;
  for (const auto& boolean : kBooleanMembers) count += request.*boolean.member ? 1 : 0;
  return count;
}

// The request with each attribute in the member of its own. Exactly one may be changed.
Request in_long_form(Request request) {
  if (request.value && !request.attribute) throw errors::missing_parameter("Attribute");
  if (request.value) set_by_name(request, *request.attribute, *request.value);
  const int count = attributes_in(request);
  if (count == 0 && request.attribute) throw errors::missing_parameter("Value");
  if (count == 0) throw errors::invalid_parameter_combination("No attributes specified.");
  if (count > 1) throw errors::invalid_parameter_combination("Fields for multiple attribute types specified.");
  return request;
}

void change_type(Call& call, state::Instance& row, const std::string& name) {
  ec2::Instance& instance = row.instance;
  const ec2::InstanceTypeInfo* type = call.catalogue().instance_type(name);
  if (!type) throw errors::invalid_attribute_value(fmt::format("Invalid value '{}' for InstanceType.", name));
  check_stopped(row);
  if (instance.instance_lifecycle == ec2::InstanceLifecycleType::spot)
    throw errors::spot_type_stays(*instance.instance_id);
  if (instance.placement && instance.placement->availability_zone)
    check_offered(call, name, *instance.placement->availability_zone);
  check_fits(instance, *type);
  check_attachments(*type, instance.block_device_mappings.size(), instance.network_interfaces.size());
  if (instance.ebs_optimized.value_or(false)) check_can_be_ebs_optimized(*type);
  if (instance.hibernation_options && instance.hibernation_options->configured.value_or(false))
    check_can_hibernate(*type);
  check_bandwidth_weighting(*type, instance.network_performance_options);
  instance.instance_type = name;
  instance.cpu_options = default_cpu_options(*type);
  row.cpu_credits = default_cpu_credits(*type);
}

void change_user_data(state::Instance& row, const std::optional<std::string>& bytes) {
  check_stopped(row);
  row.user_data = user_data_to_keep(bytes.value_or(""));
}

void change_kernel(state::Instance& row, const ResourceKind& kind, std::optional<std::string> ec2::Instance::*member,
                   const std::optional<std::string>& id) {
  if (id && !id->empty()) check_id(kind, *id);
  check_stopped(row);
  row.instance.*member = id && !id->empty() ? id : std::nullopt;
}

void change_ebs_optimization(Call& call, state::Instance& row, bool value) {
  check_stopped(row);
  const auto* type = call.catalogue().instance_type(row.instance.instance_type.value());
  if (value && type) check_can_be_ebs_optimized(*type);
  row.instance.ebs_optimized = value;
}

void change_sriov(state::Instance& row, const std::string& value) {
  constexpr std::string_view kSimple = "simple";  // there is no way back
  if (value != kSimple) throw errors::invalid_value("sriovNetSupport", value, "The only valid value is simple.");
  check_stopped(row);
  row.instance.sriov_net_support = value;
}

void change_ena(state::Instance& row, bool value) {
  check_stopped(row);
  row.instance.ena_support = value;
}

void change_shutdown_behavior(state::Instance& row, const std::string& value) {
  if (value != ec2::ShutdownBehavior::stop && value != ec2::ShutdownBehavior::terminate)
    throw errors::invalid_value("instanceInitiatedShutdownBehavior", value, "Valid values are stop and terminate.");
  if (row.instance.root_device_type == ec2::DeviceType::instance_store && value == ec2::ShutdownBehavior::stop)
    throw errors::instance_store_cannot_be_stopped(*row.instance.instance_id);
  row.instance_initiated_shutdown_behavior = value;
}

// Changes the instance's only interface.
template <class Change>
void change_interface(Call& call, state::Instance& row, Change change) {
  auto interfaces = interfaces_of(call, *row.instance.instance_id);
  if (interfaces.size() != 1) throw errors::many_interfaces(*row.instance.instance_id);
  change(interfaces.front().network_interface);
  call.network_interfaces().update(interfaces.front());
  repeat_interfaces(call, row, interfaces);
}

void change_groups(Call& call, state::Instance& row, const std::vector<std::string>& ids) {
  auto groups = groups_for(call, row.instance.vpc_id.value(), ids, {});
  change_interface(call, row, [&](ec2::NetworkInterface& interface) { interface.groups = std::move(groups); });
}

void change_device(Call& call, state::Instance& row, const ec2::InstanceBlockDeviceMappingSpecification& wanted) {
  if (!wanted.device_name) throw errors::missing_parameter("BlockDeviceMapping.DeviceName");
  if (wanted.virtual_name || wanted.no_device)
    throw errors::invalid_parameter_combination("Only DeleteOnTermination of an attached volume can be modified.");
  auto& devices = row.instance.block_device_mappings;
  const auto device = std::ranges::find(devices, wanted.device_name, &ec2::InstanceBlockDeviceMapping::device_name);
  if (device == devices.end() || !device->ebs) throw errors::nothing_mapped_at(*wanted.device_name);
  const std::string& volume_id = device->ebs->volume_id.value();
  if (wanted.ebs && wanted.ebs->volume_id && *wanted.ebs->volume_id != volume_id)
    throw errors::invalid_attribute_value(
        fmt::format("The volume '{}' is not attached as {}", *wanted.ebs->volume_id, *wanted.device_name));
  const bool value = wanted.ebs ? wanted.ebs->delete_on_termination.value_or(true) : true;
  set_delete_on_termination(call, volume_id, *row.instance.instance_id, value);
  device->ebs->delete_on_termination = value;
}

void change(Call& call, state::Instance& row, const Request& request) {
  const auto text = [](const std::optional<ec2::AttributeValue>& attribute) { return attribute->value.value_or(""); };
  const auto flag = [](const auto& attribute) { return attribute->value.value_or(false); };
  if (request.instance_type) change_type(call, row, text(request.instance_type));
  if (request.user_data) change_user_data(row, request.user_data->value);
  if (request.kernel) change_kernel(row, kKernel, &ec2::Instance::kernel_id, request.kernel->value);
  if (request.ramdisk) change_kernel(row, kRamdisk, &ec2::Instance::ramdisk_id, request.ramdisk->value);
  if (request.ebs_optimized) change_ebs_optimization(call, row, flag(request.ebs_optimized));
  if (request.sriov_net_support) change_sriov(row, text(request.sriov_net_support));
  if (request.ena_support) change_ena(row, flag(request.ena_support));
  if (request.instance_initiated_shutdown_behavior)
    change_shutdown_behavior(row, text(request.instance_initiated_shutdown_behavior));
  if (request.disable_api_termination) row.disable_api_termination = flag(request.disable_api_termination);
  if (request.disable_api_stop) row.disable_api_stop = flag(request.disable_api_stop);
  if (request.source_dest_check)
    change_interface(call, row, [&](ec2::NetworkInterface& interface) {
      interface.source_dest_check = flag(request.source_dest_check);
    });
  if (!request.groups.empty()) change_groups(call, row, request.groups);
  for (const auto& wanted : request.block_device_mappings) change_device(call, row, wanted);
}

// ModifyInstanceAttribute, by Attribute and Value or by the attribute's own member.
void modify_instance_attribute(Call& call, const Request& request) {
  const Request wanted = in_long_form(request);
  state::Instance row = find_own_instance(call, request.instance_id);
  check_not_terminated(row);
  change(call, row, wanted);
  call.instances().update(row);
}

}  // namespace

std::span<const Operation> instance_modify_operations() {
  static constexpr Operation kOperations[] = {
      bind<modify_instance_attribute>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
