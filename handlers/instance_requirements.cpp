#include "handlers/errors.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "model/wildcard.hpp"
#include "storage/catalogue.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

using Requirements = ec2::InstanceRequirementsRequest;
using TypeInfo = ec2::InstanceTypeInfo;

template <class T>
bool holds(const std::vector<T>& values, const T& value) {
  return std::ranges::find(values, value) != values.end();
}

// Whether the value lies between Min and Max, both included; an absent bound bounds nothing.
template <class Range, class Value>
bool lies_in(const Range& range, Value value) {
  const auto below = [&](const auto& bound) { return value < static_cast<Value>(bound); };
  const auto above = [&](const auto& bound) { return value > static_cast<Value>(bound); };
  if constexpr (std::is_arithmetic_v<decltype(range.min)>) {
    if (below(range.min)) return false;
  } else {
    if (range.min && below(*range.min)) return false;
  }
  return !range.max || !above(*range.max);
}

template <class Range, class Value>
bool lies_in(const std::optional<Range>& range, Value value) {
  return !range || lies_in(*range, value);
}

// "included", "excluded" or "required": whether a type may, must not or must have something.
bool agrees(const std::string& wish, bool has) {
  if (wish == "included") return true;
  return (wish == "required") == has;
}

// The names that requirements use, of manufacturers as instance types spell them.
std::string manufacturer_name(const std::string& manufacturer) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"AWS", "amazon-web-services"}, {"AMD", "amd"},      {"Apple", "apple"}, {"Habana", "habana"}, {"Intel", "intel"},
      {"NVIDIA", "nvidia"},           {"Xilinx", "xilinx"}};
  const auto found = std::ranges::find(kNames, manufacturer, [](const auto& name) { return name.first; });
  return found == std::end(kNames) ? manufacturer : std::string(found->second);
}

struct Accelerator {
  std::string type;
  std::string name;  // "a10g", "inferentia2", "vu47p"
  std::string manufacturer;
  std::int32_t count = 0;
};

// "Radeon Pro V520" as "radeon-pro-v520"; "Virtex UltraScale+ (VU47P)" as "vu47p", which is how they are asked for.
std::string accelerator_name(std::string name) {
  if (const auto open = name.find('('); open != std::string::npos)
    name = name.substr(open + 1, name.find(')') - open - 1);
  std::ranges::transform(name, name.begin(), [](char c) {
    if (c == ' ') return '-';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c;
  });
  return name;
}

template <class Devices>
void add_devices(std::vector<Accelerator>& accelerators, const Devices& devices, const char* type) {
  for (const auto& device : devices)
    accelerators.push_back({.type = type,
                            .name = accelerator_name(device.name.value_or("")),
                            .manufacturer = manufacturer_name(device.manufacturer.value_or("")),
                            .count = device.count.value_or(0)});
}

std::vector<Accelerator> accelerators_of(const TypeInfo& type) {
  std::vector<Accelerator> accelerators;
  if (type.gpu_info) add_devices(accelerators, type.gpu_info->gpus, ec2::AcceleratorType::gpu);
  if (type.fpga_info) add_devices(accelerators, type.fpga_info->fpgas, ec2::AcceleratorType::fpga);
  if (type.inference_accelerator_info)
    add_devices(accelerators, type.inference_accelerator_info->accelerators, ec2::AcceleratorType::inference);
  if (type.media_accelerator_info)
    add_devices(accelerators, type.media_accelerator_info->accelerators, ec2::AcceleratorType::media);
  return accelerators;
}

std::int32_t accelerator_memory(const TypeInfo& type) {
  std::int32_t memory = 0;
  if (type.gpu_info) memory += type.gpu_info->total_gpu_memory_in_mi_b.value_or(0);
  if (type.fpga_info) memory += type.fpga_info->total_fpga_memory_in_mi_b.value_or(0);
  if (type.inference_accelerator_info)
    memory += type.inference_accelerator_info->total_inference_memory_in_mi_b.value_or(0);
  if (type.media_accelerator_info) memory += type.media_accelerator_info->total_media_memory_in_mi_b.value_or(0);
  return memory;
}

bool has_accelerators(const Requirements& wanted, const TypeInfo& type) {
  const auto accelerators = accelerators_of(type);
  const auto any_in = [&](const std::vector<std::string>& values, std::string Accelerator::*member) {
    return values.empty() ||
           std::ranges::any_of(accelerators, [&](const auto& one) { return holds(values, one.*member); });
  };
  std::int32_t count = 0;
  for (const Accelerator& accelerator : accelerators) count += accelerator.count;
  return any_in(wanted.accelerator_types, &Accelerator::type) && any_in(wanted.accelerator_names, &Accelerator::name) &&
         any_in(wanted.accelerator_manufacturers, &Accelerator::manufacturer) &&
         lies_in(wanted.accelerator_count, count) &&
         lies_in(wanted.accelerator_total_memory_mi_b, accelerator_memory(type));
}

bool has_name(const Requirements& wanted, const std::string& name) {
  const auto matches = [&](const std::string& pattern) { return model::matches_wildcard(pattern, name); };
  if (!wanted.allowed_instance_types.empty()) return std::ranges::any_of(wanted.allowed_instance_types, matches);
  return std::ranges::none_of(wanted.excluded_instance_types, matches);
}

bool has_processor(const Requirements& wanted, const TypeInfo& type) {
  if (!type.v_cpu_info || !type.memory_info || !type.processor_info) return false;
  const std::int32_t cpus = type.v_cpu_info->default_v_cpus.value_or(0);
  const std::int64_t memory = type.memory_info->size_in_mi_b.value_or(0);
  const double gib_per_cpu = cpus == 0 ? 0.0 : static_cast<double>(memory) / 1024.0 / cpus;
  return lies_in(wanted.v_cpu_count, cpus) && lies_in(wanted.memory_mi_b, memory) &&
         lies_in(wanted.memory_gi_b_per_v_cpu, gib_per_cpu) &&
         (wanted.cpu_manufacturers.empty() ||
          holds(wanted.cpu_manufacturers, manufacturer_name(type.processor_info->manufacturer.value_or(""))));
}

bool has_kind(const Requirements& wanted, const TypeInfo& type) {
  const std::string generation =
      type.current_generation.value_or(true) ? ec2::InstanceGeneration::current : ec2::InstanceGeneration::previous;
  return (wanted.instance_generations.empty() || holds(wanted.instance_generations, generation)) &&
         agrees(wanted.bare_metal.value_or("excluded"), type.bare_metal.value_or(false)) &&
         agrees(wanted.burstable_performance.value_or("excluded"),
                type.burstable_performance_supported.value_or(false)) &&
         (!wanted.require_hibernate_support.value_or(false) || type.hibernation_supported.value_or(false));
}

bool has_storage(const Requirements& wanted, const TypeInfo& type) {
  const auto& storage = type.instance_storage_info;
  const bool has_disks = type.instance_storage_supported.value_or(false);
  if (!agrees(wanted.local_storage.value_or("included"), has_disks)) return false;
  const double size = storage ? static_cast<double>(storage->total_size_in_gb.value_or(0)) : 0.0;
  if (!lies_in(wanted.total_local_storage_gb, size)) return false;
  // A type without disks has none of a wrong type.
  const auto is_wanted = [&](const auto& disk) { return holds(wanted.local_storage_types, disk.type.value_or("")); };
  if (!wanted.local_storage_types.empty() && storage && std::ranges::none_of(storage->disks, is_wanted)) return false;
  const auto& ebs = type.ebs_info;
  const std::int32_t bandwidth =
      ebs && ebs->ebs_optimized_info ? ebs->ebs_optimized_info->baseline_bandwidth_in_mbps.value_or(0) : 0;
  return lies_in(wanted.baseline_ebs_bandwidth_mbps, bandwidth);
}

bool has_network(const Requirements& wanted, const TypeInfo& type) {
  if (!type.network_info) return false;
  const auto& network = *type.network_info;
  double bandwidth = 0;
  for (const auto& card : network.network_cards) bandwidth += card.baseline_bandwidth_in_gbps.value_or(0);
  return lies_in(wanted.network_interface_count, network.maximum_network_interfaces.value_or(0)) &&
         lies_in(wanted.network_bandwidth_gbps, bandwidth) &&
         (!wanted.require_encryption_in_transit.value_or(false) ||
          network.encryption_in_transit_supported.value_or(false));
}

bool fits(const ec2::GetInstanceTypesFromInstanceRequirementsRequest& request, const TypeInfo& type) {
  const auto any_in = [](const std::vector<std::string>& wanted, const std::vector<std::string>& supported) {
    return std::ranges::any_of(wanted, [&](const std::string& value) { return holds(supported, value); });
  };
  const Requirements& wanted = request.instance_requirements;
  return any_in(request.architecture_types, type.processor_info.value().supported_architectures) &&
         any_in(request.virtualization_types, type.supported_virtualization_types) &&
         has_name(wanted, *type.instance_type) && has_processor(wanted, type) && has_kind(wanted, type) &&
         has_storage(wanted, type) && has_network(wanted, type) && has_accelerators(wanted, type);
}

// GetInstanceTypesFromInstanceRequirements: of the types that the Region offers. A position is a type's place among all
// names.
ec2::GetInstanceTypesFromInstanceRequirementsResult get_instance_types_from_instance_requirements(
    Call& call, const ec2::GetInstanceTypesFromInstanceRequirementsRequest& request) {
  // Ignored: the three price protections, because EC2 does not support them here; BaselinePerformanceFactors, because
  // EC2's figures are not known; Context, because EC2 reserves it.
  const Requirements& wanted = request.instance_requirements;
  if (!wanted.allowed_instance_types.empty() && !wanted.excluded_instance_types.empty())
    throw errors::cannot_be_combined("AllowedInstanceTypes", "ExcludedInstanceTypes");
  if (request.architecture_types.empty()) throw errors::missing_parameter("ArchitectureType");
  if (request.virtualization_types.empty()) throw errors::missing_parameter("VirtualizationType");
  const Page page = page_of(request.max_results, request.next_token, {}, false, {.least = 1, .most = 1000});
  Listing<ec2::InstanceTypeInfoFromInstanceRequirements> listing({}, {}, page);
  const auto names = call.catalogue().instance_type_names();
  for (std::size_t i = static_cast<std::size_t>(listing.after()); i < names.size(); ++i) {
    if (!call.catalogue().is_offered(call.region(), names[i])) continue;
    const TypeInfo& type = *call.catalogue().instance_type(names[i]);
    if (!fits(request, type)) continue;
    if (!listing.offer(static_cast<std::int64_t>(i) + 1, {.instance_type = type.instance_type})) break;
  }
  return {.instance_types = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::span<const Operation> instance_requirement_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_instance_types_from_instance_requirements>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
