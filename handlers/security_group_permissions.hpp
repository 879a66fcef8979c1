// The rules that a request to authorize or revoke describes.
#pragma once

#include "handlers/call.hpp"
#include "model/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace amity::handlers {

// The parameters from before there were IpPermissions: one permission, without a description.
struct FlatPermission {
  std::optional<std::string> ip_protocol{};
  std::optional<std::int32_t> from_port{};
  std::optional<std::int32_t> to_port{};
  std::optional<std::string> cidr_ip{};
  std::optional<std::string> source_group_name{};
  std::optional<std::string> source_group_owner_id{};
};

template <class Request>
FlatPermission flat_permission(const Request& request) {
  return {.ip_protocol = request.ip_protocol,
          .from_port = request.from_port,
          .to_port = request.to_port,
          .cidr_ip = request.cidr_ip,
          .source_group_name = request.source_security_group_name,
          .source_group_owner_id = request.source_security_group_owner_id};
}

// The permissions of an ingress request, which come in one of the two forms. Throws InvalidParameterCombination when
// both are there, MissingParameter when none is.
std::vector<ec2::IpPermission> ingress_permissions(const std::vector<ec2::IpPermission>& permissions,
                                                   const FlatPermission& flat);
// Those of an egress request, which knows no flat form. Throws UnknownParameter, MissingParameter.
std::vector<ec2::IpPermission> egress_permissions(const std::vector<ec2::IpPermission>& permissions,
                                                  const FlatPermission& flat);

// One rule for each peer of each permission, checked and in EC2's own form: protocol names in lower case, canonical
// CIDR blocks, groups by id. Without ids. Throws InvalidParameterValue, InvalidPermission.Malformed, MissingParameter,
// InvalidGroup.NotFound, InvalidGroupId.Malformed.
std::vector<ec2::SecurityGroupRule> rules_from(Call& call, const ec2::SecurityGroup& group, bool egress,
                                               const std::vector<ec2::IpPermission>& permissions);

}  // namespace amity::handlers
