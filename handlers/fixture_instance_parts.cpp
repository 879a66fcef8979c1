#include "handlers/fixture_instances.hpp"
#include "handlers/images.hpp"
#include "handlers/instances.hpp"
#include "handlers/launch_network.hpp"
#include "handlers/launch_volumes.hpp"
#include "handlers/network.hpp"
#include "handlers/volumes.hpp"
#include "model/json.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::int32_t kUnknownSize = 8;  // GiB

ec2::NetworkInterface as_row(const ec2::InstanceNetworkInterface& shown, const ec2::Instance& instance,
                             const std::string& owner) {
  ec2::NetworkInterface interface;
  // Both structures name alike what they have in common.
  model::read_json(model::to_json(shown), ec2::NetworkInterface::shape, &interface);
  set_default(interface.owner_id, owner);
  set_default(interface.requester_managed, false);
  set_default(interface.status, ec2::NetworkInterfaceStatus::in_use);
  set_default(interface.subnet_id, instance.subnet_id);
  set_default(interface.vpc_id, instance.vpc_id);
  interface.availability_zone = instance.placement->availability_zone;
  interface.availability_zone_id = instance.placement->availability_zone_id;
  if (!interface.attachment) interface.attachment.emplace();
  interface.attachment->instance_id = instance.instance_id;
  interface.attachment->instance_owner_id = owner;
  set_default(interface.attachment->attach_time, instance.launch_time);
  set_default(interface.attachment->device_index, 0);
  set_default(interface.attachment->network_card_index, 0);
  set_default(interface.attachment->delete_on_termination, true);
  set_default(interface.attachment->status, ec2::AttachmentStatus::attached);
  return interface;
}

bool lists_interface(const state::Fixture& fixture, const std::optional<std::string>& id) {
  return std::ranges::any_of(fixture.network_interfaces, [&](const state::NetworkInterface& row) {
    return row.network_interface.network_interface_id == id;
  });
}

// An instance that was written by hand gets the interface of a plain launch.
void make_interface(Call& call, state::Instance& row) {
  ec2::Instance& instance = row.instance;
  ec2::RunInstancesRequest request;
  request.subnet_id = instance.subnet_id;
  request.private_ip_address = instance.private_ip_address;
  request.placement = {.availability_zone = instance.placement->availability_zone};
  for (const ec2::GroupIdentifier& group : instance.security_groups)
    if (group.group_id) request.security_group_ids.push_back(*group.group_id);
  ensure_default_network(call);
  const NetworkPlan plan = plan_network(call, request, *call.catalogue().instance_type(*instance.instance_type), {});
  set_default(instance.private_dns_name_options, plan.name_options);
  auto made = make_interfaces(call, plan, *instance.instance_id);
  if (state_of(row) != ec2::InstanceStateName::stopped) return;
  for (state::NetworkInterface& interface : made) release_public_address(call, interface);
}

// The instance shows the interfaces that it has.
void show_held_interfaces(Call& call, state::Instance& row, bool is_written_by_hand) {
  auto held = interfaces_of(call, *row.instance.instance_id);
  if (held.empty() && is_written_by_hand) {
    make_interface(call, row);
    held = interfaces_of(call, *row.instance.instance_id);
  }
  repeat_interfaces(call, row, held);
}

// What a volume that no file holds was made of: the image's entry for the device, if the image is known.
ec2::EbsBlockDevice origin_of(Call& call, const ec2::Instance& instance, const std::optional<std::string>& device) {
  const auto row = call.images().find_any(*instance.image_id);
  const ec2::Image* image = row ? &row->image : call.catalogue().image(call.region(), *instance.image_id);
  if (image)
    for (const ec2::BlockDeviceMapping& mapping : image->block_device_mappings)
      if (mapping.ebs && mapping.device_name == device) return *mapping.ebs;
  return {.volume_size = kUnknownSize};
}

state::Volume make_volume(FixtureTarget& target, Call& call, const ec2::Instance& instance,
                          const ec2::InstanceBlockDeviceMapping& mapping, const std::string& path) {
  const ec2::EbsBlockDevice origin = origin_of(call, instance, mapping.device_name);
  state::Volume row;
  ec2::Volume& volume = row.volume;
  volume.volume_id = mapping.ebs->volume_id;
  volume.size = origin.volume_size;
  volume.volume_type = origin.volume_type;
  volume.iops = origin.iops;
  volume.throughput = origin.throughput;
  volume.encrypted = origin.encrypted;
  volume.snapshot_id = origin.snapshot_id;
  volume.create_time = mapping.ebs->attach_time ? mapping.ebs->attach_time : instance.launch_time;
  volume.availability_zone = instance.placement->availability_zone;
  volume.availability_zone_id = instance.placement->availability_zone_id;
  complete_volume(target, row, path);
  return row;
}

void add_attachment(state::Volume& row, const ec2::Instance& instance, const ec2::InstanceBlockDeviceMapping& mapping) {
  row.volume.state = ec2::VolumeState::in_use;
  row.volume.attachments.push_back(
      {.delete_on_termination = mapping.ebs->delete_on_termination.value_or(false),
       .volume_id = row.volume.volume_id,
       .instance_id = instance.instance_id,
       .device = mapping.device_name,
       .state = mapping.ebs->status.value_or(ec2::AttachmentStatus::attached),
       .attach_time = mapping.ebs->attach_time ? mapping.ebs->attach_time : row.volume.create_time});
}

// Volumes that the instance shows are there, and attached to it.
void attach_shown_volumes(FixtureTarget& target, Call& call, const state::Instance& instance, const std::string& path) {
  const auto& mappings = instance.instance.block_device_mappings;
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    const std::string field = path + '.' + element_path("BlockDeviceMappings", i);
    if (!mappings[i].ebs) throw FieldError{field + ".Ebs", "is missing"};
    target.check_id(kVolume, mappings[i].ebs->volume_id, field + ".Ebs.VolumeId");
    if (!mappings[i].device_name) throw FieldError{field + ".DeviceName", "is missing"};
    const std::string& id = *mappings[i].ebs->volume_id;
    auto volume = call.volumes().find(id);
    if (volume && attachment_to(*volume, *instance.instance.instance_id)) continue;
    if (!volume) volume = make_volume(target, call, instance.instance, mappings[i], field);
    if (!volume->volume.attachments.empty() && !volume->volume.multi_attach_enabled.value_or(false))
      throw FieldError{field + ".Ebs.VolumeId",
                       fmt::format("is attached to {}", volume->volume.attachments.front().instance_id.value_or(""))};
    add_attachment(*volume, instance.instance, mappings[i]);
    volume->volume.tags = call.tags().of(id);
    target.put(call.account(), *std::move(volume));
  }
}

// Volumes that are attached to the instance are shown by it.
void show_attached_volumes(Call& call, ec2::Instance& instance) {
  for (state::Volume& volume : volumes_attached_to(call, *instance.instance_id)) {
    const ec2::VolumeAttachment& attachment = *attachment_to(volume, *instance.instance_id);
    const auto is_it = [&](const auto& mapping) { return mapping.ebs->volume_id == volume.volume.volume_id; };
    if (std::ranges::any_of(instance.block_device_mappings, is_it)) continue;
    instance.block_device_mappings.push_back(as_instance_shows(attachment));
  }
}

// The volumes of a plain launch.
void make_volumes_as_launched(Call& call, const state::Instance& row) {
  const auto image = any_image(call, *row.instance.image_id);
  auto plan = plan_volumes(image->image.image, {});
  for (PlannedVolume& planned : plan) planned.volume.availability_zone = *row.instance.placement->availability_zone;
  make_volumes(call, plan, *row.instance.instance_id);
}

}  // namespace

// Interfaces that the file lists by themselves are told better there.
void match_interfaces(FixtureTarget& target, Call& call, state::Instance& row, bool is_written_by_hand,
                      const std::string& path) {
  ec2::Instance& instance = row.instance;
  const auto& shown = instance.network_interfaces;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (lists_interface(target.fixture, shown[i].network_interface_id)) continue;
    const ec2::NetworkInterface interface = as_row(shown[i], instance, row.owner_id);
    check_interface(target, interface, path + '.' + element_path("NetworkInterfaces", i));
    target.put(row.owner_id, state::NetworkInterface{.network_interface = interface});
  }
  if (shown.empty()) return show_held_interfaces(call, row, is_written_by_hand);
  for (const state::NetworkInterface& held : interfaces_of(call, *instance.instance_id)) {
    const auto& id = held.network_interface.network_interface_id;
    const auto is_shown = [&](const auto& interface) { return interface.network_interface_id == id; };
    if (std::ranges::none_of(shown, is_shown)) call.network_interfaces().remove(*id);
  }
}

void match_volumes(FixtureTarget& target, Call& call, state::Instance& row, bool is_written_by_hand,
                   const std::string& path) {
  attach_shown_volumes(target, call, row, path);
  const bool has_none = volumes_attached_to(call, *row.instance.instance_id).empty();
  if (has_none && is_written_by_hand) make_volumes_as_launched(call, row);
  show_attached_volumes(call, row.instance);
}

}  // namespace amity::handlers
