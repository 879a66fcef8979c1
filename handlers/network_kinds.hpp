// The kinds of network resources beside those that instances need (handlers/resource_kind.hpp).
#pragma once

#include "handlers/resource_kind.hpp"

namespace amity::handlers {

inline constexpr ResourceKind kElasticIp{"eipalloc",
                                         "elastic-ip",
                                         "InvalidAllocationID.NotFound",
                                         "InvalidAllocationID.NotFound",
                                         "The allocation ID '{}' does not exist",
                                         "The allocation IDs '{}' do not exist"};
inline constexpr ResourceKind kNatGateway{"nat",
                                          "natgateway",
                                          "NatGatewayMalformed",
                                          "NatGatewayNotFound",
                                          "NatGateway {} was not found",
                                          "NatGateways {} were not found"};

}  // namespace amity::handlers
