#include "handlers/errors.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instances.hpp"
#include "handlers/launch_errors.hpp"
#include "handlers/launch_options.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"
#include "storage/catalogue.hpp"

namespace amity::handlers {
namespace {

// The instance, if it may be changed.
state::Instance find_changeable(Call& call, const std::string& id) {
  state::Instance row = find_own_instance(call, id);
  check_not_terminated(row);
  return row;
}

// The same where changes wait for the next start.
state::Instance find_stopped(Call& call, const std::string& id) {
  state::Instance row = find_own_instance(call, id);
  check_stopped(row);
  return row;
}

const ec2::InstanceTypeInfo& type_of(Call& call, const state::Instance& row) {
  const auto* type = call.catalogue().instance_type(row.instance.instance_type.value());
  if (!type) throw errors::unsupported_configuration();
  return *type;
}

// ModifyInstanceCpuOptions: what is not named stays.
ec2::ModifyInstanceCpuOptionsResult modify_instance_cpu_options(Call& call,
                                                                const ec2::ModifyInstanceCpuOptionsRequest& request) {
  state::Instance row = find_stopped(call, request.instance_id);
  if (!request.core_count && !request.threads_per_core && !request.nested_virtualization)
    throw errors::missing_parameter("CoreCount/ThreadsPerCore/NestedVirtualization");
  const ec2::CpuOptions changed =
      cpu_options(ec2::CpuOptionsRequest{.core_count = request.core_count,
                                         .threads_per_core = request.threads_per_core,
                                         .nested_virtualization = request.nested_virtualization},
                  type_of(call, row));
  ec2::CpuOptions options = row.instance.cpu_options.value_or(changed);
  if (request.core_count) {
    options.core_count = changed.core_count;
    options.threads_per_core = changed.threads_per_core;
  }
  if (request.nested_virtualization) options.nested_virtualization = changed.nested_virtualization;
  row.instance.cpu_options = options;
  call.instances().update(row);
  return {.instance_id = request.instance_id,
          .core_count = options.core_count,
          .threads_per_core = options.threads_per_core,
          .nested_virtualization = options.nested_virtualization};
}

ec2::ModifyInstanceNetworkPerformanceResult modify_instance_network_performance_options(
    Call& call, const ec2::ModifyInstanceNetworkPerformanceRequest& request) {
  state::Instance row = find_stopped(call, request.instance_id);
  const ec2::InstanceNetworkPerformanceOptions options{.bandwidth_weighting = request.bandwidth_weighting};
  check_bandwidth_weighting(type_of(call, row), options);
  row.instance.network_performance_options = options;
  call.instances().update(row);
  return {.instance_id = request.instance_id, .bandwidth_weighting = request.bandwidth_weighting};
}

ec2::ModifyInstanceMaintenanceOptionsResult modify_instance_maintenance_options(
    Call& call, const ec2::ModifyInstanceMaintenanceOptionsRequest& request) {
  state::Instance row = find_changeable(call, request.instance_id);
  if (!request.auto_recovery && !request.reboot_migration)
    throw errors::missing_parameter("AutoRecovery/RebootMigration");
  auto& options = row.instance.maintenance_options;
  if (!options) options.emplace();
  if (request.auto_recovery) options->auto_recovery = request.auto_recovery;
  if (request.reboot_migration) options->reboot_migration = request.reboot_migration;
  call.instances().update(row);
  return {.instance_id = request.instance_id,
          .auto_recovery = options->auto_recovery,
          .reboot_migration = options->reboot_migration};
}

// ModifyPrivateDnsNameOptions: another host name needs a stop, since the system takes it up when it starts; what the
// DNS answers does not.
ec2::ModifyPrivateDnsNameOptionsResult modify_private_dns_name_options(
    Call& call, const ec2::ModifyPrivateDnsNameOptionsRequest& request) {
  state::Instance row = find_changeable(call, request.instance_id);
  if (!request.private_dns_hostname_type && !request.enable_resource_name_dns_a_record &&
      !request.enable_resource_name_dns_aaaa_record)
    throw errors::missing_parameter(
        "PrivateDnsHostnameType/EnableResourceNameDnsARecord/EnableResourceNameDnsAAAARecord");
  auto& options = row.instance.private_dns_name_options;
  if (!options) options = ec2::PrivateDnsNameOptionsResponse{.hostname_type = ec2::HostnameType::ip_name};
  if (request.private_dns_hostname_type && request.private_dns_hostname_type != options->hostname_type) {
    check_stopped(row);
    options->hostname_type = request.private_dns_hostname_type;
    repeat_interfaces(call, row, interfaces_of(call, request.instance_id));
  }
  if (request.enable_resource_name_dns_a_record)
    options->enable_resource_name_dns_a_record = request.enable_resource_name_dns_a_record;
  if (request.enable_resource_name_dns_aaaa_record)
    options->enable_resource_name_dns_aaaa_record = request.enable_resource_name_dns_aaaa_record;
  call.instances().update(row);
  return {.return_value = true};
}

ec2::ModifyInstanceCapacityReservationAttributesResult modify_instance_capacity_reservation_attributes(
    Call& call, const ec2::ModifyInstanceCapacityReservationAttributesRequest& request) {
  state::Instance row = find_stopped(call, request.instance_id);
  const auto& wanted = request.capacity_reservation_specification;
  if (!wanted.capacity_reservation_preference && !wanted.capacity_reservation_target)
    throw errors::missing_parameter("CapacityReservationSpecification");
  row.instance.capacity_reservation_specification = capacity_reservation(wanted);
  call.instances().update(row);
  return {.return_value = true};
}

}  // namespace

std::span<const Operation> instance_option_operations() {
  static constexpr Operation kOperations[] = {
      bind<modify_instance_capacity_reservation_attributes>(),
      bind<modify_instance_cpu_options>(),
      bind<modify_instance_maintenance_options>(),
      bind<modify_instance_network_performance_options>(),
      bind<modify_private_dns_name_options>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
