#include "handlers/candidates.hpp"
#include "handlers/listing.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"

namespace amity::handlers {
namespace {

constexpr FilterRule kInterfaceFilters[] = {
    {"addresses.association.owner-id", "PrivateIpAddresses.Association.IpOwnerId"},
    {"addresses.association.public-ip", "PrivateIpAddresses.Association.PublicIp"},
    {"addresses.primary", "PrivateIpAddresses.Primary"},
    {"addresses.private-ip-address", "PrivateIpAddresses.PrivateIpAddress"},
    {"association.allocation-id", "Association.AllocationId"},
    {"association.association-id", "Association.AssociationId"},
    {"association.ip-owner-id", "Association.IpOwnerId"},
    {"association.public-dns-name", "Association.PublicDnsName"},
    {"association.public-ip", "Association.PublicIp"},
    {"attachment.attach-time", "Attachment.AttachTime"},
    {"attachment.attachment-id", "Attachment.AttachmentId"},
    {"attachment.delete-on-termination", "Attachment.DeleteOnTermination"},
    {"attachment.device-index", "Attachment.DeviceIndex"},
    {"attachment.instance-id", "Attachment.InstanceId"},
    {"attachment.instance-owner-id", "Attachment.InstanceOwnerId"},
    {"attachment.status", "Attachment.Status"},
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"description", "Description"},
    {"group-id", "Groups.GroupId"},
    {"group-name", "Groups.GroupName"},  // no longer documented, but still answered
    {"interface-type", "InterfaceType"},
    {"ipv6-addresses.ipv6-address", "Ipv6Addresses.Ipv6Address"},
    {"mac-address", "MacAddress"},
    {"network-interface-id", "NetworkInterfaceId"},
    {"operator.managed", "Operator.Managed"},
    {"operator.principal", "Operator.Principal"},
    {"owner-id", "OwnerId"},
    {"private-dns-name", "PrivateDnsName"},
    {"private-ip-address", "PrivateIpAddresses.PrivateIpAddress"},
    {"requester-id", "RequesterId"},
    {"requester-managed", "RequesterManaged"},
    {"source-dest-check", "SourceDestCheck"},
    {"status", "Status"},
    {"subnet-id", "SubnetId"},
    {"vpc-id", "VpcId"},
};

// Ignored: IncludeManagedResources, because no service manages interfaces here.
ec2::DescribeNetworkInterfacesResult describe_network_interfaces(Call& call,
                                                                 const ec2::DescribeNetworkInterfacesRequest& request) {
  ensure_default_network(call);
  const Page page =
      page_of(request.max_results, request.next_token, "networkInterfaceIds", !request.network_interface_ids.empty());
  Listing<ec2::NetworkInterface> listing(kInterfaceFilters, request.filters, page);
  visit_candidates(
      call.network_interfaces(), kNetworkInterface, request.network_interface_ids,
      storage::Query().after(listing.after()), [&](std::int64_t row, const state::NetworkInterface& stored) {
        const ec2::NetworkInterface& interface = stored.network_interface;
        return listing.offer(row, interface, [&] { return call.tags().of(*interface.network_interface_id); });
      });
  return {.network_interfaces = listing.take(), .next_token = listing.next_token()};
}

}  // namespace

std::span<const Operation> network_interface_describe_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_network_interfaces>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
