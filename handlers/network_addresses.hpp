// Which addresses interfaces get. In every subnet the first four addresses and the last are AWS's own.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"

#include <set>
#include <string>
#include <string_view>

namespace amity::handlers {

// IPv4 addresses that nobody holds, AvailableIpAddressCount.
std::int32_t free_address_count(Call& call, const ec2::Subnet& subnet);

// Chooses the addresses of one new interface; what was chosen is not chosen again.
class AddressChoice {
 public:
  AddressChoice(Call& call, const ec2::Subnet& subnet) : call_(call), subnet_(subnet) {}

  // Throws InsufficientFreeAddressesInSubnet.
  std::string any_ipv4();
  // Throws InvalidParameterValue for what is no usable address of the subnet, InvalidIPAddress.InUse.
  std::string this_ipv4(std::string_view address);
  // Throw InvalidParameterValue for a subnet without an IPv6 block, and as above.
  std::string any_ipv6();
  std::string this_ipv6(std::string_view address);

 private:
  bool is_free(std::string_view prefix, const std::string& address) const;
  template <class Block>
  std::string choose(std::string_view prefix, const Block& block);
  template <class Block, class Address>
  std::string check(std::string_view prefix, const Block& block, const Address& address);

  Call& call_;
  const ec2::Subnet& subnet_;
  std::set<std::string> chosen_;
};

// A public IPv4 address of Amazon's that no interface has and nobody has allocated, in any region.
std::string free_public_address(Call& call);

}  // namespace amity::handlers
