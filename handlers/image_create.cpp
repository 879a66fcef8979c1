#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/image_operations.hpp"
#include "handlers/image_transitions.hpp"
#include "handlers/images.hpp"
#include "handlers/new_image.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "handlers/volumes.hpp"
#include "handlers/windows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

using Mapping = ec2::BlockDeviceMapping;
using Mappings = std::vector<Mapping>;

// A device of the new image: its mapping and, unless the request adds it, the volume that it is a snapshot of.
struct Device {
  Mapping mapping;
  const state::Volume* volume = nullptr;
};

// The mapping of an attached volume, but for the snapshot that is yet to be made.
Mapping mapping_of(const ec2::Volume& volume, const ec2::VolumeAttachment& attachment) {
  ec2::EbsBlockDevice ebs{.delete_on_termination = attachment.delete_on_termination.value_or(false),
                          .volume_size = volume.size,
                          .volume_type = volume.volume_type,
                          .encrypted = volume.encrypted.value_or(false)};
  // The IOPS of other types follow from their size.
  if (volume.volume_type == ec2::VolumeType::io1 || volume.volume_type == ec2::VolumeType::io2 ||
      volume.volume_type == ec2::VolumeType::gp3)
    ebs.iops = volume.iops;
  if (volume.volume_type == ec2::VolumeType::gp3) ebs.throughput = volume.throughput;
  return {.ebs = std::move(ebs), .device_name = attachment.device};
}

std::vector<Device> devices_of(const std::vector<state::Volume>& volumes, const std::string& instance_id) {
  std::vector<Device> devices;
  for (const state::Volume& volume : volumes) {
    const auto& attachments = volume.volume.attachments;
    const auto attachment = std::ranges::find(attachments, instance_id, &ec2::VolumeAttachment::instance_id);
    if (attachment != attachments.end())
      devices.push_back({.mapping = mapping_of(volume.volume, *attachment), .volume = &volume});
  }
  return devices;
}

auto find_device(std::vector<Device>& devices, const std::optional<std::string>& name) {
  return std::ranges::find(devices, name, [](const Device& device) { return device.mapping.device_name; });
}

// Instance store devices of the image that the instance was launched from; DescribeInstances does not show them.
void add_instance_store(std::vector<Device>& devices, const state::Image& source) {
  for (const Mapping& mapping : source.image.block_device_mappings)
    if (mapping.virtual_name && find_device(devices, mapping.device_name) == devices.end())
      devices.push_back({.mapping = mapping});
}

// "The only option that can be changed for existing mappings or snapshots is DeleteOnTermination" (CreateImage in the
// EC2 API reference). EC2 pays no attention to a size or a type.
void change_device(Device& device, const ec2::EbsBlockDevice& wanted) {
  const std::string& name = *device.mapping.device_name;
  ec2::EbsBlockDevice& ebs = *device.mapping.ebs;
  if (wanted.snapshot_id)
    throw errors::invalid_block_device_mapping(
        fmt::format("the snapshot of device {} cannot be specified since a volume is attached to it.", name));
  // For a volume that is encrypted already either value will do.
  if (wanted.encrypted.value_or(false) && !*ebs.encrypted)
    throw errors::invalid_block_device_mapping(fmt::format(
        "the encrypted flag cannot be specified since device {} has a conflicting encryption setting", name));
  if (wanted.delete_on_termination) ebs.delete_on_termination = wanted.delete_on_termination;
}

void apply_request(Call& call, std::vector<Device>& devices, const Mappings& requested, const std::string& root) {
  check_devices(requested);
  for (const Mapping& wanted : requested) {
    const auto device = find_device(devices, wanted.device_name);
    const bool exists = device != devices.end();
    if (wanted.device_name == root && (wanted.no_device || wanted.virtual_name))
      throw errors::invalid_block_device_mapping(fmt::format("The root device {} cannot be left out", root));
    if (exists && device->volume && !wanted.no_device && !wanted.virtual_name) {
      if (wanted.ebs) change_device(*device, *wanted.ebs);
      continue;
    }
    if (exists) devices.erase(device);
    if (!wanted.no_device) devices.push_back({.mapping = new_device(call, wanted, false)});
  }
}

// The description that EC2 gives to the snapshots.
std::string snapshot_description(std::string_view instance_id, std::string_view image_id) {
  return fmt::format("Created by CreateImage({}) for {}", instance_id, image_id);
}

// One snapshot of every volume that is left; the root's carries the licensing, for images registered from it.
Mappings take_snapshots(Call& call, std::vector<Device>& devices, const ec2::Image& image,
                        const std::string& instance_id, const std::vector<ec2::Tag>& tags) {
  Mappings mappings;
  for (Device& device : devices) {
    if (device.volume) {
      state::Snapshot snapshot = start_snapshot(call, *device.volume,
                                                {.description = snapshot_description(instance_id, *image.image_id),
                                                 .tags = tags,
                                                 .created_for_image_id = *image.image_id});
      device.mapping.ebs->snapshot_id = snapshot.snapshot.snapshot_id;
      if (device.mapping.device_name == image.root_device_name) {
        snapshot.platform_details = image.platform_details;
        snapshot.usage_operation = image.usage_operation;
        call.snapshots().update(snapshot);
      }
    }
    mappings.push_back(std::move(device.mapping));
  }
  return mappings;
}

void take_from_instance(ec2::Image& image, const ec2::Instance& instance) {
  image.architecture = instance.architecture;
  image.virtualization_type = instance.virtualization_type;
  image.root_device_name = instance.root_device_name;
  image.ena_support = instance.ena_support;
  image.sriov_net_support = instance.sriov_net_support;
  image.boot_mode = instance.boot_mode;
  image.tpm_support = instance.tpm_support;
  image.kernel_id = instance.kernel_id;
  image.ramdisk_id = instance.ramdisk_id;
  image.platform = instance.platform;
  image.platform_details = instance.platform_details;
  image.usage_operation = instance.usage_operation;
  image.product_codes = instance.product_codes;
  image.source_instance_id = instance.instance_id;
}

// What instances do not show, from the image that the instance was launched from.
void take_from_source(state::Image& image, const state::Image& source) {
  image.image.imds_support = source.image.imds_support;
  image.billing_products = source.billing_products;
}

// The instance stays "running" while it reboots.
void reboot(Call& call, state::Instance& instance) {
  instance.reboot_times.push_back(call.now());
  call.instances().update(instance);
}

bool is_in_state(const state::Instance& instance, std::string_view name) {
  return instance.instance.state && instance.instance.state->name == name;
}

}  // namespace

// CreateImage: an image of an instance, with a snapshot of each of its volumes.
ec2::CreateImageResult create_image(Call& call, const ec2::CreateImageRequest& request) {
  const auto image_tags = tags_for(request.tag_specifications, kImage.type, {kImage.type, kSnapshot.type});
  const auto snapshot_tags = tags_for(request.tag_specifications, kSnapshot.type, {kImage.type, kSnapshot.type});
  state::Instance instance = find_owned(call.instances(), kInstance, request.instance_id);
  const bool is_running = is_in_state(instance, ec2::InstanceStateName::running);
  if (!is_running && !is_in_state(instance, ec2::InstanceStateName::stopped))
    throw errors::instance_cannot_be_imaged(request.instance_id);
  // No instance type is offered in a Local Zone here.
  if (request.snapshot_location == ec2::SnapshotLocationEnum::local)
    throw errors::invalid_value("snapshotLocation", *request.snapshot_location, "The instance is not in a Local Zone.");

  const std::string root = instance.instance.root_device_name.value_or("");
  const auto volumes = volumes_attached_to(call, request.instance_id);
  std::vector<Device> devices = devices_of(volumes, request.instance_id);
  if (find_device(devices, root) == devices.end()) throw errors::no_root_volume(root);

  state::Image made = new_image(call, request.name, request.description);
  ec2::Image& image = made.image;
  take_from_instance(image, instance.instance);
  made.windows = windows_for_image(instance);
  made.uefi_data = instance.uefi_data;
  if (const auto source = any_image(call, instance.instance.image_id.value_or(""))) {
    take_from_source(made, source->image);
    add_instance_store(devices, source->image);
  }
  image.source_image_id = instance.instance.image_id;
  image.source_image_region = call.region();
  image.state = ec2::ImageState::pending;
  apply_request(call, devices, request.block_device_mappings, root);
  image.block_device_mappings = take_snapshots(call, devices, image, request.instance_id, snapshot_tags);
  insert_image(call, made, image_tags);
  complete_image_after(call, *image.image_id, call.profile().image);

  if (is_running && !request.no_reboot.value_or(false)) reboot(call, instance);
  return {.image_id = image.image_id};
}

}  // namespace amity::handlers
