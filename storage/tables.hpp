// The tables of this house: one declaration for each resource of model/state/core.json. Later families
// declare theirs in a header of their own.
#pragma once

#include "model/state.hpp"
#include "storage/table.hpp"

namespace amity::storage {

// Side tables, for Query::linked and Query::or_shared.
inline constexpr std::string_view kImageShare = "image_share";        // grantees of launch permissions, "all" included
inline constexpr std::string_view kImageSnapshot = "image_snapshot";  // snapshots that the mapping names
inline constexpr std::string_view kSnapshotShare = "snapshot_share";  // grantees of create volume permissions
inline constexpr std::string_view kVolumeAttachment = "volume_attachment";             // instance ids
inline constexpr std::string_view kNetworkInterfaceGroup = "network_interface_group";  // security group ids
// "<subnet id>/<IPv4 address>" and "ipv6/<subnet id>/<IPv6 address>"
inline constexpr std::string_view kNetworkInterfaceAddress = "network_interface_address";
inline constexpr std::string_view kNetworkInterfacePublicAddress = "network_interface_public_address";

template <>
const TableSpec& table_of<state::Image>();
template <>
const TableSpec& table_of<state::DeregisteredImage>();
template <>
const TableSpec& table_of<state::Snapshot>();
template <>
const TableSpec& table_of<state::Volume>();
template <>
const TableSpec& table_of<state::Instance>();
template <>
const TableSpec& table_of<state::KeyPair>();
template <>
const TableSpec& table_of<state::SecurityGroup>();
template <>
const TableSpec& table_of<state::SecurityGroupRule>();
template <>
const TableSpec& table_of<state::NetworkInterface>();
template <>
const TableSpec& table_of<state::Vpc>();
template <>
const TableSpec& table_of<state::Subnet>();
template <>
const TableSpec& table_of<state::InternetGateway>();
template <>
const TableSpec& table_of<state::RouteTable>();
template <>
const TableSpec& table_of<state::NetworkAcl>();
template <>
const TableSpec& table_of<state::DhcpOptions>();

// All of them, children before the parents they name.
std::span<const TableSpec* const> all_tables();

}  // namespace amity::storage
