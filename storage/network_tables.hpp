// The tables of Elastic IP addresses and NAT gateways.
#pragma once

#include "model/state_network.hpp"
#include "storage/table.hpp"

namespace amity::storage {

// A side table, for Query::linked: the public addresses that are allocated, each once in all accounts and regions.
inline constexpr std::string_view kAllocatedPublicAddress = "allocated_public_address";

template <>
const TableSpec& table_of<state::Address>();
template <>
const TableSpec& table_of<state::NatGateway>();

}  // namespace amity::storage
