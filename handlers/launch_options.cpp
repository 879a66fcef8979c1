#include "handlers/launch_options.hpp"

#include "handlers/errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/instance_metadata.hpp"
#include "handlers/instance_profile.hpp"
#include "handlers/kernels.hpp"
#include "handlers/key_pairs.hpp"
#include "handlers/launch_errors.hpp"
#include "model/encoding.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxUserDataBytes = std::size_t{16} * 1024;
constexpr char kDefault[] = "default";

void apply_key(Call& call, const ec2::RunInstancesRequest& request, state::Instance& row) {
  ec2::Instance& instance = row.instance;
  if (!request.key_name) return;
  const state::KeyPair pair = find_key_pair(call, *request.key_name);
  if (instance.platform && pair.key_pair.key_type == ec2::KeyType::ed25519) throw errors::ed25519_key_for_windows();
  instance.key_name = request.key_name;
  row.public_key = pair.key_pair.public_key;  // the pair may be deleted while the instance goes on
}

template <class T>
void check_one_of(const std::vector<T>& valid, T value, std::string_view parameter) {
  if (std::ranges::find(valid, value) == valid.end())
    throw errors::invalid_value(parameter, std::to_string(value), "It is not valid for the instance type.");
}

void check_feature(const ec2::InstanceTypeInfo& type, std::string_view feature, std::string_view parameter) {
  const auto& features = type.processor_info.value().supported_features;
  if (std::ranges::find(features, feature) == features.end())
    throw errors::unsupported_by_type(parameter, *type.instance_type);
}

std::optional<std::string> cpu_credits(const std::optional<ec2::CreditSpecificationRequest>& wanted,
                                       const ec2::InstanceTypeInfo& type) {
  if (!wanted) return default_cpu_credits(type);
  if (wanted->cpu_credits != "standard" && wanted->cpu_credits != "unlimited")
    throw errors::invalid_value("CreditSpecification.CpuCredits", wanted->cpu_credits,
                                "Valid values are standard and unlimited.");
  if (!type.burstable_performance_supported.value_or(false))
    throw errors::unsupported_by_type("CreditSpecification", *type.instance_type);
  return wanted->cpu_credits;
}

void apply_hibernation_and_enclaves(const ec2::RunInstancesRequest& request, const ec2::InstanceTypeInfo& type,
                                    ec2::Instance& instance) {
  const bool hibernates = request.hibernation_options && request.hibernation_options->configured.value_or(false);
  const bool has_enclaves = request.enclave_options && request.enclave_options->enabled.value_or(false);
  if (hibernates && has_enclaves) throw errors::cannot_be_combined("HibernationOptions", "EnclaveOptions");
  if (hibernates) check_can_hibernate(type);
  if (has_enclaves && type.nitro_enclaves_support != ec2::NitroEnclavesSupport::supported)
    throw errors::unsupported_by_type("EnclaveOptions", *type.instance_type);
  instance.hibernation_options = {.configured = hibernates};
  instance.enclave_options = {.enabled = has_enclaves};
}

std::vector<ec2::LicenseConfiguration> licenses(const std::vector<ec2::LicenseConfigurationRequest>& wanted) {
  std::vector<ec2::LicenseConfiguration> licenses;
  for (const auto& license : wanted) {
    const std::string arn = license.license_configuration_arn.value_or("");
    if (!arn.starts_with("arn:") || arn.find(":license-manager:") == std::string::npos)
      throw errors::invalid_value("LicenseSpecification.LicenseConfigurationArn", arn);
    licenses.push_back({.license_configuration_arn = arn});
  }
  return licenses;
}

std::optional<std::string> kernel_or_ramdisk(const ResourceKind& kind, const std::optional<std::string>& wanted,
                                             const std::optional<std::string>& of_image) {
  if (!wanted || wanted->empty()) return of_image;
  check_id(kind, *wanted);
  return wanted;
}

// Packer without a profile sends "IamInstanceProfile.Name=".
bool is_empty(const ec2::IamInstanceProfileSpecification& profile) {
  return profile.arn.value_or("").empty() && profile.name && profile.name->empty();
}

// What is on instance store cannot be stopped.
std::string shutdown_behavior(const ec2::RunInstancesRequest& request, const ec2::Instance& instance) {
  const auto& wanted = request.instance_initiated_shutdown_behavior;
  if (instance.root_device_type != ec2::DeviceType::instance_store) return wanted.value_or(ec2::ShutdownBehavior::stop);
  if (wanted == ec2::ShutdownBehavior::stop)
    throw errors::invalid_parameter_combination(
        "InstanceInitiatedShutdownBehavior stop needs an image with an EBS root device.");
  return ec2::ShutdownBehavior::terminate;
}

}  // namespace

void take_from_image(const ec2::Image& image, state::Instance& row) {
  ec2::Instance& instance = row.instance;
  row.image_name = image.name;
  instance.image_id = image.image_id;
  instance.architecture = image.architecture.value_or(ec2::ArchitectureValues::i386);
  instance.hypervisor = ec2::HypervisorType::xen;  // on Nitro too
  instance.virtualization_type = image.virtualization_type.value_or(ec2::VirtualizationType::hvm);
  instance.root_device_name = image.root_device_name;
  instance.root_device_type = image.root_device_type.value_or(ec2::DeviceType::ebs);
  instance.platform = image.platform;
  instance.platform_details = image.platform_details;
  instance.usage_operation = image.usage_operation;
  instance.product_codes = image.product_codes;
  instance.ena_support = image.ena_support;
  instance.sriov_net_support = image.sriov_net_support;
  instance.boot_mode = image.boot_mode;
  instance.tpm_support = image.tpm_support;
}

ec2::CpuOptions cpu_options(const std::optional<ec2::CpuOptionsRequest>& wanted, const ec2::InstanceTypeInfo& type) {
  ec2::CpuOptions options = default_cpu_options(type);
  if (!wanted) return options;
  if (wanted->core_count.has_value() != wanted->threads_per_core.has_value())
    throw errors::invalid_parameter_combination("CoreCount and ThreadsPerCore must be specified together.");
  if (wanted->core_count) {
    check_one_of(type.v_cpu_info.value().valid_cores, *wanted->core_count, "CpuOptions.CoreCount");
    check_one_of(type.v_cpu_info->valid_threads_per_core, *wanted->threads_per_core, "CpuOptions.ThreadsPerCore");
    options.core_count = wanted->core_count;
    options.threads_per_core = wanted->threads_per_core;
  }
  if (wanted->amd_sev_snp == ec2::AmdSevSnpSpecification::enabled)
    check_feature(type, ec2::SupportedAdditionalProcessorFeature::amd_sev_snp, "CpuOptions.AmdSevSnp");
  if (wanted->nested_virtualization == ec2::NestedVirtualizationSpecification::enabled)
    check_feature(type, ec2::SupportedAdditionalProcessorFeature::nested_virtualization,
                  "CpuOptions.NestedVirtualization");
  options.amd_sev_snp = wanted->amd_sev_snp;
  options.nested_virtualization = wanted->nested_virtualization;
  return options;
}

// No operation here makes Capacity Reservations: one that is asked for by name does not exist, and none has room.
ec2::CapacityReservationSpecificationResponse capacity_reservation(
    const std::optional<ec2::CapacityReservationSpecification>& wanted) {
  ec2::CapacityReservationSpecificationResponse specification{.capacity_reservation_preference =
                                                                  ec2::CapacityReservationPreference::open};
  if (!wanted) return specification;
  if (const auto& target = wanted->capacity_reservation_target) {
    if (wanted->capacity_reservation_preference)
      throw errors::cannot_be_combined("CapacityReservationPreference", "CapacityReservationTarget");
    throw errors::capacity_reservation_not_found(
        target->capacity_reservation_id.value_or(target->capacity_reservation_resource_group_arn.value_or("")));
  }
  if (wanted->capacity_reservation_preference) {
    if (wanted->capacity_reservation_preference == ec2::CapacityReservationPreference::capacity_reservations_only)
      throw errors::no_reserved_capacity();
    specification.capacity_reservation_preference = wanted->capacity_reservation_preference;
  }
  return specification;
}

void apply_launch_options(Call& call, const ec2::RunInstancesRequest& request, const ec2::Image& image,
                          const ec2::InstanceTypeInfo& type, state::Instance& row) {
  ec2::Instance& instance = row.instance;
  apply_key(call, request, row);
  if (request.iam_instance_profile && !is_empty(*request.iam_instance_profile))
    instance.iam_instance_profile = instance_profile(call, *request.iam_instance_profile);
  instance.metadata_options = metadata_options_at_launch(call, request.metadata_options, image);
  instance.cpu_options = cpu_options(request.cpu_options, type);
  instance.capacity_reservation_specification = capacity_reservation(request.capacity_reservation_specification);
  apply_hibernation_and_enclaves(request, type, instance);
  instance.licenses = licenses(request.license_specifications);
  const auto& performance = request.network_performance_options;
  instance.network_performance_options = {
      .bandwidth_weighting = performance ? performance->bandwidth_weighting.value_or(kDefault) : std::string(kDefault)};
  check_bandwidth_weighting(type, instance.network_performance_options);
  const auto& maintenance = request.maintenance_options;
  instance.maintenance_options = {
      .auto_recovery = maintenance ? maintenance->auto_recovery.value_or(kDefault) : std::string(kDefault),
      .reboot_migration = kDefault};
  instance.ebs_optimized = request.ebs_optimized.value_or(false);
  if (*instance.ebs_optimized) check_can_be_ebs_optimized(type);
  const bool is_monitored = request.monitoring && request.monitoring->enabled;
  instance.monitoring = {.state = is_monitored ? ec2::MonitoringState::pending : ec2::MonitoringState::disabled};
  instance.kernel_id = kernel_or_ramdisk(kKernel, request.kernel_id, image.kernel_id);
  instance.ramdisk_id = kernel_or_ramdisk(kRamdisk, request.ramdisk_id, image.ramdisk_id);
  instance.client_token = request.client_token.value_or("");

  row.cpu_credits = cpu_credits(request.credit_specification, type);
  row.disable_api_termination = request.disable_api_termination.value_or(false);
  row.disable_api_stop = request.disable_api_stop.value_or(false);
  row.instance_initiated_shutdown_behavior = shutdown_behavior(request, instance);
  if (request.user_data) row.user_data = user_data_to_keep(decode_user_data(*request.user_data));
}

std::optional<std::string> user_data_to_keep(std::string_view bytes) {
  if (bytes.size() > kMaxUserDataBytes) throw errors::user_data_too_long(kMaxUserDataBytes);
  if (bytes.empty()) return std::nullopt;
  return model::base64_encode(bytes);
}

std::string decode_user_data(std::string_view base64) {
  auto bytes = model::base64_decode(base64);
  if (!bytes) throw errors::malformed_user_data();
  return *std::move(bytes);
}

}  // namespace amity::handlers
