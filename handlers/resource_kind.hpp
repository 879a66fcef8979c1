// The kinds of resources that have ids: prefix, name in tags and ARNs, and how EC2 says that one is malformed or
// unknown.
#pragma once

#include "handlers/api_error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

struct ResourceKind {
  std::string_view prefix;          // "ami", without the hyphen
  std::string_view type;            // "image": TagSpecification, DescribeTags, ARNs
  std::string_view malformed_code;  // "InvalidAMIID.Malformed"
  std::string_view not_found_code;  // "InvalidAMIID.NotFound"
  std::string_view one_missing;     // message with {} for the id
  std::string_view many_missing;    // message with {} for "a, b"
};

inline constexpr ResourceKind kImage{"ami",
                                     "image",
                                     "InvalidAMIID.Malformed",
                                     "InvalidAMIID.NotFound",
                                     "The image id '[{}]' does not exist",
                                     "The image ids '[{}]' do not exist"};
inline constexpr ResourceKind kInstance{"i",
                                        "instance",
                                        "InvalidInstanceID.Malformed",
                                        "InvalidInstanceID.NotFound",
                                        "The instance ID '{}' does not exist",
                                        "The instance IDs '{}' do not exist"};
inline constexpr ResourceKind kSnapshot{"snap",
                                        "snapshot",
                                        "InvalidSnapshotID.Malformed",
                                        "InvalidSnapshot.NotFound",
                                        "The snapshot '{}' does not exist.",
                                        "The snapshots '{}' do not exist."};
inline constexpr ResourceKind kVolume{"vol",
                                      "volume",
                                      "InvalidVolumeID.Malformed",
                                      "InvalidVolume.NotFound",
                                      "The volume '{}' does not exist.",
                                      "The volumes '{}' do not exist."};
inline constexpr ResourceKind kKeyPair{"key",
                                       "key-pair",
                                       "InvalidKeyPair.NotFound",
                                       "InvalidKeyPair.NotFound",
                                       "The key pair ID '{}' does not exist",
                                       "The key pair IDs '{}' do not exist"};
inline constexpr ResourceKind kSecurityGroup{"sg",
                                             "security-group",
                                             "InvalidGroupId.Malformed",
                                             "InvalidGroup.NotFound",
                                             "The security group '{}' does not exist",
                                             "The security groups '{}' do not exist"};
inline constexpr ResourceKind kSecurityGroupRule{"sgr",
                                                 "security-group-rule",
                                                 "InvalidSecurityGroupRuleId.Malformed",
                                                 "InvalidSecurityGroupRuleId.NotFound",
                                                 "The security group rule ID '{}' does not exist",
                                                 "The security group rule IDs '{}' do not exist"};
inline constexpr ResourceKind kNetworkInterface{"eni",
                                                "network-interface",
                                                "InvalidNetworkInterfaceId.Malformed",
                                                "InvalidNetworkInterfaceID.NotFound",
                                                "The networkInterface ID '{}' does not exist",
                                                "The networkInterface IDs '{}' do not exist"};
inline constexpr ResourceKind kVpc{"vpc",
                                   "vpc",
                                   "InvalidVpcID.Malformed",
                                   "InvalidVpcID.NotFound",
                                   "The vpc ID '{}' does not exist",
                                   "The vpc IDs '{}' do not exist"};
inline constexpr ResourceKind kSubnet{"subnet",
                                      "subnet",
                                      "InvalidSubnetID.Malformed",
                                      "InvalidSubnetID.NotFound",
                                      "The subnet ID '{}' does not exist",
                                      "The subnet IDs '{}' do not exist"};
inline constexpr ResourceKind kInternetGateway{"igw",
                                               "internet-gateway",
                                               "InvalidInternetGatewayID.Malformed",
                                               "InvalidInternetGatewayID.NotFound",
                                               "The internetGateway ID '{}' does not exist",
                                               "The internetGateway IDs '{}' do not exist"};
inline constexpr ResourceKind kRouteTable{"rtb",
                                          "route-table",
                                          "InvalidRouteTableID.Malformed",
                                          "InvalidRouteTableID.NotFound",
                                          "The routeTable ID '{}' does not exist",
                                          "The routeTable IDs '{}' do not exist"};
inline constexpr ResourceKind kNetworkAcl{"acl",
                                          "network-acl",
                                          "InvalidNetworkAclID.Malformed",
                                          "InvalidNetworkAclID.NotFound",
                                          "The networkAcl ID '{}' does not exist",
                                          "The networkAcl IDs '{}' do not exist"};
inline constexpr ResourceKind kDhcpOptions{"dopt",
                                           "dhcp-options",
                                           "InvalidDhcpOptionsId.Malformed",
                                           "InvalidDhcpOptionID.NotFound",
                                           "The dhcpOption ID '{}' does not exist",
                                           "The dhcpOption IDs '{}' do not exist"};

// Prefix, hyphen, and 8 or 17 lower-case hexadecimal digits.
bool is_well_formed(const ResourceKind& kind, std::string_view id);
// Throws the kind's malformed error for the first id that is not well-formed.
void check_ids(const ResourceKind& kind, const std::vector<std::string>& ids);
void check_id(const ResourceKind& kind, std::string_view id);

ApiError not_found(const ResourceKind& kind, std::string_view id);
ApiError not_found(const ResourceKind& kind, const std::vector<std::string>& ids);  // names them all

// The kind that an id's prefix tells, nullptr for an unknown one.
const ResourceKind* kind_of(std::string_view id);

// The account's own resource of that id. Throws the kind's malformed or not-found error.
template <class Repository>
auto find_owned(const Repository& repository, const ResourceKind& kind, std::string_view id) {
  check_id(kind, id);
  auto resource = repository.find(id);
  if (!resource) throw not_found(kind, id);
  return *std::move(resource);
}

// All of them, in the order asked for; one error names every id that is missing.
template <class Repository>
auto find_all_owned(const Repository& repository, const ResourceKind& kind, const std::vector<std::string>& ids) {
  check_ids(kind, ids);
  std::vector<typename decltype(repository.find(""))::value_type> resources;
  std::vector<std::string> missing;
  for (const std::string& id : ids) {
    auto resource = repository.find(id);
    if (resource)
      resources.push_back(*std::move(resource));
    else
      missing.push_back(id);
  }
  if (!missing.empty()) throw not_found(kind, missing);
  return resources;
}

}  // namespace amity::handlers
