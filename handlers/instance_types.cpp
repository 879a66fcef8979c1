#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace amity::handlers {
namespace {

// A fraction as EC2 shows it and as people write it: "2500.0" and "2500".
std::vector<std::string> fraction_texts(const std::optional<double>& value) {
  if (!value) return {};
  std::string text = filter_text(model::Kind::Double, &*value);
  if (text.find('.') != std::string::npos) return {std::move(text)};
  return {text + ".0", text};
}

std::vector<std::string> clock_speed(const ec2::InstanceTypeInfo& type) {
  return type.processor_info ? fraction_texts(type.processor_info->sustained_clock_speed_in_ghz)
                             : std::vector<std::string>();
}

template <auto Member>
std::vector<std::string> throughput(const ec2::InstanceTypeInfo& type) {
  if (!type.ebs_info || !type.ebs_info->ebs_optimized_info) return {};
  return fraction_texts((*type.ebs_info->ebs_optimized_info).*Member);
}

// Each number, and all of them as one text: the documentation's example is "1,2".
std::vector<std::string> valid_threads(const ec2::InstanceTypeInfo& type) {
  std::vector<std::string> texts;
  if (!type.v_cpu_info) return texts;
  for (const std::int32_t count : type.v_cpu_info->valid_threads_per_core) texts.push_back(std::to_string(count));
  if (texts.size() > 1) texts.push_back(fmt::format("{}", fmt::join(type.v_cpu_info->valid_threads_per_core, ",")));
  return texts;
}

using Type = ec2::InstanceTypeInfo;
using EbsOptimized = ec2::EbsOptimizedInfo;

constexpr FilterRule kNameFilter[] = {{"instance-type", "InstanceType"}};

constexpr FilterRule kTypeFilters[] = {
    {"auto-recovery-supported", "AutoRecoverySupported"},
    {"bare-metal", "BareMetal"},
    {"burstable-performance-supported", "BurstablePerformanceSupported"},
    {"current-generation", "CurrentGeneration"},
    {"dedicated-hosts-supported", "DedicatedHostsSupported"},
    {"ebs-info.attachment-limit-type", "EbsInfo.AttachmentLimitType"},
    {"ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps", "EbsInfo.EbsOptimizedInfo.BaselineBandwidthInMbps"},
    {"ebs-info.ebs-optimized-info.baseline-iops", "EbsInfo.EbsOptimizedInfo.BaselineIops"},
    {.name = "ebs-info.ebs-optimized-info.baseline-throughput-in-mbps",
     .values = filter_values<Type, throughput<&EbsOptimized::baseline_throughput_in_m_bps>>},
    {"ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps", "EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps"},
    {"ebs-info.ebs-optimized-info.maximum-iops", "EbsInfo.EbsOptimizedInfo.MaximumIops"},
    {.name = "ebs-info.ebs-optimized-info.maximum-throughput-in-mbps",
     .values = filter_values<Type, throughput<&EbsOptimized::maximum_throughput_in_m_bps>>},
    {"ebs-info.ebs-optimized-support", "EbsInfo.EbsOptimizedSupport"},
    {"ebs-info.encryption-support", "EbsInfo.EncryptionSupport"},
    {"ebs-info.maximum-ebs-attachments", "EbsInfo.MaximumEbsAttachments"},
    {"ebs-info.nvme-support", "EbsInfo.NvmeSupport"},
    {"free-tier-eligible", "FreeTierEligible"},
    {"hibernation-supported", "HibernationSupported"},
    {"hypervisor", "Hypervisor"},
    {"instance-storage-info.disk.count", "InstanceStorageInfo.Disks.Count"},
    {"instance-storage-info.disk.size-in-gb", "InstanceStorageInfo.Disks.SizeInGB"},
    {"instance-storage-info.disk.type", "InstanceStorageInfo.Disks.Type"},
    {"instance-storage-info.encryption-support", "InstanceStorageInfo.EncryptionSupport"},
    {"instance-storage-info.nvme-support", "InstanceStorageInfo.NvmeSupport"},
    {"instance-storage-info.total-size-in-gb", "InstanceStorageInfo.TotalSizeInGB"},
    {"instance-storage-supported", "InstanceStorageSupported"},
    {"instance-type", "InstanceType"},
    {"memory-info.size-in-mib", "MemoryInfo.SizeInMiB"},
    {"network-info.bandwidth-weightings", "NetworkInfo.BandwidthWeightings"},
    {"network-info.efa-info.maximum-efa-interfaces", "NetworkInfo.EfaInfo.MaximumEfaInterfaces"},
    {"network-info.efa-supported", "NetworkInfo.EfaSupported"},
    {"network-info.ena-support", "NetworkInfo.EnaSupport"},
    {"network-info.encryption-in-transit-supported", "NetworkInfo.EncryptionInTransitSupported"},
    {"network-info.flexible-ena-queues-support", "NetworkInfo.FlexibleEnaQueuesSupport"},
    {"network-info.ipv4-addresses-per-interface", "NetworkInfo.Ipv4AddressesPerInterface"},
    {"network-info.ipv6-addresses-per-interface", "NetworkInfo.Ipv6AddressesPerInterface"},
    {"network-info.ipv6-supported", "NetworkInfo.Ipv6Supported"},
    {"network-info.maximum-network-cards", "NetworkInfo.MaximumNetworkCards"},
    {"network-info.maximum-network-interfaces", "NetworkInfo.MaximumNetworkInterfaces"},
    {"network-info.network-performance", "NetworkInfo.NetworkPerformance"},
    {"nitro-enclaves-support", "NitroEnclavesSupport"},
    {"nitro-tpm-info.supported-versions", "NitroTpmInfo.SupportedVersions"},
    {"nitro-tpm-support", "NitroTpmSupport"},
    {"processor-info.supported-architecture", "ProcessorInfo.SupportedArchitectures"},
    {"processor-info.supported-features", "ProcessorInfo.SupportedFeatures"},
    {.name = "processor-info.sustained-clock-speed-in-ghz", .values = filter_values<Type, clock_speed>},
    {"reboot-migration-support", "RebootMigrationSupport"},
    {"supported-boot-mode", "SupportedBootModes"},
    {"supported-root-device-type", "SupportedRootDeviceTypes"},
    {"supported-usage-class", "SupportedUsageClasses"},
    {"supported-virtualization-type", "SupportedVirtualizationTypes"},
    {"vcpu-info.default-cores", "VCpuInfo.DefaultCores"},
    {"vcpu-info.default-threads-per-core", "VCpuInfo.DefaultThreadsPerCore"},
    {"vcpu-info.default-vcpus", "VCpuInfo.DefaultVCpus"},
    {"vcpu-info.valid-cores", "VCpuInfo.ValidCores"},
    {.name = "vcpu-info.valid-threads-per-core", .values = filter_values<Type, valid_threads>},
};

// Those of the filters that a type's name alone can answer, so that most types need not be read.
FilterSet name_filters(const std::vector<ec2::Filter>& filters) {
  std::vector<ec2::Filter> by_name;
  std::ranges::copy_if(filters, std::back_inserter(by_name),
                       [](const ec2::Filter& filter) { return filter.name == kNameFilter[0].name; });
  return {Type::shape, kNameFilter, by_name};
}

// EC2 speaks of types that the region does not have as of those that nobody has.
void check_exist(Call& call, const std::vector<std::string>& types, bool anywhere) {
  std::vector<std::string_view> missing;
  for (const std::string& type : types)
    if (!call.catalogue().instance_type(type) || !(anywhere || call.catalogue().is_offered(call.region(), type)))
      missing.push_back(type);
  if (!missing.empty())
    throw ApiError("InvalidInstanceType",
                   fmt::format("The following supplied instance types do not exist: [{}]", fmt::join(missing, ", ")));
}

// DescribeInstanceTypes: pages of 100 also when nobody asks for pages. A position is a type's place among all names.
ec2::DescribeInstanceTypesResult describe_instance_types(Call& call, const ec2::DescribeInstanceTypesRequest& request) {
  constexpr PageLimits kLimits{.least = 5, .most = 100};
  const bool anywhere = request.include_unsupported_in_region.value_or(false);
  Page page = page_of(request.max_results, request.next_token, {}, false, kLimits);
  page.limit = page.limit.value_or(static_cast<std::size_t>(kLimits.most));
  Listing<Type> listing(kTypeFilters, request.filters, page);
  const FilterSet by_name = name_filters(request.filters);
  check_exist(call, request.instance_types, anywhere);

  const storage::Catalogue& catalogue = call.catalogue();
  const auto names = catalogue.instance_type_names();
  for (std::size_t i = static_cast<std::size_t>(listing.after()); i < names.size(); ++i) {
    const std::string name(names[i]);
    if (!request.instance_types.empty() &&
        std::ranges::find(request.instance_types, name) == request.instance_types.end())
      continue;
    const Type only_name{.instance_type = name};
    if (!by_name.matches(&only_name)) continue;
    const bool is_offered = catalogue.is_offered(call.region(), name);
    if (!is_offered && !anywhere) continue;
    Type type = *catalogue.instance_type(name);
    type.supported_in_region = is_offered;
    if (!listing.offer(static_cast<std::int64_t>(i) + 1, std::move(type))) break;
  }
  return {.instance_types = listing.take(), .next_token = listing.next_token()};
}

constexpr FilterRule kOfferingFilters[] = {
    {"instance-type", "InstanceType"},
    {"location", "Location"},
};

struct Location {
  std::string name;                   // as the answer says
  const ec2::AvailabilityZone* zone;  // nullptr: the region as a whole
};

// The places of the current region that `type` tells apart.
std::vector<Location> locations(Call& call, std::string_view type) {
  if (type == ec2::LocationType::region) return {{call.region(), nullptr}};
  std::vector<Location> found;
  const state::Region* region = call.catalogue().region(call.region());
  // Nobody has an Outpost here.
  if (!region || type == ec2::LocationType::outpost) return found;
  for (const ec2::AvailabilityZone& zone : region->zones)
    if (zone.zone_type == "availability-zone")
      found.push_back({type == ec2::LocationType::availability_zone ? *zone.zone_name : *zone.zone_id, &zone});
  return found;
}

bool is_offered(Call& call, const Location& location, std::string_view type) {
  return location.zone ? call.catalogue().is_offered_in_zone(call.region(), *location.zone->zone_name, type)
                       : call.catalogue().is_offered(call.region(), type);
}

// DescribeInstanceTypeOfferings: pages of 1,000 also when nobody asks for pages. A position counts types, then places.
ec2::DescribeInstanceTypeOfferingsResult describe_instance_type_offerings(
    Call& call, const ec2::DescribeInstanceTypeOfferingsRequest& request) {
  constexpr PageLimits kLimits{.least = 5, .most = 1000};
  Page page = page_of(request.max_results, request.next_token, {}, false, kLimits);
  page.limit = page.limit.value_or(static_cast<std::size_t>(kLimits.most));
  Listing<ec2::InstanceTypeOffering> listing(kOfferingFilters, request.filters, page);

  const std::string location_type = request.location_type.value_or(ec2::LocationType::region);
  const auto places = locations(call, location_type);
  const auto names = call.catalogue().instance_type_names();
  const std::size_t count = names.size() * places.size();
  for (std::size_t i = static_cast<std::size_t>(listing.after()); i < count; ++i) {
    const std::string_view name = names[i / places.size()];
    const Location& place = places[i % places.size()];
    if (!is_offered(call, place, name)) continue;
    if (!listing.offer(static_cast<std::int64_t>(i) + 1,
                       {.instance_type = std::string(name), .location_type = location_type, .location = place.name}))
      break;
  }
  return {.instance_type_offerings = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::span<const Operation> instance_type_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_instance_type_offerings>(),
      bind<describe_instance_types>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
