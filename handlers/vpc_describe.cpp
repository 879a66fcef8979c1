#include "handlers/candidates.hpp"
#include "handlers/listing.hpp"
#include "handlers/network.hpp"
#include "handlers/network_addresses.hpp"
#include "handlers/registry.hpp"

namespace amity::handlers {
namespace {

constexpr FilterRule kVpcFilters[] = {
    {"cidr", "CidrBlock"},
    {"cidr-block", "CidrBlock"},  // another name that EC2 takes, and Ansible sends
    {"cidr-block-association.association-id", "CidrBlockAssociationSet.AssociationId"},
    {"cidr-block-association.cidr-block", "CidrBlockAssociationSet.CidrBlock"},
    {"cidr-block-association.state", "CidrBlockAssociationSet.CidrBlockState.State"},
    {"dhcp-options-id", "DhcpOptionsId"},
    {"ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId"},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"},
    {"ipv6-cidr-block-association.ipv6-pool", "Ipv6CidrBlockAssociationSet.Ipv6Pool"},
    {"ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"},
    {"is-default", "IsDefault"},
    {"isDefault", "IsDefault"},  // no longer documented, but Terraform sends it
    {"owner-id", "OwnerId"},
    {"state", "State"},
    {"vpc-id", "VpcId"},
};

constexpr FilterRule kSubnetFilters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"availabilityZone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"availabilityZoneId", "AvailabilityZoneId"},
    {"available-ip-address-count", "AvailableIpAddressCount"},
    {"cidr-block", "CidrBlock"},
    {"cidr", "CidrBlock"},
    {"cidrBlock", "CidrBlock"},
    {"customer-owned-ipv4-pool", "CustomerOwnedIpv4Pool"},
    {"default-for-az", "DefaultForAz"},
    {"defaultForAz", "DefaultForAz"},
    {"enable-dns64", "EnableDns64"},
    {"enable-lni-at-device-index", "EnableLniAtDeviceIndex"},
    {"ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId"},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"},
    {"ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"},
    {"ipv6-native", "Ipv6Native"},
    {"map-customer-owned-ip-on-launch", "MapCustomerOwnedIpOnLaunch"},
    {"map-public-ip-on-launch", "MapPublicIpOnLaunch"},
    {"outpost-arn", "OutpostArn"},
    {"owner-id", "OwnerId"},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
     "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord"},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
     "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord"},
    {"private-dns-name-options-on-launch.hostname-type", "PrivateDnsNameOptionsOnLaunch.HostnameType"},
    {"state", "State"},
    {"subnet-arn", "SubnetArn"},
    {"subnet-id", "SubnetId"},
    {"vpc-id", "VpcId"},
};

ec2::DescribeVpcsResult describe_vpcs(Call& call, const ec2::DescribeVpcsRequest& request) {
  ensure_default_network(call);
  const Page page = page_of(request.max_results, request.next_token, "vpcIds", !request.vpc_ids.empty());
  Listing<ec2::Vpc> listing(kVpcFilters, request.filters, page);
  visit_candidates(call.vpcs(), kVpc, request.vpc_ids, storage::Query().after(listing.after()),
                   [&](std::int64_t row, const state::Vpc& stored) {
                     return listing.offer(row, stored.vpc, [&] { return call.tags().of(*stored.vpc.vpc_id); });
                   });
  return {.next_token = listing.next_token(), .vpcs = listing.take()};
}

ec2::DescribeSubnetsResult describe_subnets(Call& call, const ec2::DescribeSubnetsRequest& request) {
  ensure_default_network(call);
  const Page page = page_of(request.max_results, request.next_token, "subnetIds", !request.subnet_ids.empty());
  Listing<ec2::Subnet> listing(kSubnetFilters, request.filters, page);
  visit_candidates(call.subnets(), kSubnet, request.subnet_ids, storage::Query().after(listing.after()),
                   [&](std::int64_t row, const state::Subnet& stored) {
                     ec2::Subnet subnet = stored.subnet;
                     subnet.available_ip_address_count = free_address_count(call, subnet);
                     return listing.offer(row, subnet, [&] { return call.tags().of(*subnet.subnet_id); });
                   });
  return {.next_token = listing.next_token(), .subnets = listing.take()};
}

}  // namespace

std::span<const Operation> vpc_describe_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_vpcs>(),
      bind<describe_subnets>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
