#include "handlers/errors.hpp"
#include "handlers/images.hpp"
#include "handlers/instance_errors.hpp"
#include "handlers/instances.hpp"
#include "handlers/network.hpp"
#include "handlers/registry.hpp"

namespace amity::handlers {
namespace {

using ResetName = ec2::InstanceAttributeName;

// What the image says; nothing when it is gone.
std::optional<std::string> of_image(Call& call, const state::Instance& row,
                                    std::optional<std::string> ec2::Image::*id) {
  const auto found = any_image(call, row.instance.image_id.value_or(""));
  return found ? found->image.image.*id : std::nullopt;
}

void reset_source_dest_check(Call& call, state::Instance& row) {
  auto interfaces = interfaces_of(call, *row.instance.instance_id);
  if (interfaces.size() != 1) throw errors::many_interfaces(*row.instance.instance_id);
  interfaces.front().network_interface.source_dest_check = true;
  call.network_interfaces().update(interfaces.front());
  repeat_interfaces(call, row, interfaces);
}

// ResetInstanceAttribute: "You can only reset the following attributes: kernel | ramdisk | sourceDestCheck".
void reset_instance_attribute(Call& call, const ec2::ResetInstanceAttributeRequest& request) {
  state::Instance row = find_own_instance(call, request.instance_id);
  check_not_terminated(row);
  if (request.attribute == ResetName::kernel) {
    check_stopped(row);
    row.instance.kernel_id = of_image(call, row, &ec2::Image::kernel_id);
  } else if (request.attribute == ResetName::ramdisk) {
    check_stopped(row);
    row.instance.ramdisk_id = of_image(call, row, &ec2::Image::ramdisk_id);
  } else if (request.attribute == ResetName::sourceDestCheck) {
    reset_source_dest_check(call, row);
  } else {
    throw errors::invalid_value("attribute", request.attribute, "It cannot be reset.");
  }
  call.instances().update(row);
}

}  // namespace

std::span<const Operation> instance_reset_operations() {
  static constexpr Operation kOperations[] = {
      bind<reset_instance_attribute>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
