#include "handlers/instance_filters.hpp"

#include "handlers/network.hpp"

#include <algorithm>

namespace amity::handlers {
namespace {

// EC2 documents the filter; no member of the API shows or changes what it asks about.
std::vector<std::string> ipv4_endpoint(const ec2::Instance& instance) {
  if (!instance.metadata_options) return {};
  return {ec2::InstanceMetadataEndpointState::enabled};
}

constexpr FilterRule kInstanceRules[] = {
    {"affinity", "Placement.Affinity"},
    {"architecture", "Architecture"},
    {"availability-zone", "Placement.AvailabilityZone"},
    {"availability-zone-id", "Placement.AvailabilityZoneId"},
    {"block-device-mapping.attach-time", "BlockDeviceMappings.Ebs.AttachTime"},
    {"block-device-mapping.delete-on-termination", "BlockDeviceMappings.Ebs.DeleteOnTermination"},
    {"block-device-mapping.device-name", "BlockDeviceMappings.DeviceName"},
    {"block-device-mapping.status", "BlockDeviceMappings.Ebs.Status"},
    {"block-device-mapping.volume-id", "BlockDeviceMappings.Ebs.VolumeId"},
    {"boot-mode", "BootMode"},
    {"capacity-reservation-id", "CapacityReservationId"},
    {"capacity-reservation-specification.capacity-reservation-preference",
     "CapacityReservationSpecification.CapacityReservationPreference"},
    {"capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id",
     "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId"},
    {"capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn",
     "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationResourceGroupArn"},
    {"client-token", "ClientToken"},
    {"current-instance-boot-mode", "CurrentInstanceBootMode"},
    {"dns-name", "PublicDnsName"},
    {"ebs-optimized", "EbsOptimized"},
    {"ena-support", "EnaSupport"},
    {"enclave-options.enabled", "EnclaveOptions.Enabled"},
    {"hibernation-options.configured", "HibernationOptions.Configured"},
    {"host-id", "Placement.HostId"},
    {"hypervisor", "Hypervisor"},
    {"iam-instance-profile.arn", "IamInstanceProfile.Arn"},
    {"iam-instance-profile.id", "IamInstanceProfile.Id"},
    {"image-id", "ImageId"},
    {"instance-id", "InstanceId"},
    {"instance-lifecycle", "InstanceLifecycle"},
    {"instance-state-code", "State.Code"},
    {"instance-state-name", "State.Name"},
    {"instance-type", "InstanceType"},
    {"instance.group-id", "SecurityGroups.GroupId"},
    {"instance.group-name", "SecurityGroups.GroupName"},
    {"ip-address", "PublicIpAddress"},
    {"ipv6-address", "Ipv6Address"},
    {"kernel-id", "KernelId"},
    {"key-name", "KeyName"},
    {"launch-index", "AmiLaunchIndex"},
    {"launch-time", "LaunchTime"},
    {"maintenance-options.auto-recovery", "MaintenanceOptions.AutoRecovery"},
    {"metadata-options.http-endpoint", "MetadataOptions.HttpEndpoint"},
    {"metadata-options.http-protocol-ipv4", {}, filter_values<ec2::Instance, ipv4_endpoint>},
    {"metadata-options.http-protocol-ipv6", "MetadataOptions.HttpProtocolIpv6"},
    {"metadata-options.http-put-response-hop-limit", "MetadataOptions.HttpPutResponseHopLimit"},
    {"metadata-options.http-tokens", "MetadataOptions.HttpTokens"},
    {"metadata-options.instance-metadata-tags", "MetadataOptions.InstanceMetadataTags"},
    {"metadata-options.state", "MetadataOptions.State"},
    {"monitoring-state", "Monitoring.State"},
    {"network-performance-options.bandwidth-weighting", "NetworkPerformanceOptions.BandwidthWeighting"},
    {"operator.managed", "Operator.Managed"},
    {"operator.principal", "Operator.Principal"},
    {"outpost-arn", "OutpostArn"},
    {"placement-group-name", "Placement.GroupName"},
    {"placement-partition-number", "Placement.PartitionNumber"},
    {"platform", "Platform"},
    {"platform-details", "PlatformDetails"},
    {"private-dns-name", "PrivateDnsName"},
    {"private-dns-name-options.enable-resource-name-dns-a-record",
     "PrivateDnsNameOptions.EnableResourceNameDnsARecord"},
    {"private-dns-name-options.enable-resource-name-dns-aaaa-record",
     "PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord"},
    {"private-dns-name-options.hostname-type", "PrivateDnsNameOptions.HostnameType"},
    {"private-ip-address", "PrivateIpAddress"},
    {"product-code", "ProductCodes.ProductCodeId"},
    {"product-code.type", "ProductCodes.ProductCodeType"},
    {"ramdisk-id", "RamdiskId"},
    {"reason", "StateTransitionReason"},
    {"root-device-name", "RootDeviceName"},
    {"root-device-type", "RootDeviceType"},
    {"source-dest-check", "SourceDestCheck"},
    {"spot-instance-request-id", "SpotInstanceRequestId"},
    {"state-reason-code", "StateReason.Code"},
    {"state-reason-message", "StateReason.Message"},
    {"subnet-id", "SubnetId"},
    {"tenancy", "Placement.Tenancy"},
    {"tpm-support", "TpmSupport"},
    {"usage-operation", "UsageOperation"},
    {"usage-operation-update-time", "UsageOperationUpdateTime"},
    {"virtualization-type", "VirtualizationType"},
    {"vpc-id", "VpcId"},
};

constexpr FilterRule kReservationRules[] = {
    {"owner-id", "OwnerId"},
    {"requester-id", "RequesterId"},
    {"reservation-id", "ReservationId"},
};

constexpr std::string_view kInterfacePrefix = "network-interface.";
constexpr FilterRule kInterfaceRules[] = {
    {"network-interface.addresses.association.allocation-id", "PrivateIpAddresses.Association.AllocationId"},
    {"network-interface.addresses.association.association-id", "PrivateIpAddresses.Association.AssociationId"},
    {"network-interface.addresses.association.carrier-ip", "PrivateIpAddresses.Association.CarrierIp"},
    {"network-interface.addresses.association.customer-owned-ip", "PrivateIpAddresses.Association.CustomerOwnedIp"},
    {"network-interface.addresses.association.ip-owner-id", "PrivateIpAddresses.Association.IpOwnerId"},
    {"network-interface.addresses.association.public-dns-name", "PrivateIpAddresses.Association.PublicDnsName"},
    {"network-interface.addresses.association.public-ip", "PrivateIpAddresses.Association.PublicIp"},
    {"network-interface.addresses.primary", "PrivateIpAddresses.Primary"},
    {"network-interface.addresses.private-dns-name", "PrivateIpAddresses.PrivateDnsName"},
    {"network-interface.addresses.private-ip-address", "PrivateIpAddresses.PrivateIpAddress"},
    {"network-interface.association.allocation-id", "Association.AllocationId"},
    {"network-interface.association.association-id", "Association.AssociationId"},
    {"network-interface.association.carrier-ip", "Association.CarrierIp"},
    {"network-interface.association.customer-owned-ip", "Association.CustomerOwnedIp"},
    {"network-interface.association.ip-owner-id", "Association.IpOwnerId"},
    {"network-interface.association.public-dns-name", "Association.PublicDnsName"},
    {"network-interface.association.public-ip", "Association.PublicIp"},
    {"network-interface.attachment.attach-time", "Attachment.AttachTime"},
    {"network-interface.attachment.attachment-id", "Attachment.AttachmentId"},
    {"network-interface.attachment.delete-on-termination", "Attachment.DeleteOnTermination"},
    {"network-interface.attachment.device-index", "Attachment.DeviceIndex"},
    {"network-interface.attachment.instance-id", "Attachment.InstanceId"},
    {"network-interface.attachment.instance-owner-id", "Attachment.InstanceOwnerId"},
    {"network-interface.attachment.network-card-index", "Attachment.NetworkCardIndex"},
    {"network-interface.attachment.status", "Attachment.Status"},
    {"network-interface.availability-zone", "AvailabilityZone"},
    {"network-interface.deny-all-igw-traffic", "DenyAllIgwTraffic"},
    {"network-interface.description", "Description"},
    {"network-interface.group-id", "Groups.GroupId"},
    {"network-interface.group-name", "Groups.GroupName"},
    {"network-interface.ipv4-prefixes.ipv4-prefix", "Ipv4Prefixes.Ipv4Prefix"},
    {"network-interface.ipv6-address", "Ipv6Addresses.Ipv6Address"},
    {"network-interface.ipv6-addresses.ipv6-address", "Ipv6Addresses.Ipv6Address"},
    {"network-interface.ipv6-addresses.is-primary-ipv6", "Ipv6Addresses.IsPrimaryIpv6"},
    {"network-interface.ipv6-native", "Ipv6Native"},
    {"network-interface.ipv6-prefixes.ipv6-prefix", "Ipv6Prefixes.Ipv6Prefix"},
    {"network-interface.mac-address", "MacAddress"},
    {"network-interface.network-interface-id", "NetworkInterfaceId"},
    {"network-interface.operator.managed", "Operator.Managed"},
    {"network-interface.operator.principal", "Operator.Principal"},
    {"network-interface.outpost-arn", "OutpostArn"},
    {"network-interface.owner-id", "OwnerId"},
    {"network-interface.private-dns-name", "PrivateDnsName"},
    {"network-interface.private-ip-address", "PrivateIpAddress"},
    {"network-interface.public-dns-name", "PublicDnsName"},
    {"network-interface.requester-id", "RequesterId"},
    {"network-interface.requester-managed", "RequesterManaged"},
    {"network-interface.source-dest-check", "SourceDestCheck"},
    {"network-interface.status", "Status"},
    {"network-interface.subnet-id", "SubnetId"},
    {"network-interface.tag-key", "TagSet.Key"},
    {"network-interface.tag-value", "TagSet.Value"},
    {"network-interface.vpc-id", "VpcId"},
};

enum class Subject { Instance, Reservation, Interface };

Subject subject_of(const ec2::Filter& filter) {
  const std::string_view name = filter.name ? std::string_view(*filter.name) : std::string_view();
  if (name.starts_with(kInterfacePrefix)) return Subject::Interface;
  return std::ranges::find(kReservationRules, name, &FilterRule::name) != std::end(kReservationRules)
             ? Subject::Reservation
             : Subject::Instance;
}

std::vector<ec2::Filter> about(Subject subject, const std::vector<ec2::Filter>& filters) {
  std::vector<ec2::Filter> chosen;
  std::ranges::copy_if(filters, std::back_inserter(chosen),
                       [=](const ec2::Filter& filter) { return subject_of(filter) == subject; });
  return chosen;
}

// What the database can find by itself: filters on searched columns that ask for one exact value.
storage::Query query_for(const std::vector<ec2::Filter>& filters) {
  struct Column {
    std::string_view filter;
    std::string_view column;
  };
  constexpr Column kColumns[] = {{"image-id", "image_id"},
                                 {"instance-id", "id"},
                                 {"instance-state-name", "state"},
                                 {"reservation-id", "reservation_id"}};
  storage::Query query;
  for (const ec2::Filter& filter : filters) {
    const auto column = std::ranges::find(kColumns, filter.name.value_or(""), &Column::filter);
    const bool is_exact = filter.values.size() == 1 && filter.values.front().find_first_of("*?\\") == std::string::npos;
    if (column != std::end(kColumns) && is_exact) query.where(column->column, filter.values.front());
  }
  return query;
}

}  // namespace

InstanceFilters::InstanceFilters(const std::vector<ec2::Filter>& filters)
    : instance_(ec2::Instance::shape, kInstanceRules, about(Subject::Instance, filters)),
      reservation_(ec2::Reservation::shape, kReservationRules, about(Subject::Reservation, filters)),
      candidates_(query_for(filters)) {
  for (ec2::Filter& filter : about(Subject::Interface, filters))
    interfaces_.emplace_back(ec2::NetworkInterface::shape, kInterfaceRules,
                             std::vector<ec2::Filter>{std::move(filter)});
}

bool InstanceFilters::pass(Call& call, state::Instance& row) const {
  const std::string& id = *row.instance.instance_id;
  if (!instance_.matches_but_for_tags(&row.instance)) return false;
  if (!reservation_.empty()) {
    const ec2::Reservation reservation{
        .reservation_id = row.reservation_id, .owner_id = row.owner_id, .requester_id = row.requester_id};
    if (!reservation_.matches(&reservation)) return false;
  }
  if (!interfaces_.empty() && !interfaces_match(call, id)) return false;
  row.instance.tags = call.tags().of(id);
  return instance_.matches_tags(row.instance.tags);
}

bool InstanceFilters::interfaces_match(Call& call, const std::string& instance_id) const {
  std::vector<ec2::NetworkInterface> interfaces;
  for (state::NetworkInterface& row : interfaces_of(call, instance_id)) {
    row.network_interface.tag_set = call.tags().of(row.network_interface.network_interface_id.value());
    interfaces.push_back(std::move(row.network_interface));
  }
  return std::ranges::all_of(interfaces_, [&](const FilterSet& filter) {
    return std::ranges::any_of(interfaces,
                               [&](const ec2::NetworkInterface& interface) { return filter.matches(&interface); });
  });
}

}  // namespace amity::handlers
