#include "handlers/instance_network.hpp"

#include "handlers/instances.hpp"
#include "handlers/network.hpp"

namespace amity::handlers {

void refresh_instance(Call& call, std::string_view instance_id) {
  auto row = call.instances().find(instance_id);
  if (!row) return;
  repeat_interfaces(call, *row, interfaces_of(call, instance_id));
  call.instances().update(*row);
}

void refresh_instance_of(Call& call, const ec2::NetworkInterface& interface) {
  const auto& attachment = interface.attachment;
  if (attachment && attachment->instance_id) refresh_instance(call, *attachment->instance_id);
}

void renew_public_address(Call& call, state::Instance& row) {
  if (!row.associate_public_ip_address.value_or(false)) return;
  auto interfaces = interfaces_of(call, *row.instance.instance_id);
  if (interfaces.size() != 1 || interfaces.front().network_interface.association) return;
  associate_public_address(call, interfaces.front());
  repeat_interfaces(call, row, interfaces);
}

}  // namespace amity::handlers
