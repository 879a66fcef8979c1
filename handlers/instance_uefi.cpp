#include "handlers/instance_errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/registry.hpp"

namespace amity::handlers {
namespace {

// A variable store without variables, as firmware has it before anyone wrote to it: "AMZNUEFI", a CRC-32C over what
// follows, version 0, and a zlib stream of the number of variables.
constexpr char kEmptyStore[] = "QU1aTlVFRkn/z4YVAAAAAHgBAQgA9/8AAAAAAAAAAAAIAAE=";

// GetInstanceUefiData
ec2::GetInstanceUefiDataResult get_instance_uefi_data(Call& call, const ec2::GetInstanceUefiDataRequest& request) {
  const state::Instance row = find_own_instance(call, request.instance_id);
  check_not_terminated(row);
  if (row.instance.current_instance_boot_mode != ec2::InstanceBootModeValues::uefi)
    throw errors::no_uefi_data(request.instance_id);
  return {.instance_id = request.instance_id, .uefi_data = row.uefi_data.value_or(kEmptyStore)};
}

}  // namespace

std::span<const Operation> instance_uefi_operations() {
  static constexpr Operation kOperations[] = {
      bind<get_instance_uefi_data>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
