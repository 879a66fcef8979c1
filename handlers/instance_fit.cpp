#include "handlers/instance_fit.hpp"

#include "handlers/launch_errors.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

bool contains(const std::vector<std::string>& values, std::string_view value) {
  return std::ranges::find(values, value) != values.end();
}

void check_architecture(const ec2::Instance& instance, const ec2::InstanceTypeInfo& type) {
  const auto& supported = type.processor_info.value().supported_architectures;
  const std::string architecture = instance.architecture.value_or(ec2::ArchitectureValues::x86_64);
  if (!contains(supported, architecture))
    throw errors::architecture_mismatch(fmt::format("{}", fmt::join(supported, ",")), architecture);
}

void check_virtualization(const ec2::Instance& instance, const ec2::InstanceTypeInfo& type) {
  const std::string virtualization = instance.virtualization_type.value_or(ec2::VirtualizationType::hvm);
  if (!contains(type.supported_virtualization_types, virtualization))
    throw errors::virtualization_required(type.supported_virtualization_types.front(), *type.instance_type);
}

void check_enhanced_networking(const ec2::Instance& instance, const ec2::InstanceTypeInfo& type) {
  const bool is_required = type.network_info && type.network_info->ena_support == ec2::EnaSupport::required;
  if (is_required && !instance.ena_support.value_or(false)) throw errors::ena_required(*type.instance_type);
}

// A preferred mode gives way to the other.
bool supports_boot_mode(const ec2::InstanceTypeInfo& type, const std::optional<std::string>& mode) {
  return !mode || *mode == ec2::BootModeValues::uefi_preferred || contains(type.supported_boot_modes, *mode);
}

}  // namespace

std::span<const ec2::AvailabilityZone> zones_of(const Call& call) {
  const state::Region* region = call.catalogue().region(call.region());
  return region ? std::span<const ec2::AvailabilityZone>(region->zones) : std::span<const ec2::AvailabilityZone>();
}

void check_offered(Call& call, std::string_view instance_type, std::string_view zone) {
  const storage::Catalogue& catalogue = call.catalogue();
  if (catalogue.is_offered_in_zone(call.region(), zone, instance_type)) return;
  if (!catalogue.is_offered(call.region(), instance_type)) throw errors::unsupported_configuration();
  std::vector<std::string> others;
  for (const auto& other : zones_of(call))
    if (catalogue.is_offered_in_zone(call.region(), other.zone_name.value(), instance_type))
      others.push_back(*other.zone_name);
  throw errors::not_offered_in_zone(instance_type, zone, fmt::format("{}", fmt::join(others, ", ")));
}

void check_fits(const ec2::Instance& instance, const ec2::InstanceTypeInfo& type) {
  check_architecture(instance, type);
  check_virtualization(instance, type);
  check_enhanced_networking(instance, type);
  const bool has_tpm = type.nitro_tpm_support == ec2::NitroTpmSupport::supported;
  if (!supports_boot_mode(type, instance.boot_mode) || (instance.tpm_support && !has_tpm) ||
      !contains(type.supported_root_device_types, instance.root_device_type.value_or(ec2::DeviceType::ebs)))
    throw errors::unsupported_configuration();
}

void check_attachments(const ec2::InstanceTypeInfo& type, std::size_t volumes, std::size_t interfaces) {
  const auto& network = type.network_info;
  if (network && interfaces > static_cast<std::size_t>(network->maximum_network_interfaces.value_or(INT32_MAX)))
    throw errors::attachment_limit_exceeded("Interface", interfaces, *type.instance_type);
  const auto& ebs = type.ebs_info;
  if (!ebs) return;
  // A shared limit counts network interfaces too ("Amazon EBS volume limits for Amazon EC2 instances").
  const bool is_shared = ebs->attachment_limit_type == ec2::AttachmentLimitType::shared;
  if (volumes + (is_shared ? interfaces : 0) >
      static_cast<std::size_t>(ebs->maximum_ebs_attachments.value_or(INT32_MAX)))
    throw errors::attachment_limit_exceeded("Volume", volumes, *type.instance_type);
}

void check_can_be_ebs_optimized(const ec2::InstanceTypeInfo& type) {
  if (!type.ebs_info || type.ebs_info->ebs_optimized_support == ec2::EbsOptimizedSupport::unsupported)
    throw errors::ebs_optimization_unsupported();
}

void check_bandwidth_weighting(const ec2::InstanceTypeInfo& type,
                               const std::optional<ec2::InstanceNetworkPerformanceOptions>& options) {
  const std::string weighting = options
                                    ? options->bandwidth_weighting.value_or(ec2::InstanceBandwidthWeighting::is_default)
                                    : ec2::InstanceBandwidthWeighting::is_default;
  if (weighting != ec2::InstanceBandwidthWeighting::is_default &&
      !(type.network_info && contains(type.network_info->bandwidth_weightings, weighting)))
    throw errors::unsupported_by_type("NetworkPerformanceOptions", *type.instance_type);
}

void check_can_hibernate(const ec2::InstanceTypeInfo& type) {
  if (!type.hibernation_supported.value_or(false)) throw errors::hibernation_unsupported_by_type(*type.instance_type);
}

ec2::CpuOptions default_cpu_options(const ec2::InstanceTypeInfo& type) {
  if (!type.v_cpu_info) return {};
  return {.core_count = type.v_cpu_info->default_cores, .threads_per_core = type.v_cpu_info->default_threads_per_core};
}

std::optional<std::string> default_cpu_credits(const ec2::InstanceTypeInfo& type) {
  if (!type.burstable_performance_supported.value_or(false)) return std::nullopt;
  return type.instance_type->starts_with("t2.") ? "standard" : "unlimited";
}

std::string boot_mode_on(const ec2::InstanceTypeInfo& type, const ec2::Instance& instance) {
  const bool can_uefi = contains(type.supported_boot_modes, ec2::BootModeValues::uefi);
  const bool can_legacy = contains(type.supported_boot_modes, ec2::BootModeValues::legacy_bios);
  const auto& wanted = instance.boot_mode;
  const bool wants_uefi = wanted == ec2::BootModeValues::uefi || wanted == ec2::BootModeValues::uefi_preferred;
  // Without a wish x86 types start the old way; Graviton knows no other than UEFI.
  return (wants_uefi && can_uefi) || !can_legacy ? ec2::InstanceBootModeValues::uefi
                                                 : ec2::InstanceBootModeValues::legacy_bios;
}

bool is_nitro(const ec2::InstanceTypeInfo& type) {
  // Bare metal types are built on Nitro too, and list no hypervisor.
  return type.hypervisor == ec2::InstanceTypeHypervisor::nitro || type.bare_metal.value_or(false);
}

}  // namespace amity::handlers
