#include "storage/network_tables.hpp"

namespace amity::storage {
namespace {

using Text = std::optional<std::string>;

std::string allocation_id(const state::Address& address) { return address.address.allocation_id.value_or(""); }
Text association_id(const state::Address& address) { return address.address.association_id; }
Text interface_id(const state::Address& address) { return address.address.network_interface_id; }
std::vector<std::string> public_ips(const state::Address& address) { return {address.address.public_ip.value_or("")}; }
constexpr ColumnSpec kAddressColumns[] = {{"association_id", over<state::Address, association_id>},
                                          {"network_interface_id", over<state::Address, interface_id>}};
constexpr LinkSpec kAddressLinks[] = {{kAllocatedPublicAddress, over<state::Address, public_ips>}};

std::string nat_gateway_id(const state::NatGateway& gateway) { return gateway.nat_gateway.nat_gateway_id.value_or(""); }

}  // namespace

template <>
const TableSpec& table_of<state::Address>() {
  static const TableSpec spec{"address", state::Address::shape, over<state::Address, allocation_id>, kAddressColumns,
                              kAddressLinks};
  return spec;
}
template <>
const TableSpec& table_of<state::NatGateway>() {
  static const TableSpec spec{"nat_gateway", state::NatGateway::shape, over<state::NatGateway, nat_gateway_id>, {}, {}};
  return spec;
}

}  // namespace amity::storage
