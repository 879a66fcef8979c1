#include "handlers/fixture_target.hpp"
#include "handlers/network.hpp"
#include "handlers/volumes.hpp"
#include "model/json.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

using State = ec2::InstanceStateName;

template <class T, class U>
void set_default(std::optional<T>& member, U&& value) {
  if (!member) member = std::forward<U>(value);
}

// One instance of the fixture, inside a reservation or not.
struct Listed {
  const state::Instance* row;
  std::optional<std::string> reservation_id;
  std::optional<std::string> owner_id;
  std::optional<std::string> requester_id;
  std::string path;
};

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::vector<Listed> listed_in(const state::Fixture& fixture) {
  std::vector<Listed> listed;
  for (std::size_t i = 0; i < fixture.reservations.size(); ++i) {
    const state::FixtureReservation& reservation = fixture.reservations[i];
    for (std::size_t j = 0; j < reservation.instances.size(); ++j)
      listed.push_back({&reservation.instances[j], reservation.reservation_id, reservation.owner_id,
                        reservation.requester_id,
                        element_path("Reservations", i) + '.' + element_path("Instances", j)});
  }
  for (std::size_t i = 0; i < fixture.instances.size(); ++i) {
    const state::Instance& row = fixture.instances[i];
    listed.push_back({&row, unless_empty(row.reservation_id), unless_empty(row.owner_id), row.requester_id,
                      element_path("Instances", i)});
  }
  return listed;
}

constexpr std::int32_t kUnknownSize = 8;  // GiB

ec2::InstanceState instance_state(const std::string& name) {
  static constexpr std::pair<std::string_view, std::int32_t> kCodes[] = {
      {State::pending, 0},     {State::running, 16},  {State::shutting_down, 32},
      {State::terminated, 48}, {State::stopping, 64}, {State::stopped, 80}};
  for (const auto& [state, code] : kCodes)
    if (state == name) return {.code = code, .name = name};
  return {};
}

ec2::InstanceBlockDeviceMapping as_instance_shows(const ec2::VolumeAttachment& attachment) {
  return {.device_name = attachment.device,
          .ebs = ec2::EbsInstanceBlockDevice{.attach_time = attachment.attach_time,
                                             .delete_on_termination = attachment.delete_on_termination,
                                             .status = attachment.state,
                                             .volume_id = attachment.volume_id}};
}

bool is_gone(const ec2::Instance& instance) { return instance.state->name == State::terminated; }

void check(FixtureTarget& target, const Listed& listed) {
  const ec2::Instance& instance = listed.row->instance;
  target.check_id(kInstance, instance.instance_id, listed.path + ".InstanceId");
  if (!instance.instance_type) throw FieldError{listed.path + ".InstanceType", "is missing"};
  if (!instance.image_id) throw FieldError{listed.path + ".ImageId", "is missing"};
  if (instance.state)
    target.check_value(ec2::InstanceState::shape, "Name", instance.state->name, listed.path + ".State.Name");
}

void complete(FixtureTarget& target, state::Instance& row, const std::string& path) {
  ec2::Instance& instance = row.instance;
  const std::string state = instance.state ? instance.state->name.value_or(State::running) : State::running;
  instance.state = instance_state(state);
  set_default(instance.launch_time, target.now());
  set_default(instance.ami_launch_index, 0);
  set_default(instance.state_transition_reason, "");
  if (!instance.placement) instance.placement.emplace();
  ec2::Placement& placement = *instance.placement;
  target.complete_zone(placement.availability_zone, placement.availability_zone_id,
                       path + ".Placement.AvailabilityZone");
  if (row.boot_times.empty()) row.boot_times = {*instance.launch_time};
}

void load_instance(FixtureTarget& target, const Listed& listed) {
  check(target, listed);
  state::Instance row = *listed.row;
  row.owner_id = target.owner_of(listed.owner_id, listed.path + ".OwnerId");
  row.reservation_id =
      listed.reservation_id.value_or(stable_id("r", row.owner_id, target.region(), *row.instance.instance_id));
  row.requester_id = listed.requester_id;
  complete(target, row, listed.path);
  target.put(row.owner_id, std::move(row));
}

// --- What an instance shows of its interfaces and volumes are rows of their own.

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

// Interfaces that the file lists by themselves are told better there.
void match_interfaces(FixtureTarget& target, Call& call, state::Instance& row, const std::string& path) {
  ec2::Instance& instance = row.instance;
  const auto& shown = instance.network_interfaces;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (lists_interface(target.fixture, shown[i].network_interface_id)) continue;
    const ec2::NetworkInterface interface = as_row(shown[i], instance, row.owner_id);
    check_interface(target, interface, path + '.' + element_path("NetworkInterfaces", i));
    target.put(row.owner_id, state::NetworkInterface{.network_interface = interface});
  }
  for (const state::NetworkInterface& held : interfaces_of(call, *instance.instance_id)) {
    const auto& id = held.network_interface.network_interface_id;
    const auto is_shown = [&](const auto& interface) { return interface.network_interface_id == id; };
    if (!shown.empty() && std::ranges::none_of(shown, is_shown)) call.network_interfaces().remove(*id);
  }
}

// --- Volumes

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

void match_volumes(FixtureTarget& target, Call& call, state::Instance& row, const std::string& path) {
  attach_shown_volumes(target, call, row, path);
  show_attached_volumes(call, row.instance);
}

}  // namespace

void load_instances(FixtureTarget& target) {
  for (const Listed& listed : listed_in(target.fixture)) load_instance(target, listed);
}

void match_instances(FixtureTarget& target) {
  for (const Listed& listed : listed_in(target.fixture)) {
    const std::string& id = *listed.row->instance.instance_id;
    Call call = target.call_of(target.call().instances().owner(id).value());
    state::Instance row = call.instances().find(id).value();
    if (is_gone(row.instance)) continue;
    match_interfaces(target, call, row, listed.path);
    match_volumes(target, call, row, listed.path);
    call.instances().update(row);
  }
}

}  // namespace amity::handlers
